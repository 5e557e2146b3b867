"""How values look on a page: times in the district's own zone, words in the reader's language."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, g
from jinja2 import pass_context
from jinja2.runtime import Context

from central.adapters.store import duty
from central.core.access import SEES_DEVICES
from central.core.local_time import ZONE, from_ms
from central.web import appearance, base_maps, door, files, here, languages, menu, saying, words
from central.web.languages import text as _

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


def teach(app: Flask) -> None:
    """Give templates their filters and what every page shows."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for show in (clock, day, ago, until, iso, size, named):
        app.jinja_env.filters[show.__name__] = _fresh(show)
    for name, name_of in words.NAMES.items():
        app.jinja_env.filters[name] = _fresh(name_of)
    app.jinja_env.globals["file_address"] = files.file_address
    app.jinja_env.globals["just_said"] = saying.just_said
    app.jinja_env.filters["say"] = _fresh(languages.say)
    app.jinja_env.filters["weekdays"] = _fresh(words.weekdays)
    app.context_processor(_common)


def _fresh(show: Callable[..., object]) -> Callable[..., object]:
    """Make a filter that is asked each time: of a constant, Jinja would keep the first answer.

    `{{ 'transfer'|step }}` would else be in the language of whoever opened the page first.
    """

    @pass_context
    def shown(_context: Context, *args: object) -> object:
        return show(*args)

    return shown


def clock(at_ms: int | None) -> str:
    """Give the time of day, with the date where it is not today: `14:05:09`."""
    if at_ms is None:
        return "—"
    at, now = from_ms(at_ms).astimezone(ZONE), from_ms(here.now_ms()).astimezone(ZONE)
    return at.strftime("%H:%M:%S" if at.date() == now.date() else "%m-%d %H:%M")


def day(at_ms: int | None) -> str:
    """Give date and time: `2026-11-23 14:05:09`."""
    return from_ms(at_ms).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") if at_ms else "—"


def iso(at_ms: int | None) -> str | None:
    """Give RFC 3339 in UTC, for programs."""
    return rfc3339(at_ms)


def rfc3339(at_ms: int | None) -> str | None:
    """Turn ms UTC into `2026-11-23T06:05:09.123Z`."""
    if at_ms is None:
        return None
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def ago(at_ms: int | None) -> str:
    """Say how long ago, in the largest unit that fits."""
    if at_ms is None:
        return "—"
    past_s = max(0, here.now_ms() - at_ms) // 1000
    if past_s < MINUTE_S:
        return _("刚刚")
    if past_s < HOUR_S:
        return _("%(count)s 分钟前", count=past_s // MINUTE_S)
    if past_s < DAY_S:
        return _("%(count)s 小时前", count=past_s // HOUR_S)
    return _("%(count)s 天前", count=past_s // DAY_S)


def named(actor_id: str | None) -> str:
    """Give the name of whoever a row says by an account, `account:wang`; else what it says."""
    if actor_id == "cli":
        return _("命令行")
    kind, _colon, username = (actor_id or "").rpartition(":")
    if kind not in {"", "account"}:
        return actor_id or "—"
    if "names" not in g:
        with here.store().reading() as connection:
            g.names = duty.names(connection)
    return str(g.names.get(username, username or "—"))


def until(at_ms: int | None) -> str:
    """Say how long there is until a time, or for how long it has been over."""
    if at_ms is None:
        return "—"
    left_s = (at_ms - here.now_ms()) // 1000
    words = _("超时 %(time)s") if left_s < 0 else _("还剩 %(time)s")
    minutes = abs(left_s) // MINUTE_S
    span = (
        f"{minutes // 60}:{minutes % 60:02d}"
        if minutes >= HOUR_S // 60
        else _("%(count)s 分钟", count=minutes)
    )
    return words.replace("%(time)s", span)


def size(count: int | None) -> str:
    """Give bytes in the unit that people use for files."""
    if count is None:
        return "—"
    megabyte = 1024 * 1024
    return f"{count / megabyte:.1f} MB" if count >= megabyte else f"{count / 1024:.0f} KB"


def _common() -> dict[str, object]:
    me = here.visitor()
    return {
        "me": me,
        "now_ms": here.now_ms(),
        "must_set_up": door.must_set_up(me),
        "sees_devices": me is not None and me.actor.role in SEES_DEVICES,
        "base_map": base_maps.shown(),
        "language": languages.language(),
        "languages": languages.NAMES,
        "look": appearance.chosen(),
        "main_menu": menu.shown,
        "quick_places": menu.quick,
    }
