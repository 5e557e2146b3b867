"""What people prove who they are with, what programs may do, and people without an account."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from central.adapters.store.tables import METADATA

AUTHENTICATOR = Table(
    "authenticator",
    METADATA,  # an app that shows six digits, one a person
    Column("username", String(64), ForeignKey("account.username"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # sealed by the vault
    Column("created_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),  # null: shown, but no code of it was typed in yet
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # no code twice
)

RECOVERY_CODE = Table(
    "recovery_code",
    METADATA,
    Column("code_hash", String(64), primary_key=True),  # under the vault's key; shown once
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

PASSKEY = Table(
    "passkey",
    METADATA,
    Column("credential_id", String(1400), primary_key=True),  # base64url, as browsers say it
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

ATTEMPT = Table(
    "attempt",
    METADATA,  # a sign-in or registration under way: ends with its first answer, or in minutes
    Column("attempt_id", String(64), primary_key=True),  # sha256 of the cookie's secret
    Column("kind", String(16), nullable=False),  # second | passkey | enrol | oidc
    Column("username", String(64)),
    Column("detail", JSON, nullable=False),
    Column("address", String(64), nullable=False, default=""),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False),
)

BROWSER = Table(
    "browser",
    METADATA,  # those in which a person has signed in before
    Column("username", String(64), ForeignKey("account.username"), primary_key=True),
    Column("browser_id", String(64), primary_key=True),  # sha256 of a long-lived cookie
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

ACCOUNT_MAIL = Table(
    "account_mail",
    METADATA,  # about an account itself, not about any incident
    Column("mail_id", String(64), primary_key=True),
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("address", String(200), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False, server_default="0"),
    Column("next_try_at", BigInteger, index=True),  # null: sent, or given up
    Column("answer", Text, nullable=False, server_default=""),
)

CONTACT = Table(
    "contact",
    METADATA,  # somebody of a unit who has no account, and gets one-time links
    Column("contact_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("role", String(32), nullable=False),
    Column("name", String(100), nullable=False),
    Column("phone", String(32)),
    Column("email", String(200)),
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),  # then phone and e-mail are gone; the name is in the story
    Index("ix_contact_unit", "unit_code", "role"),
)

ONE_TIME_LINK = Table(
    "one_time_link",
    METADATA,
    Column("token_hash", String(64), primary_key=True),  # the token itself is only in the letter
    Column("contact_id", String(64), ForeignKey("contact.contact_id"), nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("task_id", String(64), ForeignKey("task.task_id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),  # the last step taken through it
)
