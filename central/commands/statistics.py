"""`huxiao-central statistics`: make the figures anew from the cases."""

import sys

import click

from central.adapters.clock import now_ms
from central.adapters.store import adding
from central.commands.options import Central, json_option, opened, show


@click.group()
def statistics() -> None:
    """统计数据:从事件重新计算。 The figures: make them anew from the cases."""


@statistics.command()
@json_option
@opened
def rebuild(central: Central, *, as_json: bool) -> None:
    """从全部事件重新计算统计,可在运行中进行。 Count all cases anew; work may go on meanwhile.

    平时随每次变动同步更新,不需要运行;恢复备份后或有疑问时用来核对。 Figures are kept as cases
    change: this is for after a restore, or to check them. 退出码 0;有出入的事件数会显示。
    """
    is_seen = sys.stderr.isatty()

    def say(done: int, of: int) -> None:
        if is_seen:
            click.echo(f"\r已计 counted {done}/{of} ({done * 100 // of} %)", nl=False, err=True)

    changed = adding.rebuild(central.store, now_ms(), say)
    if is_seen:
        click.echo(err=True)
    told = (
        f"统计已重新计算，{changed} 起事件原来有出入 figures made anew; {changed} case(s) differed"
    )
    show({"differed": changed}, told, as_json=as_json)
