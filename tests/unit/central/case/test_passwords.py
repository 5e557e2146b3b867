"""Which passwords are refused, and why."""

import pytest

from central.core.passwords import LEAST, weakness


@pytest.mark.parametrize(
    "password",
    ["", "123", "a" * (LEAST - 1), "password12", "Password123!", "1234567890", "0987654321",
     "qwertyuiop", "poiuytrewq", "aaaaaaaaaaaa", "1212121212", "woaini1314", "5201314!!!",
     "wangning01", "huxiao2026", "x" * 201],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused_in_both_languages(password: str) -> None:
    weak = weakness(password, "wangning", "王宁")
    assert weak is not None
    assert all(weak)


@pytest.mark.parametrize(
    "password", ["yuehu-2026", "correct horse battery", "月湖边的三棵老樟树在下雨", "k7#mQ2!xVd"]
)
def test_what_is_long_and_one_s_own_is_taken(password: str) -> None:
    assert weakness(password, "zhiban", "值班员 周宁") is None
