"""The main menu as one table: another page is one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for

from central.core import registry
from central.core.access import SEES_DEVICES
from central.core.people import Actor, Role
from central.core.plans import WRITES
from central.core.unusual import MAY_ASK, SEES_ALL
from central.web import here
from central.web.statistics_asking import sees_figures

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the menu leads to: its endpoint, what it is called, who sees it."""

    endpoint: str
    words: Words
    sees: Callable[[Actor], bool]
    within: tuple[str, ...] = ()
    """Endpoints of pages that belong to this one: there, this line stays marked."""
    is_quick: bool = False
    """Whether it stands in the bar at a phone's lower edge; three fit there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the menu as a page shows it; `current` is what `aria-current` says."""

    endpoint: str
    address: str
    words: Words
    current: str
    is_quick: bool


Group = tuple[Words, tuple[Shown, ...]]


def everyone(_actor: Actor) -> bool:
    """Whoever has signed in."""
    return True


def on_the_spot(actor: Actor) -> bool:
    """Whoever carries out tasks."""
    return actor.is_on_the_spot


def district_wide(actor: Actor) -> bool:
    """Whoever watches over the whole district."""
    return actor.is_district_wide


def administers(actor: Actor) -> bool:
    """Whoever keeps the district's own settings."""
    return actor.role is Role.DISTRICT_ADMIN


def of_a_unit(actor: Actor) -> bool:
    """Whoever belongs to a unit, which has a duty roster."""
    return bool(actor.unit_code)


def with_boarders(actor: Actor) -> bool:
    """Whoever calls a school's boarders by name at night, where pupils are kept."""
    is_staff = actor.role in {Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER}
    is_kept = here.settings().roster is not None
    return is_kept and is_staff and actor.unit_code.startswith("school:")


def with_a_plan(actor: Actor) -> bool:
    """Whoever writes schools' own plans against congestion."""
    return actor.is_district_wide or actor.role in WRITES


def with_devices(actor: Actor) -> bool:
    """Whoever looks after cameras and boxes."""
    return actor.role in SEES_DEVICES


def of_unusual_access(actor: Actor) -> bool:
    """Whoever may ask for unusual access, or keeps an eye on it."""
    return actor.role in MAY_ASK | SEES_ALL


def with_desk(actor: Actor) -> bool:
    """Whoever brings rosters in or looks after what is registered, where pupils are kept."""
    return here.settings().roster is not None and registry.sees_desk(actor)


def reads_audit(actor: Actor) -> bool:
    """Whoever watches over those who look."""
    return actor.role in {Role.AUDITOR, Role.DPO}


def refers(actor: Actor) -> bool:
    """Whoever makes or reads referrals of mind care, where such are kept."""
    return here.settings().care is not None and actor.refers


DESK_PAGES = (
    "registry.job", "consents.list_pupils", "consents.one_pupil", "consents.overview",
    "cameras.list_cameras", "cameras.filing", "pack.packs",
)  # fmt: skip

ADMIN_PAGES = (
    "admin.one_person", "admin.units", "admin.one_unit", "admin.sites", "admin.one_site",
    "admin.list_tokens", "admin.prove", "admin.list_backups", "admin.list_contacts",
    "admin.list_playbooks", "admin.one_playbook", "admin.calendar", "admin.list_channels",
    "admin.terms",
)  # fmt: skip
_STATISTICS = (
    "statistics.places",
    "statistics.units",
    "statistics.closings",
    "statistics.patrols",
    "statistics.lessons",
    "statistics.four_hundred",
)

MENU: tuple[tuple[Words, tuple[Place, ...]], ...] = (
    (
        ("值守", "Watch"),
        (
            Place("board.board", ("实时看板", "Live board"), everyone,
                  ("incidents.incident",), is_quick=True),
            Place("map.whole", ("地图", "Map"), everyone),
            Place("reporting.report", ("上报", "Report"), on_the_spot, is_quick=True),
            Place("reporting.reports", ("公众上报", "From the public"), district_wide),
            Place("duty.roster", ("值班表", "Duty roster"), of_a_unit, is_quick=True),
        ),
    ),
    (
        ("学生", "Pupils"),
        (
            Place("boarding.boarding_now", ("住宿", "Boarding"), with_boarders),
            Place("care.care", ("心灵关爱", "Mind care"), refers),
            Place("courses.courses", ("课程", "Courses"), on_the_spot),
            Place("courses.school_plans", ("一校一策", "School plans"), with_a_plan,
                  ("courses.school_plan",)),
            Place("registry.desk", ("登记台", "Enrolment desk"), with_desk, DESK_PAGES),
        ),
    ),
    (
        ("分析", "Figures"),
        (Place("statistics.overview", ("统计", "Statistics"), sees_figures, _STATISTICS),),
    ),
    (
        ("设备", "Devices"),
        (Place("devices.devices", ("设备", "Devices"), with_devices,
               ("devices.reports", "devices.device", "drawings.camera", "claims.claims_page",
                "releases.whole"),
               is_quick=True),),
    ),
    (
        ("管理", "Administration"),
        (
            Place("duty.reachability", ("可达性", "Reachability"), district_wide),
            Place("admin.people", ("系统管理", "Settings"), administers, ADMIN_PAGES),
            Place("admin.search_audit", ("审计查询", "Audit search"), reads_audit),
            Place("unusual.unusual_access", ("非常查阅", "Unusual access"), of_unusual_access),
        ),
    ),
)  # fmt: skip

MOST_QUICK = 3


def shown() -> tuple[Group, ...]:
    """Give the groups that whoever asks sees, empty ones left out; nothing for a program."""
    found = here.visitor()
    if found is None or not found.username:
        return ()
    groups = ((words, _lines(places, found.actor)) for words, places in MENU)
    return tuple((words, lines) for words, lines in groups if lines)


def quick(groups: tuple[Group, ...]) -> tuple[Shown, ...]:
    """Give the lines that a phone shows without opening the menu."""
    return tuple(line for _words, lines in groups for line in lines if line.is_quick)[:MOST_QUICK]


def _lines(places: tuple[Place, ...], actor: Actor) -> tuple[Shown, ...]:
    return tuple(
        Shown(one.endpoint, url_for(one.endpoint), one.words, _current(one), one.is_quick)
        for one in places
        if one.sees(actor)
    )


def _current(place: Place) -> str:
    if request.endpoint == place.endpoint:
        return "page"
    return "true" if request.endpoint in place.within else ""
