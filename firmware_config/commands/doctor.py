"""`huxiao-flash doctor`: what is wrong with that device, and what to do about it."""

import json
import os
from contextlib import nullcontext

import click

from firmware_config.adapters.device_page import certificate, fingerprint, told
from firmware_config.adapters.ssh import tunnel
from firmware_config.commands.exits import EXITS_HELP, ends_in_words
from firmware_config.core.diagnosis import MARKS, Told, areas, ordered
from firmware_config.ports import Exit, FlashError

PIN = "HUXIAO_PIN"
PORT = 8443


@click.command(epilog=EXITS_HELP)
@click.argument("host")
@click.option("--port", default=PORT, show_default=True, help="本机页面的端口 the page's port")
@click.option("--ssh", "by_ssh", is_flag=True, help="HOST 是 ssh 的地址,经它连 by ssh to HOST")
@click.option("--fingerprint", "known", help="页面证书的指纹 the certificate's SHA-256")
@click.option("--json", "as_json", is_flag=True, help="一个 JSON one JSON object")
@ends_in_words
def doctor(host: str, *, port: int, by_ssh: bool, known: str | None, as_json: bool) -> None:
    """检查一台装好的设备:摄像头、喊话、时钟、存储卡、证书、信号。 Ask HOST how it does.

    \b
    读设备的本机页面。第一次请核对证书指纹(设备上: huxiao-edge page fingerprint)。
    PIN 由提示输入,或放在环境变量 HUXIAO_PIN 中。有任何一项失败时退出码为 1。

    Reads the device's own page. Exit code 1 when anything fails.
    """  # noqa: D301 - click's own sign
    with tunnel(host, port) if by_ssh else nullcontext(port) as here:
        at = "127.0.0.1" if by_ssh else host
        shown = certificate(at, here)
        _compare(fingerprint(shown), known, as_json=as_json)
        pin = os.environ.get(PIN) or str(click.prompt("PIN", hide_input=True, err=True))
        said = told(at, here, shown, pin.strip())
    if as_json:
        click.echo(json.dumps(said.model_dump(), ensure_ascii=False))
    else:
        _show(said)
    if any(one.state == "fail" for one in said.findings):
        raise SystemExit(int(Exit.PROBLEM))


def _compare(shown: str, known: str | None, *, as_json: bool) -> None:
    if known is not None:
        if known.replace(":", "").upper() != shown.replace(":", ""):
            said = f"证书指纹不符,不是这台设备 (another certificate): {shown}"
            raise FlashError(Exit.REFUSED, said)
        return
    if as_json:
        said = "--json 还要 --fingerprint (needs it, too)"
        raise FlashError(Exit.USAGE, said, f"现在看到的是 (shown now): {shown}")
    click.echo(f"证书指纹 certificate: SHA-256 {shown}", err=True)
    asked = "与设备上 huxiao-edge page fingerprint 相同吗 (the same as on the device)?"
    if not click.confirm(asked, err=True):
        raise FlashError(Exit.REFUSED, "没有确认,没有发出 PIN (not confirmed: no PIN was sent)")


def _show(said: Told) -> None:
    click.echo(f"{said.device_id}  huxiao {said.release}")
    for area in areas(said.findings):
        if area.worst is None:
            click.echo(f"[未知] {area.name}: 设备没有说 (the device does not say)")
        else:
            click.echo(f"{MARKS[area.worst.state]} {area.name}: {area.worst.said}")
    wrong = [one for one in ordered(said.findings) if one.state != "ok"]
    click.echo("\n怎么办 what to do:" if wrong else "\n一切正常 all is well")
    for one in wrong:
        advice = one.advice or "看设备上的日志 (see its log): journalctl -u 'huxiao-*'"
        click.echo(f"{MARKS[one.state]} {one.title or one.check}: {one.said}\n  → {advice}")
    if said.is_checking:
        click.echo("设备还在检查,半分钟后再看一次 (it is still checking: look again)", err=True)
