"""The commissioning check list on disk, and the signed reports that it ends in."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import TypeAdapter, ValidationError

from contract.commissioning import covered, signer_of
from contract.signing import canonical
from edge_agent.adapters.pins import write_private
from edge_agent.core.commissioning import Checklist

MOST_SENT = 5
_NAME = re.compile(r"\d{8}T\d{6}Z")
_CHECKLIST = TypeAdapter(Checklist)


@dataclass(frozen=True, slots=True)
class Answer:
    """What central has said to a report; `reason` where it was refused."""

    sha256: str
    status: Literal["stored", "refused"]
    at: datetime
    reason: str = ""


_ANSWER = TypeAdapter(Answer)


class ReportError(Exception):
    """A report that cannot be signed or read; the text says why."""


class CommissioningFolder:
    """`current.json` while it goes on; for each report `<time>.json`, and then central's answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def checklist(self) -> Checklist:
        """Give how far it has come; an empty one where nothing is kept."""
        try:
            return _CHECKLIST.validate_json((self._folder / "current.json").read_bytes())
        except (OSError, ValidationError):
            return Checklist()

    def keep(self, checklist: Checklist) -> None:
        """Keep how far it has come.

        Raises:
            OSError: it cannot be written.
        """
        write_private(self._folder / "current.json", _CHECKLIST.dump_json(checklist))

    def finish(self, at: datetime, report: bytes) -> str:
        """Keep a report and begin anew; give its name.

        Raises:
            OSError: it cannot be written.
        """
        name = at.strftime("%Y%m%dT%H%M%SZ")
        write_private(self._folder / f"{name}.json", report)
        (self._folder / "current.json").unlink(missing_ok=True)
        return name

    def reports(self) -> list[str]:
        """Name the reports, newest first."""
        names = (path.stem for path in self._folder.glob("*.json"))
        return sorted(filter(_NAME.fullmatch, names), reverse=True)

    def to_send(self) -> list[bytes]:
        """Give the newest signed reports without an answer, oldest first.

        One that cannot be read waits.
        """
        found = []
        for name in reversed(self.reports()[:MOST_SENT]):
            with suppress(ReportError):
                report = self.report(name)
                if self.answer(name) is None and is_signed_well(report):
                    found.append(report)
        return found

    def settle(self, answer: Answer) -> None:
        """Keep what central has said to a report; one that is not ours changes nothing.

        Raises:
            OSError: it cannot be written.
        """
        for name in self.reports():
            with suppress(ReportError):
                if digest(self.report(name)) == answer.sha256:
                    write_private(self._folder / f"{name}.answer", _ANSWER.dump_json(answer))

    def answer(self, name: str) -> Answer | None:
        """Give what central has said to a report; None where it has said nothing yet."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return _ANSWER.validate_json((self._folder / f"{name}.answer").read_bytes())
        except (OSError, ValidationError):
            return None

    def report(self, name: str) -> bytes:
        """Give one report as it was signed.

        Raises:
            ReportError: there is none of that name.
        """
        try:
            if not _NAME.fullmatch(name):
                raise FileNotFoundError(name)
            return (self._folder / f"{name}.json").read_bytes()
        except OSError as error:
            msg = f"没有这份报告 (no such report): {name}"
            raise ReportError(msg) from error


def signed_report(
    fields: Mapping[str, Any], key_file: Path | None, cert_file: Path | None
) -> bytes:
    """Give a report with the device's own signature (ECDSA, SHA-256) and its certificate.

    Without a certificate, as before a device is registered, it is written unsigned and says so.

    Raises:
        ReportError: the key cannot be read, or is of another kind.
    """
    if key_file is None or cert_file is None:
        return canonical({**fields, "signed_by": None})
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = cert_file.read_text(encoding="ascii")
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        msg = f"设备私钥无法使用 (the device's key cannot be used): {error}"
        raise ReportError(msg) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = "设备私钥不是 EC 密钥 (the device's key is not an EC key)"
        raise ReportError(msg)
    whole = {**fields, "signed_by": certificate}
    signature = key.sign(covered(whole), ec.ECDSA(hashes.SHA256()))
    return canonical(whole, {"signature": b64encode(signature).decode("ascii")})


def is_signed_well(report: bytes) -> bool:
    """Tell whether a report is as the holder of its certificate's key signed it."""
    return signer_of(report) is not None


def digest(report: bytes) -> str:
    """Name a report by its content, as printed on paper."""
    return hashlib.sha256(report).hexdigest()
