"""How a source may be named where others read it."""

import re

_LOGIN = re.compile(r"(\w://)[^\s\"']*@")
_SECRET = re.compile(r"((?:password|passwd|pass|pwd|token)=)[^&\s\"']*", re.IGNORECASE)


def without_password(text: str) -> str:
    """Give a URL, or a command with URLs in it, that may stand in a log."""
    return _SECRET.sub(r"\1***", _LOGIN.sub(r"\1***@", text))
