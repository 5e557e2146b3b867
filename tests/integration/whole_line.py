"""A device's outbox and link, a broker, and central: each a real process that can be killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from central.adapters.store.engine import Store, open_store
from scripts.demonstration.district import DEVICE_ID, District, settle
from scripts.demonstration.processes import Processes, free_port


@dataclass
class Line:
    """The parts, and what central has stored."""

    district: District
    parts: Processes
    config: Path
    store: Store

    @property
    def state(self) -> Path:
        return self.config.parent / "state"

    def start(self, *names: str) -> None:
        commands: dict[str, list[str | Path]] = {
            "broker": ["mosquitto", "-c", self.district.data / "broker" / "mosquitto.conf"],
            "central": ["huxiao-central", "ingest", "--data", self.district.data],
            "link": ["huxiao-edge", "run", "link", "--config", self.config],
            "watch": ["huxiao-edge", "run", "watch", "--simulate", "--config", self.config],
        }
        for name in names:
            self.parts.start(name, commands[name])

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def stored(self) -> int:
        ((count,),) = self.rows("select count(*) from alert")
        assert isinstance(count, int)
        return count


@contextmanager
def whole_line(folder: Path, database_url: str) -> Iterator[Line]:
    """A district with one device, nothing of it running yet."""
    devices, central = free_port(), free_port()
    district = settle(folder / "data", devices, central, database_url)
    config = folder / "data" / "devices" / DEVICE_ID / "device.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("[broker]\n", "[broker]\nreplay_per_s = 100.0\n")
    text = text.replace("[gallery]\n", '[gallery]\nkey_dir = "run"\n')
    config.write_text('data_dir = "state"\n' + text)
    logs = folder / "logs"
    logs.mkdir()
    made = Line(district, Processes(logs), config, open_store(database_url))
    made.state.mkdir()
    try:
        yield made
    finally:
        made.parts.stop()
        made.store.close()
