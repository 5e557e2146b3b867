"""Tables of the telling: each try, and receipts that nobody was waiting for."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from central.adapters.store.tables import METADATA

_KEY = BigInteger().with_variant(Integer, "sqlite")

DELIVERY = Table(
    "delivery",
    METADATA,  # one try of one notification; what the providers' rates are counted by
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column(
        "notification_id",
        String(64),
        ForeignKey("notification.notification_id"),
        nullable=False,
        index=True,
    ),
    Column("channel", String(32), nullable=False),
    Column("address", String(300), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("is_life_safety", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("ended_at", BigInteger),  # null: under way, or its worker died over it
    Column("failure", String(32)),
    Column("again_at", BigInteger),  # the provider's own wish: nothing to this channel before
    Index("ix_delivery_rate", "channel", "at"),
    Index("ix_delivery_rate_of_address", "channel", "address", "at"),
)

RECEIPT_UNKNOWN = Table(
    "receipt_unknown",
    METADATA,  # a provider's word on a letter that is not ours, or not yet recorded as sent
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("provider_id", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("failure", String(32)),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Index("ix_receipt_unknown_id", "channel", "provider_id"),
)
