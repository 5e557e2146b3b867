"""What must have been seen, heard and tried before a device is handed over, and how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Result = Literal["passed", "failed", "not_here"]
"""`not_here`: this site has no such thing (no siren at a pond); it needs a note."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to confirm; `camera_id` where it is asked for each camera."""

    step_id: str
    camera_id: str = ""

    @property
    def key(self) -> str:
        """Name it among all steps of a device."""
        return f"{self.step_id}:{self.camera_id}" if self.camera_id else self.step_id


EACH_CAMERA = ("picture", "drawn")
ONCE = ("voice", "siren", "lamp", "button", "network", "clock", "light")


def steps_of(camera_ids: Sequence[str]) -> list[Step]:
    """Give what is to be confirmed on a device with these cameras, in the order to do it."""
    seen = [Step(step, camera_id) for camera_id in camera_ids for step in EACH_CAMERA]
    return [*seen, *(Step(step) for step in ONCE)]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody has found: when, who, how it went; a figure, such as lux, is in `note`."""

    at: datetime
    who: str
    result: Result
    note: str = ""
    device_says: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """How far the commissioning has come; `observe` gives the next."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def observe(self, step: Step, entry: Entry) -> "Checklist":
        """Take in what was found; found again, the newer one counts."""
        return replace(self, entries={**self.entries, step.key: entry})

    def open_steps(self, steps: Sequence[Step]) -> list[Step]:
        """Give what nobody has confirmed yet."""
        return [step for step in steps if step.key not in self.entries]

    def is_passed(self, steps: Sequence[Step]) -> bool:
        """Tell whether everything was confirmed and nothing failed."""
        found = [self.entries.get(step.key) for step in steps]
        return all(entry is not None and entry.result != "failed" for entry in found)
