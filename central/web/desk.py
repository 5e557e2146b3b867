"""The frame of the enrolment desk: its pages, and whose pupils somebody sees there."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, request
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from central.adapters.photographs import MOST_BYTES, PhotoError
from central.adapters.registry.consenting import Consenting
from central.adapters.registry.roster import Roster
from central.adapters.store import pupils
from central.adapters.store.pupils import Pupil
from central.core import registry as rights
from central.core.people import Role
from central.core.pupils import may_find, may_name
from central.core.refusals import CaseError
from central.web import here, saying
from central.web.languages import say
from central.web.sheets import Words

P = ParamSpec("P")
Answer = Response | str | tuple[str, int]

_SCHOOL = frozenset({Role.SCHOOL_SAFETY_LEAD})
_DISTRICT = frozenset({Role.DISTRICT_ADMIN})
_LOOKS = frozenset({Role.DPO, Role.AUDITOR})
_ALL = _SCHOOL | _DISTRICT | _LOOKS
PLACES: tuple[tuple[str, str, Words, frozenset[Role]], ...] = (
    ("roster", "/registry", ("学生名册", "Roster"), _ALL),
    ("pupils", "/registry/pupils", ("学生", "Pupils"), _ALL - {Role.AUDITOR}),
    ("consents", "/registry/consents", ("同意登记", "Consents"), _ALL),
    ("cameras", "/registry/cameras", ("摄像头与提示牌", "Cameras and signs"), _ALL - _SCHOOL),
    ("filing", "/registry/filing", ("人脸信息备案", "Face data filing"), _ALL - _SCHOOL),
    ("pack", "/registry/pack", ("年度审计材料", "Yearly audit pack"), _ALL - _SCHOOL),
)


def desk_places() -> list[tuple[str, str, Words]]:
    """Give the pages of the desk that whoever asks may see."""
    role = here.actor().role
    return [(place, address, words) for place, address, words, who in PLACES if role in who]


def sees(place: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let those see a page of the desk who have it in their row of pages."""
    who = next(roles for name, _address, _words, roles in PLACES if name == place)

    def wrap(verb: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(verb)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            is_stranger = here.actor().role in _SCHOOL and not rights.is_school(here.actor())
            if here.actor().role not in who or is_stranger or here.settings().roster is None:
                raise Forbidden
            return verb(*args, **kwargs)

        return guarded

    return wrap


def says_why(back: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Say what is refused on the page from which it came."""

    def wrap(verb: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(verb)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            try:
                return verb(*args, **kwargs)
            except (CaseError, PhotoError) as error:
                saying.say_error(say((error.message_zh, error.message_en)))
            return redirect(back.format(**kwargs))

        return guarded

    return wrap


def roster() -> Roster:
    """Give what keeps pupils."""
    found = here.settings().roster
    if found is None:
        raise NotFound
    return found


def consenting() -> Consenting:
    """Give what keeps the registry of consents."""
    keeper, forms = here.settings().keeper, here.settings().forms
    if keeper is None or forms is None:
        raise NotFound
    return Consenting(keeper, forms)


def their_pupil(connection: Connection, pupil_id: str) -> Pupil:
    """Give a living pupil whom whoever asks may find."""
    pupil = pupils.found(connection, pupil_id)
    if pupil is None or pupil.is_gone or not may_find(here.actor(), pupil.unit_code, None, ()):
        raise NotFound
    return pupil


def names_of(connection: Connection, chosen: list[Pupil], why: str) -> dict[str, str]:
    """Open the names that whoever asks may know; that look is kept."""
    who = here.actor()
    mine = [one for one in chosen if may_name(who, one.unit_code, one.class_code, ())]
    return roster().names(connection, mine, who.actor_id, why, here.now_ms())


def photo(name: str) -> bytes:
    """Give the picture that a form brings; empty where it brings none."""
    file = request.files.get(name)
    return file.stream.read(MOST_BYTES + 1) if file else b""
