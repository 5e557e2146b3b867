from datetime import UTC, datetime, time, timedelta

from contract.scenarios import Duty, Kind
from edge_agent.core.closing import GateContact
from edge_agent.core.findings import Finding
from edge_agent.core.schedules import Schedule, Window
from edge_agent.core.shares import Ledger, Share

CLOSED_HOURS = Schedule((Window(time(8), time(16)),))
NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)


def stood(opens: list[bool], start: datetime = NINE) -> tuple[list[Finding], Ledger]:
    gate, findings, ledger = GateContact(60.0, CLOSED_HOURS), list[Finding](), Ledger()
    for second, is_open in enumerate(opens):
        local = start + timedelta(seconds=second)
        gate, verdict, share = gate.observe(float(second), is_open, local)
        findings += verdict.findings
        ledger = ledger.plus(f"{local:%Y-%m-%d}", [share])
    return findings, ledger


def test_a_gate_that_lets_somebody_in_is_not_reported() -> None:
    findings, ledger = stood([False] * 100 + [True] * 30 + [False] * 71)
    assert findings == []
    assert ledger.days["2026-06-01", Duty.CAMPUS_CLOSED] == Share(Duty.CAMPUS_CLOSED, 170.0, 200.0)


def test_a_gate_left_open_is_reported_once() -> None:
    findings, _ = stood([False] * 10 + [True] * 300)
    [finding] = findings
    assert (finding.kind, finding.place_id) == (Kind.GATE_OPEN, "contact")


def test_at_leaving_time_the_gate_may_stand_open() -> None:
    findings, ledger = stood([True] * 300, NINE.replace(hour=16))
    assert (findings, ledger.days) == ([], {})


def test_a_ledger_survives_a_restart_and_forgets_old_days() -> None:
    ledger = Ledger()
    for day in range(1, 21):
        ledger = ledger.plus(f"2026-06-{day:02d}", [Share(Duty.VIDEO_WORKS, 90.0, 100.0)])
    again = Ledger.of(ledger.reported())
    assert again == ledger
    assert [day for day, _ in ledger.days] == [f"2026-06-{day:02d}" for day in range(13, 21)]
