"""`huxiao-flash profile`: the kinds of device and board that are known."""

import json

import click

from firmware_config.adapters.parts import board, names
from firmware_config.adapters.parts import profile as read_profile
from firmware_config.commands.exits import EXITS_HELP, ends_in_words
from firmware_config.core.profiles import Board, Profile

MODELS: dict[str, type[Profile] | type[Board]] = {"profile": Profile, "board": Board}


@click.group(epilog=EXITS_HELP)
def profile() -> None:
    """设备用途与板型。 Kinds of device, and boards.

    \b
    write、batch 的 --profile 和 --board 接受这里的名字,或你自己的 .toml 文件。
    Names from here, or files of your own, go into --profile and --board.
    """  # noqa: D301 - click's own sign


@profile.command(name="list", epilog=EXITS_HELP)
@ends_in_words
def list_profiles() -> None:
    """列出已有的用途和板型。 List them."""
    for name in names("profiles"):
        one = read_profile(name)
        click.echo(f"{one.name:<14}{one.title}  {', '.join(one.processes)}")
    for name in names("boards"):
        click.echo(f"{name:<14}{board(name).title}")


@profile.command(epilog=EXITS_HELP)
@click.argument("file")
@click.option("--board", "is_board", is_flag=True, help="这是板型 it is a board")
@ends_in_words
def check(file: str, *, is_board: bool) -> None:
    """检查一个文件,指出每处错误。 Check FILE; every mistake is named."""
    (board if is_board else read_profile)(file)
    click.echo("正确 ok")


@profile.command(epilog=EXITS_HELP)
@click.argument("kind", type=click.Choice(list(MODELS)), default="profile")
@ends_in_words
def schema(kind: str) -> None:
    """输出 JSON Schema。 Print the JSON Schema of profiles or boards."""
    click.echo(json.dumps(MODELS[kind].model_json_schema(), indent=2, ensure_ascii=False))
