"""`huxiao-central release`: the devices' software, and how it goes out."""

from pathlib import Path
from typing import NoReturn

import click

from central.adapters.clock import now_ms
from central.adapters.rolling import RolloutError
from central.adapters.store import audit, directory, releases
from central.adapters.store.tables import DEVICE
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.rollouts import MOST_FAILURES, SOAK_MS
from contract.releases import ReleaseError

HOUR_MS = 3600 * 1000
existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def release() -> None:
    """设备软件:登记签名公钥、收更新包、分批更新。 The devices' software: keys, bundles, roll-outs.

    更新包由 scripts/sign-release 制作;设备只认这里登记的公钥。

    Bundles are made by scripts/sign-release; devices believe the keys that are kept here.
    """


@release.command()
@click.argument("file", type=existing)
@opened
def keys(central: Central, file: Path) -> None:
    """登记发布公钥(release.pub,两把)。新入网的设备随证书领取。 Keep the keys of releases."""
    try:
        count = central.releases.keep_keys(file.read_text("ascii"))
    except (ReleaseError, UnicodeDecodeError) as error:
        _refuse(error)
    with central.store.transaction() as connection:
        audit.append(connection, now_ms(), "cli", "release.keys", "release", {"keys": count})
    click.echo(f"已登记 {count} 把发布公钥 (keys kept)")


@release.command()
@click.argument("bundle", type=existing)
@json_option
@opened
def add(central: Central, bundle: Path, *, as_json: bool) -> None:
    """收下一个更新包:先核对签名。 Keep a bundle, its signature checked."""
    try:
        kept = central.releases.keep(bundle)
    except (ReleaseError, OSError) as error:
        _refuse(error)
    said = kept.manifest
    row = {"version": said.version, "seq": said.seq, "sha256": kept.sha256,
           "size_bytes": kept.size_bytes, "machine": said.machine,
           "python": ",".join(said.python), "added_at": now_ms(), "added_by": "cli"}  # fmt: skip
    with central.store.transaction() as connection:
        if not releases.add(connection, row):
            fail(f"{said.version}: 版本已有，或序号 {said.seq} 不比已有的新 / version is taken, or "
                 "its seq is not newer", EXIT_REFUSED)  # fmt: skip
        audit.append(connection, now_ms(), "cli", "release.add", f"release:{said.version}")
    show(row, f"已收下 kept: {said.version} 序号 seq {said.seq}", as_json=as_json)


@release.command(name="list")
@json_option
@opened
def list_releases(central: Central, *, as_json: bool) -> None:
    """列出更新包和各次更新。 List releases and roll-outs."""
    with central.store.reading() as connection:
        kept, rows = releases.listed(connection), releases.rollouts(connection)
    lines = [f"{one['version']:<16} seq {one['seq']:<6} {one['machine']}" for one in kept]
    lines += [f"{one['rollout_id']}  {one['version']:<16} {one['state']}  {one['why']}"
              for one in rows]  # fmt: skip
    show({"releases": kept, "rollouts": rows}, "\n".join(lines) or "没有 none", as_json=as_json)


@release.command()
@click.argument("version")
@click.option(
    "--device", "devices", multiple=True, help="只更新这些，缺省全部 / these; default all"
)
@click.option("--canaries", default=1, show_default=True, help="先行几台 / how many go first")
@click.option("--share", default=20, show_default=True, help="第二批占其余的百分之几 / per cent")
@click.option("--soak-hours", default=SOAK_MS // HOUR_MS, show_default=True,
              help="每批正常多久后再更新下一批 / how long a group must be well")  # fmt: skip
@click.option("--most-failures", default=MOST_FAILURES, show_default=True,
              help="失败超过几台就暂停 / pauses above so many failures")  # fmt: skip
@opened
def start(
    central: Central, version: str, devices: tuple[str, ...], soak_hours: int, **how: int
) -> None:
    """开始分批更新。进度、暂停、收回在网页“软件更新”上。 Begin a roll-out, by groups."""
    with central.store.reading() as connection:
        every = [row["device_id"] for row in directory.rows(connection, DEVICE, "device_id")]
    how["soak_ms"] = soak_hours * HOUR_MS
    try:
        made = central.rolling().start(version, list(devices) or every, "cli", now_ms(), **how)
    except RolloutError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    click.echo(f"已开始 begun: {made}")


def _refuse(error: Exception) -> NoReturn:
    fail(str(error), EXIT_REFUSED)
