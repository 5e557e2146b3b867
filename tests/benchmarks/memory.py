"""What a device's three processes need together: `python -m tests.benchmarks.memory [VIDEO]`.

One camera, NanoDet, faces on, a gallery of a thousand, no broker: proportional memory (PSS) of
`watch`, `button` and `link` after they have run a while. A camera with people is the dearest.
"""

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from contract.gallery import GalleryEntry
from contract.scenarios import Scenario
from contract.sealing import as_text
from edge_agent.adapters.clock import boot_id
from edge_agent.adapters.gallery_file import Contact
from edge_agent.config import load_config
from edge_agent.wiring.gallery_delivery import gallery_file
from edge_agent.wiring.seeing import model_hashes

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
PROCESSES = ("watch", "button", "link")
ENTRIES = 1000
WHILE_S = 45.0
MIB = 1024


def main() -> None:
    """Print a line for each process, and the sum."""
    video = sys.argv[1] if len(sys.argv) > 1 else str(PLAZA)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = folder / "device.toml"
        config.write_text(_config(folder, video), encoding="utf-8")
        _fill_gallery(config)
        running = {name: _started(name, config, folder) for name in PROCESSES}
        time.sleep(WHILE_S)
        try:
            sizes = {name: _pss_kib(process.pid) for name, process in running.items()}
        finally:
            for process in running.values():
                process.terminate()
                process.wait(30)
    for name, kib in sizes.items():
        sys.stdout.write(f"{name:<8}{kib / MIB:7.1f} MiB\n")
    sys.stdout.write(f"together{sum(sizes.values()) / MIB:7.1f} MiB\n")


def _config(folder: Path, video: str) -> str:
    return f"""device_id = "bench-1"
profile = "water"
data_dir = "{folder / "data"}"
[faces]
enabled = true
[gallery]
key_dir = "{folder / "keys"}"
[voice]
sink = "file:{folder / "said"}"
[[cameras]]
camera_id = "cam1"
source = "{video}"
[[cameras.zones]]
zone_id = "near"
polygon = [[0.1, 0.5], [0.9, 0.5], [0.9, 1.0], [0.1, 1.0]]
"""


def _fill_gallery(config_file: Path) -> None:
    config = load_config(config_file)
    for folder in (config.data_dir, config.gallery.key_dir):
        folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    file = gallery_file(config)
    file.settle()
    file.note_contact(Contact(time.time(), time.monotonic(), boot_id()))
    entries = [_entry(number, chance) for number in range(ENTRIES)]
    file.apply(file.standing().after(1, 0), entries, [], is_complete=True)


def _entry(number: int, chance: np.random.Generator) -> GalleryEntry:
    numbers = chance.normal(size=128)
    template = (numbers / np.linalg.norm(numbers)).astype("<f4")
    return GalleryEntry(
        entry_id=f"p{number}",
        kind="pupil",
        purpose=Scenario.DROWNING_RISK,
        backend="sface",
        model_sha256=model_hashes()["sface"],
        template=as_text(template.tobytes()),
        key=as_text(chance.bytes(32)),
        consent="bench",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )


def _started(name: str, config: Path, folder: Path) -> subprocess.Popen[bytes]:
    edge = str(Path(sys.executable).with_name("huxiao-edge"))
    command = [edge, "run", name, "--config", str(config), "--simulate"]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)


def _pss_kib(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
