"""`huxiao-central care`: whether the store of mind care is whole."""

import click

from central.commands.options import EXIT_REFUSED, Central, fail, opened


@click.group()
def care() -> None:
    """心灵关爱:单独加密存放,不进日常备份。 Mind care: a store of its own, in no ordinary backup.

    内容只在网页由办理单位的心理专员阅读,命令行不显示。 Its content is read on the pages only.
    """


@care.command()
@opened
def verify(central: Central) -> None:
    """核对查阅记录链是否完整。 Check that no look has been changed or taken away."""
    store = central.care()
    count = len(store.rows())
    whole = store.is_chained()
    store.store.close()
    if not whole:
        fail("查阅记录被改动 / the record of looks has been changed", EXIT_REFUSED)
    click.echo(f"查阅记录完整 the record of looks is whole; 转介 referrals: {count}")
