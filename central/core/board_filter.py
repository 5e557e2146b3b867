"""What somebody wants to see on the board, as an address that can be passed on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from urllib.parse import urlencode

from central.core.local_time import ZONE, from_ms, to_ms
from central.core.workflow import Status
from contract.scenarios import Scenario, Severity

STATES: Mapping[str, frozenset[Status]] = {
    "open": frozenset(Status) - {Status.CLOSED},
    "waiting": frozenset({Status.OPEN, Status.DISPATCHED}),
    "under_way": frozenset({Status.ACKNOWLEDGED, Status.DISPOSED}),
    "to_verify": frozenset({Status.REPORTED, Status.VERIFIED}),
    "closed": frozenset({Status.CLOSED}),
    "all": frozenset(Status),
}
"""What people call where a case stands, and what it stands at."""

PERIODS: Mapping[str, int] = {"today": 0, "7d": 7, "30d": 30, "365d": 365}
"""Days back from this morning."""

DRILLS = ("with", "without", "only")

_UNIT = re.compile(r"[a-z_]+(:[a-z0-9_-]+)?")
_CURSOR = re.compile(r"([01])_(\d{1,16})_([A-Za-z0-9-]{1,64})")
_SITE = re.compile(r"[A-Za-z0-9._-]{1,64}")
MOST_WORDS = 32


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of the list ended: whether among those overdue, opened when (ms UTC), which."""

    is_late: bool
    opened_at: int
    incident_id: str

    def __str__(self) -> str:
        """Give it as it stands in an address."""
        return f"{int(self.is_late)}_{self.opened_at}_{self.incident_id}"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """One choice of what to see; an empty word chooses nothing."""

    state: str = "open"
    scenario: str = ""
    unit: str = ""
    site: str = ""
    severity: str = ""
    period: str = ""
    drills: str = "with"
    mine: bool = False
    overdue: bool = False
    q: str = ""
    after: str = ""

    @property
    def statuses(self) -> frozenset[Status]:
        """Give where the cases stand that are wanted."""
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        """Tell whether only cases are wanted that are not closed."""
        return Status.CLOSED not in self.statuses

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but where the cases stand was chosen."""
        return replace(self, after="", state="open") != BoardFilter()

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing was chosen at all: the board as it opens."""
        return self == BoardFilter()

    @property
    def cursor(self) -> Cursor | None:
        """Give where the list goes on."""
        found = _CURSOR.fullmatch(self.after)
        return Cursor(found[1] == "1", int(found[2]), found[3]) if found else None

    def since(self, now_ms: int) -> int | None:
        """Give the first moment of the period, in ms UTC; None: from the beginning."""
        if self.period not in PERIODS:
            return None
        now = from_ms(now_ms).astimezone(ZONE)
        morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return to_ms(morning - timedelta(days=PERIODS[self.period]))

    def address(self, **changes: object) -> str:
        """Give the query of this choice with changes; it begins anew at its first page.

        Raises:
            TypeError: there is no such choice.
        """
        wanted = replace(self, **{"after": "", **changes})  # type: ignore[arg-type]
        nothing = BoardFilter(state=_usual_state(wanted.q))
        chosen = {one.name: getattr(wanted, one.name) for one in fields(wanted)
                  if getattr(wanted, one.name) != getattr(nothing, one.name)}  # fmt: skip
        return "?" + urlencode({name: "1" if value is True else value
                                for name, value in chosen.items()})  # fmt: skip


def _usual_state(asked: str) -> str:
    """Whoever looks for a case by number or place looks for a closed one as well."""
    return "all" if asked else "open"


def read(args: Mapping[str, str]) -> BoardFilter:
    """Read a choice from an address; what makes no sense there chooses nothing."""

    def one_of(name: str, words: object, default: str = "") -> str:
        said = args.get(name, "")
        return said if said in words else default  # type: ignore[operator]

    unit, site = args.get("unit", ""), args.get("site", "")
    asked = args.get("q", "")[:MOST_WORDS].strip()
    after = args.get("after", "")
    return BoardFilter(
        state=one_of("state", STATES, _usual_state(asked)),
        scenario=one_of("scenario", set(Scenario)),
        unit=unit if _UNIT.fullmatch(unit) else "",
        site=site if _SITE.fullmatch(site) else "",
        severity=one_of("severity", set(Severity)),
        period=one_of("period", PERIODS),
        drills=one_of("drills", DRILLS, "with"),
        mine=args.get("mine") == "1",
        overdue=args.get("overdue") == "1",
        q=asked,
        after=after if _CURSOR.fullmatch(after) else "",
    )
