"""The water rule: who is warned aloud, and what the district is told.

Each overstay and each crossing is a finding, and goes to the district once. Aloud it is said at
once, but not again for the same place within the cooldown; while somebody who has been warned
stays on, the warning is repeated every cooldown, without troubling the district again.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

from contract.scenarios import Kind
from edge_agent.core.bodies import to_stretch
from edge_agent.core.crossings import Crossing, Crossings
from edge_agent.core.dwell import Dwell, Overstay
from edge_agent.core.findings import RESPONSES, Episode, Finding, Saying, State, Verdict
from edge_agent.core.heirs import Heirs
from edge_agent.core.lines import Line
from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.zones import Zone

NEAR_BODIES = 1.5
"""A person this near to a line, in body heights, counts as being at it."""


@dataclass(frozen=True, slots=True)
class WaterRule:
    """One camera's zones and lines with their memory; `observe` gives the next and a verdict."""

    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    cooldown_s: float = 30.0
    crossing_kind: Kind = Kind.LINE_CROSSED
    heirs: Heirs = field(default_factory=Heirs)
    dwell: Dwell = field(default_factory=Dwell)
    crossings: Crossings = field(default_factory=Crossings)
    said_at: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def over(
        cls,
        zones: Sequence[Zone],
        lines: Sequence[Line],
        *,
        cooldown_s: float,
        grace_s: float,
        min_sightings: int = 1,
    ) -> "WaterRule":
        """Give the rule over what is drawn; for `grace_s` a hidden person is not forgotten."""
        return cls(
            tuple(zones),
            tuple(lines),
            cooldown_s,
            heirs=Heirs(grace_s),
            dwell=Dwell(grace_s, min_sightings),
            crossings=Crossings(grace_s),
        )

    def observe(
        self,
        at: float,
        tracks: Sequence[Track],
        local: datetime | None = None,
        lively: Container[TrackId] | None = None,
    ) -> tuple["WaterRule", Verdict]:
        """Take one frame's tracks in; `local` is the site's clock, for what has a schedule."""
        zones = [zone for zone in self.zones if zone.schedule.holds(local)]
        lines = [line for line in self.lines if line.schedule.holds(local)]
        heirs, origins = self.heirs.observe(at, tracks)
        dwell, overstays = self.dwell.observe(at, tracks, zones, origins, lively)
        crossings, passed = self.crossings.observe(at, tracks, lines, origins, lively)
        rule = replace(self, heirs=heirs, dwell=dwell, crossings=crossings)
        findings = [
            *(rule.of_crossing(crossing, tracks) for crossing in passed),
            *(rule.of_overstay(overstay, tracks) for overstay in overstays),
        ]
        going_on = dict(rule.going_on(zones, lines, tracks, lively))
        return _announced(rule, at, findings, going_on)

    def going_on(
        self,
        zones: Sequence[Zone],
        lines: Sequence[Line],
        tracks: Sequence[Track],
        lively: Container[TrackId] | None,
    ) -> Iterator[tuple[Episode, State]]:
        """Give what has been reported and is still so."""
        seen = {track.track_id: track for track in tracks if track.is_seen}
        for zone in zones:
            people = _people_in(zone, tracks)
            for track_id, presence in self.dwell.overstayers(zone.zone_id).items():
                if lively is None or track_id in lively:
                    episode = Episode(Kind.OVERSTAY, zone.zone_id, presence.subject)
                    is_there = track_id in seen and zone.contains(seen[track_id].ground)
                    track = seen[track_id] if is_there else None
                    yield episode, State(people, presence.dwell_s, track)
        for line in lines:
            for track_id, standing in self.crossings.over(line.line_id).items():
                episode = Episode(self.crossing_kind, line.line_id, standing.subject)
                yield episode, State(None, None, seen.get(track_id))

    def of_overstay(self, overstay: Overstay, tracks: Sequence[Track]) -> Finding:
        """Give what is reported of an overstay."""
        zone = next(zone for zone in self.zones if zone.zone_id == overstay.zone_id)
        return Finding(
            Kind.OVERSTAY,
            zone.zone_id,
            _track(overstay.track_id, tracks),
            max(_people_in(zone, tracks), 1),
            overstay.dwell_s,
            subject=overstay.subject,
        )

    def of_crossing(self, crossing: Crossing, tracks: Sequence[Track]) -> Finding:
        """Give what is reported of a crossing."""
        line = next(line for line in self.lines if line.line_id == crossing.line_id)
        people = sum(
            track.is_confirmed
            and to_stretch(line.a, line.b, track.ground, track.box) <= NEAR_BODIES
            for track in tracks
        )
        track = _track(crossing.track_id, tracks)
        return Finding(
            self.crossing_kind, line.line_id, track, max(people, 1), subject=crossing.subject
        )


def _announced(
    rule: WaterRule, at: float, findings: Sequence[Finding], going_on: Mapping[Episode, State]
) -> tuple[WaterRule, Verdict]:
    """Choose what is said: findings first, then reminders to those who were told and stay on."""
    said_at = dict(rule.said_at)
    sayings: list[Saying] = []

    def say(episode: Episode) -> bool:
        phrase_id = RESPONSES[episode.kind].phrase_id
        if not phrase_id or at - said_at.get(episode.place_id, -inf) < rule.cooldown_s:
            return False
        said_at[episode.place_id] = at
        sayings.append(Saying(phrase_id, episode))
        return True

    told = tuple(replace(finding, is_announced=say(finding.episode)) for finding in findings)
    for episode, state in going_on.items():
        if episode.kind is Kind.OVERSTAY and state.track is not None:
            say(episode)
    return replace(rule, said_at=said_at), Verdict(tuple(sayings), told, going_on)


def _people_in(zone: Zone, tracks: Sequence[Track]) -> int:
    return sum(track.is_confirmed and zone.contains(track.ground) for track in tracks)


def _track(track_id: TrackId, tracks: Sequence[Track]) -> Track:
    return next(track for track in tracks if track.track_id == track_id)
