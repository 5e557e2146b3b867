"""Every message is kept once, answered, or put aside with its reason; nothing stops ingest."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from central.adapters.broker import Received
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory, quarantine
from central.adapters.store.engine import Store
from central.adapters.store.tables import ALERT, DOWN_MESSAGE, EVIDENCE, INCIDENT
from central.ingest import Ingest
from central.reception import Reception, Verdict
from contract.messages import Receipt
from contract.reading import Reason
from contract.topics import Up, up

SAMPLES = Path(__file__).parents[2] / "docs/wire/samples/v1"
SAMPLE = json.loads((SAMPLES / "alert-crossing.json").read_text())
NOW = 1_784_104_200_000
PICTURE = b"\xff\xd8 a small picture \xff\xd9"
SHA256 = hashlib.sha256(PICTURE).hexdigest()


class MemoryWire:
    """A broker in memory: what central sent and acknowledged is there to look at."""

    def __init__(self) -> None:
        self.waiting: list[Received] = []
        self.acknowledged: list[int] = []
        self.sent: list[tuple[str, Receipt]] = []
        self.published: Callable[[int], None] = lambda _mid: None

    def take(self, most: int, timeout_s: float) -> list[Received]:
        del timeout_s
        batch, self.waiting = self.waiting[:most], self.waiting[most:]
        return batch

    def acknowledge(self, batch: Sequence[Received]) -> None:
        self.acknowledged += [message.mid for message in batch]

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> int | None:
        del retain
        self.sent.append((topic, Receipt.model_validate_json(payload)))
        return len(self.sent)

    def when_published(self, call: Callable[[int], None]) -> None:
        self.published = call


class Line:
    """Ingest between a wire in memory and a real database with one known device."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.wire = MemoryWire()
        self.files = EvidenceFiles(folder)
        self.ingest = Ingest(store, self.wire, Reception(self.files), lambda: NOW)
        self.mid = 0
        with store.transaction() as connection:
            directory.seed_departments(connection)
            for code in ("town:a", "school:a", "station:a"):
                directory.add_unit(connection, code, code)
            relations = {"town": "town:a", "school": "school:a", "station": "station:a"}
            directory.add_site(connection, {
                "site_id": "pond", "kind": "water", "name_zh": "月湖", "name_en": "",
                "relations": relations, "created_at": 0,
            })  # fmt: skip
            directory.add_device(connection, {
                "device_id": "water-001", "site_id": "pond", "profile": "water", "created_at": 0,
                "is_revoked": False, "is_online": False,
            })  # fmt: skip

    def say(self, *messages: tuple[str, bytes]) -> list[Receipt]:
        """Bring messages in as one batch; give the receipts that went out."""
        batch = []
        for topic, payload in messages:
            self.mid += 1
            batch.append(Received(topic, payload, self.mid, 1, 1))
        before = len(self.wire.sent)
        self.ingest.keep(batch)
        assert self.wire.acknowledged[-len(batch) :] == [message.mid for message in batch]
        return [receipt for _, receipt in self.wire.sent[before:]]

    def count(self, table: Any) -> int:
        with self.store.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def put_aside(self) -> dict[str, int]:
        with self.store.reading() as connection:
            return quarantine.counts(connection)

    def device(self) -> dict[str, Any]:
        with self.store.reading() as connection:
            row = directory.device(connection, "water-001")
            assert row is not None
            return dict(row)


@pytest.fixture
def line(store: Store, tmp_path: Path) -> Line:
    return Line(store, tmp_path / "evidence")


def alert(seq: int, **changes: Any) -> tuple[str, bytes]:
    fields = SAMPLE | {"seq": seq, "alert_id": f"alert-{seq}", "evidence": []} | changes
    return up("water-001", Up.ALERT), json.dumps(fields).encode()


def announced(seq: int, sha256: str = SHA256, size: int = len(PICTURE)) -> tuple[str, bytes]:
    ref = {"sha256": sha256, "media_type": "image/jpeg", "size_bytes": size}
    return alert(seq, evidence=[ref])


def test_an_alert_is_kept_as_an_incident_and_answered(line: Line) -> None:
    (receipt,) = line.say(alert(1))
    assert (receipt.status, receipt.seqs, receipt.alert_id) == ("stored", (1,), "alert-1")
    assert (line.count(ALERT), line.count(INCIDENT)) == (1, 1)


def test_a_batch_gets_one_receipt_a_device(line: Line) -> None:
    (receipt,) = line.say(*(alert(seq) for seq in range(1, 21)))
    assert receipt.seqs == tuple(range(1, 21))


def test_a_repeat_changes_nothing_and_is_answered_again(line: Line) -> None:
    line.say(alert(1))
    (receipt,) = line.say(alert(1), alert(1))
    assert receipt.status == "stored"
    assert set(receipt.seqs) == {1}
    assert (line.count(ALERT), line.count(INCIDENT)) == (1, 1)


def test_another_alert_under_a_used_number_is_put_aside_and_not_swallowed(line: Line) -> None:
    line.say(alert(1))
    (receipt,) = line.say(alert(1, alert_id="another"))
    assert (receipt.status, receipt.seqs) == ("refused", (1,))
    assert line.put_aside() == {Reason.SEQ_CONFLICT: 1}


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        (up("water-001", Up.ALERT), b"", Reason.MALFORMED),
        (up("water-001", Up.ALERT), b"\xff\xfe\x00", Reason.MALFORMED),
        (up("water-001", Up.ALERT), b"[" * 4000, Reason.MALFORMED),
        (up("water-001", Up.ALERT), b'{"v": 1, "seq": NaN}', Reason.MALFORMED),
        (up("water-001", Up.ALERT), b" " * 300_000, Reason.OVERSIZED),
        (*alert(9, v=2), Reason.UNKNOWN_VERSION),
        (*alert(9, device_id="water-002"), Reason.WRONG_DEVICE),
        (*alert(9, zone_id="a\x00b"), Reason.MALFORMED),
        (up("water-009", Up.ALERT), b"{}", Reason.UNKNOWN_DEVICE),
        (up("water-001", Up.HEARTBEAT), b"{}", Reason.MALFORMED),
        (up("water-001", Up.AVAILABILITY), b"", Reason.MALFORMED),
        ("huxiao/v1/water-001/up/alert/more", b"{}", Reason.WRONG_TOPIC),
        ("huxiao/v1/water-001/up/nonsense", b"{}", Reason.WRONG_TOPIC),
        ("huxiao/v1/Wasser 1/up/alert", b"{}", Reason.WRONG_TOPIC),
        ("huxiao/v1/water-001/up/evidence/short", PICTURE, Reason.WRONG_TOPIC),
        (f"huxiao/v1/water-001/up/evidence/{SHA256}/9/2", PICTURE, Reason.WRONG_TOPIC),
        (f"huxiao/v1/water-001/up/evidence/{SHA256}", PICTURE, Reason.UNANNOUNCED),
    ],
)
def test_what_cannot_be_taken_is_put_aside_with_its_reason_and_nothing_stops(
    line: Line, topic: str, payload: bytes, reason: Reason
) -> None:
    receipts = line.say(alert(1), (topic, payload), alert(2))
    assert line.put_aside() == {reason: 1}
    assert line.count(ALERT) == 2
    stored = [receipt for receipt in receipts if receipt.status == "stored"]
    assert {seq for receipt in stored for seq in receipt.seqs} == {1, 2}


def test_a_bad_alert_whose_number_can_be_read_is_refused_for_good(line: Line) -> None:
    (receipt,) = line.say(alert(7, kind="dragon"))
    assert (receipt.status, receipt.seqs) == ("refused", (7,))
    assert "kind" in receipt.reason


def test_an_alert_from_the_far_future_or_past_is_kept(line: Line) -> None:
    line.say(
        alert(1, occurred_at="2999-01-01T00:00:00Z"), alert(2, occurred_at="1970-01-02T00:00:00Z")
    )
    assert line.count(ALERT) == 2


def test_an_unknown_field_of_a_later_version_does_no_harm(line: Line) -> None:
    line.say(alert(1, mood="蓝"))
    assert (line.count(ALERT), line.put_aside()) == (1, {})


def test_one_alert_that_cannot_be_kept_is_put_aside_alone_and_comes_again(line: Line) -> None:
    class Stumbling(Reception):
        def take(self, connection: Connection, topic: str, payload: bytes, now_ms: int) -> Verdict:
            if b"stumble" in payload:
                raise RuntimeError
            return super().take(connection, topic, payload, now_ms)

    line.ingest = Ingest(line.store, line.wire, Stumbling(line.files), lambda: NOW)
    receipts = line.say(alert(1), alert(2, zone_id="stumble"), alert(3))
    assert {seq for receipt in receipts for seq in receipt.seqs} == {1, 3}
    assert line.put_aside() == {Reason.NOT_KEPT: 1}


def test_a_picture_is_kept_by_its_content_and_its_receipt_names_it(line: Line) -> None:
    line.say(announced(1))
    (receipt,) = line.say((up("water-001", Up.EVIDENCE, SHA256), PICTURE))
    assert receipt.evidence == (SHA256,)
    assert line.files.read(SHA256) == PICTURE
    with line.store.reading() as connection:
        assert connection.execute(select(EVIDENCE.c.received_at)).scalar_one() == NOW


def test_a_picture_in_parts_is_whole_once_the_last_part_is_there(line: Line) -> None:
    line.say(announced(1))
    one, two = PICTURE[:5], PICTURE[5:]
    topic = up("water-001", Up.EVIDENCE, SHA256)
    assert line.say((f"{topic}/2/2", two)) == []
    assert line.files.read(SHA256) is None
    (receipt,) = line.say((f"{topic}/1/2", one))
    assert receipt.evidence == (SHA256,)
    assert line.files.read(SHA256) == PICTURE


def test_a_clip_of_two_megabytes_that_comes_after_the_end_joins_its_case(line: Line) -> None:
    clip = bytes(range(256)) * 7812
    sha256 = hashlib.sha256(clip).hexdigest()
    ref = {"sha256": sha256, "media_type": "video/mp4", "size_bytes": len(clip)}
    line.say(alert(1, alert_id="a"), alert(2, alert_id="a", phase="end"))
    line.say(alert(3, alert_id="a", phase="update", evidence=[ref]))
    pieces = [clip[start : start + 262_144] for start in range(0, len(clip), 262_144)]
    topic = up("water-001", Up.EVIDENCE, sha256)
    receipts = line.say(*((f"{topic}/{n}/8", piece) for n, piece in enumerate(pieces, start=1)))
    assert receipts[-1].evidence == (sha256,)
    assert line.files.read(sha256) == clip
    assert (line.count(INCIDENT), line.count(ALERT), line.put_aside()) == (1, 3, {})


def test_other_bytes_than_the_name_says_are_refused_and_never_kept(line: Line) -> None:
    line.say(announced(1))
    (receipt,) = line.say((up("water-001", Up.EVIDENCE, SHA256), b"something else"))
    assert (receipt.status, receipt.evidence) == ("refused", (SHA256,))
    assert line.files.read(SHA256) is None


def test_a_late_death_of_an_old_boot_does_not_hide_a_living_device(line: Line) -> None:
    def availability(*, online: bool, boot_id: str) -> tuple[str, bytes]:
        fields = {"online": online, "boot_id": boot_id, "at": "2026-07-15T08:00:00Z"}
        return up("water-001", Up.AVAILABILITY), json.dumps(fields).encode()

    line.say(availability(online=True, boot_id="old"))
    line.say(availability(online=True, boot_id="new"))
    line.say(availability(online=False, boot_id="old"))
    assert line.device()["is_online"]
    line.say(availability(online=False, boot_id="new"))
    assert not line.device()["is_online"]


def test_what_the_case_has_for_a_device_is_published_once_the_broker_has_it(line: Line) -> None:
    receipt = Receipt(alert_id="a", stored_at="2026-07-15T08:00:00Z", status="closed")  # type: ignore[arg-type]
    with line.store.transaction() as connection:
        row = {"device_id": "water-001", "leaf": "receipt", "created_at": NOW}
        connection.execute(DOWN_MESSAGE.insert().values(body=receipt.model_dump_json(), **row))
    line.ingest.send_down()
    line.ingest.send_down()
    assert len(line.wire.sent) == 1  # under way: not sent again
    line.wire.published(1)
    line.ingest.send_down()
    with line.store.reading() as connection:
        assert connection.execute(select(DOWN_MESSAGE.c.published_at)).scalar_one() == NOW


def test_a_flood_of_nonsense_fills_only_so_much(store: Store) -> None:
    topic = up("water-001", Up.ALERT)
    with store.transaction() as connection:
        for _ in range(30):
            quarantine.put_aside(connection, topic, b"x", Reason.MALFORMED, "x", NOW, most_rows=10)
        assert quarantine.kept(connection) == 10
        assert quarantine.counts(connection) == {Reason.MALFORMED: 30}


def test_a_commissioning_report_is_answered_by_its_content(line: Line) -> None:
    report = (SAMPLES / "commissioning.json").read_bytes()
    (receipt,) = line.say((up("water-001", Up.COMMISSIONING), report))
    assert (receipt.status, receipt.reports) == ("stored", (hashlib.sha256(report).hexdigest(),))
