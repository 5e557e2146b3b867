"""One-time links are made when their letter goes out, so that the database never holds one."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from central.adapters.store import links
from central.adapters.store.engine import Store
from central.adapters.store.links import Wanted
from central.adapters.vault import Vault
from central.core.one_time_links import HOUR_MS, INVITATION, TOKEN_BYTES
from central.ports import Letter


@dataclass(frozen=True, slots=True)
class Linker:
    """Puts links into letters to people without an account.

    A token follows from the vault's key and the letter's id: a try that is repeated brings the
    same link, and what is kept is its hash.
    """

    store: Store
    vault: Vault
    public_url: str
    lasts_hours: int

    def into(self, letter: Letter, recipient: str) -> Letter:
        """Give the letter as its recipient gets it."""
        with self.store.reading() as connection:
            wanted = links.wanted_by(connection, letter.letter_id, recipient)
        if not wanted or not self.public_url:
            return letter
        tokens = [self._token(one) for one in wanted]
        with self.store.transaction() as connection:
            for token, one in zip(tokens, wanted, strict=True):
                expires_at = one.created_at + self.lasts_hours * HOUR_MS
                links.put(connection, token, one, expires_at)
        addresses = [f"{self.public_url.rstrip('/')}/t/{token}" for token in tokens]
        facts = {"link": addresses[-1], "link_token": tokens[-1]}
        return replace(
            letter,
            text=_with(letter.text, [self._invites(address) for address in addresses]),
            data=_also(letter.data, facts),
            incident_id="",  # its address is for those who sign in
        )

    def _token(self, wanted: Wanted) -> str:
        name = f"{wanted.letter_id}\x00{wanted.contact_id}\x00{wanted.task_id}"
        bits = self.vault.derive("one-time link", name)[:TOKEN_BYTES]
        return base64.b32encode(bits).decode().rstrip("=").lower()

    def _invites(self, url: str) -> tuple[str, str]:
        zh, en = (words.format(hours=self.lasts_hours, url=url) for words in INVITATION)
        return zh, en


def _with(text: str, invitations: list[tuple[str, str]]) -> str:
    """Put each half of an invitation at the end of the half that is in its language."""
    chinese, _, english = text.partition("\n\n")
    zh = "\n".join(one[0] for one in invitations)
    en = "\n".join(one[1] for one in invitations)
    return f"{chinese.rstrip()}\n{zh}\n\n{english.rstrip()}\n{en}\n".lstrip("\n")


def _also(data: str, facts: dict[str, Any]) -> str:
    try:
        known = json.loads(data)
    except ValueError:
        return data
    return json.dumps(known | facts, ensure_ascii=False) if isinstance(known, dict) else data
