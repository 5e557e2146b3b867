"""A release on its way: from the operator's folder to the device that fetches it, and its word."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registering import revoke
from central.adapters.release_files import ReleaseFiles
from central.adapters.rolling import AGAIN_MS, Rolling, RolloutError
from central.adapters.store import releases
from central.adapters.store.engine import Store
from central.adapters.store.tables import DEVICE, DOWN_MESSAGE
from central.reception import Reception
from contract.messages import Heartbeat, UpdateReport
from contract.releases import ReleaseError, ReleaseOrder
from contract.signing import signing_key_of
from contract.topics import Up, up
from edge_agent.adapters.fetching import Source, fetch
from edge_agent.adapters.update_files import UpdateFolder
from edge_agent.wiring import claiming
from tests.integration.machine_kit import DAY_MS, DEVICE_ID, Door, open_door
from tests.unit.edge.updating.bundles import FOREIGN, KEY, bundle

ALL = ["water-001", "water-002", "bare-1"]
HOW = {"canaries": 1, "share": 50, "soak_ms": DAY_MS, "most_failures": 0}


@pytest.fixture
def door(store: Store, tmp_path: Path) -> Iterator[Door]:
    with open_door(store, tmp_path / "door") as opened:
        yield opened


@pytest.fixture
def files(door: Door) -> ReleaseFiles:
    """A district that knows the keys of releases and has one bundle."""
    files = ReleaseFiles(door.folder / "releases")
    public = Ed25519PrivateKey.from_private_bytes(KEY).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert files.keep_keys(pem) == 1
    return files


@pytest.fixture
def sha256(door: Door, files: ReleaseFiles, tmp_path: Path) -> str:
    kept = files.keep(bundle(tmp_path))
    row = {"version": "0.2.0", "seq": 2, "sha256": kept.sha256, "size_bytes": kept.size_bytes,
           "machine": "x86_64", "python": "3.11", "added_at": 0, "added_by": "cli"}  # fmt: skip
    with door.store.transaction() as connection:
        assert releases.add(connection, row)
        assert not releases.add(connection, {**row, "version": "0.1.9", "seq": 1})
        connection.execute(update(DEVICE).values(is_online=True))
    return kept.sha256


class District:
    """Central's side: roll-outs, and what devices say."""

    def __init__(self, door: Door, folder: Path) -> None:
        self.door = door
        self.keys = GalleryKeys(folder / "galleries").prepare()
        self.rolling = Rolling(door.store, self.keys)
        self.reception = Reception(EvidenceFiles(folder), None, door.authority.certificate)

    def start(self, devices: list[str] | None = None) -> str:
        return self.rolling.start("0.2.0", devices or ALL, "account:wang", self.door.now_ms, **HOW)

    def look(self, later_ms: int = 0) -> list[tuple[str, str]]:
        """Look, and give the orders that went out since: whose, and what."""
        self.door.now_ms += later_ms
        with self.door.store.reading() as connection:
            before = len(connection.execute(select(DOWN_MESSAGE)).all())
        self.rolling.look(self.door.now_ms)
        return [(one.device_id, one.action) for one in self.orders()[before:]]

    def payloads(self) -> list[str]:
        with self.door.store.reading() as connection:
            query = select(DOWN_MESSAGE.c.body).order_by(DOWN_MESSAGE.c.id)
            return list(connection.execute(query).scalars())

    def orders(self) -> list[ReleaseOrder]:
        return [ReleaseOrder.model_validate_json(one) for one in self.payloads()]

    def says(self, device_id: str, phase: str, reason: str = "") -> None:
        number = max(one.order for one in self.orders() if one.device_id == device_id)
        said = UpdateReport.model_validate(
            {"order": number, "version": "0.2.0", "phase": phase, "reason": reason}
        )
        beat = Heartbeat(device_id=device_id, boot_id="b", at=datetime.now(UTC), uptime_s=1,
                         outbox_depth=0, update=said)  # fmt: skip
        with self.door.store.transaction() as connection:
            self.reception.take(connection, up(device_id, Up.HEARTBEAT),
                                beat.model_dump_json().encode(), self.door.now_ms)  # fmt: skip

    def state(self) -> tuple[str, str]:
        with self.door.store.reading() as connection:
            row = releases.rollouts(connection)[0]
        return row["state"], row["why"]


@pytest.fixture
def district(door: Door, tmp_path: Path) -> District:
    return District(door, tmp_path)


def test_groups_follow_each_other_and_it_ends(district: District, sha256: str) -> None:
    assert sha256
    district.start()
    assert district.look() == [("bare-1", "install")]
    assert district.look() == []
    district.says("bare-1", "trial")
    district.says("bare-1", "confirmed")
    assert district.look(DAY_MS - 1) == []
    assert district.look(1) == [("water-001", "install")]
    district.says("water-001", "confirmed")
    assert district.look(DAY_MS) == [("water-002", "install")]
    district.says("water-002", "confirmed")
    district.look()
    assert district.state() == ("done", "")


def test_a_canary_that_goes_back_pauses_it_and_says_why(district: District, sha256: str) -> None:
    assert sha256
    rollout_id = district.start()
    district.look()
    district.says("bare-1", "rolled_back", "watch 反复重启")
    district.look()
    assert district.state()[0] == "paused"
    assert "bare-1" in district.state()[1]
    with district.door.store.reading() as connection:
        shown = releases.shown(connection, rollout_id)
    assert shown[0]["reason"] == "watch 反复重启"
    with pytest.raises(RolloutError):
        district.rolling.pause(rollout_id, "account:wang", district.door.now_ms)
    district.rolling.resume(rollout_id, "account:wang", district.door.now_ms)
    assert district.look(DAY_MS) == [("water-001", "install")]


def test_taking_back_reaches_everybody_as_they_stand(district: District, sha256: str) -> None:
    assert sha256
    rollout_id = district.start()
    district.look()
    district.says("bare-1", "confirmed")
    district.look(DAY_MS)
    district.says("water-001", "waiting", "值守时段")
    district.rolling.take_back(rollout_id, "account:wang", district.door.now_ms)
    sent = [(one.device_id, one.action) for one in district.orders()[-2:]]
    assert sorted(sent) == [("bare-1", "return"), ("water-001", "drop")]
    district.says("bare-1", "returned")
    assert district.look(AGAIN_MS + 1) == [("water-001", "drop")]
    district.says("water-001", "dropped")
    assert district.look(AGAIN_MS + 1) == []
    assert district.state()[0] == "taken_back"


def test_an_order_that_nobody_heard_is_said_again_under_its_number(
    district: District, sha256: str
) -> None:
    assert sha256
    district.start(["bare-1"])
    district.look()
    assert district.look(AGAIN_MS + 1) == [("bare-1", "install")]
    first, second = district.orders()
    assert first.order == second.order


def test_a_device_is_in_one_roll_out_at_a_time(district: District, sha256: str) -> None:
    assert sha256
    district.start(["bare-1"])
    with pytest.raises(RolloutError, match="bare-1"):
        district.start()


def test_a_device_keeps_what_central_has_signed_for_it_and_nothing_else(
    district: District, sha256: str, tmp_path: Path
) -> None:
    assert sha256
    district.start(["bare-1"])
    district.look()
    payload = district.payloads()[0].encode()
    key = signing_key_of(district.keys.signing_key)
    folder = UpdateFolder(tmp_path / "update")
    assert folder.take(payload, key, "bare-1")
    assert not folder.take(payload, key, "bare-1")
    order = folder.order(key, "bare-1")
    assert order
    assert order.sha256 == sha256
    for spoilt, whose in ((payload.replace(b"install", b"return!"), "bare-1"), (payload, "x")):
        with pytest.raises(ValueError, match=r"signed|came on"):
            folder.take(spoilt, key, whose)
    with pytest.raises(ValueError, match="signed"):
        folder.take(payload, signing_key_of(FOREIGN), "bare-1")


@pytest.fixture
def enrolled(door: Door, tmp_path: Path) -> Source:
    folder = tmp_path / "etc"
    claiming.enrol(door.card(door.claim(), tmp_path / "card"), folder / "device.toml")
    files = (folder / name for name in ("ca.crt", "device.crt", "device.key"))
    return Source(f"https://localhost:{door.port}", *files)


def test_a_device_fetches_what_it_was_ordered_and_goes_on_where_it_broke_off(
    district: District, sha256: str, enrolled: Source, tmp_path: Path
) -> None:
    target = tmp_path / "here" / "bundle.zip"
    order = ReleaseOrder.model_validate(
        {"device_id": DEVICE_ID, "order": 1, "action": "install", "version": "0.2.0", "seq": 2,
         "sha256": sha256, "size_bytes": (tmp_path / "bundle.zip").stat().st_size,
         "at": datetime.now(UTC)}
    )  # fmt: skip
    with pytest.raises(ReleaseError, match="403"):  # it was not ordered yet
        fetch(enrolled, order, target)
    district.start([DEVICE_ID])
    district.look()
    whole = (tmp_path / "bundle.zip").read_bytes()
    target.with_name("bundle.zip.part").write_bytes(whole[:100])
    fetch(enrolled, order, target)
    assert target.read_bytes() == whole
    target.unlink()
    target.with_name("bundle.zip.part").write_bytes(b"x" * 100)
    with pytest.raises(ReleaseError) as refusal:
        fetch(enrolled, order, target)
    assert refusal.value.code == "hash"
    fetch(enrolled, order, target)
    with district.door.store.transaction() as connection:
        revoke(connection, DEVICE_ID, "lost", "account:wang", district.door.now_ms)
    target.unlink()
    with pytest.raises(ReleaseError, match="403"):
        fetch(enrolled, order, target)


def test_a_bundle_by_another_key_is_not_kept(files: ReleaseFiles, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as refusal:
        files.keep(bundle(tmp_path, key=FOREIGN))
    assert refusal.value.code == "key"
    with pytest.raises(ReleaseError) as refusal:
        files.keep(bundle(tmp_path, spoil="cut"))
    assert refusal.value.code == "damaged"
