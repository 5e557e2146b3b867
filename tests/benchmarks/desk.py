"""How fast pages are with years of cases: `python -m tests.benchmarks.desk URL [ROUNDS]`.

The database is one that `tests.benchmarks.district` has filled. Each page is asked for by each of
the people whom that made, in turn, without a network: the time is the server's own, from the
request to the last byte. The first look of each person at each page is a warm-up and is not
counted. Prints p50, p95 and the most in ms by page and by person; the bar is a p95 of 100 ms.
"""

import gc
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import sign_ins
from central.adapters.store.engine import Store, open_store
from central.adapters.store.reach import may_know
from central.adapters.store.sign_ins import From
from central.adapters.store.tables import INCIDENT
from central.core.people import Actor, Role
from central.web.app import create_app
from central.web.door import COOKIE
from tests.benchmarks.district import PEOPLE
from tests.browser.served import settings

BAR_MS = 100.0
PAGES = {
    "board": "/",
    "board part": "/board",
    "board, closed": "/?state=closed",
    "board, mine": "/?mine=1",
    "board, overdue": "/?overdue=1",
    "map": "/map",
    "map part": "/map/part",
    "statistics": "/statistics",
    "statistics, three years": "/statistics?since={three_years_ago}",
    "statistics, one town": "/statistics?town=town:t01",
    "statistics, one school": "/statistics?school=school:s001",
    "statistics, places": "/statistics/places",
    "statistics, units": "/statistics/units",
    "statistics, closings": "/statistics/closings",
    "statistics, patrols": "/statistics/patrols",
    "incident": "/incidents/{incident}",
    "incident part": "/incidents/{incident}/part",
}
Clock = Callable[[], float]
Took = dict[tuple[str, str], list[float]]


def main() -> None:
    """Measure, and print a line for each page and each person's slowest."""
    url, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url)
        app = create_app(store, settings(EvidenceFiles(Path(folder)), must_have_second=frozenset()))
        gc.collect()
        gc.freeze()  # as `huxiao-central web` does
        took: Took = defaultdict(list)
        refused: set[tuple[str, str]] = set()
        for username, role, unit_code in PEOPLE:
            client = _signed_in(app.test_client(), store, username)
            actor = Actor(f"account:{username}", username, Role(role), unit_code)
            cases = _some_cases(store, actor, rounds + 1)
            for page, address in PAGES.items():
                for number in range(rounds + 1):
                    ms, status = _asked(client, _filled(address, cases, number))
                    if status != 200:
                        refused.add((page, f"{username} {status}"))
                        break
                    if number:
                        took[page, username].append(ms)
        store.close()
    _told(took)
    for page, who in sorted(refused):
        sys.stdout.write(f"not measured: {page}: {who}\n")


def _signed_in(client: FlaskClient, store: Store, username: str) -> FlaskClient:
    secret, at = f"benchmark {username}", now_ms()
    with store.transaction() as connection:
        sign_ins.end(connection, username, sign_ins.hash_of(secret))
        sign_ins.start(connection, secret, username, at, at + 3_600_000, From("", ""))
    client.set_cookie(COOKIE, secret)
    return client


def _some_cases(store: Store, actor: Actor, count: int) -> list[str]:
    """Give the newest cases that somebody may know, and some of long ago."""
    columns = INCIDENT.c
    query = select(columns.incident_id).where(may_know(actor)).limit(count // 2 + 1)
    with store.reading() as connection:
        new = connection.execute(query.order_by(columns.incident_id.desc())).scalars().all()
        old = connection.execute(query.order_by(columns.incident_id)).scalars().all()
    return [*new, *old]


def _filled(address: str, cases: list[str], number: int) -> str:
    years_ago = time.gmtime(now_ms() / 1000 - 3 * 365 * 86_400)
    return address.format(
        incident=cases[number % len(cases)] if cases else "none",
        three_years_ago=time.strftime("%Y-%m", years_ago),
    )


def _asked(
    client: FlaskClient, address: str, clock: Clock = time.perf_counter
) -> tuple[float, int]:
    began = clock()
    answer = client.get(address)
    answer.get_data()
    return (clock() - began) * 1000, answer.status_code


def _told(took: Took) -> None:
    pages = dict.fromkeys(page for page, _ in took)
    for page in pages:
        of_page = [ms for (one, _), found in took.items() if one == page for ms in found]
        slowest = max(
            (user for one, user in took if one == page), key=lambda u: _at(took[page, u], 95)
        )
        p95 = _at(took[page, slowest], 95)
        mark = "ok  " if p95 <= BAR_MS else "SLOW"
        sys.stdout.write(
            f"{mark} {page:<26} p50 {_at(of_page, 50):7.1f}  p95 {_at(of_page, 95):7.1f}  most "
            f"{max(of_page):7.1f} ms  slowest: {slowest} p95 {p95:.1f}\n"
        )


def _at(found: list[float], percent: int) -> float:
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


if __name__ == "__main__":
    main()
