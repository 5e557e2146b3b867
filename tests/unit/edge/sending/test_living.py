"""What has started ends, whatever becomes of the watch that has seen it."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import AlertBody
from contract.scenarios import Phase
from edge_agent.adapters.living import LivingOutbox
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.simulated import ManualTime
from tests.unit.edge.sending.sending_kit import a_body, a_picture, an_outbox


def saying(alert_id: str, phase: Phase) -> AlertBody:
    return a_body().model_copy(update={"alert_id": alert_id, "phase": phase})


def told(box: SqliteOutbox) -> list[tuple[str, str]]:
    alerts = sorted(box.due(1000), key=lambda alert: alert.seq)
    return [(alert.alert_id, alert.phase.value) for alert in alerts]


def test_what_a_killed_watch_has_left_open_is_ended_by_the_next(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        before = LivingOutbox(box, time)
        before.put(saying("a", Phase.START), [a_picture(1)])
        before.put(saying("b", Phase.START))
        before.put(saying("a", Phase.UPDATE))
        before.put(saying("b", Phase.END))
        time.go_on(30)
        assert LivingOutbox(box, time).end_all() == 1
        assert told(box)[-1] == ("a", "end")
        last = max(box.due(100), key=lambda alert: alert.seq)
        assert last.occurred_at == time.now()
        assert last.evidence == ()
        assert LivingOutbox(box, time).end_all() == 0


def test_a_note_that_makes_no_sense_is_put_away(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        box.record_health("open:x", {"what": "is this"})
        LivingOutbox(box, time).end_all()
        assert told(box) == []
        assert "open:x" not in box.health()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["start", "end", "killed"]), max_size=12))
def test_after_the_next_start_nothing_is_open_and_nothing_ended_twice(steps: list[str]) -> None:

    time = ManualTime()
    with tempfile.TemporaryDirectory() as folder, an_outbox(Path(folder), time) as box:
        living, number, is_open = LivingOutbox(box, time), 0, False
        for step in steps:
            if step == "start" and not is_open:
                number, is_open = number + 1, True
                living.put(saying(f"a{number}", Phase.START))
            elif step == "end" and is_open:
                is_open = False
                living.put(saying(f"a{number}", Phase.END))
            elif step == "killed":
                living, is_open = LivingOutbox(box, time), False
                living.end_all()
        LivingOutbox(box, time).end_all()
        phases = told(box)
    for one in range(1, number + 1):
        mine = [phase for alert_id, phase in phases if alert_id == f"a{one}"]
        assert mine == ["start", "end"]
