"""What the pages need to be told."""

from collections.abc import Callable
from dataclasses import dataclass

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.registry.roster import Roster
from central.core.playbook import Playbook


@dataclass(frozen=True)
class WebSettings:
    """A district's pages. `now_ms` is the clock; `public_url` is what people type."""

    secret_key: bytes
    evidence: EvidenceFiles
    secure_cookies: bool
    now_ms: Callable[[], int]
    public_url: str
    playbooks: tuple[Playbook, ...] | None = None
    """In force; without them the shipped ones, told by e-mail."""
    keeper: Keeper | None = None
    """Keeps enrolments; without it the pages know none."""
    roster: Roster | None = None
    """Keeps pupils; without it the pages know none."""
