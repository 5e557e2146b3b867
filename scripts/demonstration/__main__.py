"""Run the whole line: broker, central, device. `scripts/demo` sets up, then calls this."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from scripts.demonstration import district, story
from scripts.demonstration.line import Line, Wishes, running
from scripts.demonstration.processes import DemoError


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
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("demo-data"),
        help="数据目录,启动时清空 / folder, emptied at start (demo-data)",
    )
    return parser.parse_args()  # fmt: skip


def main() -> int:
    """Start everything, show or check, stop everything."""
    chosen = options()
    signal.signal(signal.SIGTERM, _interrupt)
    data = Path(tempfile.mkdtemp(prefix="huxiao-check-")) if chosen.check else chosen.data
    data = data.resolve()
    _empty(data)
    try:
        with running(Wishes(data, chosen.port, chosen.video, chosen.check), say) as line:
            say(f"喊话 warnings: {line.voice}")
            (_check if chosen.check else _show)(line)
    except DemoError as error:
        print(f"错误 error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    if chosen.check:
        shutil.rmtree(data, ignore_errors=True)
    return 0


def _empty(data: Path) -> None:
    """Start afresh; a folder that is not the demo's is left alone."""
    if not data.exists():
        return
    if any(data.iterdir()) and not (data / "central.toml").exists():
        sys.exit(f"错误 error: {data} 不是示范数据目录,不会清空 is not a demo's folder, left alone")
    shutil.rmtree(data)


def _check(line: Line) -> None:
    say("等待预警并逐步办结 waiting for an alert, then closing it step by step")
    folders = {"device": line.device_folder, "said": line.said}
    told = story.play(line.district, line.address, line.parts, folders)
    print("\n".join(told.lines()))
    data = line.district.data
    mails = len(list((data / "mail").glob("*.eml")))
    hooks = len(list((data / "webhooks").glob("*.json")))
    if not mails or not hooks:
        msg = "没有收到通知 no notification arrived"
        raise DemoError(msg)
    say(f"通过 passed: 邮件 {mails} 封 mails, 回调 {hooks} 次 signed webhooks")


def _show(line: Line) -> None:
    rows = "\n".join(
        f"    {person.username:<10}{line.district.passwords[person.username]:<16}{person.name}"
        for person in (*district.PEOPLE, district.INSTALLER)
    )
    print(f"""
  护校 huxiao
  网页 page      {line.address}
  登录 sign in   用户 user  密码 password
{rows}
  日志 logs      {line.parts.logs}
  邮件 mail      {line.district.data / "mail"}
  喊话 warnings  {line.said}

  设备正在循环观看录像;约十秒后会有人被喊话,事件出现在看板上。
  The device watches the recording in a loop; within seconds somebody is warned and the incident
  appears on the board. Ctrl-C 停止 stops everything.
""", flush=True)  # fmt: skip
    while True:
        line.parts.check()
        time.sleep(1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
