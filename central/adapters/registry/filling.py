"""The last hand before a channel: names and addresses of families are put in, and that is kept."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from central.adapters.registry.roster import Roster
from central.adapters.store import audit, pupils
from central.core.delivery import Failure
from central.core.late_names import Called, filled, pupils_in
from central.core.pupils import UnknownPupilError
from central.ports import DeliveryError, Letter

PREFIX = "guardian:"
ACTOR = "central"


class Filled(NamedTuple):
    """A letter as it is handed over, and what of it no kept answer may repeat."""

    letter: Letter
    secrets: tuple[str, ...]

    def unsaid(self, words: str) -> str:
        """Give a provider's words without names and numbers of families."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            words = words.replace(secret, "***")
        return words


@dataclass(frozen=True, slots=True)
class Filler:
    """Puts into a letter what nobody may read before."""

    roster: Roster

    def needs(self, letter: Letter) -> bool:
        """Tell whether a letter names a child or goes to a family."""
        return letter.address.startswith(PREFIX) or bool(pupils_in(letter.text))

    def filled(self, connection: Connection, letter: Letter, now_ms: int) -> Filled:
        """Give a letter as it is handed over; whose names it holds is kept in the audit log.

        Raises:
            DeliveryError: a family that was erased, or takes no letters this way (any more).
        """
        address = letter.address
        if address.startswith(PREFIX):
            address = self._contact(connection, address)
        called = self._called(connection, pupils_in(letter.text))
        detail = {"pupils": sorted(called), "to": letter.address}
        subject = f"notification:{letter.letter_id}"
        audit.append(connection, now_ms, ACTOR, "pupil.told", subject, detail)
        made = replace(
            letter,
            address=address,
            text=filled(letter.text, called),
            data=filled(letter.data, called),
        )
        contact = () if address == letter.address else (address,)
        return Filled(made, (*contact, *(one.name for one in called.values())))

    def opened(self, connection: Connection, asked: Mapping[str, str]) -> dict[str, str]:
        """Give letters' addresses as providers know them; without those that nobody has any more.

        Nobody looks at them: a provider is asked what became of a letter that it had taken.
        """
        found = {}
        for name, address in asked.items():
            if not address.startswith(PREFIX):
                found[name] = address
                continue
            with suppress(DeliveryError):
                found[name] = self._contact(connection, address)
        return found

    def _contact(self, connection: Connection, address: str) -> str:
        guardian_id, _, way = address.removeprefix(PREFIX).partition(":")
        row = pupils.guardian(connection, guardian_id)
        opened = self.roster.guardian(row) if row else None
        contacts = {"sms": opened.phone, "zlb": opened.zlb} if opened else {}
        agreed = {"sms": row.told_by_sms, "zlb": row.told_by_zlb} if row else {}
        contact = contacts.get(way) if agreed.get(way) else None
        if not contact:
            msg = "家长联系方式已删除或不同意此方式 / the guardian was erased, or declined this way"
            raise DeliveryError(msg, permanent=True, failure=Failure.BAD_ADDRESS)
        return contact

    def _called(self, connection: Connection, pupil_ids: set[str]) -> dict[str, Called]:
        found = {}
        for pupil_id, pupil in pupils.several(connection, pupil_ids).items():
            try:
                name = self.roster.name(pupil)
            except UnknownPupilError:
                continue
            found[pupil_id] = Called(name, self.roster.class_name(connection, pupil))
        return found
