"""Every page that the app has, found by its own map: nobody has to list a new one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import template_rendered
from flask.testing import FlaskClient
from jinja2 import Template

from central.web import door
from tests.browser.showcase import TOKEN, Showcase
from tests.browser.showcase_people import SCHOOL
from tests.leaks.routes import Ids, filled, rules

WALKERS = ("guanli", "anquan")
"""Who sees most, and a school's lead: every page that they see is walked as each of them."""

OTHERS = ("", "xinli", "banzhuren", "baohu", "minjing")
"""Who walks what neither of them sees, or nobody has to sign in for."""

FORMS = {
    "recovery.html": ("guanli", "/account/second/recovery", {}),
    "second_app.html": ("zhenshui", "/account/second/app", {}),
    "claim_labels.html": ("guanli", "/devices/claims", {"device_id": "water-009",
                          "site_id": "yuehu", "profile": "water"}),
    "public_status.html": ("", "/r/status", {"receipt": "K7Q2M0XY"}),
    "care_one.html": ("xinli", "/care/{referral_id}", {"reason": "准备第二次访谈"}),
}  # fmt: skip
"""Pages that only a form leads to: who sends it, where, and what it says."""

UNSEEN = {
    "public_done.html": "asks for seconds of reading: the story of a passer-by walks it",
    "report_done.html": "only who may report, but not see what came of it",
    "sign_in_second.html": "asks for a password first: tests/browser/test_passkeys.py",
    "consent_papers.html": "is printed once, by a form of a school that has classes",
    "base.html": "stands under all others",
    "public.html": "stands under all others",
}
"""Templates of whole pages that this walk leaves out, and why."""


@dataclass(frozen=True)
class Page:
    """A page, who walks it, and the form that leads there, if one does."""

    username: str
    path: str
    name: str
    """What its picture is called: `devices-commissioning`."""
    form: dict[str, str] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        """Say it in a test's name."""
        return f"{self.username or 'nobody'} {self.path}"


def as_somebody(made: Showcase, username: str, language: str = "zh_Hans_CN") -> FlaskClient:
    """Give a client in which somebody has signed in; empty for nobody."""
    client = made.app.test_client()
    for name, value in made.cookies(username, language).items():
        client.set_cookie(name, value)
    return client


def paths(made: Showcase) -> dict[str, str]:
    """Give one address for each rule of the app that answers GET, by endpoint."""
    given = {"incident_id": made.lake, "token": TOKEN, "unit_code": SCHOOL,
             "site_id": "shiyan-gate", "device_id": "water-001", "camera_id": "cam1"}  # fmt: skip
    found = {}
    with made.store.reading() as connection:
        ids = Ids(connection)
        for rule in rules(made.app, "GET"):
            if rule.rule.startswith("/api/"):
                continue
            values = {name: given.get(name) or ids.of(name)[0] for name in rule.arguments}
            found[rule.endpoint] = filled(rule, values)
    return found


def name_of(rule: str) -> str:
    """Call a page by its rule: `/devices/<id>/x` is `devices-x`, `/devices/<id>` `devices-one`."""
    words = re.sub(r"<[^>]*>", "", re.sub(r"<[^>]*>$", "one", rule))
    return "-".join(re.findall(r"[a-z0-9-]+", words)) or "board"


def is_page(client: FlaskClient, path: str) -> bool:
    """Tell whether this is a whole page, and not a part, a picture or a way elsewhere."""
    with client.get(path) as answer:
        return answer.status_code == 200 and answer.data[:15].lower() == b"<!doctype html>"


def pages(made: Showcase) -> list[Page]:
    """List every page with everybody who walks it."""
    found: list[Page] = []
    clients = {name: as_somebody(made, name) for name in (*WALKERS, *OTHERS)}
    for endpoint, path in paths(made).items():
        walkers = () if endpoint in door.OPEN_TO_ALL else WALKERS
        seen = [one for one in walkers if is_page(clients[one], path)]
        others = (one for one in OTHERS if is_page(clients[one], path))
        name = name_of(next(made.app.url_map.iter_rules(endpoint)).rule)
        found += [Page(one, path, name) for one in seen or list(others)[:1]]
    found.append(Page("guanli", "/no-such-page-at-all", "no-such-page"))
    found.append(Page("", "/t/not-one-of-ours", "t-over"))
    with made.store.reading() as connection:
        ids = Ids(connection)
        found += [
            Page(name, path.format(referral_id=ids.of("referral_id")[0]), template[:-5], form)
            for template, (name, path, form) in FORMS.items()
        ]
    return found


def opened(made: Showcase, page: Page, language: str) -> str:
    """Give a page's HTML in a language."""
    client = as_somebody(made, page.username, language)
    if page.form is None:
        return client.get(in_language(page.path, language)).text
    return client.post(page.path, data=page.form).text


def in_language(path: str, language: str) -> str:
    """Give the address of a page in a language: one-time links have no cookie to say it."""
    return f"{path}?lang={language}" if path.startswith("/t/") and language == "en" else path


@contextmanager
def templates_of(made: Showcase) -> Iterator[set[str]]:
    """Note the templates that are rendered meanwhile."""
    seen: set[str] = set()

    def note(_app: object, template: Template, **_context: object) -> None:
        seen.add(str(template.name))

    with template_rendered.connected_to(note, made.app):
        yield seen
