"""The life of an alert: it starts once, is added to while it goes on, and ends once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contract.scenarios import Phase
from edge_agent.core.findings import Episode, Finding, State


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often something that goes on is told again, and how long a pause does not end it."""

    update_s: float = 60.0
    end_after_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Living:
    """An alert that has started and has not ended: what was last told, and when it was last so."""

    told: Finding
    told_at: float
    so_at: float


@dataclass(frozen=True, slots=True)
class AlertLife:
    """The memory of one camera; `observe` gives the next and what is to be reported.

    A second start of what goes on already is an update of it, so that an episode has one alert.
    """

    rhythm: Rhythm = field(default_factory=Rhythm)
    living: Mapping[Episode, Living] = field(default_factory=dict)

    def observe(
        self, at: float, found: Sequence[Finding], going_on: Mapping[Episode, State]
    ) -> tuple["AlertLife", list[Finding]]:
        """Take in what one frame has found and what goes on in it."""
        living, reports = dict(self.living), list[Finding]()
        for finding in found:
            is_known = finding.episode in living
            report = replace(finding, phase=Phase.UPDATE if is_known else Phase.START)
            living[finding.episode] = Living(report, at, at)
            reports.append(report)
        for episode, known in list(living.items()):
            state = going_on.get(episode)
            now = known if state is None else _seen_again(known, at, state)
            if now.so_at < at - self.rhythm.end_after_s:
                reports.append(replace(now.told, phase=Phase.END, is_announced=False))
                del living[episode]
            elif state is not None and _is_news(known.told, state, at - now.told_at, self.rhythm):
                reports.append(replace(now.told, phase=Phase.UPDATE, is_announced=False))
                living[episode] = replace(now, told_at=at)
            elif state is not None:
                living[episode] = replace(now, told=_as_told(known.told, now.told))
        return AlertLife(self.rhythm, living), reports


def _seen_again(known: Living, at: float, state: State) -> Living:
    told = replace(
        known.told,
        people=known.told.people if state.people is None else state.people,
        dwell_s=known.told.dwell_s if state.dwell_s is None else state.dwell_s,
        track=state.track or known.told.track,
    )
    return replace(known, told=told, so_at=at)


def _as_told(before: Finding, now: Finding) -> Finding:
    """Keep the count of people that was told, so that a slow change is news at last."""
    return replace(now, people=before.people)


def _is_news(told: Finding, state: State, since_s: float, rhythm: Rhythm) -> bool:
    more = (state.people or 0) > (told.people or 0)
    return more or (since_s >= rhythm.update_s)
