"""A person reports what no device saw."""

import pytest

from central.adapters.store.engine import Store
from central.core.people import Actor
from central.incidents import (
    MissingNoteError,
    NotAllowedError,
    UnknownSiteError,
    report_by_hand,
)
from contract.scenarios import Kind, Scenario
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    NOON,
    OTHER_TOWN,
    TOWN,
    incident,
    settle,
    story,
)


def test_a_report_by_hand_opens_a_case(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = report_by_hand(
            connection, TOWN, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY, "有孩子下水", NOON
        )
        kept = incident(connection, incident_id)
        assert (kept["device_id"], kept["status"]) == (None, "dispatched")
        last = story(connection, incident_id)[-1]
        assert (last["event"], last["actor"], last["note"]) == (
            "reported", TOWN.actor_id, "有孩子下水",
        )  # fmt: skip


@pytest.mark.parametrize("actor", [OTHER_TOWN, AUDITOR])
def test_who_has_nothing_to_do_with_a_place_cannot_report_there(store: Store, actor: Actor) -> None:
    with store.transaction() as connection:
        settle(connection)
        with pytest.raises(NotAllowedError):
            report_by_hand(
                connection, actor, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY, "有", NOON
            )


def test_a_report_needs_a_known_place_and_some_words(store: Store) -> None:
    about = (Scenario.DROWNING_RISK, Kind.OVERSTAY)
    with store.transaction() as connection:
        settle(connection)
        with pytest.raises(UnknownSiteError, match="nowhere"):
            report_by_hand(connection, DUTY, "nowhere", *about, "有", NOON)
        with pytest.raises(MissingNoteError):
            report_by_hand(connection, DUTY, "yuehu", *about, "  ", NOON)
