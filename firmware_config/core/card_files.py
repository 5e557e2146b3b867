"""The files that turn an image into one device, by their path on the boot partition."""

import json
from collections.abc import Callable, Mapping

from firmware_config.core.cloud_init import (
    FOLDER,
    instance_of,
    meta_data,
    network_config,
    user_data,
)
from firmware_config.core.device import CardPlan
from firmware_config.core.formats import Format, command_line
from firmware_config.core.system_tree import packed, system_tree

CARD = "huxiao"
SECRET_FILES = (f"{CARD}/claim.json", "network-config", f"{CARD}/system.tar")
MARK = "# huxiao"

FIRSTRUN = f"""#!/bin/sh
# 第一次启动时运行一次 runs once, on the first boot
exec python3 {FOLDER}/first-boot
"""
RUN_ONCE = (
    "systemd.run=/boot/firmware/firstrun.sh systemd.run_success_action=reboot "
    "systemd.unit=kernel-command-line.target"
)


def card_files(
    plan: CardPlan,
    parts: Mapping[str, bytes],
    image: Format,
    old: Callable[[str], bytes | None],
    *,
    root_is_ours: bool,
) -> dict[str, bytes]:
    """Give the files; `old` reads those that the image brings, None where it has none.

    `root_is_ours`: the partition table was given a data partition, so that root is to be grown to
    its partition only.
    """
    stamp = int(plan.flashed_at.timestamp())
    files = {
        f"{CARD}/device.toml": plan.config_toml,
        f"{CARD}/claim.json": plan.ticket.model_dump_json() + "\n",
        f"{CARD}/card.json": _card(plan, has_data=root_is_ours),
        f"{CARD}/first-boot": parts["bin/first-boot"].decode(),
    }
    command = (old("cmdline.txt") or b"").decode("utf-8", "replace")
    if image is Format.CLOUD_INIT:
        files["user-data"] = user_data(plan)
        files["meta-data"] = meta_data(plan)
        files["network-config"] = network_config(plan.network)
        added = f"ds=nocloud;i={instance_of(plan)}"
    else:
        files["firstrun.sh"] = FIRSTRUN
        added = RUN_ONCE
    if plan.network.wifi is not None:
        added += f" cfg80211.ieee80211_regdom={plan.network.wifi.country}"
    if command:
        files["cmdline.txt"] = command_line(command, added, root_is_ours=root_is_ours)
    boot_config = old("config.txt")
    if boot_config is not None and plan.board.config_txt:
        files["config.txt"] = _with_lines(boot_config.decode("utf-8", "replace"), plan)
    written = {path: text.encode() for path, text in files.items()}
    written[f"{CARD}/system.tar"] = packed(system_tree(plan, parts, image), stamp)
    return written


def _card(plan: CardPlan, *, has_data: bool) -> str:
    said = {
        "v": 1,
        "device_id": plan.device_id,
        "site_name": plan.site_name,
        "profile": plan.profile.name,
        "board": plan.board.name,
        "central": plan.ticket.url,
        "processes": plan.profile.processes,
        "timezone": plan.profile.clock.timezone,
        "waits_for_sync": plan.profile.clock.waits_for_sync,
        "has_data_partition": has_data,
        "root": plan.profile.storage.root if has_data else "rw",
        "ssh_keys": plan.ssh_keys,
        "flashed_at": int(plan.flashed_at.timestamp()),
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _with_lines(text: str, plan: CardPlan) -> str:
    kept = text.split(f"\n{MARK}", maxsplit=1)[0].rstrip("\n")
    lines = "\n".join(plan.board.config_txt)
    return f"{kept}\n{MARK}\n[all]\n{lines}\n"
