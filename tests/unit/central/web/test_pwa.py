"""The pages as an app: a card, a worker that keeps nothing of anybody, a page without network."""

import re
from pathlib import Path

from apiflask import APIFlask
from PIL import Image

import central.web

STATIC = Path(central.web.__file__).parent / "static"


def kept(app: APIFlask) -> list[str]:
    worker = app.test_client().get("/sw.js").get_data(as_text=True)
    listed = re.search(r"const FILES = \[OFFLINE, (.*?)\];", worker)
    assert listed
    return re.findall(r'"([^"]+)"', listed[1])


def test_the_card_names_pictures_of_their_own_size(app: APIFlask) -> None:
    card = app.test_client().get("/manifest.webmanifest").get_json(force=True)
    assert card["start_url"] == card["scope"] == "/"
    assert card["display"] == "standalone"
    for icon in card["icons"]:
        with Image.open(STATIC / icon["src"].removeprefix("/static/")) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]


def test_the_worker_keeps_files_of_the_page_and_nothing_else(app: APIFlask) -> None:
    files = kept(app)
    assert files
    assert [one for one in files if not one.startswith("/static/")] == []
    assert [one for one in files if not (STATIC / one.removeprefix("/static/")).is_file()] == []


def test_the_worker_puts_nothing_into_its_store_that_it_meets_on_the_way(app: APIFlask) -> None:
    worker = app.test_client().get("/sw.js").get_data(as_text=True)
    assert ".put(" not in worker
    assert worker.count(".addAll(") == 1


def test_the_page_without_a_network_needs_only_what_is_kept(app: APIFlask) -> None:
    client = app.test_client()
    page = client.get("/offline")
    assert page.status_code == 200
    needed = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.get_data(as_text=True)))
    assert needed
    assert needed <= set(kept(app))


def test_the_worker_lies_at_the_root_and_is_asked_for_anew(app: APIFlask) -> None:
    answer = app.test_client().get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
