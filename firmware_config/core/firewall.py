"""The device's packet filter: nobody comes in but those named, everything may go out.

Protocols by number: a small system has no /etc/protocols to look names up in.
"""

from firmware_config.core.profiles import FirewallSettings

PAGE_PORT = 8443
SSH_PORT = 22


def nftables(firewall: FirewallSettings) -> str:
    """Give `/etc/nftables.conf`."""
    doors = [
        *(_door(one, SSH_PORT, " ct state new limit rate 6/minute") for one in firewall.ssh_from),
        *(_door(one, PAGE_PORT, "") for one in firewall.page_from),
    ]
    shown = "".join(f"    {door}\n" for door in doors)
    return f"""#!/usr/sbin/nft -f
flush ruleset

table inet huxiao {{
  chain input {{
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
    ct state invalid drop
    meta l4proto {{ 1, 58 }} limit rate 20/second accept comment "icmp, icmpv6"
    udp sport 67 udp dport 68 accept
    udp sport 547 udp dport 546 accept
{shown}    limit rate 6/minute log prefix "huxiao-drop " level info
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
  }}
}}
"""


def _door(network: str, port: int, extra: str) -> str:
    family = "ip6" if ":" in network else "ip"
    return f"{family} saddr {network} tcp dport {port}{extra} accept"
