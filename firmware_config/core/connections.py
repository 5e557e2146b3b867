"""The network as NetworkManager keeps it, for images without cloud-init (Bookworm)."""

from firmware_config.core.device import Network, Wifi


def keyfiles(network: Network) -> dict[str, str]:
    """Give the files of `/etc/NetworkManager/system-connections` by name."""
    files = {"huxiao-wired.nmconnection": _wired(network)}
    if network.wifi is not None:
        files["huxiao-wifi.nmconnection"] = _wireless(network.wifi)
    return files


def _wired(network: Network) -> str:
    lines = ["[connection]", "id=huxiao-wired", "type=ethernet", "", "[ipv4]"]
    if network.address is None:
        lines += ["method=auto"]
    else:
        gateway = f",{network.gateway}" if network.gateway else ""
        lines += ["method=manual", f"address1={network.address}{gateway}"]
        if network.dns:
            lines += [f"dns={';'.join(network.dns)};"]
    return "\n".join([*lines, "", "[ipv6]", "method=auto", ""])


def _wireless(wifi: Wifi) -> str:
    ssid = ";".join(str(byte) for byte in wifi.ssid.encode()) + ";"
    hidden = ["hidden=true"] if wifi.is_hidden else []
    return "\n".join(
        [
            "[connection]", "id=huxiao-wifi", "type=wifi", "",
            "[wifi]", "mode=infrastructure", f"ssid={ssid}", *hidden, "",
            "[wifi-security]", "key-mgmt=wpa-psk", f"psk={wifi.hashed()}", "",
            "[ipv4]", "method=auto", "", "[ipv6]", "method=auto", "",
        ]
    )  # fmt: skip
