"""Everybody reads everything there is to ask for; what comes back is held against the oracle."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.web.door import COOKIE
from tests.leaks import oracle
from tests.leaks.canaries import Canary
from tests.leaks.district import District, secret_of
from tests.leaks.oracle import Person

SAME_FOR_ALL = frozenset({"pwa.manifest", "pwa.worker"})
"""What a browser may keep: the app's card and its worker, which name nobody; read all the same."""
UNKEPT = {"no-store", "private, no-cache"}
"""What an answer says so that nobody finds it later on a shared machine."""


@dataclass(frozen=True)
class Leak:
    """Something that somebody was shown who may not know it."""

    route: str
    role: str
    kind: str
    """What kind of canary it was, or what else was wrong."""
    example: str


@dataclass
class Tally:
    """How many cases were tried, of which kind, and every leak that was found."""

    tried: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def distinct(self) -> list[str]:
        """Give each route, role and kind of canary that leaked: how often, and one example."""
        count = Counter((one.route, one.role, one.kind) for one in self.leaks)
        first = {(one.route, one.role, one.kind): one.example for one in reversed(self.leaks)}
        return [
            f"{route} | {role} | {kind} | {often} x, for example {first[route, role, kind]}"
            for (route, role, kind), often in sorted(count.items())
        ]

    def __str__(self) -> str:
        """Say it in a line."""
        each = ", ".join(f"{count} {kind}" for kind, count in self.tried.most_common())
        answers = ", ".join(f"{count} x {one}" for one, count in sorted(self.statuses.items()))
        return f"{self.tried.total()} cases ({each}); answers {answers}; {len(self.leaks)} leaks"


def pupil_of(district: District, key: str) -> oracle.Pupil:
    """Give a child as the oracle knows it."""
    child = district.children[key]
    cases = tuple(
        district.stories[incident_id] for incident_id, keys in district.about.items() if key in keys
    )
    return oracle.Pupil(child.school, child.class_code, cases)


def _hears(district: District, person: Person, canary: Canary) -> bool:
    giver = next(one for one in district.people if one.actor_id == canary.by)
    return oracle.may_read_handover(person, giver, canary.about)


def _knows_class(_: District, person: Person, canary: Canary) -> bool:
    school, code = canary.about.split(" ")
    return oracle.may_name(person, oracle.Pupil(school, code))


ASIDE: dict[str, Callable[[District, Person, Canary], bool]] = {
    "reply": lambda *_: False,  # it is shown once, to whoever answers
    "handover": _hears,
    "category": lambda _, person, __: oracle.may_read_category(person),
    "order": lambda _, person, canary: oracle.may_see_order(person, (canary.about,)),
    "class": _knows_class,
}
"""Secrets that belong to no case and no pupil."""


def allows(district: District, person: Person, canary: Canary) -> bool:
    """Ask the oracle whether somebody may be shown a canary."""
    if canary.kind in oracle.ABOUT_CASES:
        stories = [district.stories[one] for one in (canary.about, canary.also) if one]
        rule = oracle.ABOUT_CASES[canary.kind]
        return any(rule(person, story, canary) for story in stories)
    if canary.kind in ASIDE:
        return ASIDE[canary.kind](district, person, canary)
    return oracle.ABOUT_PUPILS[canary.kind](person, pupil_of(district, canary.about))


def raw(answer: TestResponse) -> bytes:
    """Give all bytes of an answer: status line, headers, body."""
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode() + answer.get_data()


def client_of(app: APIFlask, person: Person) -> FlaskClient:
    """Give a browser in which somebody has signed in."""
    client = app.test_client()
    client.set_cookie(COOKIE, secret_of(person.username))
    return client


def leaked(district: District, person: Person, data: bytes, asked: str = "") -> list[Canary]:
    """Give what bytes tell somebody who may not know it; what they asked with is no news."""
    own = {one.core for one in district.aviary.found_in(asked.encode())}
    return [
        canary
        for canary in district.aviary.found_in(data)
        if canary.core not in own and not allows(district, person, canary)
    ]


def read_all(
    app: APIFlask,
    district: District,
    people: Iterable[Person],
    addresses: list[tuple[str, str, str]],
) -> Tally:
    """Let each person ask for each address, and give what happened."""
    tally = Tally()
    for person in people:
        client = client_of(app, person)
        for endpoint, _incident, path in addresses:
            answer = client.get(path)
            tally.tried["API" if path.startswith("/api/") else "page"] += 1
            tally.statuses[answer.status_code] += 1
            tally.leaks += [
                Leak(
                    endpoint, person.role, canary.kind,
                    f"{person.username}: GET {path} ({answer.status_code}) shows {canary.core} "
                    f"of {canary.about}",
                )
                for canary in leaked(district, person, raw(answer), path)
            ]  # fmt: skip
            wrong = answer.status_code >= 500
            is_kept = answer.headers.get("Cache-Control", "") not in UNKEPT
            kept = is_kept and endpoint not in SAME_FOR_ALL
            if wrong or kept:
                how = f"is {answer.status}" if wrong else "may be kept by a browser"
                tally.leaks.append(
                    Leak(endpoint, person.role, how, f"{person.username}: GET {path}")
                )
    return tally
