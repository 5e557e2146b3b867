import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from contract.messages import Availability, Heartbeat, Receipt, Reported
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.link import MOST_IN_FLIGHT, Link, Rhythm, Vitals
from edge_agent.ports import EvidenceFile, Lost
from edge_agent.simulated import ManualTime, MemoryBroker
from tests.unit.edge.sending.sending_kit import AT, JPEG, a_body, a_picture, an_outbox

RECEIPT = "huxiao/v1/water-001/down/receipt"


class Line:
    """A link on a broker and a clock that the test holds in its hand."""

    def __init__(self, box: SqliteOutbox, time: ManualTime, replay_per_s: float = 20.0) -> None:
        self.broker = MemoryBroker()
        self.time = time
        rhythm = Rhythm(replay_per_s, 60.0, lambda: 0.0)
        self.link = Link("water-001", self.broker, box, vitals(time), rhythm, time)

    def turns(self, count: int, each_s: float = 0.05) -> float:
        pause_s = 0.0
        for _ in range(count):
            pause_s = self.link.turn()
            self.time.go_on(each_s)
        return pause_s

    def sent(self) -> list[int]:
        return [json.loads(payload)["seq"] for payload in self.broker.on("up/alert")]

    def receipt(self, *seqs: int, status: str = "stored", evidence: tuple[str, ...] = ()) -> None:
        words = {"seqs": seqs, "evidence": evidence, "status": status}
        self.broker.say(RECEIPT, {**words, "stored_at": AT.isoformat()})


def vitals(time: ManualTime) -> Vitals:
    return Vitals(
        lambda: Heartbeat(
            device_id="water-001", boot_id="boot-1", at=time.now(), uptime_s=1.0, outbox_depth=0
        ),
        lambda: Reported(device_id="water-001", boot_id="boot-1", at=time.now(), release="1"),
        lambda online: Availability(online=online, boot_id="boot-1", at=time.now()),
    )


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def box(tmp_path: Path, time: ManualTime) -> Iterator[SqliteOutbox]:
    with an_outbox(tmp_path, time) as opened:
        yield opened


@pytest.fixture
def line(box: SqliteOutbox, time: ManualTime) -> Line:
    return Line(box, time)


def test_on_connecting_it_says_that_it_is_there_what_it_runs_and_how_it_does(line: Line) -> None:
    line.turns(1)
    told = [(topic.rpartition("/")[2], retain) for topic, _, retain in line.broker.published]
    assert told == [("availability", True), ("reported", True), ("heartbeat", False)]


def test_an_alert_goes_at_once_and_leaves_only_by_the_receipt(
    line: Line, box: SqliteOutbox
) -> None:
    seq = box.put(a_body()).seq
    line.turns(2)
    assert (line.sent(), box.depth()) == ([seq], 1)
    line.receipt(seq)
    line.turns(1)
    assert box.depth() == 0


def test_without_a_receipt_it_is_sent_again_but_not_in_a_tight_loop(
    line: Line, box: SqliteOutbox
) -> None:
    seq = box.put(a_body()).seq
    line.turns(300)  # 15 seconds
    assert line.sent() == [seq, seq]


def test_what_is_fresh_goes_before_the_backlog(
    line: Line, box: SqliteOutbox, time: ManualTime
) -> None:
    old = [box.put(a_body()).seq for _ in range(3)]
    time.go_on(600.0)
    fresh, critical = box.put(a_body()).seq, box.put(a_body(critical=True)).seq
    line.turns(60)
    assert line.sent() == [critical, fresh, *old]
    marks = [json.loads(payload)["is_late"] for payload in line.broker.on("up/alert")]
    assert marks == [False, False, True, True, True]


def test_the_backlog_never_goes_faster_than_its_rate(box: SqliteOutbox, time: ManualTime) -> None:
    line = Line(box, time, replay_per_s=5.0)
    for _ in range(100):
        box.put(a_body())
    time.go_on(600.0)
    line.turns(80)  # 4 seconds
    assert 18 <= len(line.sent()) <= 21


def test_a_silent_broker_is_never_handed_more_than_a_window(line: Line, box: SqliteOutbox) -> None:
    line.broker.is_silent = True
    for _ in range(100):
        box.put(a_body())
    line.turns(100)
    assert len(line.sent()) <= MOST_IN_FLIGHT


def test_a_broker_that_confirms_nothing_for_a_minute_is_left(
    line: Line, box: SqliteOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    line.broker.is_silent = True
    box.put(a_body())
    line.turns(65, each_s=1.0)
    assert line.broker.connects >= 2
    assert "不再确认" in caplog.text


def test_a_broker_out_of_reach_is_tried_less_and_less_and_said_once(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.broker.is_reachable = False
    pauses = [line.turns(1) for _ in range(9)]
    assert pauses == sorted(pauses)
    assert all(pause > 0 for pause in pauses)
    assert caplog.text.count("nobody answers") == 1


def test_only_something_fresh_is_worth_trying_sooner(
    line: Line, box: SqliteOutbox, time: ManualTime
) -> None:
    assert not line.link.has_news()
    box.put(a_body())
    assert line.link.has_news()
    time.go_on(61.0)
    assert not line.link.has_news()


def test_after_a_lost_connection_everything_unconfirmed_goes_again(
    line: Line, box: SqliteOutbox
) -> None:
    seq = box.put(a_body()).seq
    line.turns(2)
    line.broker.happenings.append(Lost("simulated"))
    line.turns(3)
    assert line.sent() == [seq, seq]


def test_a_picture_goes_after_its_alert_and_once(line: Line, box: SqliteOutbox) -> None:
    alert = box.put(a_body(), [JPEG])
    line.turns(20)
    leaves = [topic.split("/up/")[1] for topic, _, _ in line.broker.published][3:]
    assert leaves == ["alert", f"evidence/{alert.evidence[0].sha256}"]


def test_a_large_file_goes_in_parts(line: Line, box: SqliteOutbox) -> None:
    content = bytes(range(256)) * 7812  # as large as a clip may be: 2 MB
    sha256 = box.put(a_body(), [EvidenceFile("video/mp4", content)]).evidence[0].sha256
    line.turns(20)
    parts = [(t, p) for t, p, _ in line.broker.published if "/evidence/" in t]
    assert [t.split("/evidence/")[1] for t, _ in parts] == [f"{sha256}/{n}/8" for n in range(1, 9)]
    assert b"".join(p for _, p in parts) == content


def test_the_receipt_of_a_picture_frees_its_file(
    line: Line, box: SqliteOutbox, tmp_path: Path
) -> None:
    alert = box.put(a_body(), [a_picture(1)])
    line.turns(5)
    line.receipt(alert.seq, evidence=(alert.evidence[0].sha256,))
    line.turns(1)
    assert list((tmp_path / "evidence").iterdir()) == []


def test_a_receipt_that_cannot_be_read_is_ignored(line: Line, box: SqliteOutbox) -> None:
    box.put(a_body())
    line.turns(2)
    for nonsense in ({"seqs": "all"}, {"v": 99}, [1]):
        line.broker.say(RECEIPT, nonsense)
    line.broker.say("huxiao/v1/water-001/down/command", {"test": "voice"})
    line.turns(2)
    assert (box.depth(), line.link.is_connected) == (1, True)


def test_one_receipt_may_free_a_whole_outage(line: Line, box: SqliteOutbox) -> None:
    put = [box.put(a_body()).seq for _ in range(300)]
    line.turns(1)
    line.receipt(*put, *range(1, 5000))
    line.turns(1)
    assert box.depth() == 0


def test_a_heartbeat_comes_each_minute(line: Line) -> None:
    line.turns(181, each_s=1.0)
    assert len(line.broker.on("heartbeat")) == 4


def test_on_closing_it_says_goodbye(line: Line) -> None:
    line.turns(1)
    line.link.close()
    assert json.loads(line.broker.published[-1][1])["online"] is False


def test_an_outbox_that_fails_ends_nothing(
    line: Line, box: SqliteOutbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line.turns(1)
    folder_in_the_way(tmp_path, box.close)
    assert line.turns(3) > 0
    assert caplog.text.count("待发箱") == 1


def folder_in_the_way(tmp_path: Path, close: Callable[[], None]) -> None:
    close()
    for file in tmp_path.glob("outbox.db*"):
        file.unlink()
    (tmp_path / "outbox.db").mkdir()


class Reports:
    """Commissioning reports that wait for central's answer."""

    def __init__(self, *waiting: bytes) -> None:
        self.waiting = list(waiting)

    def settle(self, receipt: Receipt) -> None:
        names = {sha256(report).hexdigest(): report for report in self.waiting}
        for name in receipt.reports:
            self.waiting.remove(names[name])


def test_commissioning_reports_go_at_each_connection_and_a_new_one_within_a_minute(
    line: Line,
) -> None:
    reports = Reports(b"first")
    line.link.report(lambda: reports.waiting, reports.settle)
    line.turns(3)
    assert line.broker.on("up/commissioning") == [b"first"]
    reports.waiting.append(b"second")
    line.turns(2, each_s=61.0)
    assert line.broker.on("up/commissioning") == [b"first", b"second"]
    line.broker.happenings.append(Lost("cable pulled"))
    line.turns(4, each_s=61.0)
    assert line.broker.on("up/commissioning") == [b"first", b"second", b"first", b"second"]
    assert all(retain for topic, _, retain in line.broker.published if "commissioning" in topic)


def test_a_report_goes_each_hour_until_central_answers_and_then_no_more(line: Line) -> None:
    reports = Reports(b"first", b"second")
    line.link.report(lambda: reports.waiting, reports.settle)
    line.turns(100, each_s=61.0)
    assert line.broker.on("up/commissioning") == [b"first", b"second"] * 2
    said = {"reports": [sha256(b"first").hexdigest()], "status": "stored"}
    line.broker.say(RECEIPT, {**said, "stored_at": AT.isoformat()})
    line.turns(60, each_s=61.0)
    line.broker.happenings.append(Lost("cable pulled"))
    line.turns(3, each_s=61.0)
    assert line.broker.on("up/commissioning")[4:] == [b"second"] * 2
