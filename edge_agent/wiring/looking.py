"""How a frame is looked at: what moves, whether the detector is asked, and by which clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

from edge_agent.adapters.looks import looks_of
from edge_agent.adapters.motion import Motion, MotionSensor
from edge_agent.adapters.tiling import TilingDetector, crops_for
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.core.attention import Attention
from edge_agent.core.boxes import Box, Detection
from edge_agent.core.daylight import Daylight
from edge_agent.core.masks import Mask, unmasked
from edge_agent.core.naming import Addressee
from edge_agent.core.tracks import Track
from edge_agent.ports import Detector, Frame
from edge_agent.watch import Look
from edge_agent.wiring.naming import Recognition
from edge_agent.wiring.scenes import birth_score

FEEL_S = 0.15
"""So long what has been felt is good enough, where somebody is looked at in any case."""
STILL = Motion((), 0.0, 0.5)
MOST_STIR = 0.25
"""Where more of the picture moves it is the light, or a crowd: nobody is lively for that alone."""


@dataclass(slots=True)
class Gaze:
    """How one camera is looked at, and what it remembers of that."""

    detector: Detector
    sensor: MotionSensor
    masks: tuple[Mask, ...] = ()
    day_bonus: float = 0.0
    night_bonus: float = 0.0
    attention: Attention | None = field(default_factory=Attention)
    daylight: Daylight = field(default_factory=Daylight)
    motion: Motion = STILL
    felt_at: float = -inf

    def look(self, frame: Frame, tracks: Sequence[Track], local: datetime | None) -> Look:
        """Look at one frame, if it is worth it."""
        motion = self._felt(frame, is_busy=bool(tracks))
        stirs = _stirs(motion)
        if self.attention is not None:
            self.attention, looks = self.attention.observe(
                frame.at,
                moves=motion.is_jump or bool(motion.boxes),
                follows=bool(tracks),
                doubts=any(not track.is_confirmed for track in tracks),
            )
            if not looks:
                return Look(frame.at, None, stirs, local)
        return Look(frame.at, self._found(frame), stirs, local)

    def _felt(self, frame: Frame, *, is_busy: bool) -> Motion:
        """Feel what moves; where somebody is followed anyway, not in every frame."""
        if not is_busy or not self.felt_at <= frame.at < self.felt_at + FEEL_S:
            self.motion, self.felt_at = self.sensor.observe(frame.image), frame.at
            self.daylight = self.daylight.observe(self.motion.brightness)
        return self.motion

    def _found(self, frame: Frame) -> list[Detection]:
        bonus = self.night_bonus if self.daylight.is_night else self.day_bonus
        found = unmasked(self.detector.detect(frame.image), self.masks)
        looks = looks_of(frame.image, [one.box for one in found])
        return [
            Detection(one.box, min(1.0, max(0.0, one.score + bonus)), one.label, look)
            for one, look in zip(found, looks, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class AttentiveLooker:
    """Looks where it is worth it. `local` gives the site's clock at a frame's time, or None."""

    gazes: Mapping[str, Gaze]
    local: Callable[[float], datetime | None]
    recognition: Recognition | None = None
    expect: Callable[[Addressee], None] = lambda _: None

    def look(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> Look:
        """Look at one frame."""
        look = self.gazes[camera_id].look(frame, tracks, self.local(frame.at))
        if self.recognition is None or look.found is None:
            return look
        return replace(look, hints=self.recognition.hints(camera_id))

    def after(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> None:
        """Read faces, now that the voice has had its turn."""
        if self.recognition is not None:
            for to in self.recognition.after(camera_id, frame, tracks):
                self.expect(to)


@dataclass(frozen=True, slots=True)
class Terms:
    """`expect` hears who is there; `looks_once` tells whether there is no second look now."""

    expect: Callable[[Addressee], None] = lambda _: None
    looks_once: Callable[[], bool] = lambda: False


def looker_of(
    config: EdgeConfig,
    cameras: Sequence[CameraConfig],
    detector: Detector,
    local: Callable[[float], datetime | None],
    recognition: Recognition | None = None,
    terms: Terms | None = None,
) -> AttentiveLooker:
    """Give how the cameras are looked at, all by one detector."""
    terms = terms or Terms()
    birth = birth_score(config.detector)
    gazes = {}
    for camera in cameras:
        tiled = _tiled(config, camera, detector, terms.looks_once)
        gazes[camera.camera_id] = gaze_of(config, camera, tiled, birth)
    return AttentiveLooker(gazes, local, recognition, terms.expect)


def gaze_of(config: EdgeConfig, camera: CameraConfig, detector: Detector, birth: float) -> Gaze:
    """Give how a camera is looked at; `birth` is the score from which the tracker believes.

    A camera's or a night's own least score is added to what the detector says, so that all else
    stays the same.
    """
    settings = config.detector
    by_day = birth if camera.min_score is None else camera.min_score
    by_night = by_day if settings.night_min_score is None else settings.night_min_score
    masks = tuple(mask.polygon for mask in camera.masks)
    return Gaze(
        detector,
        MotionSensor(masks),
        masks,
        birth - by_day,
        birth - by_night,
        Attention() if settings.gate else None,
    )


def _tiled(
    config: EdgeConfig, camera: CameraConfig, detector: Detector, looks_once: Callable[[], bool]
) -> Detector:
    drawings = [zone.polygon for zone in camera.zones]
    drawings += [post.polygon for post in camera.posts]
    crops = crops_for(camera.tiling, drawings)
    most = config.detector.max_inferences
    if not crops or most < 2:  # noqa: PLR2004 - a second look is the first of them
        return detector
    return TilingDetector(detector, crops, most, looks_once=looks_once)


def _stirs(motion: Motion) -> tuple[Box, ...]:
    return () if motion.is_jump or motion.share > MOST_STIR else motion.boxes
