"""A backup is made: the database as it is now, the files beside it, keys apart.

`DIR/2026-11-30T174500Z/` holds `manifest.json`, `database.sealed` and `settings.sealed`; pictures
and forms lie beside all of them in `evidence/` and `forms/`, as a mirror: what the district has
deleted goes there, too. `keys.sealed` is one for all and made anew each time, so that a key that
was destroyed is in no backup after the next.
"""

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from central.adapters.backup import databases
from central.adapters.backup.sealing import BackupError, Sealer
from central.adapters.store import figures
from central.adapters.store.engine import Store
from central.config import DataDir
from central.core.local_time import from_ms

FORMAT = 1
PERSONS = "keys"
"""The folder of `galleries/` with one file a person; all else there is the district's own."""
SETTINGS = ("central.toml", "calendars.yaml", "secret.key", "vault.key", "ca", "ca.passphrase",
            "broker", "playbooks", "galleries", "releases/release.pub")  # fmt: skip
MIRRORED = ("evidence", "forms", "signed-reports")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    folder: Path
    size_bytes: int
    files: int


def make(data: DataDir, store: Store, url: str, target: Path, passphrase: str, now_ms: int) -> Made:
    """Make a backup in a folder; whole, or not there.

    Raises:
        BackupError: what went wrong; what was there before stays.
    """
    sealer = Sealer.of(target, passphrase)
    stamp = f"{from_ms(now_ms):%Y-%m-%dT%H%M%SZ}"
    folder, fresh = target / stamp, target / f".{stamp}.part"
    if folder.exists():
        msg = f"{folder}: 已存在 / exists already"
        raise BackupError(msg)
    fresh.mkdir(parents=True)
    told: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(dir=data.path, prefix=".backup-") as waiting:
        copy = Path(waiting) / "database"
        databases.dumped(store, url, copy)
        with copy.open("rb") as source:
            told["database"] = _told(sealer.seal(source, fresh / "database.sealed", "database"))
        packed = Path(waiting) / "settings.tar"
        _pack(data.path, packed, (n for n in _settings(data)))
        with packed.open("rb") as source:
            told["settings"] = _told(sealer.seal(source, fresh / "settings.sealed", "settings"))
        packed = Path(waiting) / "keys.tar"
        count = _pack(data.path, packed, _keys(data))
        with packed.open("rb") as source:
            told["keys"] = _told(sealer.seal(source, target / "keys.sealed", "keys"))
    files = sum(_mirror(sealer, data.path / name, target / name) for name in MIRRORED)
    with store.reading() as connection:
        last = figures.audit_entries(connection, None, 1)
    manifest = {
        "format": FORMAT, "made_at": f"{from_ms(now_ms):%Y-%m-%dT%H:%M:%SZ}",
        "version": version("huxiao"), "is_postgresql": store.is_postgresql, "files": told,
        "mirrored": files, "keys": count,
        "audit": {"id": last[0]["id"], "hash": last[0]["hash"]} if last else None,
    }  # fmt: skip
    text = json.dumps(manifest, indent=1).encode()
    sealer.seal(io.BytesIO(text), fresh / "manifest.sealed", "manifest")
    fresh.replace(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return Made(folder, size, files)


def kept(target: Path) -> list[Path]:
    """List the backups of a folder, the newest first."""
    found = [path for path in target.glob("2*Z") if (path / "manifest.sealed").exists()]
    return sorted(found, reverse=True)


def prune(target: Path, keep: int) -> int:
    """Delete all but the newest backups; give how many."""
    old = kept(target)[keep:]
    _delete(old)
    return len(old)


def sweep(target: Path) -> None:
    """Delete what a power cut or a full disk left half made."""
    _delete(list(target.glob(".2*.part")))


def _delete(folders: list[Path]) -> None:
    for folder in folders:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _told(sealed: tuple[int, str]) -> dict[str, object]:
    return {"size_bytes": sealed[0], "sha256": sealed[1]}


def _settings(data: DataDir) -> Iterator[Path]:
    for name in SETTINGS:
        place = data.path / name
        paths = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in paths:
            if path.is_file() and (data.galleries / PERSONS) not in path.parents:
                yield path


def _keys(data: DataDir) -> Iterator[Path]:
    return iter(sorted((data.galleries / PERSONS).glob("*.key")))


def _pack(root: Path, target: Path, paths: Iterator[Path]) -> int:
    count = 0
    target.touch(mode=0o600)
    with tarfile.open(target, "w") as packed:
        for path in paths:
            try:
                packed.add(path, str(path.relative_to(root)), recursive=False)
            except FileNotFoundError:  # a key that was destroyed meanwhile
                continue
            count += 1
    return count


def _mirror(sealer: Sealer, source: Path, target: Path) -> int:
    """Seal what is new, delete what is gone; a file's name says its content."""
    here = {path.name: path for path in source.glob("??/*") if not path.name.startswith(".")}
    there = {path.name: path for path in target.glob("??/*")}
    for name in there.keys() - here.keys():
        there[name].unlink()
    for name in sorted(here.keys() - there.keys()):
        try:
            with here[name].open("rb") as file:
                sealer.seal(file, target / name[:2] / name, name)
        except FileNotFoundError:
            continue
    return len(here)
