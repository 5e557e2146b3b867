"""Who is who among the devices: claims, certificates, and who has tried."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from central.adapters.store.tables import METADATA

_KEY = BigInteger().with_variant(Integer, "sqlite")

DEVICE_CLAIM = Table(
    "device_claim",
    METADATA,
    Column("claim_id", String(16), primary_key=True),
    Column("secret_hash", String(64), nullable=False),  # sha256; the secret is shown once
    Column("device_id", String(63), ForeignKey("device.device_id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("used_at", BigInteger),
    Column("spki", String(64)),  # sha256 of the key that has used it
    Column("serial", String(64)),
)

DEVICE_CERTIFICATE = Table(
    "device_certificate",
    METADATA,
    Column("serial", String(64), primary_key=True),
    Column("device_id", String(63), ForeignKey("device.device_id"), nullable=False),
    Column("spki", String(64), nullable=False),  # empty: issued before keys were kept
    Column("issuer", String(64), nullable=False),  # sha256 of the authority's certificate
    Column("pem", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, index=True),
    Column("reason", String(32), nullable=False, server_default=""),
    Index("ix_device_certificate_device", "device_id", "spki"),
)

DEVICE_ATTEMPT = Table(
    "device_attempt",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("claim_id", String(16), nullable=False, server_default=""),
    Column("device_id", String(63), nullable=False, server_default="", index=True),
    Column("step", String(16), nullable=False),  # of `central.core.claims.Step`
    Column("code", String(32), nullable=False, server_default=""),  # empty: it went well
    Column("hardware", String(200), nullable=False, server_default=""),
)

DEVICE_CHALLENGE = Table(
    "device_challenge",
    METADATA,
    Column("nonce_hash", String(64), primary_key=True),
    Column("serial", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
