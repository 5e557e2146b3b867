"""Who of those that are followed resembles an entry of the gallery. Everybody else is forgotten.

An embedding that matches nobody is a local variable that ends with the frame: no file, no log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge_agent.core.boxes import Box
from edge_agent.core.face_quality import TO_MATCH, Gate, Measured
from edge_agent.core.faces import Embedding, Face
from edge_agent.core.matching import Nearness, TemplateSet
from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.votes import Hint, Votes
from edge_agent.ports import Gallery, Image

AGAIN_S = 0.2
SETTLED_AGAIN_S = 5.0
UPPER_SHARE = 0.45
"""A face lies in this part of a person's box, from the top."""
ASIDE = 0.15
SMALLEST_CROP_PX = 24


class FaceFinder(Protocol):
    """Finds faces in a picture."""

    def find(self, image: Image) -> list[Face]: ...


class FaceReader(Protocol):
    """Says what a face looks like, and how well it can be seen."""

    def measure(self, image: Image, face: Face) -> Measured: ...

    def embed(self, image: Image, face: Face) -> Embedding: ...


@dataclass(slots=True)
class Recogniser:
    """One camera's: looks at a few people a frame, those longest not looked at first."""

    finder: FaceFinder
    reader: FaceReader
    gallery: Gallery
    nearness: Nearness
    votes: Votes = field(default_factory=Votes)
    gate: Gate = TO_MATCH
    most_a_frame: int = 2
    looked_at: dict[TrackId, float] = field(default_factory=dict)

    def observe(self, at: float, image: Image, tracks: Sequence[Track]) -> list[Hint]:
        """Look at some of those who are seen now; give new hints."""
        seen = {track.track_id: track for track in tracks if track.is_confirmed}
        alive = {track.track_id for track in tracks}
        self.votes = self.votes.only(alive)
        self.looked_at = {key: when for key, when in self.looked_at.items() if key in alive}
        templates = self.gallery.templates()
        if not templates.entry_ids:
            return []
        due = sorted(
            (track_id for track_id in seen if self._is_due(track_id, at)),
            key=lambda track_id: self.looked_at.get(track_id, -1.0),
        )
        hints = []
        for track_id in due[: self.most_a_frame]:
            self.looked_at[track_id] = at
            hint = self._look(image, seen[track_id], templates)
            if hint is not None:
                hints.append(hint)
        return hints

    def _is_due(self, track_id: TrackId, at: float) -> bool:
        pause_s = SETTLED_AGAIN_S if self.votes.is_settled(track_id) else AGAIN_S
        return at - self.looked_at.get(track_id, -pause_s) >= pause_s

    def _look(self, image: Image, track: Track, templates: TemplateSet) -> Hint | None:
        crop = head_of(image, track.box)
        if min(crop.shape[:2]) < SMALLEST_CROP_PX:
            return None
        faces = self.finder.find(crop)
        if not faces:
            return None
        measured = self.reader.measure(crop, faces[0])
        if self.gate.problems(measured):
            return None
        ballot = self.nearness.ballot(self.reader.embed(crop, faces[0]), templates)
        self.votes, hint = self.votes.observe(track.track_id, ballot)
        return hint


def head_of(image: Image, box: Box) -> Image:
    """Give the part of a picture in which a person's head must be."""
    height, width = image.shape[:2]
    aside = (box.right - box.left) * ASIDE
    lower = box.top + (box.bottom - box.top) * UPPER_SHARE
    above = (box.bottom - box.top) * 0.05
    left, right = _cut(box.left - aside, width), _cut(box.right + aside, width)
    return image[_cut(box.top - above, height) : _cut(lower, height), left:right]


def _cut(share: float, pixels: int) -> int:
    return round(min(max(share, 0.0), 1.0) * pixels)
