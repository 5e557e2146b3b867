"""Sends the mails about accounts: claimed in one transaction, handed over in none."""

from central.adapters.store import account_mails
from central.adapters.store.engine import Store
from central.ports import Channel, DeliveryError, Letter

MOST_AT_ONCE = 20


def send_account_mails(store: Store, mail: Channel | None, now_ms: int) -> int:
    """Try what is due and give how many were tried; without a mail server they wait.

    Several workers may send at once: each mail is tried by the one that has claimed it.
    """
    if mail is None:
        return 0
    for done in range(MOST_AT_ONCE):
        with store.transaction() as connection:
            row = account_mails.claim(connection, now_ms)
        if row is None:
            return done
        letter = Letter(
            row.mail_id, "", "account", row.address, row.subject, row.text, row.created_at
        )
        again_at: int | None = None
        try:
            answer = mail.deliver(letter).text
        except DeliveryError as error:
            answer = str(error)
            if not error.permanent:
                again_at = account_mails.next_try_at(row.attempts, now_ms)
        with store.transaction() as connection:
            account_mails.settle(connection, row, answer, again_at)
    return MOST_AT_ONCE
