"""Day or night, by how bright the picture is, without wavering at dusk."""

from dataclasses import dataclass

DARKER = 0.22
"""Below this mean brightness (0 to 1) it is night..."""
BRIGHTER = 0.30
"""...and above this it is day again."""


@dataclass(frozen=True, slots=True)
class Daylight:
    """One camera's light; `observe` gives the next."""

    is_night: bool = False

    def observe(self, brightness: float) -> "Daylight":
        """Take in a picture's mean brightness."""
        return Daylight(brightness < (BRIGHTER if self.is_night else DARKER))
