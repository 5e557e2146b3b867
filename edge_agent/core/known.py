"""Who of those that are followed resembles an entry, and when that is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contract.messages import Match
from contract.scenarios import Kind
from edge_agent.core.findings import Episode, Finding, Saying, State, Verdict
from edge_agent.core.tracks import Track, TrackId
from edge_agent.core.votes import Hint


@dataclass(frozen=True, slots=True)
class Known:
    """One camera's hints by track; where `kind` is given each is reported, as that.

    At the water a hint only lends a warning its name. The same entry is not reported again within
    `repeat_s`, whichever track it is seen in.
    """

    kind: Kind | None = None
    repeat_s: float = 600.0
    hints: Mapping[TrackId, Hint] = field(default_factory=dict)
    reported_at: Mapping[str, float] = field(default_factory=dict)

    def observe(
        self, at: float, tracks: Sequence[Track], hints: Sequence[Hint]
    ) -> tuple["Known", Verdict]:
        """Take in who is there, and what faces have said since the last frame."""
        there = {track.track_id: track for track in tracks}
        held = {k: hint for k, hint in self.hints.items() if k in there}
        held.update({hint.track_id: hint for hint in hints if hint.track_id in there})
        known = replace(self, hints=held)
        if self.kind is None:
            return known, Verdict()
        recent = {e: when for e, when in self.reported_at.items() if at - when < self.repeat_s}
        found: list[Finding] = []
        for hint in hints:
            if hint.track_id in there and hint.entry_id not in recent:
                recent[hint.entry_id] = at
                track = there[hint.track_id]
                found.append(Finding(self.kind, "", track, 1, subject=hint.entry_id))
        going_on = {
            Episode(self.kind, "", hint.entry_id): State(track=there[track_id])
            for track_id, hint in held.items()
            if hint.entry_id in recent
        }
        return replace(known, reported_at=recent), Verdict((), tuple(found), going_on)

    def named(self, verdict: Verdict) -> Verdict:
        """Add to findings and sayings whom they are about, where that is known."""
        findings = tuple(replace(one, matches=self._matches(one.track)) for one in verdict.findings)
        tracks = {one.episode: one.track for one in verdict.findings}
        tracks |= {episode: state.track for episode, state in verdict.going_on.items()
                   if state.track is not None}  # fmt: skip
        sayings = tuple(self._to(one, tracks.get(one.episode)) for one in verdict.sayings)
        return replace(verdict, findings=findings, sayings=sayings)

    def _matches(self, track: Track | None) -> tuple[Match, ...]:
        hint = None if track is None else self.hints.get(track.track_id)
        if hint is None:
            return ()
        similarity = round(hint.similarity, 4)
        return (
            Match(
                entry_id=hint.entry_id,
                similarity=similarity,
                votes=hint.votes,
                frames=hint.frames,
            ),
        )

    def _to(self, saying: Saying, track: Track | None) -> Saying:
        hint = None if track is None else self.hints.get(track.track_id)
        return saying if hint is None else replace(saying, entry_id=hint.entry_id)
