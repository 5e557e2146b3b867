"""A gallery comes sealed, is held locked, and forgets for good."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Reported
from contract.sealing import as_text, sealing_key_of
from contract.signing import make_signing_key
from edge_agent.adapters import gallery_rows
from edge_agent.adapters.gallery import silence_s
from edge_agent.adapters.gallery_file import Contact
from edge_agent.adapters.gallery_keys import KeyRing, device_sealing_key
from edge_agent.core.gallery_order import OutOfOrderError, Standing
from edge_agent.ports import GalleryError
from tests.unit.edge.gallery.gallery_kit import STRANGER, Box, an_entry, ids, named, watched

DAY_S = 24 * 3600.0


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_delivered_gallery_can_be_matched_named_and_reported(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    assert delivery.hear(box.update(1, [named("p1"), an_entry("p2")]))
    found = gallery.templates()
    assert (found.entry_ids, found.kinds, found.revision) == (("p1", "p2"), ("pupil", "pupil"), 1)
    assert np.allclose(np.linalg.norm(found.matrix, axis=1), 1.0, atol=1e-5)
    who = gallery.spoken("p1")
    assert who is not None
    assert (who.name, who.class_name, who.may_be_named) == ("张小明", "三年级二班", True)
    nobody = gallery.spoken("p2")
    assert nobody is not None
    assert (nobody.name, nobody.may_be_named) == ("", False)
    assert gallery.spoken("p3") is None


def test_a_watchlist_entry_is_nobody_to_speak_to_and_says_what_to_do(box: Box) -> None:
    box.delivery().take(box.update(1, [watched("w1")]))
    gallery = box.gallery()
    assert gallery.templates().kind_of("w1") == "watchlist"
    assert gallery.spoken("w1") is None
    assert gallery.everybody() == []
    disposition = gallery.disposition("w1")
    assert disposition is not None
    assert disposition.action == "请核实"


def test_a_running_watch_notices_what_the_link_has_taken(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    assert gallery.templates().entry_ids == ()
    delivery.take(box.update(1, [an_entry()]))
    assert gallery.templates().entry_ids == ()
    box.time.go_on(2.0)
    assert gallery.templates().entry_ids == ("p1",)


def test_the_next_update_adds_replaces_and_removes(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    delivery.take(box.update(1, [an_entry("p1"), an_entry("p2")]))
    delivery.take(box.update(2, [an_entry("p3"), named("p1")], removed=("p2",)))
    assert ids(gallery) == ("p1", "p3")
    who = gallery.spoken("p1")
    assert who is not None
    assert who.name


def test_a_whole_gallery_in_parts_drops_the_rest_only_at_its_end(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    delivery.take(box.update(1, [an_entry("old"), an_entry("p1")]))
    delivery.take(box.update(5, [an_entry("p1")], follows=0))
    assert ids(gallery) == ("old", "p1")
    delivery.take(box.update(6, [an_entry("p2")], is_complete=True))
    assert ids(gallery) == ("p1", "p2")


@pytest.mark.parametrize("what", ["forged", "foreign", "moved", "stranger", "truncated", "touched"])
def test_what_is_not_centrals_word_to_this_device_is_refused(box: Box, what: str) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1")]))
    payload = {
        "forged": lambda: box.update(2, [an_entry("p2")], signing=make_signing_key()),
        "foreign": lambda: box.update(2, [an_entry("p2")], device_id="water-002"),
        "moved": lambda: box.update(2, [an_entry("p2")], sealed_for=1),
        "stranger": lambda: box.update(2, [an_entry("p2")], key=STRANGER),
        "truncated": lambda: box.update(2, [an_entry("p2")])[:-20],
        "touched": lambda: box.update(2, [an_entry("p2")]).replace(
            b'"revision":2', b'"revision":3'
        ),
    }[what]()
    with pytest.raises(GalleryError):
        delivery.take(payload)
    assert not delivery.hear(payload)
    assert ids(box.gallery()) == ("p1",)


def test_nothing_is_taken_twice_or_goes_back_even_after_a_wipe(box: Box) -> None:
    delivery = box.delivery()
    first, second = box.update(1, [an_entry("p1")]), box.update(2, [], removed=("p1",))
    delivery.take(first)
    delivery.take(second)
    for old in (first, second):
        with pytest.raises(OutOfOrderError):
            delivery.take(old)
    box.file().wipe()
    with pytest.raises(OutOfOrderError):
        delivery.take(box.update(2, [an_entry("p1")], follows=0, is_complete=True))
    assert ids(box.gallery()) == ()


def test_a_gap_is_refused_and_reported_so_that_central_begins_anew(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1")]))
    assert delivery.hear(box.update(3, [an_entry("p2")]))
    assert ids(box.gallery()) == ("p1",)
    delivery.take(box.update(4, [an_entry("p2")], follows=0, is_complete=True))
    assert ids(box.gallery()) == ("p2",)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12)), max_size=30))
def test_a_standing_never_goes_back(updates: list[tuple[int, int]]) -> None:
    standing = Standing()
    for revision, follows in updates:
        try:
            after = standing.after(revision, follows)
        except OutOfOrderError:
            continue
        assert after.newest > standing.newest
        standing = after


def test_an_update_that_fails_half_way_changes_nothing(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1")]))
    good = box.update(2, [an_entry("p2")], removed=("p1",))
    with sqlite3.connect(box.data / "gallery.db") as db:
        db.execute("CREATE TRIGGER no BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'no'); END")
    db.close()
    with pytest.raises(GalleryError):
        delivery.take(good)
    assert ids(box.gallery()) == ("p1",)


def test_a_card_taken_out_shows_nothing_and_opens_nowhere(box: Box, tmp_path: Path) -> None:
    entry = named("p1")
    box.delivery().take(box.update(1, [entry]))
    card = box.on_card()
    for secret in ("张小明".encode(), "三年级二班".encode(), entry.template.encode(), b"2026-015"):
        assert secret not in card
    thief = Box(tmp_path, box.time)
    KeyRing(thief.keys, thief.data).write({})
    assert ids(thief.gallery()) == ()


def test_a_row_that_somebody_has_put_on_the_card_is_not_believed(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1")]))
    with sqlite3.connect(box.data / "gallery.db") as db:
        for key in (bytes(32), b"", b"a" * 32):
            forged = an_entry("thief")
            gallery_rows.put(db, forged, 1, "no such key", key or bytes(16))
            db.execute("UPDATE standing SET version = version + 1")
            db.commit()
            assert ids(box.gallery()) == ("p1",)
    db.close()


def test_after_a_power_cut_the_gallery_is_empty_and_asks_to_begin_anew(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1")]))
    for key in box.keys.iterdir():
        key.unlink()
    assert ids(box.gallery()) == ()
    delivery = box.delivery()
    assert box.file().standing() == Standing(0, 1, 0)
    delivery.take(box.update(2, [an_entry("p1")], follows=0, is_complete=True))
    assert ids(box.gallery()) == ("p1",)


def test_sounds_open_with_the_entry_survive_a_new_delivery_and_end_with_it(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    delivery.take(box.update(1, [named("p1"), named("p2")]))
    sealed = gallery.seal("p1", b"a sound")
    assert sealed is not None
    assert gallery.unseal("p1", sealed) == b"a sound"
    assert gallery.unseal("p2", sealed) is None
    delivery.take(box.update(2, [named("p1")], follows=0, is_complete=True))
    gallery.look_again()
    assert gallery.unseal("p1", sealed) == b"a sound"
    delivery.take(box.update(3, removed=("p1",)))
    gallery.look_again()
    assert gallery.unseal("p1", sealed) is None
    assert gallery.seal("p1", b"another") is None


def test_a_removed_entry_opens_no_more_even_from_a_copy_of_the_card(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1"), an_entry("p2")]))
    copy = (box.data / "gallery.db").read_bytes()
    delivery.take(box.update(2, removed=("p1",)))
    (box.data / "gallery.db").write_bytes(copy)
    assert ids(box.gallery()) == ()


def test_forgetting_here_leaves_the_others(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1"), an_entry("p2")]))
    gallery = box.gallery()
    assert ids(gallery) == ("p1", "p2")
    assert box.file().forget("p1")
    assert not box.file().forget("p1")
    assert ids(gallery) == ("p2",)


def test_a_forgetting_that_was_cut_off_is_finished_at_the_next_start(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1"), an_entry("p2")]))
    ring = KeyRing(box.keys, box.data)
    before = ring.read()
    with sqlite3.connect(box.data / "gallery.db") as db:
        db.execute("DELETE FROM entry WHERE entry_id = 'p1'")
        db.execute("UPDATE standing SET must_rotate = 1, version = version + 1")
    db.close()
    box.delivery()
    assert set(ring.read()).isdisjoint(before)
    assert ids(box.gallery()) == ("p2",)


def test_who_expires_is_gone_at_the_next_look_without_any_message(box: Box) -> None:
    soon = box.time.now().replace(hour=9)
    box.delivery().take(box.update(1, [an_entry("p1", expires_at=soon), an_entry("p2")]))
    gallery = box.gallery(max_days=300)
    assert gallery.templates().entry_ids == ("p1", "p2")
    box.time.go_on(3600.0)
    assert gallery.templates().entry_ids == ("p2",)
    assert [entry.entry_id for entry in box.file().entries()] == ["p2"]


def test_what_has_expired_on_the_way_is_not_taken(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1", expires_at=box.time.now())]))
    assert ids(box.gallery()) == ()


def test_after_a_week_of_silence_everything_is_wiped(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1")]))
    gallery = box.gallery()
    box.time.go_on(6.9 * DAY_S)
    assert gallery.templates().entry_ids == ("p1",)
    box.time.go_on(0.2 * DAY_S)
    assert gallery.templates().entry_ids == ()
    assert box.file().entries() == []
    assert KeyRing(box.keys, box.data).read() == {}
    assert box.file().standing().revision == 0


def test_contact_puts_the_week_off(box: Box) -> None:
    delivery, gallery = box.delivery(), box.gallery()
    delivery.take(box.update(1, [an_entry("p1")]))
    for _ in range(3):
        box.time.go_on(6.0 * DAY_S)
        delivery.note_contact()
    assert ids(gallery) == ("p1",)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e7))
def test_setting_the_clock_never_changes_the_silence_of_one_boot(
    moved: float, passed: float
) -> None:
    silence = silence_s(Contact(1000.0, 50.0, "b"), "b", 1000.0 + moved, 50.0 + passed)
    assert silence == pytest.approx(passed)
    assert silence_s(Contact(1000.0, 50.0, "a"), "b", 1000.0 + passed, 3.0) == pytest.approx(passed)


def test_keys_lost_while_running_are_noticed_at_the_next_update(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1")]))
    for key in box.keys.iterdir():
        key.unlink()
    assert delivery.hear(box.update(2, [an_entry("p2")]))  # a gap now: it reports revision 0
    assert box.file().standing() == Standing(0, 1, 0)


def test_contact_is_no_reason_to_read_everything_again(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(1, [an_entry("p1")]))
    before = box.file().version()
    box.time.go_on(3600.0)
    delivery.note_contact()
    assert box.file().version() == before


def test_templates_of_another_recogniser_are_not_compared(box: Box) -> None:
    others = [an_entry("p2", backend="dlib"), an_entry("p3", model_sha256="b" * 64)]
    box.delivery().take(box.update(1, [an_entry("p1"), *others]))
    assert ids(box.gallery()) == ("p1",)


def test_a_damaged_file_is_an_empty_gallery_and_is_delivered_again(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1")]))
    (box.data / "gallery.db").write_bytes(b"no database" * 500)
    assert ids(box.gallery()) == ()
    box.delivery().take(box.update(2, [an_entry("p1")], follows=0, is_complete=True))
    assert ids(box.gallery()) == ("p1",)


def test_a_gallery_that_cannot_be_read_is_none_and_says_so_once(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    box.delivery().take(box.update(1, [named("p1")]))
    gallery = box.gallery()
    assert ids(gallery) == ("p1",)
    (box.data / "gallery.db").unlink()
    (box.data / "gallery.db").mkdir()
    for _ in range(3):
        assert ids(gallery) == ()
    assert caplog.text.count("人脸库") == 1
    assert "p1" not in caplog.text


def test_every_secret_file_is_its_owners_alone(box: Box) -> None:
    box.delivery().take(box.update(1, [an_entry("p1")]))
    files = [*box.data.iterdir(), *box.keys.iterdir()]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert device_sealing_key(box.data) == device_sealing_key(box.data)


def test_a_thousand_entries_are_looked_up_in_no_time_to_speak_of(box: Box) -> None:
    delivery = box.delivery()
    for start in range(32):
        entries = [an_entry(f"p{start}-{n}") for n in range(32)]
        delivery.take(box.update(start + 1, entries))
    gallery = box.gallery()
    assert gallery.templates().matrix.shape == (1024, 128)
    assert gallery.templates() is gallery.templates()


def test_the_report_tells_revision_and_key(box: Box) -> None:
    delivery = box.delivery()
    delivery.take(box.update(7, [an_entry("p1")], follows=0, is_complete=True))
    report = Reported(device_id="water-001", boot_id="b", at=box.time.now(), release="1")
    said = delivery.reported(report)
    assert said.gallery_revision == 7
    assert said.sealing_key == as_text(sealing_key_of(device_sealing_key(box.data)))
