"""What a false alarm was, and what it teaches the camera."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from central.core.naming import Words

Remedy = Literal["mask", "min_score"]
Corner = tuple[float, float]

MARGIN = 0.02
"""A mask reaches this far beyond what was taken for a person, in fractions of the frame."""
MORE_SCORE = 0.03
MOST_SCORE = 0.75
"""A threshold beyond would no longer see people in the rain."""
MOST_AREA = 0.15
"""A mask that hides more of the picture would make the camera blind: a person must draw it."""


class Label(StrEnum):
    """What was taken for a person, or for danger."""

    OBJECT = "object"
    REFLECTION = "reflection"
    ANIMAL = "animal"
    WEATHER = "weather"
    ALLOWED = "allowed"
    OTHER = "other"


LABELS: dict[Label, Words] = {
    Label.OBJECT: ("静止物体（树、车、海报等）", "a still object"),
    Label.REFLECTION: ("倒影或反光", "a reflection"),
    Label.ANIMAL: ("动物", "an animal"),
    Label.WEATHER: ("雨、雾、虫、光线", "rain, fog, insects, light"),
    Label.ALLOWED: ("允许在此的人", "somebody who may be there"),
    Label.OTHER: ("其他", "something else"),
}

REMEDIES: dict[Label, Remedy] = {
    Label.OBJECT: "mask",
    Label.REFLECTION: "mask",
    Label.ANIMAL: "min_score",
    Label.WEATHER: "min_score",
}


@dataclass(frozen=True, slots=True)
class Mistaken:
    """What one alert saw: sides as fractions of the frame (left, top, right, bottom), and score."""

    camera_id: str
    box: tuple[float, float, float, float]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one camera could do about it."""

    camera_id: str
    remedy: Remedy
    mask: tuple[Corner, ...] = ()
    min_score: float | None = None


def proposals(label: Label, mistaken: Sequence[Mistaken]) -> list[Proposal]:
    """Give what each camera could do so that the same is not taken for a person again."""
    remedy = REMEDIES.get(label)
    if remedy is None:
        return []
    cameras = sorted({one.camera_id for one in mistaken})
    made = [_proposal(camera, remedy, [m for m in mistaken if m.camera_id == camera])
            for camera in cameras]  # fmt: skip
    return [proposal for proposal in made if proposal is not None]


def _proposal(camera_id: str, remedy: Remedy, seen: Sequence[Mistaken]) -> Proposal | None:
    if remedy == "min_score":
        scores = [one.score for one in seen if one.score is not None]
        if not scores:
            return None
        wanted = round(min(max(scores) + MORE_SCORE, MOST_SCORE), 2)
        return Proposal(camera_id, remedy, min_score=wanted)
    lefts, tops, rights, bottoms = zip(*(one.box for one in seen), strict=True)
    left, top = max(0.0, min(lefts) - MARGIN), max(0.0, min(tops) - MARGIN)
    right, bottom = min(1.0, max(rights) + MARGIN), min(1.0, max(bottoms) + MARGIN)
    if (right - left) * (bottom - top) > MOST_AREA:
        return None
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Proposal(camera_id, remedy, tuple((round(x, 3), round(y, 3)) for x, y in corners))
