"""A browser asks for the pages' own files once, and again when they have changed."""

import re
from pathlib import Path

from apiflask import APIFlask

from central.web.files import FOR_GOOD


def test_a_page_s_files_are_kept_for_good_under_the_mark_of_what_is_in_them(app: APIFlask) -> None:
    client = app.test_client()
    found = re.findall(
        r'(?:href|src)="(/static/[^"]+\.(?:css|js)\?v=[^"]+)"', client.get("/sign-in").text
    )
    assert len(found) > 5
    for address in found:
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == FOR_GOOD


def test_a_file_under_another_mark_or_none_is_asked_for_again(app: APIFlask) -> None:
    client = app.test_client()
    for address in ("/static/base.css", "/static/base.css?v=0123456789", "/static/none.css?v=1"):
        with client.get(address) as answer:
            assert answer.headers.get("Cache-Control") != FOR_GOOD


def test_a_changed_file_has_another_address(app: APIFlask, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    file = tmp_path / "a.css"
    found = set()
    for content in ("a {}", "b {}"):
        file.write_text(content, "utf-8")
        with app.test_request_context("/"):
            found.add(app.jinja_env.globals["file_address"]("a.css"))  # type: ignore[operator]
    assert len(found) == 2
