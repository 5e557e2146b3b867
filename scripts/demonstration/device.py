"""The demo's water-fence device: its config, drawn for the repository's own recording."""

import json
import shutil
import subprocess
from pathlib import Path

from scripts.demonstration.district import DEVICE_ID

RECORDING = Path("tests/media/plaza.mp4")

_FENCE = """
[[cameras.zones]]                       # the place by the sign stands for the water's edge
zone_id = "edge"
polygon = [[0.44, 0.36], [0.68, 0.36], [0.68, 0.51], [0.44, 0.51]]
dwell_limit_s = 5.0

[[cameras.lines]]                       # across the path
line_id = "bank"
a = [0.69, 0.286]
b = [0.912, 0.373]
"""

_ANYWHERE = """
[[cameras.zones]]                       # the lower two thirds of the picture
zone_id = "edge"
polygon = [[0.02, 0.33], [0.98, 0.33], [0.98, 0.99], [0.02, 0.99]]
dwell_limit_s = 5.0

[[cameras.lines]]                       # down the middle
line_id = "bank"
a = [0.5, 0.05]
b = [0.5, 0.99]
"""


def sink(said: Path, *, headless: bool) -> tuple[str, str]:
    """Choose where the warning is heard: a sound card if there is one, else WAV files."""
    if not headless:
        cards = subprocess.run(["aplay", "-l"], capture_output=True, text=True, check=False)
        if cards.returncode == 0 and "card" in cards.stdout:
            return "default", "扬声器 speaker"
    said.mkdir(parents=True, exist_ok=True)
    return f"file:{said}", f"没有声卡,喊话写成文件 no sound card, warnings are kept in {said}"


def write_config(data: Path, video: str | None, broker_port: int, voice_sink: str) -> Path:
    """Write the device's config beside its certificates, and give its path."""
    folder = data / "devices" / DEVICE_ID
    source = video or str(RECORDING.resolve())
    if video and Path(video).exists():
        source = str(Path(video).resolve())
    fence = _ANYWHERE if video else _FENCE
    path = folder / "demo.toml"
    path.write_text(
        f"""device_id = "{DEVICE_ID}"
profile = "water"
site_name = "岳林街道月湖"
data_dir = "state"

[voice]
sink = {json.dumps(voice_sink)}

[broker]
host = "127.0.0.1"
port = {broker_port}
ca_file = "ca.crt"
cert_file = "device.crt"
key_file = "device.key"
signing_key_file = "central.pub"
heartbeat_s = 10.0

[gallery]
key_dir = "run"

[[cameras]]
camera_id = "cam1"
source = {json.dumps(source)}
{fence}""",
        encoding="utf-8",
    )
    return path


def forget_state(data: Path) -> None:
    """Start with an empty outbox."""
    shutil.rmtree(data / "devices" / DEVICE_ID / "state", ignore_errors=True)
