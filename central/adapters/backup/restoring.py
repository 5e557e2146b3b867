"""A backup is checked, tried out, or put back into an empty data folder."""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from central.adapters.backup import databases
from central.adapters.backup.making import MIRRORED, kept
from central.adapters.backup.sealing import BackupError, Sealer
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys, KeyGoneError
from central.adapters.registry.locking import key_id
from central.adapters.registry.roster import Roster
from central.adapters.store import audit, enrolments, pupils
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.config import DataDir

BY = "central:restore"


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was read through: what its manifest says, and what of the mirror is sound."""

    folder: Path
    manifest: dict[str, Any]
    files: int
    bad: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Restored:
    """A district that was brought back."""

    checked: Checked
    audit_is_whole: bool
    forgotten: int
    """Persons whose keys are no more: what was withdrawn since stays withdrawn."""


def newest(target: Path) -> Path:
    """Give the newest backup of a folder.

    Raises:
        BackupError: there is none.
    """
    found = kept(target)
    if not found:
        msg = f"{target}: 没有备份 / there is no backup"
        raise BackupError(msg)
    return found[0]


def check(folder: Path, passphrase: str) -> Checked:
    """Read all of a backup through, as a restore would.

    Raises:
        BackupError: something is missing or damaged.
    """
    sealer, manifest = _opened(folder, passphrase)
    with tempfile.TemporaryDirectory(prefix="huxiao-check-") as waiting:
        copy = Path(waiting) / "database"
        _unsealed(sealer, folder, manifest, "database", copy)
        databases.check(copy, is_postgresql=manifest["is_postgresql"])
    _read(sealer, folder / "settings.sealed", "settings", manifest)
    for _piece in sealer.opened(folder.parent / "keys.sealed", "keys"):
        pass
    count, bad = 0, []
    for name in MIRRORED:
        for path in sorted((folder.parent / name).glob("??/*")):
            count += 1
            if not _is_sound(sealer, path):
                bad.append(path.name)
    return Checked(folder, manifest, count, bad)


def restore(folder: Path, passphrase: str, data: DataDir, url: str | None, now_ms: int) -> Restored:
    """Bring a district back into an empty folder, and forget who was withdrawn since.

    Raises:
        BackupError: the folder is not empty, or the backup is not sound.
    """
    if data.path.exists() and any(data.path.iterdir()):
        msg = f"{data.path}: 不是空目录，不覆盖 / not empty: nothing is overwritten"
        raise BackupError(msg)
    checked = check(folder, passphrase)
    sealer = Sealer.of(folder.parent, passphrase)
    data.path.mkdir(parents=True, exist_ok=True)
    data.path.chmod(0o711)
    for source, name in ((folder / "settings.sealed", "settings"),
                         (folder.parent / "keys.sealed", "keys")):  # fmt: skip
        with tarfile.open(fileobj=_whole(sealer, source, name)) as packed:
            _unpack(packed, data.path)
    for name in MIRRORED:
        for path in (folder.parent / name).glob("??/*"):
            if path.name in checked.bad:
                continue
            target = data.path / name / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, sealer.opened(path, path.name))
    where = url or data.default_database
    with tempfile.TemporaryDirectory(dir=data.path, prefix=".restore-") as waiting:
        copy = Path(waiting) / "database"
        _unsealed(sealer, folder, checked.manifest, "database", copy)
        databases.put_back(copy, where)
    store = open_store(where)
    try:
        migrate(store)
        forgotten = forget_the_keyless(store, GalleryKeys(data.galleries).prepare(), now_ms)
        with store.reading() as connection:
            is_whole = audit.verify(connection) is None
    finally:
        store.close()
    return Restored(checked, is_whole, forgotten)


def _unpack(packed: tarfile.TarFile, folder: Path) -> None:
    """Take out files and folders that stay within; Debian 12's Python has no filter of its own.

    Raises:
        BackupError: something else is packed, or it would lie elsewhere.
    """
    for member in packed.getmembers():
        parts = Path(member.name).parts
        if not (member.isfile() or member.isdir()) or ".." in parts or parts[:1] == ("/",):
            msg = f"{member.name}: 备份中不应有此项 / nothing like this belongs into a backup"
            raise BackupError(msg)
    if hasattr(tarfile, "data_filter"):
        packed.extractall(folder, filter="data")
    else:
        packed.extractall(folder)  # noqa: S202 - looked through above


def forget_the_keyless(store: Store, keys: GalleryKeys, now_ms: int) -> int:
    """Withdraw whose key is no more: they were erased after this copy was made."""
    roster, keeper = Roster(keys), Keeper(keys)
    with store.reading() as connection:
        gone = [one for one in pupils.living(connection) if _is_gone(keys, key_id(one))]
        entries = [one for one in enrolments.living(connection) if _is_gone(keys, one)]
    for pupil_id in gone:
        with store.transaction() as connection:
            roster.withdraw(connection, pupil_id, BY, now_ms, "withdrawn before the restore")
    for entry_id in entries:
        with store.transaction() as connection:
            keeper.withdraw(connection, entry_id, BY, now_ms, "withdrawn before the restore")
    roster.erase(store, now_ms)
    keeper.erase(store, now_ms)
    return len(gone) + len(entries)


def _is_gone(keys: GalleryKeys, person_id: str) -> bool:
    try:
        keys.of(person_id)
    except KeyGoneError:
        return True
    return False


def _opened(folder: Path, passphrase: str) -> tuple[Sealer, dict[str, Any]]:
    if not (folder / "manifest.sealed").exists():
        msg = f"{folder}: 不是备份 / is no backup"
        raise BackupError(msg)
    sealer = Sealer.of(folder.parent, passphrase)
    text = b"".join(sealer.opened(folder / "manifest.sealed", "manifest"))
    return sealer, dict(json.loads(text))


def _unsealed(
    sealer: Sealer, folder: Path, manifest: dict[str, Any], name: str, target: Path
) -> None:
    target.touch(mode=0o600)
    _write(target, sealer.opened(folder / f"{name}.sealed", name))
    with target.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != manifest["files"][name]["sha256"]:
        msg = f"{folder.name}/{name}: 与清单不符 / is not what the manifest says"
        raise BackupError(msg)


def _read(sealer: Sealer, source: Path, name: str, manifest: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    for piece in sealer.opened(source, name):
        digest.update(piece)
    if digest.hexdigest() != manifest["files"][name]["sha256"]:
        msg = f"{source.name}: 与清单不符 / is not what the manifest says"
        raise BackupError(msg)


def _is_sound(sealer: Sealer, path: Path) -> bool:
    digest = hashlib.sha256()
    try:
        for piece in sealer.opened(path, path.name):
            digest.update(piece)
    except BackupError:
        return False
    return digest.hexdigest() == path.name


def _whole(sealer: Sealer, source: Path, name: str) -> io.BytesIO:
    return io.BytesIO(b"".join(sealer.opened(source, name)))


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    with target.open("wb") as out:
        target.chmod(0o600)
        for piece in pieces:
            out.write(piece)
