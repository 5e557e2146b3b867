"""What link and updater leave for each other: central's order as it came, and how far it is."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from contract.messages import UpdateReport
from contract.reading import MessageError, Reason, read
from contract.releases import ORDER_PURPOSE, ReleaseOrder
from contract.signing import SignatureError, verified
from edge_agent.adapters.identity import sync_folder


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was well before a release went on trial: cameras, and processes that were heard."""

    cameras: Sequence[str] = ()
    processes: Sequence[str] = ()


class UpdateFolder:
    """`order.json`, `report.json`, `baseline.json` and the bundle, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def bundle(self) -> Path:
        """Where a fetched bundle lies."""
        return self._folder / "bundle.zip"

    def prepare(self) -> None:
        """Make the folder, for link and updater both: whoever root is, it is the link's."""
        if self._folder.is_dir():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            above = self._folder.parent.stat()
            with suppress(PermissionError):
                os.chown(self._folder, above.st_uid, above.st_gid)

    def take(self, payload: bytes, signing_key: bytes, device_id: str) -> bool:
        """Keep an order that central has signed for this device; False: older, or known.

        Raises:
            MessageError: not signed, or not for us.
            OSError: it cannot be kept.
        """
        order = _read(payload, signing_key, device_id)
        known = self.order(signing_key, device_id)
        if known is not None and order.order <= known.order:
            return False
        self.prepare()
        self._write("order.json", payload)
        return True

    def order(self, signing_key: bytes, device_id: str) -> ReleaseOrder | None:
        """Give the order that is to be followed, its signature checked again."""
        try:
            return _read((self._folder / "order.json").read_bytes(), signing_key, device_id)
        except (OSError, MessageError):
            return None

    def report(self) -> UpdateReport | None:
        """Give how far it has come."""
        try:
            return UpdateReport.model_validate_json((self._folder / "report.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def say(self, report: UpdateReport) -> None:
        """Keep how far it has come; nothing is written where nothing has changed."""
        if report != self.report():
            self.prepare()
            self._write("report.json", report.model_dump_json().encode())

    def baseline(self) -> Baseline:
        """Give what was well before the trial."""
        try:
            found = json.loads((self._folder / "baseline.json").read_bytes())
            return Baseline(tuple(found["cameras"]), tuple(found["processes"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Baseline()

    def keep_baseline(self, baseline: Baseline) -> None:
        """Keep it."""
        said = {"cameras": list(baseline.cameras), "processes": list(baseline.processes)}
        self.prepare()
        self._write("baseline.json", json.dumps(said).encode())

    def clear(self) -> None:
        """Remove what was fetched."""
        for file in (self.bundle, self.bundle.with_name("bundle.zip.part")):
            file.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        """Replace a file whole; the other process, which is another user, reads it."""
        side = self._folder / f"{name}.new"
        with side.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        side.chmod(0o644)
        side.replace(self._folder / name)
        sync_folder(self._folder)


def _read(payload: bytes, signing_key: bytes, device_id: str) -> ReleaseOrder:
    try:
        content = verified(payload, signing_key, ORDER_PURPOSE)
    except SignatureError as error:
        raise MessageError(Reason.MALFORMED, str(error)) from error
    return read(ReleaseOrder, content, device_id)
