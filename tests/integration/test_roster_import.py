"""A school's file becomes its roster: all of it or nothing, and the same again changes nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from central.adapters.store.engine import open_store
from central.adapters.store.schema.pupils import GUARDIAN, PUPIL
from central.cli import main
from central.commands.options import EXIT_REFUSED
from tests.integration.case_district import rows

HEAD = "学校,班级,学号,姓名,出生年份,住校,寝室,家长,家长手机,浙里办,性别"
ROWS = (
    "school:a,三年级二班,1,张小明,2017,是,301,张大明,13800000001,zlb-1,男",
    "school:a,三年级二班,1,张小明,2017,是,301,李小芳,13800000002,,男",
    "school:a,3-1,2,李小红,2017,否,,,,,女",
)


class Desk:
    """An operator with a district of one school."""

    def __init__(self, folder: Path) -> None:
        self.data, self.folder = folder / "data", folder
        self.types("init")
        self.types("unit", "add", "school:a", "--name", "实验小学")

    def types(self, *words: str | Path) -> Result:
        arguments = [*map(str, words), "--data", str(self.data)]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def file(self, *lines: str, name: str = "roster.csv", encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_text("\n".join([HEAD, *lines]), encoding=encoding)
        return path

    def imports(self, path: Path) -> dict[str, int]:
        result = self.types("roster", "import", path, "--json")
        assert result.exit_code == 0, result.output
        return dict(json.loads(result.stdout.strip().splitlines()[-1]))

    def kept(self) -> tuple[int, int]:
        store = open_store(f"sqlite:///{self.data}/central.db")
        with store.reading() as connection:
            found = len(rows(connection, PUPIL)), len(rows(connection, GUARDIAN))
        store.close()
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_csv_is_imported_and_a_second_run_changes_nothing(desk: Desk) -> None:
    path = desk.file(*ROWS)
    assert desk.imports(path) == {"added": 2, "changed": 0, "unchanged": 0}
    assert desk.kept() == (2, 2)
    assert desk.imports(path) == {"added": 0, "changed": 0, "unchanged": 2}
    assert "性别" in desk.types("roster", "import", path).stderr


def test_what_a_chinese_excel_writes_is_read(desk: Desk) -> None:
    assert desk.imports(desk.file(*ROWS, encoding="gb18030"))["added"] == 2


def test_an_xlsx_is_imported_like_a_csv(desk: Desk) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (HEAD, *ROWS):
        sheet.append([int(one) if one.isdecimal() and len(one) < 5 else one
                      for one in line.split(",")])  # fmt: skip
    book.save(desk.folder / "roster.xlsx")
    assert desk.imports(desk.folder / "roster.xlsx")["added"] == 2
    assert desk.imports(desk.file(*ROWS))["unchanged"] == 2


def test_every_mistake_is_named_by_row_and_column_and_nothing_is_kept(desk: Desk) -> None:
    bad = ("school:a,二班,3,王五,2017,,,,,,", "school:a,3-1,4,,2017,,,,,,",
           "school:a,3-1,5,赵六,十岁,,,,,,",
           "school:a,3-1,6,钱七,2017,,,孙八,不是号码,,")  # fmt: skip
    result = desk.types("roster", "import", desk.file(ROWS[0], *bad))
    assert result.exit_code == EXIT_REFUSED
    for row, column in ((3, "班级"), (4, "姓名"), (5, "出生年份"), (6, "家长手机")):
        assert f"第 {row} 行 row {row}, {column}:" in result.stderr
    assert "不是号码" not in result.stderr
    assert desk.kept() == (0, 0)


def test_a_number_that_comes_again_elsewhere_is_a_mistake(desk: Desk) -> None:
    result = desk.types("roster", "import", desk.file(ROWS[0], ROWS[2], ROWS[1]))
    assert result.exit_code == EXIT_REFUSED
    assert "第 4 行 row 4" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\xff\xfe\x00\x81", "encoding"), ("学校,班级\n".encode(), "lacks columns")],
)
def test_what_is_no_roster_is_said_to_be_none(desk: Desk, content: bytes, said: str) -> None:
    path = desk.folder / "x.csv"
    path.write_bytes(content)
    result = desk.types("roster", "import", path)
    assert (result.exit_code, said in result.stderr) == (EXIT_REFUSED, True)


def test_a_damaged_xlsx_is_said_to_be_damaged(desk: Desk) -> None:
    path = desk.folder / "x.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    result = desk.types("roster", "import", path)
    assert (result.exit_code, "not an XLSX" in result.stderr) == (EXIT_REFUSED, True)


def test_a_pupil_is_erased_with_proof(desk: Desk) -> None:
    desk.imports(desk.file(*ROWS))
    shown = json.loads(desk.types("roster", "withdraw", "school:a", "1", "--json").stdout)
    assert len(shown["key_digest"]) == 64
    assert desk.kept() == (2, 0)
    assert desk.types("roster", "withdraw", "school:a", "1").exit_code == EXIT_REFUSED
