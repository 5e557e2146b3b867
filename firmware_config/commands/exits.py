"""How `huxiao-flash` says that it ended."""

import functools
import json
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from firmware_config.ports import Exit, FlashError

EXITS_HELP = """\b
退出码 (exit codes):
  0 正常 ok                      1 有问题 a problem, a failed check
  2 用法 usage                   3 拒绝写这块盘 refused
  4 镜像不对 wrong image          5 读回不一致 verify failed
  6 假卡 fake card               7 正被使用 busy
  8 设置写不进 settings           9 卡出错或被拔 card failed
  10 设备连不上 device            11 外部工具失败 tool failed
  130 被中断 stopped
"""


P = ParamSpec("P")
T = TypeVar("T")


def ends_in_words(command: Callable[P, T]) -> Callable[P, T]:
    """Let a verb's failures end in a sentence and the code of their kind."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        as_json = bool(kwargs.get("as_json"))
        try:
            return command(*args, **kwargs)
        except FlashError as error:
            end(error, as_json=as_json)
        except click.Abort:
            said = "已取消,什么也没写 (cancelled: nothing was written)"
            end(FlashError(Exit.STOPPED, said), as_json=as_json)
        except KeyboardInterrupt:
            said = "已中断;卡不能启动,请重新写 (stopped; the card does not boot: write it again)"
            end(FlashError(Exit.STOPPED, said), as_json=as_json)

    return wrapped


def end(error: FlashError, *, as_json: bool) -> NoReturn:
    """Say why, for people or for programs, and end."""
    if as_json:
        say_json("error", kind=error.exit.name, exit=int(error.exit), said=error.said,
                 advice=error.advice)  # fmt: skip
    else:
        click.secho(f"错误 error: {error.said}", fg="red", err=True)
        if error.advice:
            click.echo(f"  → {error.advice}", err=True)
    raise SystemExit(int(error.exit))


def say_json(event: str, **said: Any) -> None:
    """Give one JSON line."""
    click.echo(json.dumps({"event": event, **said}, ensure_ascii=False))
