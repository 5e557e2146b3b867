"""Parts that pages share say the same thing everywhere, and need no script."""

from apiflask import APIFlask
from flask import get_template_attribute, render_template_string

from central.web.saying import say_error, say_undoable


def part(app: APIFlask, call: str) -> str:
    with app.test_request_context("/"):
        head = '{% from "parts.html" import field, confirm, progress, empty, scroll, pager %}'
        return render_template_string(head + call)


def test_a_field_says_what_is_wrong_with_it_to_who_cannot_see_it(app: APIFlask) -> None:
    html = part(app, "{{ field('phone', 'Phone', wrong='Too short', hint='11 digits') }}")
    assert 'aria-describedby="phone-hint phone-wrong"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="phone-wrong">Too short<' in html


def test_what_was_typed_is_shown_as_words(app: APIFlask) -> None:
    html = part(app, """{{ field('a', 'A', value='"><script>', kind='textarea', maxlength=9) }}""")
    assert "<script>" not in html
    assert 'maxlength="9"' in html


def test_a_choice_keeps_what_was_chosen(app: APIFlask) -> None:
    call = "{{ field('a', 'A', 'y', kind='select', options={'x': 'Ex', 'y': 'Why'}) }}"
    assert '<option value="y" selected>Why</option>' in part(app, call)


def test_a_second_press_is_asked_for_without_a_script(app: APIFlask) -> None:
    call = "{{ confirm('/x', 'Erase', 'Erase it for good?', fields={'id': '7'}) }}"
    html = part(app, call)
    assert html.index("<summary>") < html.index("Erase it for good?") < html.index("<button")
    assert 'name="csrf_token"' in html
    assert 'name="id" value="7"' in html


def test_long_work_is_asked_for_again_until_it_is_over(app: APIFlask) -> None:
    going = part(app, "{{ progress('p', 'Reading', 3, 9, '/jobs/1') }}")
    over = part(app, "{{ progress('p', 'Read', 9, 9) }}")
    assert 'max="9" value="3"' in going
    assert 'hx-trigger="every 2s"' in going
    assert "hx-get" not in over


def test_what_was_done_is_said_once_with_a_way_back(app: APIFlask) -> None:
    with app.test_request_context("/"):
        say_undoable("Moved", "/undo", id="7")
        say_error("Too late")
        html = str(get_template_attribute("parts.html", "said")())
        assert 'action="/undo"' in html
        assert 'name="id" value="7"' in html
        assert 'role="alert"' in html
        assert "<button>" in html
