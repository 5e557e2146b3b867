"""The files that a device's own system gets: units, helpers, firewall, clock, journal."""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from firmware_config.core.connections import keyfiles
from firmware_config.core.device import CardPlan
from firmware_config.core.firewall import nftables
from firmware_config.core.formats import Format

UNITS = "usr/lib/systemd/system"
CENTRAL_UNITS = frozenset({"huxiao-central.service", "huxiao-broker.service"})


@dataclass(frozen=True, slots=True)
class Placed:
    """One file of the tree; `mode` as chmod has it. All belong to root."""

    data: bytes
    mode: int = 0o644


def system_tree(plan: CardPlan, parts: Mapping[str, bytes], image: Format) -> dict[str, Placed]:
    """Give every file by its path below `/`; `parts` are the package's own files by theirs."""
    tree: dict[str, Placed] = {}
    for path, data in parts.items():
        folder, _slash, name = path.partition("/")
        if folder == "systemd" and name.endswith((".service", ".timer")):
            if name not in CENTRAL_UNITS:
                tree[f"{UNITS}/{name}"] = Placed(data)
        elif folder == "bin" and name != "first-boot":
            tree[f"usr/lib/huxiao/{name}"] = Placed(data, 0o755)
    tree["usr/lib/sysusers.d/huxiao.conf"] = Placed(parts["systemd/huxiao.sysusers"])
    tree["usr/lib/tmpfiles.d/huxiao.conf"] = Placed(parts["files/huxiao.tmpfiles"])
    tree["etc/chrony/conf.d/huxiao.conf"] = Placed(parts["files/chrony.conf"])
    tree[f"{UNITS}/systemd-networkd-wait-online.service.d/huxiao.conf"] = Placed(
        parts["files/wait-online.conf"]
    )
    tree.update({path: Placed(text.encode()) for path, text in _rendered(plan).items()})
    if image is Format.FIRSTRUN:
        for name, text in keyfiles(plan.network).items():
            path = f"etc/NetworkManager/system-connections/{name}"
            tree[path] = Placed(text.encode(), 0o600)
    return tree


def _rendered(plan: CardPlan) -> dict[str, str]:
    profile = plan.profile
    journal = profile.storage.journal_mib
    return {
        "etc/nftables.conf": nftables(profile.firewall),
        "etc/chrony/sources.d/huxiao.sources": "".join(
            f"server {server} iburst\n" for server in profile.clock.servers
        ),
        "etc/systemd/journald.conf.d/huxiao.conf": (
            f"[Journal]\nStorage=volatile\nRuntimeMaxUse={journal}M\n"
        ),
        "etc/systemd/system.conf.d/huxiao.conf": (
            "# the board's own watchdog resets a kernel that hangs\n"
            f"[Manager]\nRuntimeWatchdogSec={plan.board.watchdog_s}\nRebootWatchdogSec=2min\n"
        ),
        "usr/lib/huxiao/flashed_at": f"{int(plan.flashed_at.timestamp())}\n",
    }


def packed(tree: Mapping[str, Placed], at: int) -> bytes:
    """Pack a tree as tar: the same tree and time give the same bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(tree):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(tree[path].data), tree[path].mode, at
            tar.addfile(entry, io.BytesIO(tree[path].data))
    return out.getvalue()
