"""How much an idle device writes: `python -m tests.benchmarks.writes [MINUTES]`.

Runs watch, link and button of a device with one calm camera and no broker, and counts what each
asks the disk to write (`write_bytes` of /proc) after a warm-up, as megabytes a day. A memory card
of 32 GB that bears 500 whole overwrites lasts `years` at that rate.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
PROCESSES = ("watch", "button", "link")
WARM_UP_S = 20.0
DAY_S = 86_400.0
CARD_BYTES, OVERWRITES = 32e9, 500


def main() -> None:
    """Print a line for each process, and the sum."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:  # not in memory, as /tmp may be
        folder = Path(place)
        still = folder / "still.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-loop", "1", "-i", _still(folder), "-t", "60", "-r", "10",
             "-pix_fmt", "yuv420p", still], check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        config = folder / "device.toml"
        config.write_text(_config(folder, still), encoding="utf-8")
        running = {name: _started(name, config, folder) for name in PROCESSES}
        try:
            time.sleep(WARM_UP_S)
            before = {name: _written(one.pid) for name, one in running.items()}
            time.sleep(minutes * 60.0)
            after = {name: _written(one.pid) for name, one in running.items()}
        finally:
            for one in running.values():
                one.terminate()
                one.communicate(timeout=30)
    a_day = {name: (after[name] - before[name]) * DAY_S / (minutes * 60.0) for name in PROCESSES}
    for name, count in a_day.items():
        sys.stdout.write(f"{name:<8}{count / 1e6:9.1f} MB a day\n")
    whole = sum(a_day.values())
    years = CARD_BYTES * OVERWRITES / max(whole, 1.0) / 365.0
    sys.stdout.write(f"together{whole / 1e6:9.1f} MB a day; {years:.0f} years\n")


def _still(folder: Path) -> Path:
    picture = folder / "still.png"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", PLAZA, "-frames:v", "1", picture],
        check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return picture


def _config(folder: Path, video: Path) -> str:
    return f"""device_id = "bench-1"
profile = "water"
data_dir = "{folder / "data"}"
[voice]
sink = "file:{folder / "said"}"
[eyesight]
enabled = false
[[cameras]]
camera_id = "cam1"
source = "{video}"
"""


def _started(name: str, config: Path, folder: Path) -> "subprocess.Popen[bytes]":
    edge = str(Path(sys.executable).with_name("huxiao-edge"))
    command = [edge, "run", name, "--config", str(config), "--simulate"]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)


def _written(pid: int) -> int:
    rows = Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("write_bytes:"))


if __name__ == "__main__":
    main()
