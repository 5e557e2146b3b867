"""Server-sent events: that something changed, never what; the page then asks for itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event
from time import monotonic

from flask import Blueprint, request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from central.adapters.store import sign_ins
from central.core.people import Actor
from central.web import here
from central.web.door import ASK, STREAM
from central.web.live import Change, Feed, TooManyError

BEAT_S = 15
BEAT = "event: beat\ndata: 0\n\n"
"""Said into a silence, so that a page knows that it still hears."""
LASTS_S = 600  # then the browser comes again, and is asked who it is
GAP_S = 0.5  # a burst is told at most twice a second
LONGEST_S = 30.0
"""So long a page waits for its turn, however many are open."""

pages = Blueprint("events", __name__)


@dataclass(frozen=True)
class Listener:
    """One open page: whose it is, and whether it looks at one incident only."""

    feed: Feed
    actor: Actor
    incident_id: str | None

    def hears(self, changes: list[Change]) -> list[Change]:
        """Keep the changes that this page may know of."""
        if self.incident_id:
            changes = [change for change in changes if change.incident_id == self.incident_id]
        return self.feed.known(self.actor, changes) if changes else []


@pages.get("/events")
def events() -> Response:
    """Listen; `Last-Event-ID` tells what the page has already seen."""
    listener = Listener(here.desk().feed, here.actor(), request.args.get("incident"))
    stack = ExitStack()
    try:
        position = stack.enter_context(listener.feed.listening())
    except TooManyError:
        raise ServiceUnavailable(retry_after=30) from None
    had = request.headers.get("Last-Event-ID", "")
    answer = Response(
        _told(listener, position, had, _still_known(listener.feed), here.desk()),
        mimetype=STREAM,
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(stack.close)
    return answer


def _still_known(feed: Feed) -> Callable[[bool], bool]:
    """Give the question whether the sign-in that listens has not ended since.

    What the feed read with the last change answers it; without one the database is asked.
    """
    me, store, now_ms = here.visitor(), here.store(), here.settings().now_ms

    def ask(has_changed: bool) -> bool:
        if me is None:
            return False
        if has_changed:
            return feed.expires_at(me.sign_in_id) > now_ms()
        with store.reading() as connection:
            return bool(sign_ins.whose(connection, me.sign_in_id, now_ms()))

    return ask


def _told(
    listener: Listener, position: int, had: str, is_known: Callable[[bool], bool], desk: here.Desk
) -> Iterator[str]:
    """Say that something has changed, in turns with the other pages: a burst is said once.

    What comes while a page waits for its turn goes with it; nothing is left unsaid.
    """
    feed = listener.feed
    newest = str(feed.newest())
    yield "retry: 1000\n\n" if had == newest else f"retry: 1000\n{_event(newest)}"
    until, pause = monotonic() + LASTS_S, Event()
    while monotonic() < until:
        is_behind = feed.is_behind(position)
        position, changes = feed.wait(position, BEAT_S)
        if not is_known(bool(changes)):
            yield ASK
            return
        if not changes:
            yield BEAT
        elif (heard := listener.hears(changes)) or is_behind:
            (desk.urgent if feed.is_urgent(heard) else desk.pace).turn(LONGEST_S)
            position, later = feed.wait(position, 0)
            yield _event(str((later or changes)[-1].timeline_id))
            pause.wait(GAP_S)


def _event(timeline_id: str) -> str:
    return f"id: {timeline_id}\nevent: change\ndata: {timeline_id}\n\n"
