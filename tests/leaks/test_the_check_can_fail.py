"""What is planted is found: the check of leaks can fail."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Response
from sqlalchemy import select, true

from central.adapters.store import board, reach
from central.adapters.store.tables import TIMELINE
from central.core import access
from central.core.access import Part, Standing
from central.web.app import create_app
from tests.browser.served import settings
from tests.leaks import reading, routes
from tests.leaks.canaries import Aviary
from tests.leaks.district import NOW
from tests.leaks.world import World

pytestmark = [pytest.mark.timeout(300), pytest.mark.stack]


def test_a_planted_page_that_tells_too_much_is_found(world: World) -> None:
    """The check can fail: one route that forgets to ask who is there."""
    district = world.district
    given = settings(district.files, now_ms=lambda: NOW, roster=district.roster)
    app = create_app(district.store, given)

    def everything() -> Response:
        with district.store.reading() as connection:
            notes = list(connection.execute(select(TIMELINE.c.note)).scalars())
        return Response(json.dumps(notes), mimetype="application/json")

    app.add_url_rule("/planted", "planted", everything)
    people = [district.person("unit_officer", "market"), district.person("installer", "edu")]
    tally = reading.read_all(app, district, people, [("planted", "", "/planted")])
    assert len(tally.leaks) > 20


def test_a_condition_that_was_forgotten_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = world.district
    monkeypatch.setattr(board, "may_know", lambda *_: true())
    monkeypatch.setattr(board, "parts", lambda *_: frozenset(Part))
    people = [district.person("water_warden", "town:b")]
    some = [one for one in world.addresses() if one[0].startswith(("incidents.", "api_incidents."))]
    tally = reading.read_all(world.app, district, people, some)
    assert {"words", "picture", "id"} <= {leak.kind for leak in tally.leaks}


@pytest.fixture
def conditions_made_anew() -> Iterator[None]:
    """Conditions are kept by whom they are for: none is left of a table that is changed."""
    reach.may_know.cache_clear()
    yield
    reach.may_know.cache_clear()


@pytest.mark.usefixtures("conditions_made_anew")
@pytest.mark.parametrize("part", [Part.WORDS, Part.PICTURES])
def test_a_table_with_one_part_too_many_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, part: Part
) -> None:
    district = world.district
    known = access.KNOWS[Standing.COPY] | {part}
    monkeypatch.setitem(access.KNOWS, Standing.COPY, known)
    people = [
        district.person("unit_officer", "procuratorate"),
        district.person("station_officer", "police"),
    ]
    some = [one for one in world.addresses() if one[0].startswith(("incidents.", "api_incidents."))]
    assert reading.read_all(world.app, district, people, some).leaks


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: json.dumps(text).encode(),
        lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
        lambda text: "".join(f"&#x{ord(one):x};" for one in text).encode(),
        lambda text: "".join(f"%{one:02x}" for one in text.encode()).encode(),
    ],
    ids=["as it is", "JSON", "HTML", "HTML in hex", "percent"],
)
def test_a_canary_is_found_however_it_is_written(written: Callable[[str], bytes]) -> None:
    aviary = Aviary(lambda below: below // 3)
    canary = aviary.breed("words", "i-1")
    aviary.breed("words", "i-2")
    assert aviary.found_in(b'{"a": "' + written(canary.text) + b'"}') == [canary]
    assert aviary.found_in(written(canary.hanzi)) == [canary]


def test_a_route_whose_parameter_nobody_knows_fails_the_test(world: World) -> None:
    with world.district.store.reading() as connection, pytest.raises(KeyError, match="GIVEN"):
        routes.Ids(connection).of("something_new")
