"""Whether a post is manned: the share of its duty time in which somebody stands there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contract.scenarios import Duty, Kind
from edge_agent.core.findings import Episode, Finding, State, Verdict
from edge_agent.core.points import Point
from edge_agent.core.polygons import contains
from edge_agent.core.schedules import ALWAYS, Schedule
from edge_agent.core.shares import Share
from edge_agent.core.tracks import Track

KINDS = {Duty.GUARD_ON_POST: Kind.GUARD_ABSENT, Duty.ESCORT_POST: Kind.ESCORT_ABSENT}
LONGEST_STEP_S = 10.0
"""What lies further apart than this was not watched in between: it counts neither way."""


@dataclass(frozen=True, slots=True)
class Post:
    """A zone where somebody must stand during duty hours; `gap_s` is how long it may be empty."""

    zone_id: str
    polygon: tuple[Point, ...]
    duty: Duty
    gap_s: float
    min_people: int = 1
    schedule: Schedule = ALWAYS

    def is_manned(self, tracks: Sequence[Track]) -> bool:
        """Tell whether enough people stand there now; who stands still is no less on duty."""
        there = sum(track.is_confirmed and contains(self.polygon, track.ground) for track in tracks)
        return there >= self.min_people


@dataclass(frozen=True, slots=True)
class Watching:
    """One post so far: since when it is watched in this duty, when it was last manned."""

    since: float
    seen_at: float
    manned_at: float | None = None
    is_reported: bool = False

    @property
    def empty_since(self) -> float:
        """From when on nobody was there."""
        return self.since if self.manned_at is None else self.manned_at


@dataclass(frozen=True, slots=True)
class PostRule:
    """The posts of one camera; a gap no longer than allowed counts as manned, a longer one not."""

    posts: tuple[Post, ...] = ()
    watched: dict[str, Watching] = field(default_factory=dict)

    def observe(
        self, at: float, tracks: Sequence[Track], local: datetime | None
    ) -> tuple["PostRule", Verdict, list[Share]]:
        """Take one frame's tracks in; give what is new, and the seconds to add to each duty."""
        watched, shares = dict[str, Watching](), list[Share]()
        findings, going_on = list[Finding](), dict[Episode, State]()
        for post in self.posts:
            if not post.schedule.holds(local):
                continue
            before = self.watched.get(post.zone_id)
            now, share = _stepped(post, before, at, post.is_manned(tracks))
            shares.append(share)
            episode = Episode(KINDS[post.duty], post.zone_id)
            empty_s = at - now.empty_since
            if empty_s > post.gap_s:
                going_on[episode] = State(people=0, dwell_s=empty_s)
                if not now.is_reported:
                    findings.append(Finding(episode.kind, post.zone_id, None, 0, empty_s))
            watched[post.zone_id] = replace(now, is_reported=episode in going_on)
        rule = replace(self, watched=watched)
        return rule, Verdict((), tuple(findings), going_on), shares

    def unseen(self) -> "PostRule":
        """Give the rule after a time in which it could not see: nothing is held against anybody."""
        return replace(self, watched={})


def _stepped(
    post: Post, before: Watching | None, at: float, manned: bool
) -> tuple[Watching, Share]:
    """Count the time since the last look.

    While a gap is still allowed its time is held back: it counts as manned when somebody comes in
    time, and as empty from its beginning when nobody does.
    """
    if before is None or at - before.seen_at > LONGEST_STEP_S:
        return Watching(at, at, at if manned else None), Share(post.duty)
    empty_s = at - before.empty_since
    manned_at = at if manned else before.manned_at
    now = replace(before, seen_at=at, manned_at=manned_at)
    if empty_s <= post.gap_s:
        return now, Share(post.duty, empty_s, empty_s) if manned else Share(post.duty)
    step_s = at - before.seen_at if before.is_reported else empty_s
    return now, Share(post.duty, 0.0, step_s)
