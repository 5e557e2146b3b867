"""What an authority may hand over, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.dispositions import (
    REASON_WORDS,
    DispositionError,
    most_urgent,
    order_of,
    reads_category,
    sees_order,
)
from central.core.people import Actor, Role
from contract.scenarios import Severity
from tests.integration.case_district import ADMIN, DUTY, NOON, SCHOOL, STATION, TOWN

NOW = datetime.fromtimestamp(NOON / 1000, UTC)
POLICE = Actor("account:fenju", "民警 方海", Role.UNIT_OFFICER, "police")


def fields(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "authority": "fenju",
        "disposition_id": "d-2026-118",
        "action": "请核实身份，劝离校门",
        "urgency": "warning",
        "approver": "何军",
        "legal_basis": "分局〔2026〕18号",
        "issued_at": (NOW - timedelta(minutes=1)).isoformat(),
        "expires_at": (NOW + timedelta(days=30)).isoformat(),
        "category": "C3",
        "schools": ["school:shiyan"],
    }
    return {name: value for name, value in (given | changes).items() if value is not ...}


def read(**changes: Any) -> Any:
    return order_of(fields(**changes), {"C3"}, NOON)


def refusal(**changes: Any) -> DispositionError:
    with pytest.raises(DispositionError) as caught:
        read(**changes)
    return caught.value


def test_an_order_with_basis_and_end_is_taken() -> None:
    assert read().disposition_id == "d-2026-118"


@pytest.mark.parametrize("name", ["legal_basis", "expires_at", "approver", "action"])
def test_without_basis_expiry_approver_or_instruction_it_is_refused_by_name(name: str) -> None:
    assert name in refusal(**{name: ...}).message_zh


def test_one_that_has_expired_or_never_would_is_refused() -> None:
    assert "已过期" in refusal(expires_at=NOW.isoformat()).message_zh
    assert "最长" in refusal(expires_at=(NOW + timedelta(days=500)).isoformat()).message_zh


@pytest.mark.parametrize("extra", ["reason", "name", "id_card", "category_text", "illness"])
def test_a_field_for_a_reason_is_refused_and_what_stood_in_it_is_not_repeated(extra: str) -> None:
    error = refusal(**{extra: "因盗窃被判刑的张三"})
    assert extra in error.message_zh
    assert "张三" not in error.message_zh + error.message_en


def test_a_category_in_words_or_one_that_was_not_agreed_is_refused() -> None:
    for wrong in ("涉毒人员", "Z9"):
        error = refusal(category=wrong)
        assert "category" in error.message_zh
        assert wrong not in error.message_zh + error.message_en


@given(st.sampled_from(REASON_WORDS), st.sampled_from(["action", "legal_basis"]),
       st.text("请核实身份，劝离。abc ", max_size=20))  # fmt: skip
def test_words_that_say_why_are_never_taken_wherever_they_stand(
    word: str, field: str, around: str
) -> None:
    error = refusal(**{field: around + word})
    assert field in error.message_zh


def test_the_category_is_for_the_police_alone() -> None:
    assert [who.role for who in (POLICE, STATION) if reads_category(who)] == [
        Role.UNIT_OFFICER, Role.STATION_OFFICER,
    ]  # fmt: skip
    assert not any(reads_category(who) for who in (SCHOOL, DUTY, ADMIN, TOWN))


def test_what_is_asked_is_for_the_police_the_district_and_the_schools_named() -> None:
    assert all(sees_order(who, ["school:shiyan"]) for who in (POLICE, STATION, DUTY, SCHOOL))
    assert not sees_order(SCHOOL, ["school:jinping"])
    assert not sees_order(TOWN, ["school:shiyan"])


def test_of_several_the_most_urgent_counts() -> None:
    assert most_urgent(["info", "critical", "warning"]) is Severity.CRITICAL
    assert most_urgent([]) is None
