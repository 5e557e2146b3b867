"""`huxiao-flash update`: hand one device a signed release, where central cannot reach it."""

from pathlib import Path

import click

from firmware_config.adapters.ssh import copy, run
from firmware_config.commands.exits import EXITS_HELP, ends_in_words

EDGE = "/opt/huxiao/current/bin/huxiao-edge"


@click.command(epilog=EXITS_HELP)
@click.argument("host")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ends_in_words
def update(host: str, bundle: Path) -> None:
    """把签名的更新包交给 HOST 安装。 Hand BUNDLE, a signed release, to HOST (by ssh).

    \b
    平时由平台分批更新;这里用于连不上平台的设备。签名、版本和空间都由设备自己检查,
    新版本试运行不成功会自动退回。

    The device checks the signature and the version itself, and goes back by itself.
    """  # noqa: D301 - click's own sign
    target = "/tmp/huxiao-update.bundle"  # noqa: S108 - on the device, checked by its signature
    copy(bundle, host, target)
    run(host, ["sudo", EDGE, "update", "install", target])
    run(host, ["rm", "-f", target])
