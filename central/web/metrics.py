"""The figures for Prometheus, read from the database: right whichever process did the work."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from central.adapters.clock import now_ms
from central.adapters.store import figures, quarantine, receipts, sending
from central.adapters.store.engine import Store
from central.core.delivery import State
from central.core.workflow import Status
from central.web.totals import Totals
from contract.reading import Reason

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(store: Store, totals: Totals) -> bytes:
    """Give all figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_OfTheDistrict(store, totals))
    return generate_latest(registry)


class _OfTheDistrict(Collector):
    """Asks the database once for each scrape, for what has long been as often as is worth it."""

    def __init__(self, store: Store, totals: Totals) -> None:
        self._store = store
        self._totals = totals

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering asks nothing."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Give each figure with all its labels, those at nought too."""
        with self._store.reading() as connection:
            refused = quarantine.counts(connection)
            kept = quarantine.kept(connection)
            found = figures.metrics(connection)
            oldest = sending.oldest_of_life_safety(connection)
            unknown = receipts.count_unknown(connection)
            found |= self._totals.of(lambda: figures.totals(connection))
        named = {"True": "online", "False": "offline"}
        presence = {named[key]: count for key, count in found["devices"].items()}
        yield _counter("huxiao_quarantined", "Messages that could not be taken", "reason",
                       dict.fromkeys(Reason, 0) | refused)  # fmt: skip
        yield _gauge("huxiao_quarantine_kept", "Messages kept to be looked at", "", {"": kept})
        yield _counter("huxiao_alerts", "Alerts that devices sent", "kind", found["alerts"])
        yield _gauge("huxiao_incidents", "Incidents by status", "status",
                     dict.fromkeys(Status, 0) | found["incidents"])  # fmt: skip
        yield _gauge("huxiao_notifications", "Notifications by state", "state",
                     dict.fromkeys(State, 0) | found["notifications"])  # fmt: skip
        age_s = 0 if oldest is None else max(0, now_ms() - oldest) // 1000
        yield _gauge("huxiao_life_safety_oldest_waiting_seconds",
                     "Age of the oldest letter of life safety that has not gone out", "",
                     {"": age_s})  # fmt: skip
        yield _gauge("huxiao_receipts_unknown", "Receipts of letters that nobody knows", "channel",
                     unknown)  # fmt: skip
        yield _gauge("huxiao_devices", "Devices in use", "presence",
                     dict.fromkeys(named.values(), 0) | presence)  # fmt: skip
        yield _gauge("huxiao_down_messages_pending", "Messages to devices not yet published", "",
                     found["down_pending"])  # fmt: skip
        yield _gauge("huxiao_evidence_awaited", "Pictures announced and not yet here", "",
                     found["evidence_awaited"])  # fmt: skip


def _counter(name: str, said: str, label: str, counts: dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, said, labels=[label])
    for value, count in counts.items():
        family.add_metric([str(value)], count)
    return family


def _gauge(name: str, said: str, label: str, counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label] if label else [])
    for value, count in counts.items():
        family.add_metric([str(value)] if label else [], count)
    return family
