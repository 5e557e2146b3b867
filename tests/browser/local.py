"""A device's local page as a browser meets it: the real server, and a watch that shows a street."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.live_picture import LivePicture
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.pins import PageRole
from edge_agent.adapters.requests import Requests
from edge_agent.config import load_config
from edge_agent.core.boxes import Box
from edge_agent.core.tracks import Track, TrackState
from edge_agent.watch import Seen, Sight
from edge_agent.wiring.linking import opened_outbox
from edge_agent.wiring.paging import page_pins, served_page
from edge_agent.wiring.scenes import view_of
from edge_agent.wiring.seeing import open_source
from edge_agent.wiring.showing import Showcase
from tests.servers.mosquitto import free_port

PIN, SCHOOL_PIN = "295318", "740261"
STREET = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
DEVICE = """\
# 月湖东岸 (our pond)
device_id = "water-001"   # on the label
profile = "water"
site_name = "月湖东岸"
data_dir = "state"

[page]
tls = false
port = {port}
live_dir = "live"

[voice]
sink = "file:said"

[[cameras]]
camera_id = "cam1"
source = "{street}"

# the steps that go down to the water
[[cameras.zones]]
zone_id = "台阶"
polygon = [[0.52, 0.55], [0.80, 0.55], [0.86, 0.92], [0.50, 0.92]]
dwell_limit_s = 8.0

[[cameras.lines]]
line_id = "岸线"
a = [0.10, 0.40]
b = [0.34, 0.92]
direction = "right_to_left"
"""


WELL: dict[str, dict[str, object]] = {
    "camera:cam1": {"state": "running", "fps": 9.8, "last_frame_age_s": 0.1, "detail": ""},
    "speaker": {"state": "ok", "detail": ""},
    "link": {"is_connected": True, "said": "已连接消息服务器 (connected to the broker)"},
}


@dataclass
class Local:
    """A device with its page served."""

    address: str
    folder: Path
    outbox: SqliteOutbox
    requests: Requests

    @property
    def config_file(self) -> Path:
        return self.folder / "device.toml"


@contextmanager
def local_page(folder: Path) -> Iterator[Local]:
    """Serve the page, with a watch behind it, until the end of the block."""
    text = DEVICE.format(port=free_port(), street=STREET)
    (folder / "device.toml").write_text(text, encoding="utf-8")
    config = load_config(folder / "device.toml")
    pins = page_pins(config)
    pins.set(PageRole.INSTALLER, PIN)
    pins.set(PageRole.SCHOOL, SCHOOL_PIN)
    stop = threading.Event()
    watching = threading.Thread(target=_watch, args=(folder, stop), daemon=True)
    with (
        opened_outbox(config.data_dir) as outbox,
        served_page(folder / "device.toml", config) as at,
    ):
        for name, body in WELL.items():
            outbox.record_health(name, body)
        watching.start()
        try:
            yield Local(at, folder, outbox, Requests(outbox, SystemTime()))
        finally:
            stop.set()
            watching.join(timeout=10.0)


def _watch(folder: Path, stop: threading.Event) -> None:
    """Show one frame again and again, with two people, by whatever the config says by then."""
    frame = next(iter(open_source(str(STREET))))
    file = DrawingFile(folder / "device.toml")
    showcase = Showcase(LivePicture(folder / "live"))
    people = (
        Track(3, Box(0.60, 0.40, 0.66, 0.80), TrackState.CONFIRMED),
        Track(7, Box(0.20, 0.45, 0.25, 0.78), TrackState.CONFIRMED),
    )
    at, drawn, view = frame.at, "", None
    while not stop.wait(0.1):
        at += 0.1
        if drawn != file.revision():
            drawn, config = file.revision(), file.config()
            view = view_of(config, config.cameras[0])
        assert view is not None
        rule, verdict = view.rule.observe(at, people)
        view = replace(view, rule=rule)
        shown = replace(frame, at=at)
        showcase.show(Sight(view, shown, Seen(people, verdict)))
