"""The frame of the administration: who gets in, who must prove again who they are, what is kept."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from central.adapters.store import audit
from central.adapters.store.directory import ExistsError, MissingError
from central.core.people import Role
from central.core.sign_in_policy import PROVED_FOR_MS
from central.web import here, saying
from central.web.languages import say
from central.web.languages import text as _
from central.web.second_pages import person
from central.web.sheets import Note, Words

P = ParamSpec("P")
Answer = Response | str | tuple[str, int]

ADMIN = frozenset({Role.DISTRICT_ADMIN})
READS_AUDIT = frozenset({Role.AUDITOR, Role.DPO})
LOOKS = ADMIN | READS_AUDIT

pages = Blueprint("admin", __name__)

_PLACES: tuple[tuple[str, str, Words, frozenset[Role]], ...] = (
    ("people", "/admin/people", ("人员", "People"), ADMIN),
    ("contacts", "/admin/contacts", ("联系人", "Contacts"), ADMIN),
    ("units", "/admin/units", ("单位", "Units"), ADMIN),
    ("places", "/admin/places", ("场所", "Places"), ADMIN),
    ("playbooks", "/admin/playbooks", ("预案", "Playbooks"), ADMIN),
    ("calendar", "/admin/calendar", ("日历", "Calendar"), ADMIN),
    ("channels", "/admin/channels", ("渠道", "Channels"), ADMIN),
    ("retention", "/admin/retention", ("保存期限", "Retention"), LOOKS),
    ("tokens", "/admin/tokens", ("令牌", "Tokens"), ADMIN),
    ("backups", "/admin/backups", ("备份", "Backups"), LOOKS),
    ("audit", "/admin/audit", ("审计", "Audit"), READS_AUDIT),
)


def places() -> list[tuple[str, str, Words]]:
    """Give the pages of the administration that whoever asks may see."""
    role = here.actor().role
    return [(place, address, words) for place, address, words, who in _PLACES if role in who]


def sees(*roles: frozenset[Role]) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let only some roles see a page; without any named, the administrator."""
    who = frozenset[Role]().union(*roles) or ADMIN

    def wrap(verb: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(verb)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            if here.actor().role not in who:
                raise Forbidden
            return verb(*args, **kwargs)

        return guarded

    return wrap


def changes(back: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let an administrator change something who has lately proved who they are, by all they have.

    What is wrong is said on the page from which it came.
    """

    def wrap(verb: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(verb)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            if here.actor().role not in ADMIN:
                raise Forbidden
            where = back.format(**kwargs)
            if not is_proved():
                saying.say_warning(_("请先确认是您本人，然后再做一次。"))
                return redirect("/admin/prove?" + urlencode({"next": where}))
            try:
                return verb(*args, **kwargs)
            except (ExistsError, MissingError) as error:
                saying.say_error(str(error))
            except RefusedError as error:
                saying.say_error(say(error.words))
            return redirect(where)

        return guarded

    return wrap


class RefusedError(Exception):
    """A change that cannot be made; `words` say why, and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(" / ".join(words))
        self.words = words


def is_proved() -> bool:
    """Tell whether whoever asks has lately proved who they are, by all that they have."""
    me = person()
    at = me.proved_twice_at if me.has_second else me.proved_at
    return here.now_ms() - at <= PROVED_FOR_MS


def must_prove(back: str) -> list[Note]:
    """Say on a page that changes need a proof first, where that is so."""
    if is_proved():
        return []
    words = ("修改之前需要再次确认是您本人。", "To change anything, prove again who you are.")
    link = "/admin/prove?" + urlencode({"next": back})
    return [Note(words, "warning", link, ("现在确认", "Prove it now"))]


def keep(
    connection: Connection, action: str, subject: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Write what was changed into the audit log, in the same transaction."""
    actor_id = here.actor().actor_id
    audit.append(connection, here.now_ms(), actor_id, action, subject, dict(detail or {}))


def given(name: str, most: int = 200) -> str:
    """Give what a form's field says."""
    return request.form.get(name, "").strip()[:most]
