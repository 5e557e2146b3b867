"""A list of background checks: outcome codes, and nothing else."""

import pytest

from central.core.backgrounds import CheckError, CheckOutcome, PostCategory, checks_of, rows_of

HEAD = "person,unit,category,outcome,checked_on,employed_until\n"
ROW = "S-017,school:shiyan,builder,needs_action,2026-11-20,2026-12-31\n"


def refusal(text: str) -> CheckError:
    with pytest.raises(CheckError) as caught:
        rows_of(text)
    return caught.value


def test_a_list_is_read_also_with_a_mark_in_front_and_empty_cells() -> None:
    (one, other) = rows_of("\ufeff" + HEAD + ROW + "S-018,school:shiyan,staff,pending,,\n")
    assert (one.category, one.outcome) == (PostCategory.BUILDER, CheckOutcome.NEEDS_ACTION)
    assert (other.checked_on, other.employed_until) == (None, None)


@pytest.mark.parametrize("column", ["reason", "事由", "offence", "name", "身份证号"])
def test_any_other_column_is_refused_and_said_by_name(column: str) -> None:
    error = refusal(f"{HEAD.strip()},{column}\n{ROW.strip()},盗窃\n")
    assert column in error.message_zh
    assert "盗窃" not in error.message_zh + error.message_en


def test_a_cell_beyond_the_head_is_refused() -> None:
    assert "第 2 行" in refusal(HEAD + ROW.strip() + ",盗窃\n").message_zh


@pytest.mark.parametrize("person", ["330283198001011234", "13800138000", "张三"])
def test_an_identity_number_a_phone_or_a_name_is_no_pseudonym(person: str) -> None:
    error = refusal(HEAD + ROW.replace("S-017", person))
    assert "person" in error.message_zh
    assert person not in error.message_zh + error.message_en


def test_every_mistake_is_named_by_its_line() -> None:
    error = refusal(HEAD + ROW + ROW.replace("builder", "cook") + ROW.replace("needs_", "dis"))
    assert "第 3 行 category" in error.message_zh
    assert "第 4 行 outcome" in error.message_zh


@pytest.mark.parametrize("text", ["", HEAD, "person\n"])
def test_an_empty_list_or_one_without_its_columns_is_refused(text: str) -> None:
    refusal(text)


def test_a_json_list_is_held_to_the_same() -> None:
    row = {"person": "S-1", "unit": "school:a", "category": "staff", "outcome": "clear"}
    assert len(checks_of([row])) == 1
    with pytest.raises(CheckError, match="remark: not taken"):
        checks_of([row | {"remark": "x"}])
