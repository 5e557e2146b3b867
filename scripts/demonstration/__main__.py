"""Run the whole line: broker, central, device. `scripts/demo` sets up, then calls this."""

import argparse
import base64
import secrets
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from scripts.demonstration import device, district, receivers, story
from scripts.demonstration.processes import DemoError, Processes, free_port, is_listening, wait_for


@dataclass(frozen=True)
class Ports:
    """Where each part listens, on this machine only."""

    web: int
    devices: int
    central: int
    mail: int
    webhook: int


def say(text: str) -> None:
    """Show the visitor a step."""
    print(f"\033[1m==> {text}\033[0m" if sys.stdout.isatty() else f"==> {text}", flush=True)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="无界面自检:一个事件从画面走到办结 / headless, until one incident is closed",
    )
    parser.add_argument(
        "--video",
        metavar="PATH|URL|INDEX",
        help="用自己的录像、视频流或摄像头 / your own recording, stream or camera",
    )
    parser.add_argument("--port", type=int, default=8600, help="网页端口 / the page's port (8600)")
    parser.add_argument("--data", type=Path, help="数据目录,启动时清空 / folder, emptied at start")
    return parser.parse_args()  # fmt: skip


def main() -> int:
    """Start everything, show or check, stop everything."""
    chosen = options()
    signal.signal(signal.SIGTERM, _interrupt)
    temporary = Path(tempfile.mkdtemp(prefix="huxiao-check-")) if chosen.check else None
    data = (temporary or chosen.data or Path("demo-data")).resolve()
    shutil.rmtree(data, ignore_errors=True)
    parts = Processes(data / "logs")
    parts.logs.mkdir(parents=True)
    try:
        _run(chosen, data, parts)
    except DemoError as error:
        print(f"错误 error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    finally:
        say("停止全部进程 stopping everything")
        parts.stop()
        if temporary and sys.exc_info()[0] is None:
            shutil.rmtree(temporary, ignore_errors=True)
    return 0


def _run(chosen: argparse.Namespace, data: Path, parts: Processes) -> None:
    ports = Ports(free_port(chosen.port), *(free_port() for _ in range(4)))
    say("建立示范区县 making a small district: 证书 certificates, 人员 people, 设备 device")
    made = district.settle(data, ports.devices, ports.central)
    _tell_where_to_notify(data, ports)
    controller, _ = receivers.start_mail(data / "mail", ports.mail)
    try:
        folder = _start(chosen, data, ports, parts)
        address = f"http://127.0.0.1:{ports.web}"
        if chosen.check:
            _check(made, address, parts, folder, data)
        else:
            _show(made, address, parts, data)
    finally:
        controller.stop()


def _tell_where_to_notify(data: Path, ports: Ports) -> None:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    with (data / "central.toml").open("a", encoding="utf-8") as config:
        config.write(f"""
[email]
host = "127.0.0.1"
port = {ports.mail}
sender = "huxiao@demo.invalid"

[[webhooks]]
name = "jczz"
url = "http://127.0.0.1:{ports.webhook}/events"
secret = "{secret}"
""")
    receivers.start_webhook(data / "webhooks", ports.webhook, secret)


def _start(chosen: argparse.Namespace, data: Path, ports: Ports, parts: Processes) -> Path:
    say("启动消息服务器、平台、设备 starting broker, central, device")
    parts.start("broker", ["mosquitto", "-c", data / "broker" / "mosquitto.conf"])
    wait_for("消息服务器 broker", lambda: is_listening(ports.devices), parts)
    parts.start(
        "central",
        ["huxiao-central", "serve", "--host", "127.0.0.1", "--port", str(ports.web)],
        env={"HUXIAO_DATA": str(data)},
    )
    wait_for("平台 central", lambda: is_listening(ports.web), parts)
    voice, about = device.sink(data / "said", headless=chosen.check)
    say(f"喊话 warnings: {about}")
    config = device.write_config(data, chosen.video, ports.devices, voice)
    for process in ("link", "watch"):
        command = ["huxiao-edge", "run", process, "--config", config, "--simulate"]
        parts.start(f"device-{process}", command)
    return config.parent


def _check(
    made: district.District, address: str, parts: Processes, folder: Path, data: Path
) -> None:
    say("等待预警并逐步办结 waiting for an alert, then closing it step by step")
    told = story.play(made, address, parts, {"device": folder, "said": data / "said"})
    print("\n".join(told.lines()))
    mails = len(list((data / "mail").glob("*.eml")))
    hooks = len(list((data / "webhooks").glob("*.json")))
    say(f"通过 passed: 邮件 {mails} 封 mails, 回调 {hooks} 次 signed webhooks")
    if not mails or not hooks:
        msg = "没有收到通知 no notification arrived"
        raise DemoError(msg)


def _show(made: district.District, address: str, parts: Processes, data: Path) -> None:
    rows = "\n".join(
        f"    {person.username:<10}{made.passwords[person.username]:<12}{person.name}"
        for person in district.PEOPLE
    )
    print(f"""
  护校 huxiao
  网页 page      {address}
  登录 sign in   用户 user  密码 password
{rows}
  日志 logs      {parts.logs}
  邮件 mail      {data / "mail"}
  喊话 warnings  {data / "said"}

  设备正在循环观看录像;约十秒后会有人被喊话,事件出现在看板上。
  The device watches the recording in a loop; within seconds somebody is warned and the incident
  appears on the board. Ctrl-C 停止 stops everything.
""", flush=True)  # fmt: skip
    while True:
        parts.check()
        time.sleep(1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
