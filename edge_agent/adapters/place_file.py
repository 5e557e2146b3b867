"""What enrolment writes into a device's config: its name, and where the district is."""

from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from contract.claims import Identity
from edge_agent.adapters.identity import IdentityError, write_for_processes

FILES = {
    "ca_file": "ca.crt",
    "cert_file": "device.crt",
    "key_file": "device.key",
    "signing_key_file": "central.pub",
}
"""Keys of `[broker]`, and the files beside the config that they name."""

_NEW = """device_id = ""

[broker]

[gallery]

[[cameras]]                              # 按现场修改 / change to what hangs there
camera_id = "cam1"
source = "0"
"""


def place(path: Path, identity: Identity, renew_url: str) -> None:
    """Write or mend a config; what a person has written beside stays, with its comments.

    Raises:
        IdentityError: what is there is not TOML, or it cannot be written.
    """
    document = _read(path)
    document["device_id"] = identity.device_id
    if "profile" not in document:
        document["profile"] = identity.profile
    broker = {"host": identity.broker.host, "port": identity.broker.port, "renew_url": renew_url}
    _change(document, "broker", broker | FILES)
    if identity.release_keys:
        _change(document, "update", {"keys_file": "release.pub"})
    _change(document, "gallery", {"enrolment_key_file": "enrolment.pub"})
    write_for_processes(path, tomlkit.dumps(document).encode())


def trust_releases(path: Path, keys_file: str) -> None:
    """Name the keys of releases in a config that names none yet.

    Raises:
        IdentityError: as `place`.
    """
    document = _read(path)
    if document.get("update", {}).get("keys_file") is None:
        _change(document, "update", {"keys_file": keys_file})
        write_for_processes(path, tomlkit.dumps(document).encode())


def _read(path: Path) -> Any:
    try:
        return tomlkit.parse(path.read_text("utf-8") if path.exists() else _NEW)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        msg = f"{path}: 配置读不懂,请重新制卡 (the config cannot be read): {error}"
        raise IdentityError(msg) from error


def _change(document: Any, name: str, values: dict[str, Any]) -> None:
    if name not in document:
        document[name] = tomlkit.table()
    for key, value in values.items():
        if document[name].get(key) != value:
            document[name][key] = value
