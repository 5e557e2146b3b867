"""What `doctor` finds: one line each, with what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; `advice` says what to do, and is empty where nothing is to be done."""

    check: str
    state: State
    said: str
    advice: str = ""


def worst(findings: Iterable[Finding]) -> State:
    """Give the worst state among them."""
    states = {finding.state for finding in findings}
    return "fail" if "fail" in states else "warn" if "warn" in states else "ok"
