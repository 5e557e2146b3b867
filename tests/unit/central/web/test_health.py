"""Whether it is up, whether it is ready, and figures that are right whoever did the work."""

from pathlib import Path

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store, open_store
from central.adapters.store.quarantine import put_aside
from central.web.app import create_app
from contract.reading import Reason
from tests.browser.served import settings
from tests.integration.case_district import NOON, open_one


def figures(app: APIFlask) -> dict[tuple[str, str], float]:
    text = app.test_client().get("/metrics").text
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_is_up_and_ready(app: APIFlask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_on_an_empty_database(tmp_path: Path) -> None:
    empty = open_store(f"sqlite:///{tmp_path}/empty.db")
    client = create_app(empty, settings(EvidenceFiles(tmp_path))).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json
    assert (answer.json["database"], answer.json["migrations"]) == (True, False)
    empty.close()


@pytest.mark.parametrize("reason", list(Reason))
def test_what_was_put_aside_is_counted_by_its_reason(
    app: APIFlask, store: Store, reason: Reason
) -> None:
    assert figures(app)["huxiao_quarantined_total", reason] == 0
    with store.transaction() as connection:
        put_aside(connection, "huxiao/v1/x/up/alert", b"{", reason, "", NOON)
    assert figures(app)["huxiao_quarantined_total", reason] == 1


def test_figures_follow_the_database(app: APIFlask, store: Store) -> None:
    with store.transaction() as connection:
        open_one(connection)
    found = figures(app)
    assert found["huxiao_incidents", "dispatched"] == 1
    assert found["huxiao_incidents", "closed"] == 0
    assert found["huxiao_alerts_total", "overstay"] == 1
    assert found["huxiao_devices", "offline"] == 3
    assert found["huxiao_notifications", "pending"] > 0
