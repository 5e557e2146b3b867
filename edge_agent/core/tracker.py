"""Which box is the same person as a moment ago.

Two rounds of assignment (first the detections we are sure of, then the doubtful ones, which may
only carry on what is known already; the idea is ByteTrack's, Zhang and others, 2022) over a Kalman
filter. Every limit is in seconds, so that a slow box and a fast one tell the same story.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge_agent.core.boxes import Detection
from edge_agent.core.looks import NO_LOOK, Look, blended, unlikeness
from edge_agent.core.motion import Motion, Noise, boxes_of, rows_of
from edge_agent.core.pairing import Limits, paired, without_twins
from edge_agent.core.tracks import Track, TrackId, TrackState


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Limits of the tracker: scores are the detector's own, times seconds."""

    sure_score: float = 0.4
    """A detection below is doubtful: it may only carry on a track that is already known."""
    birth_score: float = 0.5
    """A new track begins with at least this."""
    confirm_s: float = 0.25
    confirm_hits: int = 2
    tentative_s: float = 0.35
    """An unconfirmed track unseen for longer is dropped."""
    lost_s: float = 1.0
    """A confirmed track unseen for longer is dropped; `Heirs` looks further back."""
    doubtful_s: float = 0.6
    """A track unseen for longer is not carried on by a doubtful detection."""
    max_twin_overlap: float = 0.4
    """A detection that covers a matched one by more is the same person twice."""
    sure: Limits = field(default_factory=Limits)
    doubtful: Limits = field(default_factory=lambda: Limits(min_overlap=0.5))
    noise: Noise = field(default_factory=Noise)


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a track beside its motion."""

    track_id: TrackId
    born_at: float
    seen_at: float
    hits: int = 1
    is_confirmed: bool = False
    look: Look = NO_LOOK
    score: float = 0.0
    """The best that a detection of it has had."""


_ROUNDING_S = 1e-6
_NOTHING = Motion(*(np.zeros((0, 4)) for _ in range(5)))


@dataclass(frozen=True, slots=True)
class Tracker:
    """The memory of one camera; `observe` gives the next memory and the tracks of this frame.

    `lives` and the rows of `motion` belong together, one by one.
    """

    settings: TrackerSettings = field(default_factory=TrackerSettings)
    at: float = 0.0
    next_id: TrackId = 1
    lives: tuple[Life, ...] = ()
    motion: Motion = _NOTHING

    def observe(self, at: float, detections: Sequence[Detection]) -> tuple["Tracker", list[Track]]:
        """Take one frame's detections in; `at` must not run backwards."""
        waited = _waited(self, at)
        matches = _matches(waited, detections)
        fresh = _fresh(self.settings, detections, matches)
        tracker = _born(_pruned(_corrected(waited, matches)), fresh)
        return tracker, _tracks(tracker)


Matches = dict[int, Detection]
"""Which row of the tracker is seen in which detection."""


def _waited(tracker: Tracker, at: float) -> Tracker:
    if not tracker.lives:
        return replace(tracker, at=at)
    is_coasting = np.array([life.seen_at < tracker.at for life in tracker.lives])
    elapsed_s = max(0.0, at - tracker.at)
    motion = tracker.motion.after(elapsed_s, is_coasting, tracker.settings.noise)
    return replace(tracker, at=at, motion=motion)


def _matches(tracker: Tracker, detections: Sequence[Detection]) -> Matches:
    """Serve the confirmed first, those left over with doubtful detections, the new ones last."""
    settings, lives = tracker.settings, tracker.lives
    sure = [d for d in detections if d.score >= settings.sure_score]
    doubtful = [d for d in detections if d.score < settings.sure_score]
    confirmed = [row for row, life in enumerate(lives) if life.is_confirmed]
    known = _round(tracker, confirmed, sure, settings.sure)
    left = [
        row
        for row in confirmed
        if row not in known and tracker.at - lives[row].seen_at <= settings.doubtful_s
    ]
    carried = _round(tracker, left, doubtful, settings.doubtful)
    new = [row for row, life in enumerate(lives) if not life.is_confirmed]
    return known | carried | _round(tracker, new, _unused(sure, known), settings.sure)


def _round(
    tracker: Tracker, rows: Sequence[int], detections: Sequence[Detection], limits: Limits
) -> Matches:
    if not rows or not detections:
        return {}
    unseen_s = np.array([tracker.at - tracker.lives[row].seen_at for row in rows])
    seen = rows_of([d.box for d in detections])
    unlike = unlikeness([tracker.lives[row].look for row in rows], [d.look for d in detections])
    motion, noise = tracker.motion.rows(rows), tracker.settings.noise
    pairs = paired(motion, unseen_s, seen, unlike, limits, noise)
    return {rows[i]: detections[j] for i, j in pairs}


def _unused(detections: Sequence[Detection], matches: Matches) -> list[Detection]:
    used = {id(detection) for detection in matches.values()}
    return [d for d in detections if id(d) not in used]


def _fresh(
    settings: TrackerSettings, detections: Sequence[Detection], matches: Matches
) -> list[Detection]:
    """Give the detections that are somebody new."""
    candidates = [d for d in _unused(detections, matches) if d.score >= settings.birth_score]
    matched = [d.box for d in matches.values()]
    return without_twins(candidates, matched, settings.max_twin_overlap)


def _corrected(tracker: Tracker, matches: Matches) -> Tracker:
    if not matches:
        return tracker
    rows = list(matches)
    rest = [row for row in range(len(tracker.lives)) if row not in matches]
    seen = rows_of([detection.box for detection in matches.values()])
    corrected = tracker.motion.rows(rows).corrected(seen, tracker.settings.noise)
    return replace(
        tracker,
        lives=(
            *(_carried_on(tracker.lives[row], tracker, matches[row]) for row in rows),
            *(tracker.lives[row] for row in rest),
        ),
        motion=corrected.joined(tracker.motion.rows(rest)),
    )


def _carried_on(life: Life, tracker: Tracker, seen: Detection) -> Life:
    hits, settings = life.hits + 1, tracker.settings
    has_lasted = tracker.at - life.born_at >= settings.confirm_s - _ROUNDING_S
    is_confirmed = life.is_confirmed or (has_lasted and hits >= settings.confirm_hits)
    look = blended(life.look, seen.look, tracker.at - life.seen_at)
    score = max(life.score, seen.score)
    return Life(life.track_id, life.born_at, tracker.at, hits, is_confirmed, look, score)


def _pruned(tracker: Tracker) -> Tracker:
    settings = tracker.settings
    kept = [
        row
        for row, life in enumerate(tracker.lives)
        if tracker.at - life.seen_at
        <= (settings.lost_s if life.is_confirmed else settings.tentative_s) + _ROUNDING_S
    ]
    if len(kept) == len(tracker.lives):
        return tracker
    lives = tuple(tracker.lives[row] for row in kept)
    return replace(tracker, lives=lives, motion=tracker.motion.rows(kept))


def _born(tracker: Tracker, fresh: Sequence[Detection]) -> Tracker:
    if not fresh:
        return tracker
    motion = Motion.of(rows_of([d.box for d in fresh]), tracker.settings.noise)
    lives = (
        Life(
            tracker.next_id + i, tracker.at, tracker.at, look=detection.look, score=detection.score
        )
        for i, detection in enumerate(fresh)
    )
    return replace(
        tracker,
        next_id=tracker.next_id + len(fresh),
        lives=(*tracker.lives, *lives),
        motion=tracker.motion.joined(motion),
    )


def _tracks(tracker: Tracker) -> list[Track]:
    """Give what is seen now and what is foreseen; a tentative track unseen is not worth a word."""

    def state(life: Life) -> TrackState:
        if not life.is_confirmed:
            return TrackState.TENTATIVE
        return TrackState.CONFIRMED if life.seen_at == tracker.at else TrackState.LOST

    tracks = [
        Track(life.track_id, box, state(life), life.score)
        for life, box in zip(tracker.lives, boxes_of(tracker.motion.place), strict=True)
        if life.is_confirmed or life.seen_at == tracker.at
    ]
    return sorted(tracks, key=lambda track: track.track_id)
