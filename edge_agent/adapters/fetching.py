"""Fetches a bundle from the district, with our certificate; goes on where it broke off."""

import hashlib
import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from contract.releases import BUNDLE_PATH, ReleaseError, ReleaseOrder, Why

PATIENCE_S = 30.0
CHUNK_BYTES = 256 * 1024
_WHOLE, _PART = 200, 206


@dataclass(frozen=True, slots=True)
class Source:
    """Where bundles come from, whom to believe there, and who we are."""

    url: str
    ca_file: Path
    cert_file: Path
    key_file: Path


def fetch(source: Source, order: ReleaseOrder, target: Path) -> None:
    """Bring a bundle here; whole and as ordered, or not at all.

    Raises:
        ReleaseError: out of reach (`fetch`, try again), no room, or not what was ordered.
    """
    if target.exists() and _sha256(target) == order.sha256:
        return
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _go_on(source, order, part)
    except (http.client.HTTPException, ssl.SSLError, TimeoutError, ConnectionError) as error:
        words = f"更新包没取完,稍后继续 (not fetched yet): {error}"
        raise ReleaseError(Why.FETCH, words) from error
    except OSError as error:
        why = Why.DISK if error.errno in {28, 30, 122} else Why.FETCH  # full, read-only, quota
        raise ReleaseError(why, f"更新包取不下来 (cannot be fetched): {error}") from error
    if _sha256(part) != order.sha256:
        part.unlink()
        raise ReleaseError(Why.HASH, "取到的更新包与平台所说的不符 (not what was ordered)")
    part.replace(target)


def _go_on(source: Source, order: ReleaseOrder, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have >= order.size_bytes:
        part.unlink()
        have = 0
    place = urlsplit(source.url)
    connection = http.client.HTTPSConnection(
        place.hostname or "", place.port or 443, timeout=PATIENCE_S, context=_context(source)
    )
    try:
        head = {"Range": f"bytes={have}-"} if have else {}
        connection.request("GET", BUNDLE_PATH + order.sha256, headers=head)
        answer = connection.getresponse()
        if answer.status not in {_WHOLE, _PART}:
            words = f"平台不给更新包 (central refuses): HTTP {answer.status}"
            raise ReleaseError(Why.FETCH, words)
        with part.open("ab" if answer.status == _PART else "wb") as file:
            left = order.size_bytes - file.tell()
            while left > 0 and (chunk := answer.read(min(CHUNK_BYTES, left))):
                left -= file.write(chunk)
        if left:
            raise ReleaseError(Why.FETCH, f"更新包还差 {left} 字节,稍后继续 (not fetched yet)")
    finally:
        connection.close()


def _context(source: Source) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(source.ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(source.cert_file, source.key_file)
    return context


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
