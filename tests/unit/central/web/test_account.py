"""One's own account: devices, password, and word of what is new."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from central.adapters.store.engine import Store
from central.adapters.store.schema.identity import ACCOUNT_MAIL
from tests.browser.served import PASSWORD
from tests.unit.central.web.second_factor import gives_password, is_in

SignIn = Callable[[str], FlaskClient]
NEW = "三棵老樟树-yuehu-9"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"


def mails(store: Store) -> list[str]:
    with store.reading() as connection:
        found = connection.execute(select(ACCOUNT_MAIL).order_by(ACCOUNT_MAIL.c.mail_id))
        return [f"{row.address} {row.subject}\n{row.text}" for row in found]


def changes(client: FlaskClient, new: str, old: str = PASSWORD, again: str = "") -> int:
    form = {"old": old, "new": new, "again": again or new}
    return client.post("/account/password", data=form).status_code


def test_devices_are_told_in_words_and_all_others_can_be_ended(
    app: APIFlask, signed_in: SignIn
) -> None:
    here, there = signed_in("zhiban"), app.test_client()
    there.environ_base["HTTP_USER_AGENT"] = CHROME
    gives_password(there, "zhiban")
    stranger = signed_in("zhenshui")
    assert "Chrome · Windows" in here.get("/account").text
    assert here.post("/account/sign-ins/end-others").status_code == 302
    assert is_in(here)
    assert is_in(stranger)
    assert not is_in(there)


def test_a_new_browser_is_told_to_its_owner_a_known_one_is_not(app: APIFlask, store: Store) -> None:
    client = app.test_client()
    gives_password(client, "zhiban")
    client.post("/sign-out")
    gives_password(client, "zhiban")
    (told,) = mails(store)
    assert told.startswith("zhiban@demo.invalid")
    gives_password(app.test_client(), "zhiban")
    assert len(mails(store)) == 2


def test_a_new_password_ends_sign_ins_elsewhere_and_replaces_the_old(
    app: APIFlask, store: Store, signed_in: SignIn
) -> None:
    here, elsewhere = signed_in("zhiban"), signed_in("zhiban")
    assert changes(here, NEW) == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert gives_password(app.test_client(), "zhiban").status_code == 401
    form = {"username": "zhiban", "password": NEW}
    assert app.test_client().post("/sign-in", data=form).status_code == 302
    assert any("密码已修改" in told for told in mails(store))


@pytest.mark.parametrize(
    ("new", "old", "again", "status"),
    [(NEW, "not this", "", 401), (NEW, PASSWORD, "other than that", 400),
     ("short", PASSWORD, "", 400),
     ("password123", PASSWORD, "", 400), (PASSWORD, PASSWORD, "", 400)],
)  # fmt: skip
def test_an_unfit_password_is_refused_and_the_old_one_stays(
    app: APIFlask, signed_in: SignIn, new: str, old: str, again: str, status: int
) -> None:
    assert changes(signed_in("zhiban"), new, old, again) == status
    assert gives_password(app.test_client(), "zhiban").status_code == 302


def test_guessing_the_old_password_from_a_stolen_cookie_is_slowed_down(signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    said = [changes(client, NEW, f"guess-{number}") for number in range(7)]
    assert said[:5] == [401] * 5
    assert said[5:] == [429] * 2
