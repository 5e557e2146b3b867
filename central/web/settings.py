"""What the pages need to be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from central.adapters.backup.keeping import Backups
from central.adapters.care.keeping import CareStore
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.live_playbooks import LivePlaybooks
from central.adapters.oidc import Provider
from central.adapters.passkeys import RelyingParty
from central.adapters.person_keys import PersonKeys
from central.adapters.registrar import Registrar
from central.adapters.registry.roster import Roster
from central.adapters.rolling import Rolling
from central.adapters.vault import Vault
from central.config import DataDir
from central.core.coordinates import CHINA, Bounds
from central.core.four_hundred import Coaching
from central.core.people import Role
from central.core.playbook import Playbook
from central.core.reporting import Limits
from central.core.sham import ShamLimits
from central.core.sign_in_policy import MUST_HAVE_SECOND
from central.ports import Channel, TakesReceipts
from central.web.live import MOST_LISTENERS

KEPT_DAYS = {"evidence_days": 30, "quarantine_days": 30, "boarding_days": 7, "reply_days": 7}


@dataclass(frozen=True)
class DispositionSettings:
    """Who may hand dispositions over, by name: a public key (base64); which codes are agreed."""

    keys: Mapping[str, str] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ViidSettings:
    """A GA/T 1400 receiver: who may register, with which password; which camera is which place."""

    server_id: str
    realm: str
    username: str
    password: str
    platforms: frozenset[str]
    cameras: Mapping[str, str]


@dataclass(frozen=True)
class WebSettings:
    """A district's pages. `now_ms` is the clock; `public_url` is what people type."""

    secret_key: bytes
    evidence: EvidenceFiles
    secure_cookies: bool
    now_ms: Callable[[], int]
    public_url: str
    vault: Vault
    """Keeps what must not be readable in the database."""
    playbooks: tuple[Playbook, ...] | None = None
    """In force; without them the shipped ones, told by e-mail."""
    hooks: Mapping[str, tuple[str, TakesReceipts]] = field(default_factory=dict)
    """Providers that post receipts, by their name in the address, with their channel's."""
    keeper: Keeper | None = None
    """Keeps enrolments; without it the pages know none."""
    roster: Roster | None = None
    """Keeps pupils; without it the pages know none."""
    dispositions: DispositionSettings = field(default_factory=DispositionSettings)
    viid: ViidSettings | None = None
    """Without it there is no receiver."""
    coaching: Coaching = field(default_factory=Coaching)
    """When a school is listed for coaching."""
    most_listeners: int = MOST_LISTENERS
    """So many open pages are told of changes; each takes a thread."""
    sham: ShamLimits = field(default_factory=ShamLimits)
    """From when on a closed case is listed as a sham closing."""
    must_have_second: frozenset[Role] = MUST_HAVE_SECOND
    """Roles that never come in by a password alone."""
    oidc: Provider | None = None
    """The district's identity provider, where it has one."""
    limits: Limits = field(default_factory=Limits)
    """How much anybody may report."""
    replies: PersonKeys | None = None
    """Locks the numbers to answer to; without it none is asked for."""
    care: CareStore | None = None
    """Keeps what mind care is about; without it the pages know none."""
    bounds: Bounds = CHINA
    """Where places of this district may be."""
    base_map: Path | None = None
    """Where the base map lies, if the district has made one: a PMTiles file."""
    registrar: Registrar | None = None
    """Makes claims for devices; without it none are made."""
    live: LivePlaybooks | None = None
    """Tells which playbooks are in force now; without it those above always are."""
    data: DataDir | None = None
    """The data folder, for what pages keep there: playbooks, the calendar."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """The ways to reach people that are set up."""
    kept_days: Mapping[str, int] = field(default_factory=lambda: dict(KEPT_DAYS))
    """For how long things are kept, by the name of the setting."""
    backups: Backups | None = None
    """Makes and tries backups; without it the pages only show how they went."""
    forms: EvidenceFiles | None = None
    """Signed forms, locked, and photographs of signs; without it the pages take none."""
    scans: EvidenceFiles | None = None
    """Signed pages of commissioning reports; without it the pages take none."""
    rolling: Rolling | None = None
    """Rolls releases out; without it none goes out."""
    proxies: int = 0
    """How many reverse proxies stand before the pages and say where a request comes from."""

    @property
    def relying_party(self) -> RelyingParty | None:
        """Give what passkeys are bound to; None where no browser would make any."""
        return RelyingParty.at(self.public_url)
