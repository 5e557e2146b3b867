"""Gives devices their certificates: by a claim the first, by the old key each further one."""

import logging
import secrets
from base64 import b32encode, b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection

from central.adapters.certificates import Authority, LockedError, has_issued, name_of
from central.adapters.store import audit, certificates, claims, directory
from central.config import ConfigError
from central.core.claims import (
    CLAIM_DAYS,
    DAY_MS,
    Claim,
    Refusal,
    Step,
    check_claim,
    check_renewal,
    parts_of,
    refused,
)
from contract.claims import (
    PREFIX,
    BrokerPlace,
    EnrolmentWanted,
    Identity,
    RenewalWanted,
    Ticket,
    renewal_covered,
)

LOG = logging.getLogger("huxiao.devices")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every device of a district is told beside its certificate; keys as PEM."""

    broker: BrokerPlace
    url: str
    """Where devices come for certificates, `https://host:port`."""
    anchor: Callable[[], str]
    """The fingerprint of the authority that has issued the certificate shown there."""
    signing_key: str = ""
    enrolment_key: str = ""
    release_keys: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a device gets, and how it came to it."""

    identity: Identity
    step: Step


class Registrar:
    """Decides in the caller's transaction. `authority` opens the district's own, or fails."""

    def __init__(
        self, authority: Callable[[], Authority], trusted: Callable[[], bytes],
        surroundings: Surroundings,
    ) -> None:  # fmt: skip
        self._authority = authority
        self._trusted = trusted
        self._surroundings = surroundings

    @property
    def trusted(self) -> bytes:
        """The certificates of the authorities that devices believe, PEM, the present one first."""
        return self._trusted()

    def make_claim(self, connection: Connection, device_id: str, by: str, now_ms: int) -> Ticket:
        """Make a claim for a device that is registered; its older open ones no longer count."""
        secret = b32encode(secrets.token_bytes(20)).decode().lower()
        claim = Claim(secrets.token_hex(4), device_id, now_ms + CLAIM_DAYS * DAY_MS)
        claims.put(connection, claim, secret, by, now_ms)
        detail = {"claim_id": claim.claim_id}
        audit.append(connection, now_ms, by, "device.claim", f"device:{device_id}", detail)
        return Ticket(
            claim=f"{PREFIX}.{claim.claim_id}.{secret}",
            url=self._surroundings.url,
            ca_sha256=self._surroundings.anchor(),
        )

    def enrol(self, connection: Connection, wanted: EnrolmentWanted, now_ms: int) -> Given:
        """Give a device its certificate for a claim; the same key gets the same one again.

        Raises:
            ClaimRefusedError: with the step that failed.
        """
        claim_id, secret = parts_of(wanted.claim)
        claim = claims.found(connection, claim_id, secret)
        if claim is None:
            raise refused(Refusal.UNKNOWN)
        key = _requested(wanted.csr)
        if check_claim(claim, name_of(key), now_ms):
            return self._again(connection, claim)
        replaced = certificates.revoke(connection, claim.device_id, "replaced", now_ms)
        identity, serial = self._issue(connection, claim.device_id, key, now_ms)
        claims.use(connection, claim_id, name_of(key), serial, now_ms)
        directory.change_device(connection, claim.device_id, is_revoked=False)
        actor, about = f"device:{claim.device_id}", f"device:{claim.device_id}"
        detail = {"claim_id": claim_id, "serial": serial, "replaced": replaced}
        audit.append(connection, now_ms, actor, "device.enrol", about, detail)
        return Given(identity, Step.ISSUED)

    def challenge(self, connection: Connection, certificate: str, now_ms: int) -> str:
        """Give something fresh for the holder of a certificate to sign.

        Raises:
            ClaimRefusedError: not a certificate that may be renewed.
        """
        old = self._old(certificate)
        serial = f"{old.serial_number:x}"
        kept = certificates.found(connection, serial)
        if kept is None:
            raise refused(Refusal.UNKNOWN_CERTIFICATE)
        check_renewal(kept, now_ms)
        nonce = secrets.token_urlsafe(24)
        certificates.challenge(connection, nonce, serial, now_ms)
        return nonce

    def renew(self, connection: Connection, wanted: RenewalWanted, now_ms: int) -> Given:
        """Give a device its next certificate, to a new key, on the word of the old one.

        Raises:
            ClaimRefusedError: with the step that failed.
        """
        old = self._old(wanted.certificate)
        serial = f"{old.serial_number:x}"
        kept = certificates.found(connection, serial)
        if kept is None:
            raise refused(Refusal.UNKNOWN_CERTIFICATE)
        check_renewal(kept, now_ms)
        if not certificates.spend(connection, wanted.nonce, serial, now_ms):
            raise refused(Refusal.STALE)
        _check_signature(old, wanted)
        key = _requested(wanted.csr)
        before = certificates.of_key(connection, kept.device_id, name_of(key))
        if before and before[0].revoked_at is None and before[0].serial != serial:
            return Given(self._identity(connection, kept.device_id, before[1]), Step.REPEATED)
        identity, fresh = self._issue(connection, kept.device_id, key, now_ms)
        actor, about = f"device:{kept.device_id}", f"device:{kept.device_id}"
        detail = {"serial": fresh, "after": serial}
        audit.append(connection, now_ms, actor, "device.renew", about, detail)
        return Given(identity, Step.RENEWED)

    def _again(self, connection: Connection, claim: Claim) -> Given:
        kept = certificates.of_key(connection, claim.device_id, claim.spki or "")
        if kept is None or kept[0].revoked_at is not None:
            raise refused(Refusal.REVOKED)
        return Given(self._identity(connection, claim.device_id, kept[1]), Step.REPEATED)

    def _issue(
        self, connection: Connection, device_id: str, key: ec.EllipticCurvePublicKey, now_ms: int
    ) -> tuple[Identity, str]:
        try:
            authority = self._authority()
        except (LockedError, ConfigError, OSError) as error:
            LOG.error("不能签发证书 (nothing can be signed): %s", error)  # noqa: TRY400 - one line in words
            raise refused(Refusal.NO_AUTHORITY) from error
        issued = authority.for_key(device_id, key)
        of = (name_of(key), authority.fingerprint)
        certificates.put(connection, device_id, issued, of, now_ms)
        return self._identity(connection, device_id, issued.certificate.decode()), issued.serial

    def _identity(self, connection: Connection, device_id: str, certificate: str) -> Identity:
        device = directory.device(connection, device_id)
        assert device is not None  # noqa: S101 - a foreign key says so
        around = self._surroundings
        return Identity(
            device_id=device_id,
            profile=device["profile"],
            certificate=certificate,
            authorities=self._trusted().decode(),
            broker=around.broker,
            signing_key=around.signing_key,
            enrolment_key=around.enrolment_key,
            release_keys=around.release_keys,
        )

    def _old(self, pem: str) -> x509.Certificate:
        """Read a certificate that one of the trusted authorities has issued."""
        try:
            old = x509.load_pem_x509_certificate(pem.encode())
            authorities = x509.load_pem_x509_certificates(self._trusted())
        except ValueError as error:
            raise refused(Refusal.UNKNOWN_CERTIFICATE) from error
        if not any(has_issued(one, old) for one in authorities):
            raise refused(Refusal.UNKNOWN_CERTIFICATE)
        return old


def serial_of(pem: str) -> str:
    """Give a certificate's serial number as central keeps it; empty where it is none."""
    try:
        return f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:x}"
    except ValueError:
        return ""


def _requested(pem: str) -> ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        is_signed = request.is_signature_valid
    except (ValueError, TypeError) as error:
        raise refused(Refusal.BAD_REQUEST) from error
    is_ours = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1"
    if not is_signed or not is_ours:
        raise refused(Refusal.BAD_REQUEST)
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - for the type checker
    return key


def _check_signature(old: x509.Certificate, wanted: RenewalWanted) -> None:
    key = old.public_key()
    try:
        signature = b64decode(wanted.signature, validate=True)
        assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - ours are
        key.verify(signature, renewal_covered(wanted.nonce, wanted.csr), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, Base64Error, ValueError) as error:
        raise refused(Refusal.BAD_SIGNATURE) from error
