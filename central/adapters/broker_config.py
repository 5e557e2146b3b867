"""What mosquitto is told: two TLS listeners, identity from the certificate, access by identity."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from central.adapters.certificates import CENTRAL, Authority, write_secret
from central.config import BrokerSection
from contract.messages import MAX_EVIDENCE_BYTES
from contract.topics import ROOT

_PACKET_ROOM = 8 * 1024


def write_broker_config(folder: Path, authority: Authority, broker: BrokerSection) -> None:
    """Write the broker's certificates, access list and `mosquitto.conf` into its folder."""
    (folder / "store").mkdir(parents=True, exist_ok=True)
    (folder / "ca.crt").write_bytes(authority.certificate)
    write_own_certificates(folder, authority, broker)
    write_revocations(folder, [authority], [])
    (folder / "devices.acl").write_text(_DEVICES, encoding="utf-8")
    (folder / "central.acl").write_text(_CENTRAL, encoding="utf-8")
    (folder / "mosquitto.conf").write_text(_settings(folder, broker), encoding="utf-8")
    give_to_broker(folder)


def write_own_certificates(folder: Path, authority: Authority, broker: BrokerSection) -> None:
    """Write new certificates for the broker and the devices' door, and for central itself."""
    hosts = dict.fromkeys([broker.host, "127.0.0.1", "localhost"])
    server, central = authority.for_server(hosts), authority.for_client(CENTRAL)
    write_secret(folder / "server.key", server.key)
    (folder / "server.crt").write_bytes(server.certificate)
    write_secret(folder / "central.key", central.key)
    (folder / "central.crt").write_bytes(central.certificate)
    give_to_broker(folder)


def write_revocations(
    folder: Path, authorities: Sequence[Authority], serials: Sequence[str]
) -> None:
    """Replace the revocation lists, one an authority; the broker reads them on SIGHUP."""
    fresh = folder / "revoked.crl.new"
    fresh.write_bytes(b"".join(one.revocations(serials) for one in authorities))
    fresh.replace(folder / "revoked.crl")


def give_to_broker(folder: Path) -> None:
    """Started by root, mosquitto reads and writes as its own user."""
    if os.geteuid() != 0:
        return
    try:
        for path in (folder, folder / "store", folder / "server.key"):  # made or made anew
            shutil.chown(path, user="mosquitto")
    except LookupError:  # no such user here: the broker runs elsewhere, or as root
        return


_DEVICES = f"""# a device writes and reads its own subtree, by the name in its certificate
pattern write {ROOT}/%u/up/#
pattern read {ROOT}/%u/down/#
"""

_CENTRAL = f"""user {CENTRAL}
topic read {ROOT}/+/up/#
topic write {ROOT}/+/down/#
"""


def _settings(folder: Path, broker: BrokerSection) -> str:
    common = f"""cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
crlfile {folder}/revoked.crl
require_certificate true
use_identity_as_username true
allow_anonymous false
tls_version tlsv1.2"""
    bind = "127.0.0.1" if broker.is_local else ""
    return f"""# written by huxiao-central init; devices and central have a listener each
per_listener_settings true
pid_file {folder}/mosquitto.pid
persistence true
persistence_location {folder}/store/
autosave_on_changes true
autosave_interval 1
persistent_client_expiration 30d
max_queued_messages 100000
max_queued_bytes 0
max_inflight_messages 200
max_packet_size {MAX_EVIDENCE_BYTES + _PACKET_ROOM}
message_size_limit {MAX_EVIDENCE_BYTES + _PACKET_ROOM}
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true

listener {broker.device_port}{" " + bind if bind else ""}
{common}
use_username_as_clientid true
acl_file {folder}/devices.acl

listener {broker.port} 127.0.0.1
{common}
acl_file {folder}/central.acl
"""
