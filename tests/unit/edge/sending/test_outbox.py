import errno
import os
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Receipt
from edge_agent.adapters.evidence_store import EvidenceStore
from edge_agent.adapters.outbox_file import set_aside
from edge_agent.ports import OutboxError
from edge_agent.simulated import ManualTime
from tests.unit.edge.sending.sending_kit import AT, JPEG, a_body, a_picture, an_outbox, stored


def test_an_alert_stays_until_a_receipt_names_its_number(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        first, second = box.put(a_body()), box.put(a_body())
        box.settle(stored(first.seq))
        assert [alert.seq for alert in box.due(10)] == [second.seq]


def test_what_comes_out_is_what_was_put_in(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        put = box.put(a_body(critical=True), [JPEG])
        assert box.due(10) == [put]


def test_receipts_that_are_late_double_or_unknown_change_nothing(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        kept, gone = box.put(a_body()), box.put(a_body())
        for _ in range(3):
            box.settle(stored(gone.seq, gone.seq + 1000, evidence=("0" * 64,)))
        assert [alert.seq for alert in box.due(10)] == [kept.seq]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_a_number_is_never_used_twice(
    tmp_path_factory: pytest.TempPathFactory, steps: list[bool]
) -> None:
    folder = tmp_path_factory.mktemp("outbox")
    numbers: list[int] = []
    for reopens in steps:
        with an_outbox(folder) as box:
            numbers.append(box.put(a_body()).seq)
            box.settle(stored(*numbers))
            if reopens:
                numbers.append(box.put(a_body()).seq)
    assert numbers == sorted(set(numbers))


def test_a_new_file_numbers_on_from_where_any_earlier_one_can_have_been(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path / "old", time) as box:
        last = [box.put(a_body()).seq for _ in range(50)][-1]
    time.go_on(1.0)
    with an_outbox(tmp_path / "new", time) as box:
        assert box.put(a_body()).seq > last


def test_an_alert_older_than_a_minute_is_marked_late_and_goes_last(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        old = box.put(a_body(critical=True))
        time.go_on(61.0)
        new = box.put(a_body())
        assert [(a.seq, a.is_late) for a in box.due(10)] == [(new.seq, False), (old.seq, True)]


def test_a_wall_clock_set_by_the_network_makes_no_alert_late(tmp_path: Path) -> None:
    time = ManualTime(at=AT.replace(year=1970))
    with an_outbox(tmp_path, time) as box:
        box.put(a_body())
    corrected = ManualTime(at=AT)
    with an_outbox(tmp_path, corrected) as box:
        assert [alert.is_late for alert in box.due(10)] == [False]


def test_what_is_from_before_a_restart_is_late(tmp_path: Path) -> None:
    with an_outbox(tmp_path, boot="boot-1") as box:
        box.put(a_body())
    with an_outbox(tmp_path, boot="boot-2") as box:
        assert [alert.is_late for alert in box.due(10)] == [True]


def test_a_sent_alert_is_held_back_longer_each_time_and_never_given_up(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        seq = box.put(a_body()).seq
        waits = []
        for _ in range(6):
            box.sent([seq])
            sent_at = time.monotonic()
            while not box.due(1):
                time.go_on(1.0)
            waits.append(time.monotonic() - sent_at)
    assert waits == [10.0, 20.0, 40.0, 80.0, 80.0, 80.0]


def test_a_new_connection_makes_everything_due_again(tmp_path: Path) -> None:
    with an_outbox(tmp_path, ManualTime()) as box:
        box.sent([box.put(a_body(), [JPEG]).seq])
        box.file_sent(box.files_due(1)[0].sha256)
        assert (box.due(1), box.files_due(1)) == ([], [])
        box.all_due_again()
        assert (len(box.due(1)), len(box.files_due(1))) == (1, 1)


def test_a_picture_goes_after_its_alert_and_leaves_only_by_its_own_receipt(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        alert = box.put(a_body(), [JPEG])
        assert box.files_due(5) == []
        box.sent([alert.seq])
        assert [file.content for file in box.files_due(5)] == [JPEG.content]
        box.settle(stored(alert.seq))
        assert len(box.files_due(5)) == 1
        box.settle(stored(evidence=(alert.evidence[0].sha256,)))
        assert (box.files_due(5), list((tmp_path / "evidence").iterdir())) == ([], [])


def test_a_picture_that_two_alerts_share_is_kept_once(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        box.sent([box.put(a_body(), [JPEG]).seq, box.put(a_body(), [JPEG]).seq])
        assert len(box.files_due(5)) == box.files_waiting() == 1


def test_a_refused_alert_is_kept_for_people_and_not_sent_again(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        seq = box.put(a_body()).seq
        refusal = Receipt(seqs=(seq,), stored_at=AT, status="refused", reason="unknown_device")
        box.settle(refusal)
        assert (box.due(10), box.depth()) == ([], 0)
        row = box.rows(10)[0]
        assert (row["seq"], row["state"], row["reason"]) == (seq, "refused", "unknown_device")


def test_an_alert_goes_without_its_picture_where_there_is_no_room_for_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with an_outbox(tmp_path) as box:
        alert = box.put(a_body(), [JPEG])
        assert alert.evidence == ()
        assert [a.seq for a in box.due(10)] == [alert.seq]
    assert "图片未能保存" in caplog.text


def test_pictures_leave_a_reserve_for_the_alerts(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too little space") as raised:
        EvidenceStore(tmp_path, reserve_bytes=2**62).keep(b"picture")
    assert raised.value.errno == errno.ENOSPC


def test_a_picture_damaged_on_disk_is_given_up_loudly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with an_outbox(tmp_path) as box:
        alert = box.put(a_body(), [JPEG])
        box.sent([alert.seq])
        (tmp_path / "evidence" / alert.evidence[0].sha256).write_bytes(b"other")
        assert (box.files_due(5), box.files_waiting()) == ([], 0)
    assert "证据文件丢失或损坏" in caplog.text


def test_only_files_that_no_alert_names_are_swept(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        named = box.put(a_body(), [a_picture(1)]).evidence[0].sha256
        for name in (named, "left-behind"):
            file = tmp_path / "evidence" / name
            file.touch()
            os.utime(file, (0, 0))
        (tmp_path / "evidence" / "just-written").touch()
        assert box.sweep_files() == 1
    assert {f.name for f in (tmp_path / "evidence").iterdir()} == {named, "just-written"}


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        last = box.put(a_body()).seq
    (tmp_path / "outbox.db").write_bytes(b"this is no database at all" * 100)
    with an_outbox(tmp_path) as box:
        assert box.put(a_body()).seq > last
    assert len(set_aside(tmp_path / "outbox.db")) == 1


def test_a_process_that_has_the_old_file_open_goes_over_to_the_new_one(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        box.put(a_body())
        for file in tmp_path.glob("outbox.db*"):
            if file.name != "outbox.db.lock":
                file.rename(tmp_path / f"moved-{file.name}")
        seq = box.put(a_body()).seq
        with an_outbox(tmp_path) as other:
            assert [alert.seq for alert in other.due(10)] == [seq]


def test_alerts_that_can_still_be_read_are_saved_from_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with an_outbox(tmp_path) as box:
        put = [box.put(a_body()).seq for _ in range(200)]
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    content[-4096:] = b"\xa5" * 4096
    path.write_bytes(content)
    with an_outbox(tmp_path) as box:
        saved = [row["seq"] for row in box.rows(1000)]
        new = box.put(a_body()).seq
    assert set(saved) <= set(put)
    assert new not in put
    assert len(saved) > 50


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with an_outbox(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "outbox.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutboxError, match="version 99"), an_outbox(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutboxError, match="待发箱"), an_outbox(tmp_path / "file" / "below"):
        pass


def test_a_receipt_for_a_person_is_kept_for_lamp_and_voice(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        before = box.last_word()
        box.settle(Receipt(alert_id="a1", incident_id="i1", stored_at=AT, status="acknowledged"))
        words = box.words_since(before)
        assert [(w.status, w.alert_id, w.incident_id) for w in words] == [
            ("acknowledged", "a1", "i1")
        ]


def test_health_is_the_last_that_each_part_said(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box, an_outbox(tmp_path) as link:
        box.record_health("speaker", {"state": "failed"})
        box.record_health("speaker", {"state": "running"})
        assert {name: row.body for name, row in link.health().items()} == {
            "speaker": {"state": "running"}
        }


def test_a_file_is_called_by_its_content(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    assert store.keep(b"picture") == sha256(b"picture").hexdigest()
    assert store.read(store.keep(b"picture")) == b"picture"
