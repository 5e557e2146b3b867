"""The playbook verbs: what is wrong and where, and what would happen."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from central.adapters.playbooks import shipped
from central.cli import main
from central.commands.options import EXIT_CONFIG, EXIT_REFUSED

SOURCE = Path(__file__).resolve().parents[4] / "central" / "playbooks" / "drowning_risk.yaml"
DEPARTMENTS = {
    "water_warden": "town:a", "school_safety_lead": "school:a", "class_teacher": "school:a",
    "guard": "school:a", "psychologist": "school:a", "station_officer": "station:a",
}  # fmt: skip


def types(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--data", str(data)], catch_exceptions=False)


def does(data: Path, *words: str) -> str:
    result = types(data, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A district in which every relation but the water bureau reaches somebody."""
    data = tmp_path / "data"
    does(data, "init")
    relations = []
    for relation in ("town", "school", "station"):
        does(data, "unit", "add", f"{relation}:a", "--name", "单位")
        relations += ["--relation", f"{relation}={relation}:a"]
    does(data, "site", "add", "pond", "--kind", "water", "--name", "月湖", *relations)
    people = [*DEPARTMENTS.items(), ("duty_officer", "edu"), ("district_admin", "edu")]
    for number, (role, unit) in enumerate(people):
        does(data, "user", "add", f"p{number}", "--name", "某人", "--role", role,
             "--unit", unit, "--email", f"p{number}@demo.invalid")  # fmt: skip
    return data


def test_the_shipped_playbooks_have_no_mistakes(tmp_path: Path) -> None:
    assert f"{len(shipped())} 个预案" in does(tmp_path, "playbook", "lint")


def test_a_relation_that_reaches_nobody_is_named_with_what_to_do(district: Path) -> None:
    result = types(district, "playbook", "lint", str(SOURCE))
    assert result.exit_code == EXIT_CONFIG
    lines = [line for line in result.stderr.splitlines() if "@ pond" in line]
    assert len(lines) == 1
    assert re.search(
        r"drowning_risk.yaml:\d+: tasks.2.who @ pond: \S+（water）没有可用账号（部门经办人）",
        lines[0],
    )
    said = "(water) has no active account (department officer): add one in Settings, People"
    assert said in lines[0]
    does(district, "user", "add", "shui", "--name", "某人", "--role", "unit_officer",
         "--unit", "water", "--email", "s@demo.invalid")  # fmt: skip
    assert "含可达性" in does(district, "playbook", "lint", str(SOURCE))


def test_a_place_without_a_relation_and_people_without_an_address_are_named(district: Path) -> None:
    does(district, "site", "add", "bare", "--kind", "water", "--name", "无名塘")
    does(district, "unit", "add", "town:b", "--name", "乙镇")
    does(district, "user", "add", "mute", "--name", "某人", "--role", "water_warden",
         "--unit", "town:b")  # fmt: skip
    does(district, "site", "add", "brook", "--kind", "water", "--name", "小溪",
         "--relation", "town=town:b")  # fmt: skip
    said = types(district, "playbook", "lint", str(SOURCE)).stderr
    line = next(n for n, text in enumerate(SOURCE.read_text("utf-8").splitlines(), 1)
                if "who: {relation: town" in text)  # fmt: skip
    assert f"drowning_risk.yaml:{line}: tasks.0.who @ bare: 该场所没有登记所属镇街（town）" in said
    assert f"drowning_risk.yaml:{line}: tasks.0.who @ brook: 乙镇（town:b）的账号都没有联系" in said


def test_a_broken_file_is_refused_with_file_line_and_place(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = SOURCE.read_text("utf-8").replace("part: lead", "part: first")
    file.write_text(text, "utf-8")
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "part: first" in one)
    result = types(tmp_path, "playbook", "lint", str(file))
    assert result.exit_code == EXIT_CONFIG
    assert f"mine.yaml:{line}: tasks.0.part:" in result.stderr


def test_a_rehearsal_tells_who_would_be_told_when(district: Path) -> None:
    words = ("playbook", "dry-run", "drowning_risk", "--site", "pond", "--at", "2026-10-01T16:30")
    rows = json.loads(does(district, *words, "--json"))
    first = rows[0]
    assert (first["at"], first["what"]) == ("2026-10-01 16:30:00", "dispatch")
    assert first["tell"][0]["people"] == ["account:p0"]
    overdue = [r for r in rows if r["what"] == "overdue" and r["waits_for"] == "acknowledge"]
    assert overdue[0]["at"] == "2026-10-01 16:33:00"
    later = [r for r in rows if r["what"] == "later"]
    assert later[0]["upon"] == "attend: defect"
    assert not later[0]["tell"][0]["reached"]
    text = does(district, *words)
    assert "2026-10-01 16:33:00  签收超时第 1 级" in text
    assert "！无人 nobody" in text


def test_a_rehearsal_of_what_is_not_there_says_what_is(district: Path) -> None:
    result = types(district, "playbook", "dry-run", "drowning", "--site", "pond")
    assert result.exit_code == EXIT_REFUSED
    assert "drowning_risk" in result.stderr
    assert (
        types(district, "playbook", "dry-run", "general", "--site", "x").exit_code == EXIT_REFUSED
    )


BUTTON = SOURCE.parent / "alarm_button.yaml"


_LAST_LEVEL = """          - after_s: 172800   # 2 days
            tell:
              - {unit: edu, roles: [duty_officer, district_admin]}
"""
_FOR_OURSELVES = """          - after_s: 172800
            tell:
              - {of_task: true}
"""
_REPORT, _CLOSE = "        waits_for: report_back\n", "        waits_for: close\n"


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("[report_back, return", "[return", "note_on", "must ask for a note, add it"),
        (_REPORT, _CLOSE, "tasks.0", "each waits_for may stand once only"),
        ("      - *report_back\n", "", "tasks.1", "missing for report_back, add it"),
        (_LAST_LEVEL, _FOR_OURSELVES, "tasks.0.deadlines.2", "nothing ends silently"),
        ("        repeat_s: 120\n", "", "deadlines.0.repeat_s", "the field is missing, add it"),
        ("stale_after_s: 1800", "stale_after: 1800", "stale_after", "you mean: stale_after_s"),
        ("[station, town]", "[station, department]", "answers_device", "would wait for ever"),
    ],
)
def test_a_playbook_that_could_end_silently_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, where: str, words: str
) -> None:
    text = BUTTON.read_text("utf-8")
    assert old in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    result = types(tmp_path, "playbook", "lint", str(file))
    assert result.exit_code == EXIT_CONFIG
    said = result.stderr
    assert re.search(r"mine\.yaml:\d+: ", said)
    assert where in said
    assert words in said
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said)
