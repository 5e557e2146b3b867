"""The local page's PINs: only a slow hash of each is kept, in a file that nobody else reads."""

import hashlib
import hmac
import json
import os
import re
import secrets
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

MIN_DIGITS, MAX_DIGITS = 6, 12
_PIN = re.compile(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")
_COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
"""About a tenth of a second and 16 MiB on a small board."""


class PageRole(StrEnum):
    """Who comes to the page: the one who installs, or the school."""

    INSTALLER = "installer"
    SCHOOL = "school"


class PinError(ValueError):
    """A PIN that may not be used; the text says why."""


class PinFile:
    """Reads and writes the hashes. A file that is missing or damaged knows no PIN."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def roles(self) -> set[PageRole]:
        """Tell for whom a PIN is set."""
        return {role for role in PageRole if role in self._read()}

    def set(self, role: PageRole, pin: str) -> None:
        """Set a role's PIN; whoever came in with the old one is out.

        Raises:
            PinError: too short, too easy, or the other role's.
            OSError: the file cannot be written.
        """
        refuse_weak(pin)
        rows = self._read()
        others = [row for name, row in rows.items() if name != role]
        if any(_fits(pin, row) for row in others):
            msg = "两个角色不能用同一个 PIN (each role needs a PIN of its own)"
            raise PinError(msg)
        salt = secrets.token_bytes(16)
        rows[role.value] = {"salt": salt.hex(), "hash": _hash(pin, salt).hex()}
        self._write(rows)

    def role_of(self, pin: str) -> PageRole | None:
        """Tell whose PIN it is; takes as long whether it is right or wrong."""
        if not _PIN.fullmatch(pin):
            return None
        rows = self._read()
        fitting = [role for role in PageRole if role in rows and _fits(pin, rows[role])]
        return fitting[0] if fitting else None

    def mark(self, role: PageRole) -> str:
        """Name the present PIN of a role, for sign-ins: another PIN has another mark."""
        row = self._read().get(role)
        return "" if row is None else hashlib.sha256(row["hash"].encode()).hexdigest()[:16]

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            rows: Any = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                str(role): {"salt": str(row["salt"]), "hash": str(row["hash"])}
                for role, row in rows.items()
                if bytes.fromhex(row["salt"]) and bytes.fromhex(row["hash"])
            }
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            return {}

    def _write(self, rows: dict[str, dict[str, str]]) -> None:
        write_private(self._path, json.dumps(rows).encode())


def refuse_weak(pin: str) -> None:
    """Refuse what is guessed first.

    Raises:
        PinError: with the reason.
    """
    if not _PIN.fullmatch(pin):
        msg = f"PIN 应为 {MIN_DIGITS} 至 {MAX_DIGITS} 位数字 ({MIN_DIGITS} to {MAX_DIGITS} digits)"
        raise PinError(msg)
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3:  # noqa: PLR2004 - 112112 is as easy as 111111
        msg = "这个 PIN 太容易猜到 (too easy to guess)"
        raise PinError(msg)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file whole, for its owner's eyes only.

    What root writes belongs to whom the folder above belongs to: the page does not run as root.

    Raises:
        OSError: it cannot be written.
    """
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o750)
        _give_to_owner_of(path.parent.parent, path.parent)
    side = path.with_name(f"{path.name}.new")
    side.unlink(missing_ok=True)
    handle = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _give_to_owner_of(path.parent, side)
    side.replace(path)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def kept_secret(path: Path) -> bytes:
    """Give the page's own secret, made when first asked for.

    Raises:
        OSError: it can be neither read nor made.
    """
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return path.read_bytes()


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        pin.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"], maxmem=_COST["maxmem"]
    )


def _fits(pin: str, row: dict[str, str]) -> bool:
    salt, wanted = bytes.fromhex(row["salt"]), bytes.fromhex(row["hash"])
    return hmac.compare_digest(_hash(pin, salt), wanted)
