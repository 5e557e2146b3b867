"""What a request has at hand: the store, the settings, the time, and who asks."""

from typing import cast

from flask import current_app, g

from central.adapters.store.engine import Store
from central.adapters.store.sign_ins import Visitor
from central.core.people import Actor
from central.web.settings import WebSettings

KEY = "huxiao"


def store() -> Store:
    """Give the database."""
    return cast("Store", current_app.extensions[KEY][0])


def settings() -> WebSettings:
    """Give the pages' settings."""
    return cast("WebSettings", current_app.extensions[KEY][1])


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
