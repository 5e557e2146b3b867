"""What a claim is, and what it is not: nothing that is no claim reaches a log or a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from central.core.claims import (
    DAY_MS,
    RENEW_GRACE_DAYS,
    Claim,
    ClaimRefusedError,
    Kept,
    Refusal,
    check_claim,
    check_rate,
    check_renewal,
    parts_of,
    state_of,
)
from contract.claims import EnrolmentWanted, Ticket, TicketError, ticket_of

GOOD = "edge1.00aa11bb." + "a" * 32


@given(st.text(max_size=60))
def test_whatever_is_no_claim_is_refused(text: str) -> None:
    with pytest.raises(ClaimRefusedError) as refusal:
        parts_of(text)
    assert refusal.value.code is Refusal.UNKNOWN


def test_a_claim_is_its_id_and_its_secret() -> None:
    assert parts_of(GOOD) == ("00aa11bb", "a" * 32)
    for wrong in (f"{GOOD}\n", f" {GOOD}", GOOD.upper(), GOOD + "a"):
        with pytest.raises(ClaimRefusedError):
            parts_of(wrong)


@pytest.mark.parametrize("hardware", ["a\x00b", "a\nb", "a" * 201])
def test_what_a_box_says_it_is_holds_nothing_that_a_database_refuses(hardware: str) -> None:
    with pytest.raises(ValidationError):
        EnrolmentWanted(claim=GOOD, csr="x", hardware=hardware)


def test_a_ticket_is_the_same_as_file_and_as_line() -> None:
    ticket = Ticket(claim=GOOD, url="https://hub:8885", ca_sha256="0a" * 32)
    assert ticket_of(ticket.line()) == ticket
    assert ticket_of(ticket.model_dump_json()) == ticket
    shown = ":".join(["0A"] * 32)  # as browsers and openssl write a fingerprint
    assert ticket_of(f"{GOOD} https://hub:8885 sha256:{shown}\n") == ticket


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_ticket(text: str) -> None:
    with pytest.raises(TicketError, match="向区里要新的"):
        ticket_of(text)


@pytest.mark.parametrize(
    ("claim", "now", "code"),
    [
        (Claim("c", "d", 10), 11, Refusal.EXPIRED),
        (Claim("c", "d", 10, withdrawn_at=5), 6, Refusal.WITHDRAWN),
        (Claim("c", "d", 10, spki="other"), 5, Refusal.USED),
        (Claim("c", "d", 10, spki="other"), 99, Refusal.USED),
    ],
)
def test_a_claim_that_does_not_hold(claim: Claim, now: int, code: Refusal) -> None:
    with pytest.raises(ClaimRefusedError) as refusal:
        check_claim(claim, "mine", now)
    assert refusal.value.code is code


def test_the_same_key_may_ask_again_at_any_time() -> None:
    assert check_claim(Claim("c", "d", 10, spki="mine", withdrawn_at=20), "mine", 99)
    assert not check_claim(Claim("c", "d", 10), "mine", 10)


@given(st.integers(-1000, 1000))
def test_renewal_ends_with_the_grace(days: int) -> None:
    kept = Kept("1", "d", "k", 0)
    if days <= RENEW_GRACE_DAYS:
        check_renewal(kept, days * DAY_MS)
        return
    with pytest.raises(ClaimRefusedError):
        check_renewal(kept, days * DAY_MS)


def test_who_was_replaced_hears_that_and_not_that_it_was_stolen() -> None:
    for reason, code in (("replaced", Refusal.REPLACED), ("lost", Refusal.REVOKED)):
        with pytest.raises(ClaimRefusedError) as refusal:
            check_renewal(Kept("1", "d", "k", 9, revoked_at=1, reason=reason), 2)
        assert refusal.value.code is code


def test_guessing_is_bounded_by_address_and_by_claim() -> None:
    check_rate(29, 9)
    for counts in ((30, 0), (0, 10)):
        with pytest.raises(ClaimRefusedError):
            check_rate(*counts)


def test_a_claim_says_where_it_stands() -> None:
    used = Claim("c", "d", 10, spki="k")
    assert state_of(used, 5, is_online=False) == "used"
    assert state_of(used, 5, is_online=True) == "online"
    assert state_of(Claim("c", "d", 10), 5, is_online=True) == "open"
    assert state_of(Claim("c", "d", 10), 11, is_online=False) == "expired"
    assert state_of(Claim("c", "d", 10, withdrawn_at=1), 5, is_online=False) == "withdrawn"
