"""What people at the school hear and see of an alarm: siren, lamp and voice, and for how long."""

from edge_agent.ports import Lamp, Siren, Speaker


class Signals:
    """Siren and lamp that fall silent and dark by themselves, and a voice. For one thread."""

    def __init__(self, siren: Siren, lamp: Lamp, speaker: Speaker) -> None:
        self._siren = siren
        self._lamp = lamp
        self._speaker = speaker
        self._silent_at: float | None = None
        self._dark_at: float | None = None

    def sound(self, until: float) -> None:
        """Let the siren sound until then."""
        self._siren.on()
        self._silent_at = until

    def blink(self, until: float | None = None) -> None:
        """Let the lamp blink, until then or until something else is shown."""
        self._lamp.blink()
        self._dark_at = until

    def shine(self) -> None:
        """Let the lamp shine steadily."""
        self._lamp.on()
        self._dark_at = None

    def darken(self) -> None:
        """Put the lamp out."""
        self._lamp.off()
        self._dark_at = None

    def say(self, phrase_id: str, alert_id: str = "") -> None:
        """Have something said; returns at once."""
        self._speaker.say(phrase_id, alert_id=alert_id)

    def turn(self, now: float) -> None:
        """End what has lasted long enough."""
        if self._silent_at is not None and now >= self._silent_at:
            self._siren.off()
            self._silent_at = None
        if self._dark_at is not None and now >= self._dark_at:
            self.darken()

    @property
    def due_at(self) -> float | None:
        """When something ends next."""
        ends = [at for at in (self._silent_at, self._dark_at) if at is not None]
        return min(ends, default=None)

    def close(self) -> None:
        """Leave nothing sounding or shining."""
        self._siren.off()
        self._lamp.off()
