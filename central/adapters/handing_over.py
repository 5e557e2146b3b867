"""One authority follows another: both are trusted for a while, then the former goes.

The new one signs for devices at once; servers keep the former's certificates until every device has
renewed, because a device believes only whom it has been told of.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from central.adapters.broker_config import write_own_certificates, write_revocations
from central.adapters.certificates import Authority
from central.adapters.identities import FORMER, trusted_of
from central.config import BrokerSection, DataDir

RETIRED = "retired"


class HandingOverError(Exception):
    """Not now: the text says why, and what to do first."""


@dataclass(frozen=True, slots=True)
class Books:
    """What a hand-over must know of the district: the passphrase and who is revoked."""

    passphrase: bytes | None
    revoked: Sequence[str]
    now: datetime


def former(data: DataDir) -> list[Path]:
    """Give the folders of authorities that are still trusted beside the present one."""
    return sorted(file.parent for file in (data.ca / FORMER).glob("*/ca.crt"))


def begin(data: DataDir, present: Authority, books: Books) -> Authority:
    """Make a new authority; the present one becomes the former, trusted still.

    Raises:
        HandingOverError: one hand-over at a time.
    """
    if former(data):
        msg = ("上一次更换还没有结束：先运行 huxiao-central ca finish "
               "/ the last hand-over is not over: finish it first")  # fmt: skip
        raise HandingOverError(msg)
    place = data.ca / FORMER / present.fingerprint[:16]
    fresh = place.with_name(f"{place.name}.new")
    fresh.mkdir(parents=True, mode=0o700, exist_ok=True)
    for name in ("ca.crt", "ca.key"):
        shutil.copy2(data.ca / name, fresh / name)
    fresh.rename(place)
    new = Authority.make(books.now)
    new.save(data.ca, books.passphrase)
    (data.broker / "ca.crt").write_bytes(trusted_of(data))
    write_revocations(data.broker, [new, present], books.revoked)
    return new


def finish(
    data: DataDir, present: Authority, broker: BrokerSection, books: Books,
    left: Callable[[Sequence[str]], list[str]], *, is_forced: bool,
) -> list[str]:  # fmt: skip
    """Trust the present authority alone; servers show its certificates. Give who is left behind.

    Raises:
        HandingOverError: nothing to finish, or devices that would be left behind.
    """
    if not former(data):
        msg = "没有正在进行的更换：先运行 huxiao-central ca rotate / nothing to finish"
        raise HandingOverError(msg)
    behind = left([present.fingerprint])
    if behind and not is_forced:
        names = "、".join(behind[:20])
        msg = (f"{len(behind)} 台设备还没有换到新 CA:{names}。等它们上线续期，或加 --force"
               "（之后需要新的入网码） / these devices have not renewed yet")  # fmt: skip
        raise HandingOverError(msg)
    retired = data.ca / RETIRED
    retired.mkdir(mode=0o700, exist_ok=True)
    for folder in former(data):
        shutil.copy2(folder / "ca.crt", retired / f"{folder.name}.crt")
        shutil.rmtree(folder)
    write_own_certificates(data.broker, present, broker)
    (data.broker / "ca.crt").write_bytes(trusted_of(data))
    write_revocations(data.broker, [present], books.revoked)
    return behind
