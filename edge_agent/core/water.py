"""The water rule: who is warned aloud, and what the district is told.

Each overstay and each crossing is a finding, and goes to the district once. Aloud it is said at
once, but not again for the same place within the cooldown; while somebody who has been warned
stays on, the warning is repeated every cooldown, without troubling the district again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from contract.scenarios import Kind, Severity
from edge_agent.core.bodies import to_stretch
from edge_agent.core.crossings import Crossing, Crossings
from edge_agent.core.dwell import Dwell, Overstay
from edge_agent.core.heirs import Heirs
from edge_agent.core.lines import Line
from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.zones import Zone

NEAR_BODIES = 1.5
"""A person this near to a line, in body heights, counts as being at it."""


@dataclass(frozen=True, slots=True)
class Response:
    """How a kind of finding is said and ranked."""

    phrase_id: str
    severity: Severity


RESPONSES = {
    Kind.OVERSTAY: Response("step_back_from_water", Severity.WARNING),
    Kind.LINE_CROSSED: Response("line_crossed", Severity.CRITICAL),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rule makes of one overstay or crossing; `place_id` names the zone or the line."""

    kind: Kind
    place_id: str
    track: Track
    people: int
    dwell_s: float | None = None
    is_announced: bool = False

    @property
    def response(self) -> Response:
        """How it is said and ranked."""
        return RESPONSES[self.kind]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one frame leads to: phrases to say aloud now, and findings to report."""

    phrase_ids: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class WaterRule:
    """One camera's zones and lines with their memory; `observe` gives the next and a verdict."""

    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    cooldown_s: float = 30.0
    heirs: Heirs = field(default_factory=Heirs)
    dwell: Dwell = field(default_factory=Dwell)
    crossings: Crossings = field(default_factory=Crossings)
    said_at: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def over(
        cls, zones: Sequence[Zone], lines: Sequence[Line], *, cooldown_s: float, grace_s: float
    ) -> "WaterRule":
        """Give the rule over what is drawn; for `grace_s` a hidden person is not forgotten."""
        memories = Heirs(grace_s), Dwell(grace_s), Crossings(grace_s)
        return cls(tuple(zones), tuple(lines), cooldown_s, *memories)

    def observe(self, at: float, tracks: Sequence[Track]) -> tuple["WaterRule", Verdict]:
        """Take one frame's tracks in."""
        heirs, origins = self.heirs.observe(at, tracks)
        dwell, overstays = self.dwell.observe(at, tracks, self.zones, origins)
        crossings, passed = self.crossings.observe(at, tracks, self.lines, origins)
        findings = [
            *(_of_crossing(self.lines, crossing, tracks) for crossing in passed),
            *(_of_overstay(self.zones, overstay, tracks) for overstay in overstays),
        ]
        rule = replace(self, heirs=heirs, dwell=dwell, crossings=crossings)
        return _announced(rule, at, findings)


def _announced(
    rule: WaterRule, at: float, findings: Sequence[Finding]
) -> tuple[WaterRule, Verdict]:
    """Choose what is said: findings first, then reminders to those who were told and stay on."""
    said_at = dict(rule.said_at)
    phrase_ids: list[str] = []

    def say(place_id: str, phrase_id: str) -> bool:
        if at - said_at.get(place_id, -inf) < rule.cooldown_s:
            return False
        said_at[place_id] = at
        phrase_ids.append(phrase_id)
        return True

    told = tuple(
        replace(finding, is_announced=say(finding.place_id, finding.response.phrase_id))
        for finding in findings
    )
    for zone in rule.zones:
        if rule.dwell.overstayers(at, zone.zone_id):
            say(zone.zone_id, RESPONSES[Kind.OVERSTAY].phrase_id)
    return replace(rule, said_at=said_at), Verdict(tuple(phrase_ids), told)


def _of_overstay(zones: Sequence[Zone], overstay: Overstay, tracks: Sequence[Track]) -> Finding:
    zone = next(zone for zone in zones if zone.zone_id == overstay.zone_id)
    people = sum(track.is_confirmed and zone.contains(track.ground) for track in tracks)
    track = _track(overstay.track_id, tracks)
    return Finding(Kind.OVERSTAY, zone.zone_id, track, max(people, 1), overstay.dwell_s)


def _of_crossing(lines: Sequence[Line], crossing: Crossing, tracks: Sequence[Track]) -> Finding:
    line = next(line for line in lines if line.line_id == crossing.line_id)
    people = sum(
        track.is_confirmed and to_stretch(line.a, line.b, track.ground, track.box) <= NEAR_BODIES
        for track in tracks
    )
    track = _track(crossing.track_id, tracks)
    return Finding(Kind.LINE_CROSSED, line.line_id, track, max(people, 1))


def _track(track_id: TrackId, tracks: Sequence[Track]) -> Track:
    return next(track for track in tracks if track.track_id == track_id)
