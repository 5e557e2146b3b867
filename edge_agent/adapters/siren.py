"""The loud thing and the light beside it, on GPIO pins."""

from gpiozero import LED
from gpiozero.exc import GPIOZeroError

from edge_agent.ports import ButtonError


class GpioSwitch:
    """Something that is on or off: a siren's or a lamp's relay.

    Raises:
        ButtonError: no such pin, or this machine has none.
    """

    def __init__(self, pin: str) -> None:
        try:
            self._relay = LED(pin)
        except (GPIOZeroError, OSError, ImportError) as error:
            msg = f"警笛或警灯引脚 {pin} 无法使用 (pin cannot be used): {error}"
            raise ButtonError(msg) from error
        self._pin = pin
        self._is_on: bool | None = False  # None: it blinks

    def on(self) -> None:
        self._is_on = True
        self._relay.on()

    def off(self) -> None:
        self._is_on = False
        self._relay.off()

    def blink(self) -> None:
        self._is_on = None
        self._relay.blink(on_time=0.5, off_time=0.5)

    def trouble(self) -> str:
        """Read the line back: why it cannot be trusted, in words, or nothing. For any thread."""
        wanted = self._is_on
        try:
            is_high = bool(self._relay.is_lit)
        except Exception as error:  # noqa: BLE001 - each library of pins has errors of its own
            return f"引脚 {self._pin} 无法读回 (the pin cannot be read back): {error}"
        if wanted is None or wanted is not self._is_on or is_high is wanted:
            return ""
        return f"引脚 {self._pin} 与所设不符 (the pin is not as it was switched)"

    def close(self) -> None:
        self._relay.close()
