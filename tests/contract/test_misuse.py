"""What the three command lines say to whoever calls them wrongly."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from central.cli import main as central_main
from contract.misuse import in_chinese, told
from contract.verbs import Verbs
from edge_agent.cli import main as edge_main
from firmware_config.cli import main as flash_main

HERE = str(Path(__file__))
FOLDER = str(Path(__file__).parent)


@click.command()
@click.argument("place", type=click.Path(exists=True, dir_okay=False))
@click.option("--size", type=click.IntRange(1, 9))
@click.option("--share", type=float)
@click.option("--kind", type=click.Choice(["gate", "water"]), required=True)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--pair", nargs=2)
@click.option("--folder", type=click.Path(exists=True, file_okay=False))
@click.option("--plain", is_flag=True)
def verb(**_given: object) -> None:
    """Takes everything that click can refuse."""


@click.command()
def ask() -> None:
    """Asks something."""
    click.prompt("PIN")


MAIN = Verbs("main", places={"verb": f"{__name__}:verb", "ask": f"{__name__}:ask"})

WRONG = [
    ("", "少了命令。", "Missing command."),
    ("vreb", "没有命令 vreb。", "No such command 'vreb'."),
    ("verb --kind gate", "少了参数 PLACE。", "Missing argument 'PLACE'."),
    (f"verb {HERE}", "少了选项 --kind。", "Missing option '--kind'."),
    (f"verb {HERE}", "可选:gate,", "Choose from:"),
    ("verb --kid gate", "没有选项 --kid。是不是 '--kind'?", "No such option '--kid'."),
    ("verb --s 1", "没有选项 --s。是不是 ", "(Did you mean one of: "),
    ("verb --kind boat", "“boat”不在可选之列:", "'boat' is not one of"),
    ("verb --kind", "选项 --kind 后面要给一个值。", "requires an argument."),
    ("verb --pair a", "选项 --pair 后面要 2 个值。", "requires 2 arguments."),
    ("verb --plain=1", "选项 --plain 不带值。", "does not take a value."),
    ("verb --size 10", "--size 的值不对:10 不在范围 1<=x<=9 内。", "is not in the range"),
    ("verb --size ten", "“ten”不是整数。", "is not a valid integer range."),
    ("verb --share half", "“half”不是数字。", "is not a valid float."),
    ("verb --at noon", "“noon”的写法不对,应为 '%Y-%m-%d'。", "does not match the format"),
    (f"verb {HERE} b --kind gate", "多出了参数 b。", "Got unexpected extra argument (b)"),
    ("verb nowhere --kind gate", "文件 nowhere 不存在。", "File 'nowhere' does not exist."),
    (f"verb {FOLDER} --kind gate", "是文件夹,这里要文件。", "is a directory."),
    (f"verb {HERE} --kind gate --folder {HERE}", "是文件,这里要文件夹。", "is a file."),
]


@pytest.mark.parametrize(("words", "chinese", "english"), WRONG)
def test_misuse_is_said_in_chinese_with_english_beside(
    words: str, chinese: str, english: str
) -> None:
    """The sentences are made by click itself: one that it changes is noticed here."""
    said = CliRunner().invoke(MAIN, words.split(), prog_name="main")
    if not words:  # a group by itself gives its help
        said = CliRunner().invoke(Verbs("main", places={}, no_args_is_help=False), [])
    assert said.exit_code == 2
    assert chinese in said.stderr
    assert english in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("main", [central_main, edge_main, flash_main])
@pytest.mark.parametrize("words", [["--nonsense"], ["nonsense"]])
def test_each_command_line_says_it(main: click.Group, words: list[str]) -> None:
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 2
    assert "错误 error: 没有" in said.stderr
    assert "No such " in said.stderr
    assert "用法 usage: " in said.stderr
    assert "看说明 for help: " in said.stderr


@pytest.mark.parametrize("main", [central_main, edge_main, flash_main])
def test_no_words_at_all_give_the_help(main: click.Group) -> None:
    said = CliRunner().invoke(main, [])
    assert "Commands:" in said.output
    assert "错误" not in said.output


def test_whoever_goes_away_at_a_question_is_told_that_it_ended() -> None:
    gone = CliRunner().invoke(MAIN, ["ask"], input="")
    assert (gone.exit_code, "已中断 (stopped)" in gone.stderr) == (1, True)


def test_a_sentence_of_our_own_is_said_once() -> None:
    ours = "请给出 TEXT 或 --phrase (give TEXT or --phrase)"
    assert told(ours, "", "") == f"错误 error: {ours}"


def test_an_unknown_sentence_is_said_as_it_is() -> None:
    assert in_chinese("The moon is full.") == "The moon is full."
    assert told("The moon is full.", "", "") == "错误 error: The moon is full."


def test_a_reason_of_our_own_keeps_its_words_within_clicks() -> None:
    assert in_chinese("Invalid value: 密码太短") == "值不对:密码太短"
