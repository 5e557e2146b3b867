"""Server-sent events: that something changed, never what; the page then asks for itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event
from time import monotonic

from flask import Blueprint, request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from central.adapters.store import reach, sign_ins
from central.adapters.store.engine import Store
from central.core.people import Actor
from central.web import here
from central.web.door import ASK, STREAM
from central.web.live import Change, Feed, TooManyError

BEAT_S = 15
BEAT = "event: beat\ndata: 0\n\n"
"""Said into a silence, so that a page knows that it still hears."""
LASTS_S = 600  # then the browser comes again, and is asked who it is
GAP_S = 0.5  # a burst is told at most twice a second

pages = Blueprint("events", __name__)


@dataclass(frozen=True)
class Listener:
    """One open page: whose it is, and whether it looks at one incident only."""

    store: Store
    feed: Feed
    actor: Actor
    incident_id: str | None

    def hears(self, changes: list[Change]) -> list[Change]:
        """Keep the changes that this page may know of."""
        if self.incident_id:
            changes = [change for change in changes if change.incident_id == self.incident_id]
        if not changes:
            return changes
        with self.store.reading() as connection:
            mine = reach.allowed(connection, self.actor, {change.incident_id for change in changes})
        return [change for change in changes if change.incident_id in mine]


@pages.get("/events")
def events() -> Response:
    """Listen; `Last-Event-ID` tells what the page has already seen."""
    listener = Listener(here.store(), here.desk().feed, here.actor(), request.args.get("incident"))
    stack = ExitStack()
    try:
        position = stack.enter_context(listener.feed.listening())
    except TooManyError:
        raise ServiceUnavailable(retry_after=30) from None
    had = request.headers.get("Last-Event-ID", "")
    answer = Response(_told(listener, position, had, _still_known()), mimetype=STREAM)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(stack.close)
    return answer


def _still_known() -> Callable[[], bool]:
    """Give the question whether the sign-in that listens has not ended since."""
    me, store, now_ms = here.visitor(), here.store(), here.settings().now_ms

    def ask() -> bool:
        with store.reading() as connection:
            return me is not None and bool(sign_ins.whose(connection, me.sign_in_id, now_ms()))

    return ask


def _told(
    listener: Listener, position: int, had: str, is_known: Callable[[], bool]
) -> Iterator[str]:
    newest = str(listener.feed.newest())
    yield "retry: 1000\n\n" if had == newest else f"retry: 1000\n{_event(newest)}"
    until, pause = monotonic() + LASTS_S, Event()
    while monotonic() < until:
        position, changes = listener.feed.wait(position, BEAT_S)
        if not is_known():
            yield ASK
            return
        if not changes:
            yield BEAT
        elif concerned := listener.hears(changes):
            yield _event(str(concerned[-1].timeline_id))
            pause.wait(GAP_S)


def _event(timeline_id: str) -> str:
    return f"id: {timeline_id}\nevent: change\ndata: {timeline_id}\n\n"
