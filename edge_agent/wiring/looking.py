"""How a frame is looked at: what moves, whether the detector is asked, and by which clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_agent.core.tracks import Track
from edge_agent.ports import Detector, Frame
from edge_agent.watch import Look


@dataclass(frozen=True, slots=True)
class PlainLooker:
    """Asks the detector of every frame. `local` gives the site's clock, or None."""

    detector: Detector
    local: Callable[[float], datetime | None]

    def look(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> Look:
        """Look at one frame."""
        del camera_id, tracks
        found = self.detector.detect(frame.image)
        return Look(frame.at, found, None, self.local(frame.at))
