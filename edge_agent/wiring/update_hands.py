"""Which slots, keys, network and systemd stand behind a device's updater."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from contract.releases import ReleaseError, ReleaseOrder, Why
from contract.scenarios import Clock
from edge_agent.adapters import update_guard
from edge_agent.adapters.bundle import release_keys
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.fetching import Source, fetch
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.slots import Slots, made_by_pip
from edge_agent.adapters.update_files import UpdateFolder
from edge_agent.config import EdgeConfig
from edge_agent.core.updating import Moment
from edge_agent.wiring.gallery_delivery import public_signing_key
from edge_agent.wiring.linking import opened_outbox
from edge_agent.wiring.updating import OPEN, Hands, Updater

OPEN_FOR_S = 6 * 3600.0
"""A case that the district has not closed within so long keeps no update away."""


@contextmanager
def device_updater(config: EdgeConfig) -> Iterator[Updater]:
    """Give the updater of this device."""
    time = SystemTime()
    with opened_outbox(config.data_dir, late=True) as outbox:

        def health() -> Mapping[str, tuple[datetime, Mapping[str, Any]]]:
            return {name: (row.at, row.body) for name, row in outbox.health().items()}

        def moment() -> Moment:
            link = outbox.health().get("link")  # it asks the kernel, which the updater may not
            is_set = link is not None and link.body.get("clock") == Clock.SYNCED.value
            return Moment(time.now().astimezone() if is_set else None, _has_open_alarm(outbox),
                          outbox.depth())  # fmt: skip

        def bring(order: ReleaseOrder, target: Path) -> None:
            fetch(_source(config), order, target)

        keys = release_keys(config.update.keys_file) if config.update.keys_file else []
        guarded = tuple(one.window() for one in config.update.guarded)
        hands = Hands(bring, update_guard.restart, health, moment, time.now)
        slots = Slots(config.update.root, made_by_pip)
        yield Updater(slots, _folder(config), keys, guarded, hands)


def device_order(config: EdgeConfig) -> ReleaseOrder | None:
    """Give central's order that lies here, if it is signed as it should be."""
    if config.broker.signing_key_file is None:
        return None
    key = public_signing_key(config.broker.signing_key_file)
    return _folder(config).order(key, config.device_id)


def _folder(config: EdgeConfig) -> UpdateFolder:
    return UpdateFolder(config.data_dir / "update")


def _source(config: EdgeConfig) -> Source:
    broker = config.broker
    if not (broker.renew_url and broker.ca_file and broker.cert_file and broker.key_file):
        words = "配置 [broker] 里没有证书或 renew_url (where to fetch from is not known)"
        raise ReleaseError(Why.FETCH, words)
    return Source(broker.renew_url, broker.ca_file, broker.cert_file, broker.key_file)


def _has_open_alarm(outbox: SqliteOutbox) -> bool:
    """An alarm goes on here, or a case of ours is not closed and not old."""
    if any(name.startswith(OPEN) for name in outbox.health()):
        return True
    return outbox.has_open_case(OPEN_FOR_S)
