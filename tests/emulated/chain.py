"""From an image to an incident: write, boot, enrol, watch a recording, alert, incident."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from central.adapters.store.engine import open_store
from firmware_config.adapters.card import reading
from firmware_config.core.fat import FatVolume
from firmware_config.core.partitions import boot_partition
from firmware_config.core.payload import Wanted
from scripts.demonstration.district import SITE_ID, District, settle
from scripts.demonstration.processes import Processes, free_port, is_listening, wait_for
from tests.emulated import reference_image
from tests.emulated.machine import started

DEVICE_ID = "water-emulated"
HOST = "10.0.2.2"
"""This machine, as the emulated one sees it."""
DISK_BYTES = 16 * 1024**3
ROOT = Path(__file__).resolve().parents[2]
SLOWER = 30
"""The recording goes so much slower: the emulated processor sees a frame in seconds."""


class ChainError(Exception):
    """A step that did not come in time."""


@dataclass
class Clock:
    """Tells each step with the seconds since the start."""

    began: float
    lines: list[str]

    def say(self, text: str) -> None:
        line = f"{time.monotonic() - self.began:7.1f} s  {text}"
        self.lines.append(line)
        print(line, flush=True)  # noqa: T201 - whoever waits wants to see it


def run(work: Path, within_s: float) -> list[str]:
    """Play the whole chain; gives what happened when.

    Raises:
        ChainError: a step did not come.
    """
    clock = Clock(time.monotonic(), [])
    image, payload = work / "reference.img", work / "payload.tar"
    _prepare(work, image, payload, clock)
    logs = work / "logs"
    logs.mkdir(exist_ok=True)
    parts = Processes(logs)
    try:
        district, claim = _central(work, parts, clock)
        secret = json.loads(claim.read_text())["claim"].rsplit(".", 1)[1]
        disk = work / "card.img"
        _flash(work, image, payload, claim, disk, clock)
        with started(disk, work / "console.log", work) as machine:
            clock.say("machine: started, its clock says 2020")
            _follow(district, work / "console.log", machine, clock, within_s)
        _nothing_left(disk, secret, clock)
    finally:
        parts.stop()
    return clock.lines


def _prepare(work: Path, image: Path, payload: Path, clock: Clock) -> None:
    work.mkdir(parents=True, exist_ok=True)
    if not payload.exists():
        wanted = Wanted("bookworm", "amd64")
        words = ["--release", wanted.release, "--machine", wanted.machine, "--no-packages"]
        subprocess.run([ROOT / "scripts/build-image", *words, "--out", payload], check=True)
        clock.say("payload: made")
    if not image.exists():
        reference_image.bootstrapped(work / "root")
        clock.say("reference image: packages are there")
        slow = work / "walk.mp4"
        subprocess.run(
            ["ffmpeg", "-y", "-v", "error", "-i", ROOT / "tests/media/plaza.mp4",
             "-vf", f"setpts={SLOWER}*PTS", "-r", "4", slow], check=True,
        )  # fmt: skip
        reference_image.made(work / "root", slow, image)
        clock.say(f"reference image: {image.stat().st_size >> 20} MiB")


def _central(work: Path, parts: Processes, clock: Clock) -> tuple[District, Path]:
    data = work / "district"
    devices, central, enrolling, web = (free_port() for _ in range(4))
    data.mkdir()
    district = District(data)
    district.central(
        "init", "--broker-host", HOST, "--device-port", str(devices),
        "--central-port", str(central), "--enrol-port", str(enrolling),
    )  # fmt: skip
    settle(data, devices, central)
    claim = work / "claim.json"
    district.central("device", "claim", DEVICE_ID, "--site", SITE_ID, "--profile", "water",
                     "--out", claim)  # fmt: skip
    parts.start("broker", ["mosquitto", "-c", data / "broker" / "mosquitto.conf"])
    wait_for("broker", lambda: is_listening(devices), parts)
    serve = ["huxiao-central", "serve", "--host", "127.0.0.1", "--port", str(web)]
    parts.start("central", serve, env={"HUXIAO_DATA": str(data)})
    wait_for("central", lambda: is_listening(web) and is_listening(enrolling), parts)
    clock.say("central: up; claim made")
    return district, claim


def _flash(work: Path, image: Path, payload: Path, claim: Path, disk: Path, clock: Clock) -> None:
    config = work / "device.toml"
    config.write_text(
        f"""device_id = "{DEVICE_ID}"
profile = "water"
site_name = "岳林街道月湖"

[voice]
sink = "file:/var/lib/huxiao/said"

[detector]
model = "ssd"
gate = false

[eyesight]
enabled = false               # an emulated processor is too slow for a good picture

[water]
grace_s = 20.0

[broker]
host = "{HOST}"
heartbeat_s = 10.0

[[cameras]]
camera_id = "cam1"
source = "/{reference_image.RECORDING}"

[[cameras.zones]]
zone_id = "edge"
polygon = [[0.44, 0.36], [0.68, 0.36], [0.68, 0.51], [0.44, 0.51]]
dwell_limit_s = 5.0
""",
        encoding="utf-8",
    )
    with disk.open("wb") as out:
        out.truncate(DISK_BYTES)
    program = Path(sys.executable).with_name("huxiao-flash")
    words: list[str | Path] = [
        program, "write", image, disk, "--device", DEVICE_ID, "--profile", "water",
        "--board", "pi4", "--claim", claim, "--payload", payload, "--config", config, "--yes",
    ]  # fmt: skip
    subprocess.run(words, check=True)
    clock.say("huxiao-flash write: done")
    subprocess.run([program, "verify", disk], check=True)
    clock.say("huxiao-flash verify: as written")


def _follow(
    district: District,
    console: Path,
    machine: "subprocess.Popen[bytes]",
    clock: Clock,
    within_s: float,
) -> None:
    store = open_store(f"sqlite:///{district.data / 'central.db'}")

    def asked(sql: str) -> Callable[[], bool]:
        def answer() -> bool:
            with store.reading() as connection:
                return connection.execute(text(sql), {"id": DEVICE_ID}).first() is not None

        return answer

    def said(words: str) -> Callable[[], bool]:
        return lambda: console.exists() and words in console.read_text("utf-8", "replace")

    def restarted() -> bool:
        return console.read_text("utf-8", "replace").count("Linux version") > 1

    of_device = "select 1 from device where device_id = :id and "
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("first boot: began", said("set_clock:")),
        ("first boot: done, restarting", said("(done: restarting)")),
        ("second boot: kernel", restarted),
        ("enrolled: certificate issued", asked(of_device + "certificate_serial is not null")),
        ("link: online over mutual TLS", asked(of_device + "is_online")),
        (
            "watch: alert at central",
            asked("select 1 from alert where device_id = :id and kind = 'overstay'"),
        ),
        ("incident at central", asked("select 1 from incident")),
    ]
    try:
        until = time.monotonic() + within_s
        for what, has_come in steps:
            while not has_come():
                is_over = said("错误 error: ")() or machine.poll() is not None
                if is_over or time.monotonic() > until:
                    tail = console.read_text("utf-8", "replace")[-3000:]
                    msg = f"did not come: {what}\n{tail}"
                    raise ChainError(msg)
                time.sleep(1.0)
            clock.say(what)
    finally:
        store.close()


def _nothing_left(disk: Path, secret: str, clock: Clock) -> None:
    with reading(disk) as read:
        volume = FatVolume(read, boot_partition(read).start, datetime.now(UTC))
        if volume.has("huxiao/claim.json"):
            msg = "the claim is still on the card"
            raise ChainError(msg)
    count = 0
    with disk.open("rb") as held:
        before = b""
        while block := held.read(16 * 1024**2):
            count += (before + block).count(secret.encode())
            before = block[-len(secret) + 1 :]
    clock.say(f"card: claim gone; copies of its secret on the whole disk: {count}")
    if count:
        msg = "the claim's secret is still on the disk"
        raise ChainError(msg)
