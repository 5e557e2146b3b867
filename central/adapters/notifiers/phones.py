"""Phone numbers as the providers of short messages want them."""

import re

from central.core.delivery import Failure
from central.ports import DeliveryError

_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"\+\d{6,15}")


def international(address: str) -> str:
    """Give a number as `+8613800000000`; raises `DeliveryError` for what is none."""
    plain = re.sub(r"[\s()-]", "", address)
    mainland = _MAINLAND.fullmatch(plain)
    if mainland:
        return f"+86{mainland[1]}"
    if _ABROAD.fullmatch(plain) and not plain.startswith("+86"):
        return plain
    msg = f"不是手机号 / not a mobile number: {masked(address)!r}"
    raise DeliveryError(msg, permanent=True, failure=Failure.BAD_ADDRESS)


def national(number: str) -> str:
    """Give a number as Aliyun wants it: without +86, others without the plus."""
    return number.removeprefix("+86").removeprefix("+")


def masked(number: str) -> str:
    """Give a number that tells two apart and reaches nobody."""
    return f"{number[:3]}****{number[-2:]}" if len(number) > 7 else number  # noqa: PLR2004
