"""What the desk keeps of its readers: how far each has read, and which presses have arrived."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, Table

from central.adapters.store.tables import METADATA

BOARD_SEEN = Table(
    "board_seen",
    METADATA,  # all that happened up to this line of the story, somebody has taken note of
    Column("actor_id", String(100), primary_key=True),
    Column("line_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)

INCIDENT_SEEN = Table(
    "incident_seen",
    METADATA,  # and of one case, when they last had it open
    Column("actor_id", String(100), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), primary_key=True),
    Column("line_id", BigInteger, nullable=False),
)

PRESS = Table(
    "press",
    METADATA,  # a step that a browser sends until it hears an answer: it is taken once
    Column("actor_id", String(100), primary_key=True),
    Column("press_id", String(64), primary_key=True),
    Column("task_id", String(64), ForeignKey("task.task_id"), nullable=False),
    Column("step", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_press_at", "at"),
)

STEP_UNDO = Table(
    "step_undo",
    METADATA,  # the last step on a task, if it can be taken back: what was, and what it left
    Column("task_id", String(64), ForeignKey("task.task_id"), primary_key=True),
    Column(
        "incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False, index=True
    ),
    Column("step", String(16), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
)
