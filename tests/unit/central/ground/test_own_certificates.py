"""The servers' own certificates do not end unnoticed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from central.adapters.broker_config import write_broker_config
from central.adapters.certificates import Authority, LockedError
from central.adapters.own_certificates import LOOK_EVERY_MS, OwnCertificates, ends
from central.config import BrokerSection

NOW = datetime.now(UTC)


def ms(days: float) -> int:
    return int((NOW + timedelta(days=days)).timestamp() * 1000)


def test_they_are_made_anew_sixty_days_before_the_first_ends(tmp_path: Path) -> None:
    authority = Authority.make(NOW)
    write_broker_config(tmp_path, authority, BrokerSection())
    own = OwnCertificates(tmp_path, BrokerSection(), lambda: [authority])
    before = ends(tmp_path)
    assert not own.look(ms(300))
    assert not own.look(ms(300) + LOOK_EVERY_MS - 1)
    assert own.look(ms(340))
    assert ends(tmp_path) >= before


def test_a_locked_key_is_said_and_nothing_is_broken(tmp_path: Path) -> None:
    authority = Authority.make(NOW)
    write_broker_config(tmp_path, authority, BrokerSection())
    kept = (tmp_path / "server.crt").read_bytes()

    def locked() -> list[Authority]:
        msg = "locked"
        raise LockedError(msg)

    assert not OwnCertificates(tmp_path, BrokerSection(), locked).look(ms(390))
    assert (tmp_path / "server.crt").read_bytes() == kept


def test_central_looks_for_the_broker_where_its_own_listener_is(tmp_path: Path) -> None:
    broker = BrokerSection(host="hub.example.gov.cn")  # as devices know it
    authority = Authority.make(NOW)
    write_broker_config(tmp_path, authority, broker)
    told = (tmp_path / "mosquitto.conf").read_text(encoding="utf-8")
    assert f"listener {broker.port} {broker.central_host}" in told.splitlines()
