"""The enrolment desk: files of rosters on their way in, consents, cameras, filings.

A roster's file lies sealed in parts, and goes when its import has ended.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from central.adapters.store.tables import METADATA

ROSTER_JOB = Table(
    "roster_job",
    METADATA,
    Column("job_id", String(64), primary_key=True),
    Column("file_name", String(200), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code")),  # null: pupils of any school
    Column("state", String(16), nullable=False),
    Column("rows_total", Integer),
    Column("rows_done", Integer, nullable=False, default=0),
    Column("findings", JSON),  # what would change, and mistakes by row, column and reason
    Column("tally", JSON),  # what became of those that were taken
    Column("trouble", Text),  # why it failed
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("beat_at", BigInteger),  # a worker has it; long ago: the worker is gone
    Index("ix_roster_job_state", "state", "created_at"),
)

ROSTER_PART = Table(
    "roster_part",
    METADATA,
    Column("job_id", String(64), ForeignKey("roster_job.job_id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

CONSENT = Table(
    "consent",
    METADATA,  # of an erased pupil the row stays: that there was one, and when it ended
    Column("consent_id", String(64), primary_key=True),
    Column("number", String(16), nullable=False, unique=True),  # for people: TY8K2M0Q7X
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False, index=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("what", String(16), nullable=False),
    Column("given_by", String(16), nullable=False),  # guardian | pupil
    Column("form", String(64), nullable=False),  # the form's own reference
    Column("given_on", String(10), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("picture_sha256", String(64)),  # the signed form, locked under the pupil's key
    Column("ended_at", BigInteger),
    Column("ended_by", String(100)),
    Column("end_reason", String(200)),
    Index("ix_consent_living", "ended_at", "expires_at"),
    Index("ix_consent_unit", "unit_code", "what"),
)

CAMERA = Table(
    "camera",
    METADATA,
    Column("camera_key", String(64), primary_key=True),
    Column("lens", String(130), nullable=False),  # device/camera, or what an older one is called
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False, index=True),
    Column("spot", String(32), nullable=False),
    Column("spot_text", String(100), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("matches_faces", Boolean, nullable=False),
    Column("sign_text", String(200), nullable=False),
    Column("sign_sha256", String(64), nullable=False),  # a photograph of the sign, hung up
    Column("registered_at", BigInteger, nullable=False),
    Column("registered_by", String(100), nullable=False),
    Column("removed_at", BigInteger),
    Column("removed_by", String(100)),
    Column("remove_reason", String(200)),
)

HOLDING = Table(
    "holding",
    METADATA,  # of how many persons face data were kept, a row a day
    Column("day", String(10), primary_key=True),
    Column("persons", Integer, nullable=False),
)

FILING = Table(
    "filing",
    METADATA,
    Column("filing_id", String(64), primary_key=True),
    Column("filed_on", String(10), nullable=False),
    Column("authority", String(100), nullable=False),
    Column("number", String(100), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("note", String(500), nullable=False, default=""),
    Column("recorded_at", BigInteger, nullable=False),
    Column("recorded_by", String(100), nullable=False),
)

BACKUP = Table(
    "backup",
    METADATA,
    Column("backup_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),  # backup | check | drill
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("place", String(300), nullable=False),
    Column("by", String(100), nullable=False),
    Column("size_bytes", BigInteger),
    Column("files", Integer),
    Column("trouble", Text),  # why it failed; null once it ended well
    Index("ix_backup_kind", "kind", "began_at"),
)

PLAYBOOK_TEXT = Table(
    "playbook_text",
    METADATA,  # every text that was ever uploaded; one of a name may be in force
    Column("text_id", String(64), primary_key=True),
    Column("playbook", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("uploaded_at", BigInteger, nullable=False),
    Column("uploaded_by", String(100), nullable=False),
    Column("in_force_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("ix_playbook_text_name", "playbook", "uploaded_at"),
)

CONSENT_ASK = Table(
    "consent_ask",
    METADATA,  # a family is asked by a paper with a code; the code itself is on the paper only
    Column("token_hash", String(64), primary_key=True),
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("answered_at", BigInteger),
)
