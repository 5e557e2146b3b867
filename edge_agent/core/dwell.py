"""How long each person has stayed in each zone, in seconds of frame time."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.core.points import Point
from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.zones import Zone

HALVINGS = 7
"""How finely a step over the edge is placed between two frames: one in 128."""


@dataclass(frozen=True, slots=True)
class Overstay:
    """A track that has just outstayed a zone's limit; `subject` tells this stay from all others."""

    track_id: TrackId
    zone_id: str
    dwell_s: float
    subject: str


@dataclass(frozen=True, slots=True)
class Presence:
    """Since when a track has been in a zone, when it was last seen there, and whether we spoke.

    `first_id` is the number under which the person came in: the stay is called by it.
    """

    entered_at: float
    inside_at: float
    is_reported: bool = False
    first_id: TrackId = -1
    sightings: int = 0

    @property
    def dwell_s(self) -> float:
        """How long the stay has been, as far as it was seen."""
        return self.inside_at - self.entered_at

    @property
    def subject(self) -> str:
        """What tells this stay from all others in the zone."""
        return f"{self.first_id}@{self.entered_at:.3f}"


@dataclass(frozen=True, slots=True)
class Footing:
    """Where a track stood when it was last seen."""

    at: float
    ground: Point


Presences = Mapping[tuple[TrackId, str], Presence]


@dataclass(frozen=True, slots=True)
class Dwell:
    """The memory of one camera; `observe` gives the next memory and what is new.

    An absence of at most `grace_s` (hidden behind somebody, a box that flickers over the edge)
    is no leave: the count goes on. A longer one is, and the count starts again. When somebody
    stepped over the edge between two frames is reckoned from where the foot was in both, so that
    a slow box does not count less than a fast one. A stay is believed once it has been seen
    `min_sightings` times.
    """

    grace_s: float = 1.5
    min_sightings: int = 1
    present: Presences = field(default_factory=dict)
    footings: Mapping[TrackId, Footing] = field(default_factory=dict)

    def observe(
        self,
        at: float,
        tracks: Sequence[Track],
        zones: Sequence[Zone],
        heirs: Mapping[TrackId, TrackId],
        lively: Container[TrackId] | None = None,
    ) -> tuple["Dwell", list[Overstay]]:
        """Take one frame's tracks in; `heirs` maps a new track to the one it carries on.

        With `lively`, only those in it can outstay: a thing stays for ever.
        """
        waited = self._waited(at, heirs)
        seen = [track for track in tracks if track.is_seen]
        present, overstays = dict(waited.present), list[Overstay]()
        for zone in zones:
            stays = _stays(waited, at, seen, zone)
            people = sum(track.is_confirmed for track, _, _ in stays)
            limit_s = zone.limit_s(people, waited.people(zone.zone_id))
            for track, presence, dwell_s in stays:
                is_over = dwell_s >= limit_s and presence.sightings >= self.min_sightings
                may_count = track.is_confirmed and (lively is None or track.track_id in lively)
                is_new = is_over and may_count and not presence.is_reported
                if is_new:
                    stay = Overstay(track.track_id, zone.zone_id, dwell_s, presence.subject)
                    overstays.append(stay)
                key = (track.track_id, zone.zone_id)
                present[key] = replace(presence, is_reported=presence.is_reported or is_new)
        footings = {track.track_id: Footing(at, track.ground) for track in seen}
        return replace(self, present=present, footings={**waited.footings, **footings}), overstays

    def overstayers(self, zone_id: str) -> dict[TrackId, Presence]:
        """Give those who have been reported and have not left, hidden for a moment or not."""
        return {
            track_id: presence
            for (track_id, where), presence in self.present.items()
            if where == zone_id and presence.is_reported
        }

    def people(self, zone_id: str) -> int:
        """Count who is in the zone, or was a moment ago."""
        return len({p.first_id for (_, where), p in self.present.items() if where == zone_id})

    def _waited(self, at: float, heirs: Mapping[TrackId, TrackId]) -> "Dwell":
        """Forget what is longer ago than the grace; an heir takes over what it carries on."""
        present = {
            key: presence
            for key, presence in self.present.items()
            if at - presence.inside_at <= self.grace_s
        }
        footings = {
            track_id: footing
            for track_id, footing in self.footings.items()
            if at - footing.at <= self.grace_s
        }
        heir_of = {origin: heir for heir, origin in heirs.items()}
        taken = {(heir_of[i], z): p for (i, z), p in present.items() if i in heir_of}
        stood = {heir_of[i]: footing for i, footing in footings.items() if i in heir_of}
        return replace(self, present={**present, **taken}, footings={**footings, **stood})


def _stays(
    before: Dwell, at: float, seen: Sequence[Track], zone: Zone
) -> list[tuple[Track, Presence, float]]:
    """Give who is in the zone or has just stepped out of it, and for how long each was in it."""
    stays: list[tuple[Track, Presence, float]] = []
    for track in seen:
        presence = before.present.get((track.track_id, zone.zone_id))
        footing = before.footings.get(track.track_id)
        if zone.contains(track.ground):
            if presence is None:
                entered_at = _stepped_at(zone, footing, at, track.ground)
                presence = Presence(entered_at, at, first_id=track.track_id)
            presence = replace(presence, inside_at=at, sightings=presence.sightings + 1)
            stays.append((track, presence, at - presence.entered_at))
        elif presence is not None and footing is not None and presence.inside_at == footing.at:
            left_at = _stepped_at(zone, footing, at, track.ground)
            stays.append((track, presence, left_at - presence.entered_at))
    return stays


def _stepped_at(zone: Zone, before: Footing | None, at: float, ground: Point) -> float:
    """Give when the edge was stepped over, at an even pace; of a new track the first sight."""
    if before is None:
        return at
    (x0, y0), (x1, y1), is_in = before.ground, ground, zone.contains(ground)
    early, late = 0.0, 1.0
    for _ in range(HALVINGS):
        half = (early + late) / 2
        if zone.contains((x0 + half * (x1 - x0), y0 + half * (y1 - y0))) == is_in:
            late = half
        else:
            early = half
    share = late if is_in else early
    return before.at + share * (at - before.at)
