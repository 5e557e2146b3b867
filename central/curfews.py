"""Watches over dormitories' nights: plans each check ahead, and runs it when it is due."""

from central.adapters import calendars
from central.adapters.store import nights
from central.adapters.store.engine import Store
from central.adapters.store.nights import WAITING, Night
from central.core.curfew import LATEST_MS, MINUTE_MS, curfew_at, nights_at
from central.incidents.nightly import Playbooks, check_night

MOST_AT_ONCE = 50


def watch(store: Store, playbooks: Playbooks, now_ms: int) -> int:
    """Plan what is to come and check what is due; give how many cases were opened.

    Several workers may watch at once: a night is checked in the transaction that claims it.
    """
    plan(store, now_ms)
    with store.reading() as connection:
        due = nights.due(connection, now_ms, MOST_AT_ONCE)
    opened = 0
    for unit_code, night in due:
        with store.transaction() as connection:
            opened += check_night(connection, unit_code, night, playbooks, now_ms)
    return opened


def plan(store: Store, now_ms: int) -> int:
    """Write down the checks of the nights under way that are not written yet; give how many."""
    is_school_day = calendars.current().is_school_day
    wanted = []
    with store.reading() as connection:
        homes = nights.homes(connection)
        if not homes:
            return 0
        known = nights.known(connection, min(nights_at(now_ms)).isoformat())
    for home in homes:
        for night in nights_at(now_ms):
            at = curfew_at(home.rules, night, is_school_day)
            if at is None or (home.unit_code, night.isoformat()) in known:
                continue
            due_at = at + home.rules.grace_min * MINUTE_MS
            if now_ms <= due_at + LATEST_MS:
                wanted.append(Night(home.unit_code, night.isoformat(), at, due_at, WAITING))
    if wanted:
        with store.transaction() as connection:
            for one in wanted:
                nights.plan(connection, one)
    return len(wanted)
