"""Bundles to try: made as `scripts/sign-release` makes them, then spoilt as somebody might."""

import hashlib
import json
import platform
import sys
import zipfile
from pathlib import Path
from typing import Any

from contract.releases import MANIFEST, SIGNATURE, WHEELS, Manifest, signature_of
from contract.signing import make_signing_key, signing_key_of

KEY, SECOND, FOREIGN = make_signing_key(), make_signing_key(), make_signing_key()
TRUSTED = [signing_key_of(KEY), signing_key_of(SECOND)]
WHEEL = "huxiao-0.2.0-py3-none-any.whl"


def manifest(files: dict[str, bytes], **changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "version": "0.2.0",
        "seq": 2,
        "python": [f"{sys.version_info.major}.{sys.version_info.minor}"],
        "machine": platform.machine(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return Manifest.model_validate({**fields, **changes})


def bundle(folder: Path, *, key: bytes = KEY, spoil: str = "", **changes: Any) -> Path:
    """Write a bundle; `spoil` names what somebody did to it."""
    files = {WHEEL: b"a wheel"}
    said = manifest(files, **changes).model_dump_json().encode()
    parts = {MANIFEST: said, SIGNATURE: signature_of(said, key)}
    parts |= {WHEELS + name: content for name, content in files.items()}
    match spoil:
        case "wheel":
            parts[WHEELS + WHEEL] = b"another"
        case "manifest":
            parts[MANIFEST] = json.dumps({**json.loads(said), "seq": 99}).encode()
        case "unsigned":
            del parts[SIGNATURE]
        case "extra":
            parts["wheels/evil-1.0-py3-none-any.whl"] = b"evil"
        case "outside":
            parts["../../etc/cron.d/evil"] = b"evil"
        case _:
            pass
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    if spoil == "cut":
        path.write_bytes(path.read_bytes()[:200])
    return path
