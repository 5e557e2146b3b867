"""Which broker, outbox and health stand behind the link."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import random
from time import monotonic
from typing import Literal

from contract.messages import Heartbeat, Receipt, Reported, Suggestion
from contract.reading import MessageError, read
from contract.scenarios import Clock
from contract.topics import Down
from edge_agent.adapters import model_store
from edge_agent.adapters.broker import MqttBroker
from edge_agent.adapters.clock import SystemTime, boot_id, clock_state
from edge_agent.adapters.commissioning import Answer, CommissioningFolder
from edge_agent.adapters.health import DeviceVitals
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.suggestions import SuggestionBook
from edge_agent.adapters.tidying import Limits, tidy
from edge_agent.adapters.update_files import UpdateFolder
from edge_agent.config import EdgeConfig
from edge_agent.config.storage import StorageConfig
from edge_agent.link import Link, Rhythm, Vitals
from edge_agent.ports import GalleryError, ModelError, OutboxError
from edge_agent.wiring.drawing_from_afar import open_from_afar
from edge_agent.wiring.gallery_delivery import open_delivery, public_signing_key

LOG = logging.getLogger("huxiao.link")

DAY_S = 86_400.0
TIDY_EVERY_S = 3600.0
NEWS_REST_S = 5.0  # the least pause between two tries, while an alert waits

Models = Callable[[], Mapping[str, str]]


OUTBOX = "outbox.db"


def has_outbox(data_dir: Path) -> bool:
    """Tell whether a process has made the outbox: who only looks must not, as another user."""
    return (data_dir / OUTBOX).exists()


@contextmanager
def opened_outbox(data_dir: Path, *, late: bool = False) -> Iterator[SqliteOutbox]:
    """Open the device's one outbox for a while; every process of it opens the same.

    `late`: not before its first use; a disk that is full or gone keeps nobody from starting.
    """
    outbox = SqliteOutbox(data_dir / OUTBOX, data_dir / "evidence", late=late)
    try:
        yield outbox
    finally:
        outbox.close()


def listed_models() -> dict[str, str]:
    """Name the device's weights, by sha256; a missing list must not keep the link from talking."""
    try:
        return {name: model.sha256 for name, model in model_store.listed().items()}
    except ModelError as error:
        LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
        return {}


def made_link(
    config: EdgeConfig, outbox: SqliteOutbox, models: Models, file: Path | None = None
) -> Link:
    """Give the link of one device; `models` names the weights it holds, by sha256.

    `file` is the config itself: only with it the district can draw zones.
    """
    time = SystemTime()
    cameras = [camera.camera_id for camera in config.cameras]
    updates = UpdateFolder(config.data_dir / "update")
    with suppress(OSError):  # a full disk: an order that comes says so
        updates.prepare()
    said = DeviceVitals(config.device_id, boot_id(), cameras, outbox, time, updates.report)
    broker = MqttBroker(
        config.device_id,
        config.broker,
        lambda: said.availability(online=False).model_dump_json().encode(),
    )
    delivery = open_delivery(config, time)
    afar = None if file is None else open_from_afar(config, file, time)

    def heartbeat() -> Heartbeat:
        """Read only while connected: so this is contact with the district."""
        if delivery is not None:
            delivery.note_contact()
        return said.heartbeat()

    def reported() -> Reported:
        report = said.reported(models(), _capabilities(config))
        report = report if delivery is None else delivery.reported(report)
        return report if afar is None else afar.reported(report)

    vitals = Vitals(heartbeat, reported, lambda online: said.availability(online=online))
    rhythm = Rhythm(config.broker.replay_per_s, config.broker.heartbeat_s, random)
    link = Link(config.device_id, broker, outbox, vitals, rhythm, time)
    reports = CommissioningFolder(config.data_dir / "commissioning")
    link.report(reports.to_send, partial(_answered, reports))
    link.listen(Down.SUGGESTION, partial(_kept, SuggestionBook(outbox), config.device_id))
    link.listen(Down.RELEASE, partial(ordered, updates, config))
    if delivery is not None:
        link.listen(Down.GALLERY, delivery.hear)
    if afar is not None:
        link.listen(Down.DESIRED, afar.hear_desired)
        link.listen(Down.COMMAND, afar.hear_command)
        link.answer(afar.due)
    return link


def _kept(book: SuggestionBook, device_id: str, payload: bytes) -> bool:
    """Keep what a false alarm has taught, for the installer; there is nothing to report."""
    try:
        book.keep(read(Suggestion, payload, device_id))
    except MessageError as error:
        LOG.warning("看不懂的建议,忽略 (suggestion cannot be read): %s", error)
    return False


def ordered(updates: UpdateFolder, config: EdgeConfig, payload: bytes) -> bool:
    """Leave central's order for the updater; there is nothing to report yet."""
    if config.broker.signing_key_file is None:
        return False
    try:
        key = public_signing_key(config.broker.signing_key_file)
        if updates.take(payload, key, config.device_id):
            LOG.info("收到更新指令 (an order to update)")
    except (MessageError, GalleryError, OSError) as error:
        LOG.warning("更新指令没有采纳 (an order was not taken): %s", error)
    return False


def _answered(reports: CommissioningFolder, receipt: Receipt) -> None:
    """Keep what central has said to commissioning reports; where it cannot be, they go again."""
    status: Literal["stored", "refused"] = "refused" if receipt.status == "refused" else "stored"
    for sha256 in receipt.reports:
        try:
            reports.settle(Answer(sha256, status, receipt.stored_at, receipt.reason))
        except OSError as error:
            LOG.error("回执未能保存 (an answer could not be kept): %s", error)  # noqa: TRY400 - one line in words, no traceback


class Tidying:
    """Tidies the outbox once an hour, and not at the start: what waits is sent first.

    Nothing is deleted while the clock is not known: it would not know what is old.
    """

    def __init__(self, outbox: SqliteOutbox, config: StorageConfig) -> None:
        self._outbox = outbox
        self._limits = Limits(
            config.quota_bytes, config.keep_evidence_days * DAY_S, config.keep_alerts_days * DAY_S
        )
        self._due_at = monotonic() + TIDY_EVERY_S

    def look(self) -> None:
        """Tidy where it is time for it."""
        if monotonic() < self._due_at or clock_state() is not Clock.SYNCED:
            return
        self._due_at = monotonic() + TIDY_EVERY_S
        try:
            tidy(self._outbox, self._limits, SystemTime().now())
        except OutboxError as error:
            LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback


def run_link(link: Link, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Go round until told to stop; `alive` is called each time, for whoever watches over us."""
    try:
        while not stop.is_set():
            pause_s = link.turn()
            alive()
            if pause_s:
                _rest(link, stop, pause_s, alive)
    finally:
        link.close()


def _rest(link: Link, stop: threading.Event, pause_s: float, alive: Callable[[], None]) -> None:
    """Pause; but while something fresh waits, for no longer than `NEWS_REST_S`."""
    rested_s = 0.0
    while rested_s < pause_s and not stop.wait(min(1.0, pause_s - rested_s)):
        rested_s += 1.0
        alive()
        if rested_s >= NEWS_REST_S and link.has_news():
            return


def _capabilities(config: EdgeConfig) -> list[str]:
    has = {
        "zones": any(camera.zones for camera in config.cameras),
        "lines": any(camera.lines for camera in config.cameras),
        "voice": config.voice.enabled,
        "snapshots": config.evidence.snapshots,
    }
    return [name for name, there in has.items() if there]
