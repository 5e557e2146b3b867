"""Letters that belong to no case, and what became of them."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, update
from uuid_utils import uuid7

from central.adapters.store.schema.duty import BULLETIN
from central.core.delivery import CLAIM_S, HAS_GONE_OUT, WAITING, State
from central.ports import Letter


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that this worker tries now."""

    letter: Letter
    channel: str
    attempt: int


def put(  # noqa: PLR0913, PLR0917 - one letter to one address
    connection: Connection,
    moment: str,
    recipient: str,
    to: tuple[str, str],
    subject: str,
    text: str,
    now_ms: int,
) -> None:
    """Write a letter; `to` is channel and address."""
    connection.execute(BULLETIN.insert().values(
        bulletin_id=str(uuid7()), moment=moment, recipient=recipient, channel=to[0],
        address=to[1], subject=subject[:300], text=text, state=State.PENDING, attempts=0,
        created_at=now_ms, next_try_at=now_ms, answer="",
    ))  # fmt: skip


def last_at(connection: Connection, moment: str) -> int | None:
    """Give when the last letter of a kind was written."""
    query = select(func.max(BULLETIN.c.created_at)).where(BULLETIN.c.moment == moment)
    found: int | None = connection.execute(query).scalar_one()
    return found


def claim(connection: Connection, now_ms: int) -> Claimed | None:
    """Claim one that is due; what a dead worker had claimed comes due again."""
    columns = BULLETIN.c
    due = and_(columns.state.in_(sorted(WAITING)), columns.next_try_at <= now_ms)
    query = select(BULLETIN).where(due).order_by(columns.next_try_at, columns.bulletin_id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    until, attempt = now_ms + CLAIM_S * 1000, row.attempts + 1
    claimed = {"state": State.SENDING, "attempts": attempt, "claimed_until_at": until,
               "next_try_at": until}  # fmt: skip
    connection.execute(
        update(BULLETIN).where(columns.bulletin_id == row.bulletin_id).values(claimed)
    )
    letter = Letter(row.bulletin_id, "", row.moment, row.address, row.subject, row.text,
                    row.created_at)  # fmt: skip
    return Claimed(letter, row.channel, attempt)


def settle(
    connection: Connection, claimed: Claimed, state: State, answer: str, at_ms: int | None
) -> None:
    """Write how a try ended; `at_ms` is when the next is due, or when it has gone out."""
    mine = and_(BULLETIN.c.bulletin_id == claimed.letter.letter_id,
                BULLETIN.c.attempts == claimed.attempt)  # fmt: skip
    again = state is State.SENDING
    connection.execute(update(BULLETIN).where(mine).values(
        state=state, answer=answer, claimed_until_at=None, next_try_at=at_ms if again else None,
        sent_at=at_ms if state in HAS_GONE_OUT else None,
    ))  # fmt: skip
