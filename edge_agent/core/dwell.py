"""How long each person has stayed in each zone, in seconds of frame time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.zones import Zone


@dataclass(frozen=True, slots=True)
class Overstay:
    """A track that has just outstayed a zone's limit."""

    track_id: TrackId
    zone_id: str
    dwell_s: float


@dataclass(frozen=True, slots=True)
class Presence:
    """Since when a track has been in a zone, when it was last seen there, and whether we spoke."""

    entered_at: float
    inside_at: float
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class Dwell:
    """The memory of one camera; `observe` gives the next memory and what is new.

    An absence of at most `grace_s` (hidden behind somebody, a box that flickers over the edge)
    is no leave: the count goes on. A longer one is, and the count starts again.
    """

    grace_s: float = 1.5
    present: Mapping[tuple[TrackId, str], Presence] = field(default_factory=dict)

    def observe(
        self,
        at: float,
        tracks: Sequence[Track],
        zones: Sequence[Zone],
        heirs: Mapping[TrackId, TrackId],
    ) -> tuple["Dwell", list[Overstay]]:
        """Take one frame's tracks in; `heirs` maps a new track to the one it carries on."""
        present = {
            key: presence
            for key, presence in self._with_heirs(heirs).items()
            if at - presence.inside_at <= self.grace_s
        }
        overstays: list[Overstay] = []
        inside = [
            (track, zone)
            for track in tracks
            for zone in zones
            if track.is_seen and zone.contains(track.ground)
        ]
        people = Counter(zone.zone_id for track, zone in inside if track.is_confirmed)
        for track, zone in inside:
            key = (track.track_id, zone.zone_id)
            presence = replace(present.get(key, Presence(at, at)), inside_at=at)
            dwell_s = at - presence.entered_at
            is_over = dwell_s >= zone.dwell_limit_s and not presence.is_reported
            if is_over and track.is_confirmed and people[zone.zone_id] >= zone.min_people:
                overstays.append(Overstay(track.track_id, zone.zone_id, dwell_s))
                presence = replace(presence, is_reported=True)
            present[key] = presence
        return Dwell(self.grace_s, present), overstays

    def overstayers(self, at: float, zone_id: str) -> int:
        """Count those who have been reported and are still in the zone at that very moment."""
        return sum(
            presence.is_reported and presence.inside_at == at
            for (_, where), presence in self.present.items()
            if where == zone_id
        )

    def _with_heirs(self, heirs: Mapping[TrackId, TrackId]) -> dict[tuple[TrackId, str], Presence]:
        inherited = {
            (heir, zone_id): presence
            for heir, origin in heirs.items()
            for (track_id, zone_id), presence in self.present.items()
            if track_id == origin
        }
        return {**self.present, **inherited}
