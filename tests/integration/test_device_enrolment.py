"""From the claim on a card to a certificate: through the real door, over real TLS."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from sqlalchemy import select

from central.adapters.certificates import Authority
from central.adapters.store import audit, certificates, claims, directory
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT
from central.core.claims import RENEW_GRACE_DAYS
from contract.claims import EnrolmentWanted, Identity, RenewalWanted
from edge_agent.adapters.district import District, DistrictError
from edge_agent.adapters.identity import IdentityFolder, fits
from edge_agent.cli import main as edge
from edge_agent.commands.exits import Exit
from edge_agent.config import load_config
from edge_agent.wiring import claiming
from tests.integration.machine_kit import DAY_MS, DEVICE_ID, Door, open_door


@pytest.fixture
def door(store: Store, tmp_path: Path) -> Iterator[Door]:
    with open_door(store, tmp_path / "door") as opened:
        yield opened


FILE = Path("nowhere") / "device.toml"
"""Where the config lies, for what a district without keys of releases never writes."""


def enrol(card: Path, folder: Path) -> claiming.Enrolled:
    return claiming.enrol(card, folder / "device.toml")


def tries(door: Door) -> list[tuple[str, str]]:
    with door.store.reading() as connection:
        return [(row["step"], row["code"]) for row in claims.attempts(connection)]


def test_a_card_becomes_a_device(door: Door, tmp_path: Path) -> None:
    card = door.card(door.claim(), tmp_path / "card")
    folder = tmp_path / "etc"
    done = CliRunner().invoke(
        edge, ["enrol", "--claim", str(card), "--config", str(folder / "device.toml")]
    )
    assert done.exit_code == Exit.OK, done.output
    assert not card.exists()
    config = load_config(folder / "device.toml")
    assert (config.device_id, config.broker.host) == (DEVICE_ID, "127.0.0.1")
    assert config.broker.renew_url == f"https://localhost:{door.port}"
    assert fits(folder / "device.key", folder / "device.crt")
    assert (folder / "central.pub").read_text() == "SIGN"
    found = x509.load_pem_x509_certificate((folder / "device.crt").read_bytes())
    authority = x509.load_pem_x509_certificate(door.authority.certificate)
    assert found.not_valid_before_utc == authority.not_valid_before_utc
    assert (folder / "device.key").stat().st_mode & 0o007 == 0
    assert tries(door) == [("issued", "")]
    with door.store.reading() as connection:
        device = directory.device(connection, DEVICE_ID)
        assert audit.verify(connection) is None
    assert device
    assert device["certificate_serial"] == f"{found.serial_number:x}"


def test_what_stands_in_the_config_stays(door: Door, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "device.toml").write_text(
        '# 月湖北岸\nprofile = "water"\n\n[broker]\nheartbeat_s = 30.0  # slower\n\n'
        '[[cameras]]\ncamera_id = "north"\nsource = "0"\n'
    )
    enrol(door.card(door.claim(), tmp_path / "card"), folder)
    text = (folder / "device.toml").read_text()
    assert "# 月湖北岸" in text
    assert "# slower" in text
    config = load_config(folder / "device.toml")
    assert (config.device_id, config.cameras[0].camera_id) == (DEVICE_ID, "north")
    assert config.broker.heartbeat_s == 30.0


def test_the_same_key_gets_the_same_certificate_when_the_answer_was_lost(
    door: Door, tmp_path: Path
) -> None:
    ticket = door.claim()
    folder = tmp_path / "etc"
    folder.mkdir()
    mine = IdentityFolder(folder / "device.key", folder / "device.crt")
    wanted = EnrolmentWanted(claim=ticket.claim, csr=mine.first_request())
    lost = District.of(ticket).enrol(wanted)
    enrol(door.card(ticket, tmp_path / "card"), folder)
    assert (folder / "device.crt").read_text() == lost.certificate
    assert tries(door) == [("repeated", ""), ("issued", "")]


def test_a_second_box_with_the_same_claim_is_refused_and_reported(
    door: Door, tmp_path: Path
) -> None:
    ticket = door.claim()
    enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")
    card = door.card(ticket, tmp_path / "copy")
    done = CliRunner().invoke(
        edge, ["enrol", "--claim", str(card), "--config", str(tmp_path / "x" / "device.toml")]
    )
    assert done.exit_code == Exit.CLAIM
    assert "另一台设备" in done.output
    assert tries(door)[0] == ("key", "used")
    with door.store.reading() as connection:
        told = connection.execute(select(AUDIT.c.subject).where(
            AUDIT.c.action == "device.claim_misused")).scalars().all()  # fmt: skip
    assert told == [f"device:{DEVICE_ID}"]


def test_two_boxes_at_once_and_one_wins(door: Door, tmp_path: Path) -> None:
    ticket = door.claim()
    ends: list[str] = []

    def come(number: int) -> None:
        try:
            enrol(door.card(ticket, tmp_path / f"card{number}"), tmp_path / f"e{number}")
            ends.append("in")
        except DistrictError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for folder in range(4):
        (tmp_path / f"e{folder}").mkdir()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["in", "used", "used", "used"]


@pytest.mark.parametrize(
    ("change", "code", "step"),
    [("old", "expired", "claim"), ("again", "withdrawn", "claim"), ("guess", "unknown", "claim")],
)
def test_a_claim_that_does_not_hold_is_refused_with_the_step(
    door: Door, tmp_path: Path, change: str, code: str, step: str
) -> None:
    ticket = door.claim()
    if change == "old":
        door.now_ms += 15 * DAY_MS
    elif change == "again":
        door.claim()
    else:
        ticket = ticket.model_copy(update={"claim": ticket.claim[:-1] + "q"})
    card = door.card(ticket, tmp_path / "card")
    (tmp_path / "etc").mkdir()
    with pytest.raises(DistrictError) as refusal:
        enrol(card, tmp_path / "etc")
    assert (refusal.value.code, refusal.value.permanent) == (code, True)
    assert tries(door) == [(step, code)]
    assert card.exists()
    assert not (tmp_path / "etc" / "device.crt").exists()


def test_whoever_guesses_is_told_to_wait(door: Door, tmp_path: Path) -> None:
    ticket = door.claim()
    wrong = ticket.model_copy(update={"claim": ticket.claim[:-4] + "qqqq"})
    (tmp_path / "etc").mkdir()
    codes = []
    for _ in range(12):
        with pytest.raises(DistrictError) as refusal:
            enrol(door.card(wrong, tmp_path / "card"), tmp_path / "etc")
        codes.append(refusal.value.code)
    assert codes == ["unknown"] * 10 + ["too_often"] * 2
    assert not refusal.value.permanent
    assert tries(door)[:2] == [("rate", "too_often"), ("claim", "unknown")]  # said once
    door.now_ms += 11 * 60 * 1000
    enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")


def test_no_claim_goes_to_an_authority_that_is_not_on_the_label(door: Door, tmp_path: Path) -> None:
    ticket = door.claim()
    door.use(Authority.make(datetime.now(UTC)))
    (tmp_path / "etc").mkdir()
    with pytest.raises(DistrictError, match="指纹不符"):
        enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")
    assert tries(door) == []


def test_who_stands_between_and_adds_an_authority_of_its_own_is_not_believed(
    door: Door, tmp_path: Path
) -> None:
    ticket, known = door.claim(), door.authority
    door.use(Authority.make(datetime.now(UTC)))
    door.trusted = known.certificate + door.trusted  # the right one, and the other's behind it
    with pytest.raises(DistrictError, match="不可信"):
        enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")
    assert tries(door) == []


def test_while_the_authority_is_locked_a_device_waits_and_its_claim_stays_good(
    door: Door, tmp_path: Path
) -> None:
    ticket = door.claim()
    door.is_locked = True
    with pytest.raises(DistrictError) as refusal:
        enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")
    assert (refusal.value.code, refusal.value.permanent) == ("no_authority", False)
    door.is_locked = False
    enrol(door.card(ticket, tmp_path / "card"), tmp_path / "etc")


def test_a_new_box_takes_the_place_of_a_broken_one(door: Door, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        enrol(door.card(door.claim(), tmp_path / "card"), tmp_path / name)
    first = load_config(tmp_path / "first" / "device.toml")
    with pytest.raises(DistrictError) as refusal:
        claiming.renew(first, FILE, lambda: datetime.now(UTC), is_forced=True)
    assert refusal.value.code == "replaced"
    serials = [certificate(tmp_path / name) for name in ("first", "second")]
    with door.store.reading() as connection:
        assert certificates.revoked(connection, door.now_ms) == serials[:1]
        assert certificates.is_current(connection, serials[1], DEVICE_ID)
        device = directory.device(connection, DEVICE_ID)
    assert device
    assert not device["is_revoked"]


def certificate(folder: Path) -> str:
    found = x509.load_pem_x509_certificate((folder / "device.crt").read_bytes())
    return f"{found.serial_number:x}"


@pytest.fixture
def enrolled(door: Door, tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    enrol(door.card(door.claim(), tmp_path / "card"), folder)
    return folder


def test_a_certificate_is_renewed_when_a_third_is_left(door: Door, enrolled: Path) -> None:
    config = load_config(enrolled / "device.toml")
    before = certificate(enrolled)
    early = claiming.renew(config, FILE, lambda: datetime.now(UTC) + timedelta(days=200))
    assert (early.is_new, certificate(enrolled)) == (False, before)
    late = claiming.renew(config, FILE, lambda: datetime.now(UTC) + timedelta(days=270))
    assert late.is_new
    assert certificate(enrolled) != before
    assert fits(enrolled / "device.key", enrolled / "device.crt")
    assert sorted(one.name for one in enrolled.glob("*.next")) == []
    assert tries(door)[0] == ("renewed", "")


def test_what_expired_in_the_drawer_renews_within_the_grace(door: Door, enrolled: Path) -> None:
    config = load_config(enrolled / "device.toml")
    door.now_ms += (397 + RENEW_GRACE_DAYS - 1) * DAY_MS
    assert claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True).is_new


def test_what_expired_too_long_ago_needs_a_claim(door: Door, enrolled: Path) -> None:
    config = load_config(enrolled / "device.toml")
    door.now_ms += (397 + RENEW_GRACE_DAYS + 1) * DAY_MS
    with pytest.raises(DistrictError) as refusal:
        claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True)
    assert (refusal.value.code, refusal.value.permanent) == ("too_old", True)


def test_a_renewal_that_is_played_again_is_refused(door: Door, enrolled: Path) -> None:
    sent = []

    class Listening(District):
        def renew(self, wanted: RenewalWanted) -> Identity:
            sent.append(wanted)
            return super().renew(wanted)

    config = load_config(enrolled / "device.toml")
    claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True, reach=Listening)
    again = District(config.broker.renew_url, door.authority.certificate)
    with pytest.raises(DistrictError) as refusal:
        again.renew(sent[0])
    assert refusal.value.code == "stale"
    assert tries(door)[0] == ("challenge", "stale")


def test_a_renewal_by_another_key_is_refused(enrolled: Path) -> None:
    config = load_config(enrolled / "device.toml")
    (enrolled / "device.key").unlink()
    IdentityFolder(enrolled / "device.key", enrolled / "device.crt").first_request()
    with pytest.raises(DistrictError) as refusal:
        claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True)
    assert refusal.value.code == "bad_signature"


def test_a_renewal_whose_answer_was_lost_gets_the_same_certificate(
    door: Door, enrolled: Path
) -> None:
    class Deaf(District):
        def renew(self, wanted: RenewalWanted) -> Identity:
            super().renew(wanted)
            msg = "the line broke"
            raise DistrictError(msg)

    config = load_config(enrolled / "device.toml")
    with pytest.raises(DistrictError):
        claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True, reach=Deaf)
    with door.store.reading() as connection:
        device = directory.device(connection, DEVICE_ID)
    assert claiming.renew(config, FILE, lambda: datetime.now(UTC), is_forced=True).is_new
    assert device
    assert certificate(enrolled) == device["certificate_serial"]
    assert [step for step, _ in tries(door)[:2]] == ["repeated", "renewed"]


def test_devices_follow_to_a_new_authority_by_themselves(door: Door, enrolled: Path) -> None:
    config = load_config(enrolled / "device.toml")
    old = door.authority
    new = Authority.make(datetime.now(UTC))
    server = [(door.folder / name).read_bytes() for name in ("server.crt", "server.key")]
    door.use(new, beside=old.certificate)
    for name, content in zip(("server.crt", "server.key"), server, strict=True):
        (door.folder / name).write_bytes(content)  # its own certificate is the old one's still
    assert claiming.renew(config, FILE, lambda: datetime.now(UTC)).is_new
    held = (enrolled / "ca.crt").read_bytes()
    assert new.certificate in held
    assert old.certificate in held
    door.use(new)  # the old one goes
    assert claiming.renew(config, FILE, lambda: datetime.now(UTC)).is_new
    assert (enrolled / "ca.crt").read_bytes() == new.certificate


def test_a_door_that_is_shut_is_said_and_may_be_tried_again(tmp_path: Path, door: Door) -> None:
    ticket = door.claim().model_copy(update={"url": "https://127.0.0.1:1"})
    card = door.card(ticket, tmp_path / "card")
    folder = str(tmp_path / "etc" / "device.toml")
    shown = CliRunner().invoke(
        edge, ["enrol", "--claim", str(card), "--config", folder, "--tries", "1"]
    )
    assert shown.exit_code == Exit.CENTRAL
    assert "连不上平台" in shown.output


@pytest.mark.parametrize(("days", "said"), [(2, "设备时钟太慢"), (-900, "已过期,或设备时钟太快")])
def test_a_clock_that_is_wrong_is_named_as_the_reason(
    door: Door, tmp_path: Path, days: int, said: str
) -> None:
    door.use(Authority.make(datetime.now(UTC) + timedelta(days=days)))
    card = door.card(door.claim(), tmp_path / "card")
    with pytest.raises(DistrictError, match=said) as refusal:
        enrol(card, tmp_path / "etc")
    assert not refusal.value.permanent  # a clock may yet be set
    assert card.exists()


def test_another_name_in_the_servers_certificate_is_named(door: Door, tmp_path: Path) -> None:
    door.hosts = ("hub.example.gov.cn",)
    door.use(door.authority)
    with pytest.raises(DistrictError, match="不是给"):
        enrol(door.card(door.claim(), tmp_path / "card"), tmp_path / "etc")


def test_a_card_without_a_claim_is_said(tmp_path: Path) -> None:
    (tmp_path / "claim.json").write_text(json.dumps({"claim": "edge1.x"}))
    for name, said in (("none.json", "重新制卡"), ("claim.json", "入网码有误")):
        words = ["--claim", str(tmp_path / name), "--config", str(tmp_path / "device.toml")]
        shown = CliRunner().invoke(edge, ["enrol", *words])
        assert shown.exit_code == Exit.USAGE
        assert said in shown.output
