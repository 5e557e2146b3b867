"""The report that a device's commissioning ends in, signed with the device's own key.

ECDSA over SHA-256 of the canonical bytes: the JSON object without `signature`. The certificate
travels in `signed_by`, so that a printed report can be checked years later; whether that
certificate is the district's is for the reader to say.
"""

import json
from base64 import b64decode
from typing import Annotated, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field

from contract.messages import DeviceId, Message, Share, Utc
from contract.signing import canonical

PURPOSE = b"huxiao\x00commissioning\x00"
MAX_REPORT_BYTES = 192 * 1024
MAX_PICTURE_BYTES = 24 * 1024
"""Of one camera's picture, before base64."""
ALL_PICTURES_BYTES = 96 * 1024

Words = Annotated[str, Field(max_length=200)]


class CommissionedStep(Message):
    """One thing that somebody has confirmed on the spot."""

    step: Words
    camera_id: Words = ""
    at: Utc
    who: Words
    result: Literal["passed", "failed", "not_here"]
    note: Words = ""
    device_says: Words = ""
    """What the device itself knew of it at that moment."""


class DrawnShape(Message):
    """A zone or a line as it was drawn, in fractions of the picture."""

    name: Words
    points: tuple[tuple[Share, Share], ...] = Field(min_length=2, max_length=64)


class SeenCamera(Message):
    """What a camera saw at the end, heads hidden, and what is drawn on it."""

    camera_id: Words
    jpeg: Annotated[str, Field(max_length=40_000, pattern=r"^[A-Za-z0-9+/=]*$")] = ""
    zones: tuple[DrawnShape, ...] = Field(default=(), max_length=64)
    lines: tuple[DrawnShape, ...] = Field(default=(), max_length=64)


class CommissioningReport(Message):
    """What was seen, heard and tried before a device was handed over."""

    v: Literal[1] = 1
    device_id: DeviceId
    profile: Words = ""
    site_name: Words = ""
    release: Words = ""
    config_revision: int = Field(default=0, ge=0)
    at: Utc
    passed: bool
    steps: tuple[CommissionedStep, ...] = Field(max_length=128)
    cameras: tuple[SeenCamera, ...] = Field(default=(), max_length=32)
    signed_by: Annotated[str, Field(max_length=8192)] | None = None
    signature: Annotated[str, Field(max_length=400)] | None = None


def covered(fields: dict[str, object]) -> bytes:
    """Give the bytes that the signature is over."""
    return PURPOSE + canonical(fields)


def signer_of(report: bytes) -> x509.Certificate | None:
    """Give the certificate whose key has signed a report; None where it is not, or badly."""
    try:
        fields = json.loads(report)
        signature = b64decode(fields.pop("signature"), validate=True)
        certificate = x509.load_pem_x509_certificate(fields["signed_by"].encode())
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return None
        key.verify(signature, covered(fields), ec.ECDSA(hashes.SHA256()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
        return None
    return certificate
