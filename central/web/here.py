"""What a request has at hand: the store, the settings, the time, and who asks."""

from dataclasses import dataclass, field, replace
from typing import cast

from flask import current_app, g

from central.adapters.store.engine import Store
from central.adapters.store.sign_ins import Visitor
from central.core.people import Actor
from central.web.live import Feed
from central.web.looks import Looks
from central.web.pacing import URGENT_SHARE, Busy, Pace
from central.web.settings import WebSettings
from central.web.totals import Totals

KEY = "huxiao"


@dataclass(frozen=True)
class Desk:
    """What one process of pages works with."""

    store: Store
    settings: WebSettings
    feed: Feed
    looks: Looks = field(default_factory=Looks)
    totals: Totals = field(default_factory=Totals)
    busy: Busy = field(default_factory=Busy)
    pace: Pace = field(default_factory=Pace)
    urgent: Pace = field(default_factory=lambda: Pace(URGENT_SHARE))


def desk() -> Desk:
    """Give what this process works with."""
    return cast("Desk", current_app.extensions[KEY])


def store() -> Store:
    """Give the database."""
    return desk().store


def settings() -> WebSettings:
    """Give the pages' settings."""
    found = desk().settings
    if found.live is None or (now := found.live()) is found.playbooks:
        return found
    fresh = replace(desk(), settings=replace(found, playbooks=now))
    current_app.extensions[KEY] = fresh
    return fresh.settings


def now_ms() -> int:
    """Give the time, in ms UTC."""
    return settings().now_ms()


def visitor() -> Visitor | None:
    """Tell who asks; None when nobody has signed in."""
    return cast("Visitor | None", g.get("visitor"))


def actor() -> Actor:
    """Tell who asks, behind the door."""
    found = visitor()
    if found is None:
        msg = "the door lets nobody in unknown"
        raise RuntimeError(msg)
    return found.actor


def visitor_name() -> str:
    """Tell the username of who asks; empty for a program."""
    found = visitor()
    return found.username if found else ""
