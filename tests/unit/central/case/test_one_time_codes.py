"""Six digits and recovery codes: right once, for a minute and a half, and never again."""

from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP, random_base32

from central.core.one_time_codes import (
    BITS_OF_RECOVERY,
    DRIFT_STEPS,
    STEP_MS,
    accepted_step,
    plain,
    recovery_code,
)

SECRET = random_base32()
NOW = 1_795_406_400_000
HERE = NOW // STEP_MS


def code(step: int) -> str:
    return TOTP(SECRET).generate_otp(step)


@given(st.integers(-DRIFT_STEPS, DRIFT_STEPS), st.integers(0, STEP_MS - 1))
def test_a_code_is_right_while_the_phone_is_off_by_no_more_than_a_step(off: int, ms: int) -> None:
    assert accepted_step(SECRET, code(HERE + off), 0, NOW + ms) is not None


@given(st.integers(DRIFT_STEPS + 1, 5000), st.sampled_from((-1, 1)))
def test_a_code_of_another_time_is_never_right(far: int, way: int) -> None:
    near = {code(HERE + off) for off in range(-DRIFT_STEPS, DRIFT_STEPS + 1)}
    other = code(HERE + way * far)
    assert (accepted_step(SECRET, other, 0, NOW) is None) or other in near


@given(st.integers(-DRIFT_STEPS, DRIFT_STEPS))
def test_what_was_accepted_and_all_before_it_is_never_accepted_again(off: int) -> None:
    last = accepted_step(SECRET, code(HERE + off), 0, NOW)
    assert last is not None
    earlier = [code(step) for step in range(HERE - DRIFT_STEPS, last + 1)]
    later = {code(step) for step in range(last + 1, HERE + DRIFT_STEPS + 1)}
    assert all(accepted_step(SECRET, one, last, NOW) is None or one in later for one in earlier)


@given(st.text(max_size=12))
def test_what_is_no_code_is_never_right_and_breaks_nothing(typed: str) -> None:
    accepted = accepted_step(SECRET, typed, 0, NOW)
    assert accepted is None or plain(typed).isdigit()


def test_blanks_as_phones_show_them_are_no_matter() -> None:
    shown = f"{code(HERE)[:3]} {code(HERE)[3:]}"
    assert accepted_step(SECRET, shown, 0, NOW) == HERE


@given(st.integers(0, 2**BITS_OF_RECOVERY - 1), st.integers(0, 2**BITS_OF_RECOVERY - 1))
def test_two_recovery_codes_are_the_same_only_from_the_same_bits(one: int, other: int) -> None:
    assert (recovery_code(one) == recovery_code(other)) is (one == other)


@given(st.integers(0, 2**BITS_OF_RECOVERY - 1))
def test_a_recovery_code_may_be_typed_small_and_without_dashes(bits: int) -> None:
    written = recovery_code(bits)
    assert plain(written) == plain(written.replace("-", " ").lower())
    assert len(plain(written)) == 12
