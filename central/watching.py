"""What is looked at ahead: hours without anybody on duty, relations that reach nobody.

Found, kept, and told: a gap once, what cannot be reached in one digest a day.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters import calendars
from central.adapters.store import bulletins, checks, duty, tasks
from central.adapters.store.engine import Store
from central.config import DutySection
from central.core.bulletin import duty_letter, reach_letter
from central.core.delivery import State, next_try_at
from central.core.duty import Cover, Span, gaps
from central.core.duty_rights import leads_of
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Role
from central.core.playbook import Playbook
from central.incidents.reaching import Gap, muster
from central.incidents.reaching import gaps as unreachable
from central.incidents.telling import DISTRICT_UNIT
from central.ports import Channel, DeliveryError

LOG = logging.getLogger("huxiao.central")
DAY_MS = 86_400_000
EVERY_MS = 60_000
MOST_AT_ONCE = 100
REACH, DUTY = "reachability", "duty"


@dataclass(slots=True)
class Watch:
    """Looks once a minute whether anything has changed, and at least once a day."""

    store: Store
    playbooks: Callable[[], tuple[Playbook, ...]]
    channels: Collection[str]
    section: DutySection
    _looked_at: int = 0

    def look(self, now_ms: int) -> int:
        """Look where a look is due; give how many letters were written."""
        if now_ms - self._looked_at < EVERY_MS:
            return 0
        self._looked_at = now_ms
        written = 0
        with self.store.transaction() as connection:
            checks.alone(connection)
            self._find_gaps(connection, now_ms)
            written += self._tell_gaps(connection, now_ms)
            if self._is_due(connection, now_ms):
                self._find_unreachable(connection, now_ms)
            written += self._tell_unreachable(connection, now_ms)
        return written

    def cover_of(self, unit_code: str) -> Cover:
        """Give when somebody of a unit has to be on duty, by its kind or its code."""
        of_kind = self.section.cover.get(unit_code.partition(":")[0])
        return self.section.cover.get(unit_code) or of_kind or "always"

    def _find_gaps(self, connection: Connection, now_ms: int) -> None:
        until = now_ms + self.section.look_ahead_days * DAY_MS
        units = set(duty.units_with_roster(connection, now_ms))
        known = duty.known_gaps(connection)
        away = duty.absences(connection, now_ms)
        for unit_code in sorted(units | {row["unit_code"] for row in known}):
            rows = duty.shifts(connection, now_ms, unit_code)
            cover = self.cover_of(unit_code) if rows else "never"
            found = gaps(rows, away, now_ms, until, calendars.current(), cover)
            mine = [row for row in known if row["unit_code"] == unit_code]
            _kept(connection, unit_code, mine, found, now_ms)

    def _tell_gaps(self, connection: Connection, now_ms: int) -> int:
        soon = now_ms + self.section.tell_days_ahead * DAY_MS
        names = duty.unit_names(connection)
        by_unit: dict[str, list[Span]] = {}
        told = []
        for row in duty.known_gaps(connection):
            if row["told_at"] is None and row["from_at"] <= soon:
                by_unit.setdefault(row["unit_code"], []).append((row["from_at"], row["to_at"]))
                told.append(row["gap_id"])
        duty.change_gaps(connection, told, told_at=now_ms)
        written = 0
        for unit_code, spans in by_unit.items():
            subject, text = duty_letter(names.get(unit_code, (unit_code, unit_code)), spans)
            people = [*_leads(connection, unit_code), *_officers(connection)]
            written += self._write(connection, people, "duty_gap", subject, text, now_ms)
        return written

    def _is_due(self, connection: Connection, now_ms: int) -> bool:
        """Tell whether people, places, rosters or playbooks changed, or a day has passed."""
        parts = [*checks.state(connection), sorted(self.channels)]
        parts += [one.model_dump(mode="json") for one in self.playbooks()]
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
        seen = hashlib.sha256(text.encode()).hexdigest()
        before = checks.last(connection, REACH)
        if before is not None and before[0] == seen and now_ms - before[1] < DAY_MS:
            return False
        checks.put(connection, REACH, seen, now_ms)
        return True

    def _find_unreachable(self, connection: Connection, now_ms: int) -> None:
        there = muster(connection, now_ms, self.channels)
        found = unreachable(there, self.playbooks(), checks.places(connection))
        checks.keep(connection, [_finding(gap) for gap in found], now_ms)

    def _tell_unreachable(self, connection: Connection, now_ms: int) -> int:
        """Tell the district's officers of what is new, once a day at most."""
        new = [row for row in checks.open_findings(connection) if row["told_at"] is None]
        last = bulletins.last_at(connection, REACH)
        if not new or (last is not None and now_ms - last < DAY_MS):
            return 0
        checks.told(connection, [row["gap_id"] for row in new], now_ms)
        subject, text = reach_letter(
            [(row["site_zh"], row["playbook"], (row["what_zh"], row["what_en"])) for row in new]
        )
        return self._write(connection, _officers(connection), REACH, subject, text, now_ms)

    def _write(
        self,
        connection: Connection,
        people: list[tasks.Person],
        moment: str,
        subject: str,
        text: str,
        now_ms: int,
    ) -> int:
        written = 0
        for person in {one.account_id: one for one in people}.values():
            ways = [(one, to) for one in self.channels if (to := person.address(one))]
            if not ways:
                LOG.warning("%s 没有可用联系方式 (has no usable address)", person.account_id)
            for channel, to in ways[:1] if moment == REACH else ways:
                bulletins.put(connection, moment, person.account_id, (channel, to), subject,
                              text, now_ms)  # fmt: skip
                written += 1
        return written


def send_bulletins(store: Store, channels: Mapping[str, Channel], now_ms: int) -> int:
    """Try each letter that is due once; give how many were tried."""
    done = 0
    while done < MOST_AT_ONCE:
        with store.transaction() as connection:
            claimed = bulletins.claim(connection, now_ms)
        if claimed is None:
            return done
        state, answer, at_ms = _tried(channels, claimed, now_ms)
        with store.transaction() as connection:
            bulletins.settle(connection, claimed, state, answer, at_ms)
        done += 1
    return done


def _tried(
    channels: Mapping[str, Channel], claimed: bulletins.Claimed, now_ms: int
) -> tuple[State, str, int | None]:
    """Give the state after a try, the provider's answer, and when: gone out, or tried again."""
    channel = channels.get(claimed.channel)
    if channel is None:
        return State.FAILED, f"{claimed.channel}: 没有配置此通道 / not configured", None
    try:
        answer = channel.deliver(claimed.letter)
    except DeliveryError as error:
        again = None if error.permanent else next_try_at(claimed.attempt, now_ms,
                                                         error.retry_after_s)  # fmt: skip
        return (State.FAILED if again is None else State.SENDING), str(error), again
    return State(answer.state), answer.text, now_ms


def _kept(
    connection: Connection, unit_code: str, known: duty.Rows, found: list[Span], now_ms: int
) -> None:
    """Keep new gaps; those that overlap a known one are the same, the others are gone."""
    left = list(known)
    for begins, ends in found:
        same = [row for row in left if row["from_at"] < ends and row["to_at"] > begins]
        if not same:
            duty.put_gap(connection, unit_code, begins, ends, now_ms)
            continue
        left = [row for row in left if row not in same]
        first = same[0]
        if (first["from_at"], first["to_at"]) != (begins, ends):
            duty.change_gaps(connection, [first["gap_id"]], from_at=min(begins, first["from_at"]),
                             to_at=ends)  # fmt: skip
        duty.change_gaps(connection, [row["gap_id"] for row in same[1:]], gone_at=now_ms)
    duty.change_gaps(connection, [row["gap_id"] for row in left], gone_at=now_ms)


def _finding(gap: Gap) -> dict[str, str | None]:
    return {"playbook": gap.playbook, "site_id": gap.site_id, "place": gap.where,
            "unit_code": gap.unit_code, "what_zh": gap.what[0], "what_en": gap.what[1]}  # fmt: skip


def _leads(connection: Connection, unit_code: str) -> list[tasks.Person]:
    found = tasks.people(connection, unit_code, set(leads_of(unit_code)))
    return found or tasks.people(connection, unit_code, ON_THE_SPOT)


def _officers(connection: Connection) -> list[tasks.Person]:
    found = tasks.people(connection, DISTRICT_UNIT, {Role.DUTY_OFFICER})
    return found or tasks.people(connection, DISTRICT_UNIT, DISTRICT_WIDE)
