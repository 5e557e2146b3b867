"""The district's settings: `central.toml` in the data folder; an unknown key is an error."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from central.config.authorities import CoachingSection, DispositionsSection, ViidSection
from central.config.backup import BackupSection
from central.config.channels import SECRET_KEYS, ChannelsSection
from central.config.duty import DutySection
from central.config.fleet import FleetSection
from central.config.identity import OidcSection, SignInSection
from central.config.map import MapSection
from central.config.quiet import QuietRules
from central.config.section import ConfigError, Port, Secret, Section, Text
from central.core.sham import MOST_HANDLED_S, MOST_NOTE_CHARS


class DatabaseSection(Section):
    """Where the district's cases are kept; SQLite in the data folder unless said otherwise."""

    url: str = ""


class BrokerSection(Section):
    """Where devices reach the broker (`host`), and where central does (`central_host`).

    The broker's listener for central, as `init` writes it, is on this machine only. Certificates
    are those that `init` made.
    """

    host: Text = "127.0.0.1"
    central_host: Text = "127.0.0.1"
    port: Port = 8884
    device_port: Port = 8883

    @property
    def is_local(self) -> bool:
        """Tell whether devices are on this machine only, as in a demonstration."""
        return self.host in {"127.0.0.1", "localhost"}


class DevicesSection(Section):
    """Where devices come for their certificates, over HTTPS of our own.

    `url` is what they are told where that is not `https://<broker host>:<port>`.
    """

    SECRETS = ("ca_passphrase",)

    port: Port = 8885
    url: Annotated[str, Field(pattern=r"^(https://[^\s/?#]+)?$", max_length=300)] = ""
    ca_passphrase: Secret = ""


class WebSection(Section):
    """How the pages are served."""

    host: Text = "127.0.0.1"
    port: Port = 8600
    threads: Annotated[int, Field(ge=4, le=1024)] = 256
    """Each open page takes one; a few are left for those who ask."""
    public_url: str = ""
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """How many reverse proxies stand before it: so many addresses of `X-Forwarded-For` are ours."""


class RetentionSection(Section):
    """How long things are kept. The plan names no figure: these are ours."""

    evidence_days: Annotated[int, Field(ge=1, le=3650)] = 30
    quarantine_days: Annotated[int, Field(ge=1, le=365)] = 30
    boarding_days: Annotated[int, Field(ge=1, le=60)] = 7


class ReportsSection(Section):
    """Reports from anybody: how much is taken, how long a number to answer to is kept: ours."""

    opened_by_address_in_hour: Annotated[int, Field(ge=1, le=1000)] = 3
    opened_at_site_in_hour: Annotated[int, Field(ge=1, le=1000)] = 12
    sent_by_address_in_hour: Annotated[int, Field(ge=1, le=10_000)] = 60
    sent_by_address_in_day: Annotated[int, Field(ge=1, le=100_000)] = 200
    asked_by_address_in_hour: Annotated[int, Field(ge=1, le=10_000)] = 60
    reply_days: Annotated[int, Field(ge=0, le=365)] = 7


class StatisticsSection(Section):
    """From when on a closed case is listed as a sham closing. The plan names no figure: ours."""

    sham_handled_s: Annotated[int, Field(ge=0, le=MOST_HANDLED_S)] = 60
    sham_note_chars: Annotated[int, Field(ge=0, le=MOST_NOTE_CHARS)] = 4


class CareSection(Section):
    """Mind care: its own database; `care.db` in the data folder unless said otherwise."""

    database: str = ""


class CentralConfig(ChannelsSection):
    """All of `central.toml`."""

    database: DatabaseSection = DatabaseSection()
    broker: BrokerSection = BrokerSection()
    devices: DevicesSection = DevicesSection()
    web: WebSection = WebSection()
    retention: RetentionSection = RetentionSection()
    dispositions: DispositionsSection = DispositionsSection()
    viid: ViidSection | None = None
    coaching: CoachingSection = CoachingSection()
    statistics: StatisticsSection = StatisticsSection()
    sign_in: SignInSection = SignInSection()
    oidc: OidcSection | None = None
    reports: ReportsSection = ReportsSection()
    quiet_hours: QuietRules | None = None
    duty: DutySection = DutySection()
    care: CareSection = CareSection()
    backup: BackupSection = BackupSection()
    fleet: FleetSection = FleetSection()
    map: MapSection = MapSection()


class DataDir:
    """The data folder: what lies where in it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.config_file = self.path / "central.toml"
        self.ca = self.path / "ca"
        self.ca_passphrase = self.path / "ca.passphrase"
        self.broker = self.path / "broker"
        self.evidence = self.path / "evidence"
        self.playbooks = self.path / "playbooks"
        self.galleries = self.path / "galleries"
        self.scans = self.path / "signed-reports"
        self.releases = self.path / "releases"
        self.replies = self.path / "replies"
        self.forms = self.path / "forms"
        self.care_keys = self.path / "care-keys"
        self.base_map = self.path / "map" / "base.pmtiles"
        self.secret_file = self.path / "secret.key"
        self.vault_file = self.path / "vault.key"

    @property
    def default_database(self) -> str:
        """The embedded database's URL."""
        return f"sqlite:///{self.path / 'central.db'}"


_SECRETS = SECRET_KEYS | set(DevicesSection.SECRETS)


def load_config(data: DataDir) -> CentralConfig:
    """Read the settings.

    Raises:
        ConfigError: no data folder, not TOML, or keys that are wrong: all of them at once.
    """
    file = data.config_file
    try:
        fields = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = (f"{file}: 没有找到。先运行 huxiao-central init --data {data.path} / not found, "
               "run huxiao-central init first")  # fmt: skip
        raise ConfigError(msg) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{file}: 不是有效的 TOML / not valid TOML: {error}"
        raise ConfigError(msg) from None
    try:
        return CentralConfig.model_validate(fields, context={"folder": data.path})
    except ValidationError as error:
        raise ConfigError(_in_words(file, error)) from None


def _in_words(file: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(map(str, problem["loc"]))
        expected = (
            "未知的键 unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
        )
        got = f" (= {problem['input']!r})" if _may_be_shown(problem) else ""
        lines.append(f"{file}: {key}{got}: {expected}")
    return "\n".join(lines)


def _may_be_shown(problem: ErrorDetails) -> bool:
    """Tell whether what was given may be said: never a secret, nor a section that may hold one."""
    keys = {str(part) for part in problem["loc"]}
    told = problem["type"] not in {"missing", "extra_forbidden"}
    return told and isinstance(problem["input"], str | int | float) and not keys & _SECRETS
