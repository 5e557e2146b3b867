"""Sham closing 虚假办结: cases that were closed so that somebody should look again.

A hint, never a verdict: the list says which rule met, and a person reads the case.
"""

from dataclasses import dataclass

from central.core.counting import Closing
from central.core.naming import Words

MOST_HANDLED_S = 900
MOST_NOTE_CHARS = 20
"""No district may set its limits higher: what lies above is not kept."""


@dataclass(frozen=True, slots=True)
class ShamLimits:
    """When a closed case is listed. The plan names no figure: these are ours."""

    handled_s: int = 60
    """Reported back sooner after acknowledging than anybody could have been there."""
    note_chars: int = 4
    """A report-back of so few characters, without a picture."""


def reasons(closing: Closing, limits: ShamLimits) -> list[str]:
    """Tell which rules a closed case meets."""
    quick = closing.handled_s is not None and closing.handled_s < limits.handled_s
    bare = closing.note_chars is not None and closing.note_chars <= limits.note_chars
    met = {"quick": quick, "bare": bare, "reopened": closing.reopened > 0}
    return [name for name, is_met in met.items() if is_met]


REASONS: dict[str, Words] = {
    "quick": ("签收后过快反馈", "reported back too soon after acknowledging"),
    "bare": ("反馈过于简单且无照片", "a bare report-back without a picture"),
    "reopened": ("办结后又重开", "reopened after closing"),
}
