"""Asks providers what became of the letters that they had taken."""

import logging
from collections.abc import Mapping

from central.adapters.registry.filling import Filler
from central.adapters.store import receipts
from central.adapters.store.engine import Store
from central.adapters.store.receipts import Word
from central.core.delivery import State
from central.incidents.outcomes import take_receipt
from central.ports import Answer, Channel, DeliveryError, TellsLater

LOG = logging.getLogger("huxiao.central")


def ask(
    store: Store, channels: Mapping[str, Channel], now_ms: int, filler: Filler | None = None
) -> int:
    """Ask about all letters that it is time to ask about; give how many moved on.

    A provider that cannot be asked is asked again later; the others are asked all the same. Of a
    family that was erased meanwhile nobody is asked any more.
    """
    able = {name: one for name, one in channels.items() if isinstance(one, TellsLater)}
    if not able:
        return 0
    with store.transaction() as connection:
        wanted = receipts.to_ask(connection, sorted(able), now_ms)
        if filler is not None:
            wanted = {name: filler.opened(connection, asked) for name, asked in wanted.items()}
    moved = 0
    for name, asked in wanted.items():
        try:
            known = able[name].receipts(asked)
        except DeliveryError as error:
            LOG.warning("%s 查询回执失败 (receipts cannot be asked for): %s", name, error)
            continue
        for provider_id, said in known.items():
            with store.transaction() as connection:
                moved += take_receipt(connection, word_of(name, provider_id, said, now_ms))
    return moved


def word_of(channel: str, provider_id: str, said: Answer | DeliveryError, at_ms: int) -> Word:
    """Give what a channel's module has read as the store keeps it."""
    if isinstance(said, DeliveryError):
        return Word(channel, provider_id, State.FAILED, str(said), at_ms, said.failure)
    return Word(channel, provider_id, State(said.state), said.text, at_ms)
