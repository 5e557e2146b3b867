"""What cloud-init reads on the first boot. No secret is in it: it stays on the card."""

import json

from firmware_config.core.device import CardPlan, Network

FOLDER = "/boot/firmware/huxiao"


def user_data(plan: CardPlan) -> str:
    """Give `user-data`: name, time zone, and one command; JSON, which is YAML too."""
    said = {
        "hostname": plan.device_id,
        "preserve_hostname": False,
        "manage_etc_hosts": True,
        "timezone": plan.profile.clock.timezone,
        "ssh_pwauth": False,
        "disable_root": True,
        "users": [
            {
                "name": "installer",
                "groups": ["sudo", "systemd-journal"],
                "shell": "/bin/bash",
                "lock_passwd": True,
                **({"ssh_authorized_keys": list(plan.ssh_keys)} if plan.ssh_keys else {}),
            }
        ],
        "package_update": False,
        "package_upgrade": False,
        "growpart": {"mode": "off"},
        "resize_rootfs": False,
        "runcmd": [["python3", f"{FOLDER}/first-boot"]],
    }
    return "#cloud-config\n" + json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def meta_data(plan: CardPlan) -> str:
    """Give `meta-data`; each writing is another instance, so that its settings count."""
    return f"instance-id: {instance_of(plan)}\nlocal-hostname: {plan.device_id}\ndsmode: local\n"


def instance_of(plan: CardPlan) -> str:
    """Give the name of this writing of this device."""
    return f"{plan.device_id}-{int(plan.flashed_at.timestamp())}"


def network_config(network: Network) -> str:
    """Give `network-config`, version 2; JSON, which is YAML too."""
    said: dict[str, object] = {"version": 2, "ethernets": {"wired": _wired(network)}}
    if network.wifi is not None:
        wifi = network.wifi
        access: dict[str, object] = {"password": wifi.hashed()}
        if wifi.is_hidden:
            access["hidden"] = True
        said["wifis"] = {
            "wlan0": {
                "dhcp4": True,
                "optional": True,
                "regulatory-domain": wifi.country,
                "access-points": {wifi.ssid: access},
            }
        }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _wired(network: Network) -> dict[str, object]:
    # optional: a device starts without its cable
    said: dict[str, object] = {"match": {"name": "e*"}, "dhcp4": True, "optional": True}
    if network.address is None:
        return said
    said.update(dhcp4=False, addresses=[network.address])
    if network.gateway:
        said["routes"] = [{"to": "default", "via": network.gateway}]
    if network.dns:
        said["nameservers"] = {"addresses": list(network.dns)}
    return said
