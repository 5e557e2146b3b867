"""Where the district's authority lies, what opens it, and what devices are told beside."""

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy import Connection, select

from central.adapters.certificates import Authority, has_issued
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registrar import Registrar, Surroundings
from central.adapters.release_files import ReleaseFiles
from central.adapters.store import account_mails, audit
from central.adapters.store.account_mails import Mail
from central.adapters.store.claims import Attempt
from central.adapters.store.tables import ACCOUNT
from central.config import CentralConfig, ConfigError, DataDir
from central.core.people import Role
from contract.claims import BrokerPlace

PASSPHRASE_FILE = "HUXIAO_CA_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
CREDENTIAL = "ca-passphrase"
"""Its name among what systemd hands a service: `LoadCredential=ca-passphrase:...`."""
FORMER = "former"
"""The folder, beside the authority, of those that are trusted still."""


def authority_of(data: DataDir, config: CentralConfig) -> Authority:
    """Open the authority with the passphrase that this process was given.

    Raises:
        LockedError: there is none, or another.
        ConfigError: a passphrase's file that is named cannot be read.
    """
    return Authority.load(data.ca, datetime.now(UTC), passphrase_of(data, config))


def authorities_of(data: DataDir, config: CentralConfig) -> list[Authority]:
    """Open all authorities that are trusted, the present one first: each signs its own list.

    Raises:
        LockedError, ConfigError: as `authority_of`.
    """
    passphrase, now = passphrase_of(data, config), datetime.now(UTC)
    former = sorted(file.parent for file in (data.ca / FORMER).glob("*/ca.crt"))
    return [Authority.load(folder, now, passphrase) for folder in (data.ca, *former)]


def passphrase_of(data: DataDir, config: CentralConfig) -> bytes | None:
    """Find the passphrase: named by the environment, handed by systemd, in the settings, beside.

    Raises:
        ConfigError: a file that is named cannot be read.
    """
    named = os.environ.get(PASSPHRASE_FILE)
    if named:
        return _read(Path(named))
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    if handed and (Path(handed) / CREDENTIAL).exists():
        return _read(Path(handed) / CREDENTIAL)
    if config.devices.ca_passphrase:
        return config.devices.ca_passphrase.encode()
    return _read(data.ca_passphrase) if data.ca_passphrase.exists() else None


def trusted_of(data: DataDir) -> bytes:
    """Give the certificates of all authorities that are trusted, PEM, the present one first."""
    former = sorted((data.ca / FORMER).glob("*/ca.crt"))
    return b"".join(file.read_bytes() for file in [data.ca / "ca.crt", *former])


def anchor_of(data: DataDir) -> str:
    """Give the fingerprint of the authority that has issued the servers' certificate.

    While authorities change hands that is the former one still: devices know it already.
    """
    server = x509.load_pem_x509_certificate((data.broker / "server.crt").read_bytes())
    for one in x509.load_pem_x509_certificates(trusted_of(data)):
        if has_issued(one, server):
            return one.fingerprint(hashes.SHA256()).hex()
    msg = (f"{data.broker / 'server.crt'}: 不是本平台 CA 签发的，请运行 huxiao-central ca renew "
           "/ not issued by an authority of ours")  # fmt: skip
    raise ConfigError(msg)


def url_of(config: CentralConfig) -> str:
    """Give the address to which devices come for their certificates."""
    host = config.broker.host
    host = f"[{host}]" if ":" in host else host
    return config.devices.url or f"https://{host}:{config.devices.port}"


def registrar_of(data: DataDir, config: CentralConfig, keys: GalleryKeys) -> Registrar:
    """Give what hands out claims and certificates."""
    broker = BrokerPlace(host=config.broker.host, port=config.broker.device_port)
    around = Surroundings(
        broker=broker,
        url=url_of(config),
        anchor=lambda: anchor_of(data),
        signing_key=keys.public_signing_pem().decode(),
        enrolment_key=keys.public_enrolment_pem().decode(),
        release_keys=ReleaseFiles(data.releases).keys_pem(),
    )
    return Registrar(lambda: authority_of(data, config), lambda: trusted_of(data), around)


def alarm(connection: Connection, attempt: Attempt, now_ms: int) -> None:
    """Tell the administrators that a claim was brought by a second box, and keep it in the log."""
    about = f"device:{attempt.device_id}"
    detail = {"claim_id": attempt.claim_id, "address": attempt.address}
    audit.append(connection, now_ms, "central", "device.claim_misused", about, detail)
    text = (
        f"设备 {attempt.device_id} 的入网码被第二台设备使用，已拒绝（来自 {attempt.address}）。"
        "如果不是重新制卡，请核查标签是否外泄，并考虑吊销该设备。\n\n"
        f"A second box came with the claim of {attempt.device_id} and was refused (from "
        f"{attempt.address}). Unless a card was made anew, check whether the label was copied, and "
        "consider revoking the device.\n"
    )
    subject = "【护校安园】入网码被重复使用 a claim was used twice"
    columns = ACCOUNT.c
    admins = select(columns.username).where(
        columns.role == Role.DISTRICT_ADMIN.value, columns.is_active
    )
    for username in connection.execute(admins).scalars().all():
        account_mails.put(connection, Mail(username, subject, text), now_ms)


def _read(file: Path) -> bytes:
    try:
        content = file.read_bytes().strip()
    except OSError as error:
        msg = f"{file}: 读不出 CA 口令 / the passphrase cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    if not content:
        msg = f"{file}: CA 口令是空的 / the passphrase is empty"
        raise ConfigError(msg)
    return content
