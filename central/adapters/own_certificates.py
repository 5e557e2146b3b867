"""The certificates of broker, door and central itself, made anew before they end."""

import logging
import os
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from central.adapters.broker_config import write_own_certificates
from central.adapters.certificates import Authority, LockedError
from central.config import BrokerSection, ConfigError

LOG = logging.getLogger("huxiao.broker")

BEFORE = timedelta(days=60)
"""So long before the end: central itself takes the new one at its next start."""
LOOK_EVERY_MS = 6 * 3600 * 1000
NAMES = ("server.crt", "central.crt")


class OwnCertificates:
    """Looks now and then. `signers`: the authorities, the one whom every device believes last."""

    def __init__(
        self, folder: Path, broker: BrokerSection, signers: Callable[[], Sequence[Authority]]
    ) -> None:
        self._folder = folder
        self._broker = broker
        self._signers = signers
        self._look_at = 0

    def look(self, now_ms: int) -> bool:
        """Make them anew where it is time; True where it was."""
        if now_ms < self._look_at:
            return False
        self._look_at = now_ms + LOOK_EVERY_MS
        if ends(self._folder) - datetime.fromtimestamp(now_ms / 1000, UTC) > BEFORE:
            return False
        try:
            signer = self._signers()[-1]
        except (LockedError, ConfigError, OSError) as error:
            LOG.error("消息服务器的证书快到期，但 %s", error)  # noqa: TRY400 - one line in words
            return False
        write_own_certificates(self._folder, signer, self._broker)
        try:
            os.kill(int((self._folder / "mosquitto.pid").read_text("ascii")), signal.SIGHUP)
        except (OSError, ValueError) as error:
            LOG.error(  # noqa: TRY400 - one line in words
                "证书已换新，请 systemctl reload huxiao-broker (reload the broker): %s", error
            )
        LOG.warning(
            "自己的证书已换新，60 天内重启一次平台 (own certificates renewed: restart central)"
        )
        return True


def ends(folder: Path) -> datetime:
    """Tell when the first of them ends."""
    found = (x509.load_pem_x509_certificate((folder / name).read_bytes()) for name in NAMES)
    return min(one.not_valid_after_utc for one in found)
