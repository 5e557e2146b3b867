"""How a device comes to its certificate: the claim on its card, and what it and central then say.

A claim is `edge1.<id>.<secret>`: good for one device, one key, some days. A `Ticket` carries it to
the device with where to go and whom to believe there. Both sides speak JSON over HTTPS.
"""

import json
import re
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from contract.messages import DeviceId, Message, Sha256

PREFIX = "edge1"
CLAIM_PATTERN = r"^edge1\.[0-9a-f]{8}\.[a-z2-7]{32}$"
TICKET_FILE = "claim.json"
"""The ticket's name on a card, in the folder `huxiao` of the partition that any computer reads."""

CA_PATH = "/ca.crt"
ENROL_PATH = "/api/v1/device-enrolments"
CHALLENGE_PATH = "/api/v1/device-renewals/challenges"
RENEW_PATH = "/api/v1/device-renewals"

MAX_TICKET_BYTES = 4096
MAX_WANTED_BYTES = 32 * 1024

Pem = Annotated[str, Field(min_length=1, max_length=8192)]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]

_LINE = re.compile(r"^(\S+)\s+(https://\S+)\s+sha256:([0-9a-fA-F:]+)$")


class TicketError(ValueError):
    """A ticket that cannot be read; the text says why, Chinese first."""


class Ticket(Message):
    """A claim, where to bring it, and the fingerprint of the authority to be believed there."""

    v: Literal[1] = 1
    claim: Annotated[str, Field(pattern=CLAIM_PATTERN)]
    url: Annotated[str, Field(pattern=r"^https://[^\s/?#]+$", max_length=300)]
    ca_sha256: Sha256
    """SHA-256 of the authority's certificate in DER."""

    def line(self) -> str:
        """Give it on one line, as the QR code on its label carries it."""
        return f"{self.claim} {self.url} sha256:{self.ca_sha256}"


class EnrolmentWanted(Message):
    """A device asks for its first certificate; `csr` is signed by the key it has made."""

    v: Literal[1] = 1
    claim: Annotated[str, Field(max_length=200)]
    csr: Pem
    hardware: Words = ""


class BrokerPlace(Message):
    """Where the district's broker listens for devices."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: int = Field(ge=1, le=65_535)


class Identity(Message):
    """What a device is given: its name, its certificate, and what it needs to work with central."""

    v: Literal[1] = 1
    device_id: DeviceId
    profile: Words
    certificate: Pem
    authorities: Annotated[str, Field(min_length=1, max_length=65_536)]
    """Certificates of the authorities to be believed, PEM, the issuing one first."""
    broker: BrokerPlace
    signing_key: Annotated[str, Field(max_length=4096)] = ""
    """The key with which central signs what it says, PEM."""
    enrolment_key: Annotated[str, Field(max_length=4096)] = ""
    """The key to which likenesses are sealed on their way to central, PEM."""
    release_keys: Annotated[str, Field(max_length=8192)] = ""
    """The keys of which one has signed each release, PEM, one after another."""


class Challenge(Message):
    """Something fresh that only the holder of the old key can sign, once."""

    v: Literal[1] = 1
    nonce: Annotated[str, Field(min_length=16, max_length=128)]


class RenewalWanted(Message):
    """A device asks for its next certificate; `signature` is made by the key of the old one."""

    v: Literal[1] = 1
    certificate: Pem
    csr: Pem
    nonce: Annotated[str, Field(max_length=128)]
    signature: Annotated[str, Field(max_length=400)]


class ChallengeWanted(Message):
    """A device with this certificate wants to renew it."""

    v: Literal[1] = 1
    certificate: Pem


def renewal_covered(nonce: str, csr: str) -> bytes:
    """Give the bytes that the old key signs (ECDSA, SHA-256)."""
    return b"huxiao\x00renewal\x00" + nonce.encode() + b"\x00" + csr.encode()


def ticket_of(text: str) -> Ticket:
    """Read a ticket: the JSON of a card, or the line of a label.

    Raises:
        TicketError: neither.
    """
    text = text.strip()
    found = _LINE.fullmatch(text)
    fields: object
    if found:
        fingerprint = found[3].replace(":", "").lower()
        fields = {"claim": found[1], "url": found[2], "ca_sha256": fingerprint}
    else:
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError):
            msg = "入网码读不懂,请向区里要新的 (the claim cannot be read: ask for a new one)"
            raise TicketError(msg) from None
    try:
        return Ticket.model_validate(fields)
    except ValidationError as error:
        wrong = "、".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
        msg = f"入网码有误,请向区里要新的 (the claim is wrong: ask for a new one): {wrong}"
        raise TicketError(msg) from None
