"""The district's settings: `central.toml` in the data folder; an unknown key is an error."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Port = Annotated[int, Field(ge=1, le=65_535)]
Text = Annotated[str, Field(min_length=1, max_length=500)]


class ConfigError(Exception):
    """A settings file that cannot be used; the text names file, key and what was expected."""


class Section(BaseModel):
    """What all sections share: strict and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DatabaseSection(Section):
    """Where the district's cases are kept; SQLite in the data folder unless said otherwise."""

    url: str = ""


class BrokerSection(Section):
    """Where central reaches the broker. Certificates are those that `init` made."""

    host: Text = "127.0.0.1"
    port: Port = 8884
    device_port: Port = 8883


class WebSection(Section):
    """How the pages are served."""

    host: Text = "127.0.0.1"
    port: Port = 8600
    threads: Annotated[int, Field(ge=4, le=256)] = 64
    public_url: str = ""


class EmailSection(Section):
    """The mail server that takes notifications."""

    host: Text
    port: Port = 25
    sender: Text
    username: str = ""
    password: str = ""
    starttls: bool = False
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 15.0


class WebhookSection(Section):
    """A receiver of signed CloudEvents, e.g. the city's governance application."""

    name: Text
    url: Annotated[str, Field(pattern=r"^https?://")]
    secret: Annotated[str, Field(min_length=16)]
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 15.0


class RetentionSection(Section):
    """How long things are kept. The plan names no figure: these are ours."""

    evidence_days: Annotated[int, Field(ge=1, le=3650)] = 30
    quarantine_days: Annotated[int, Field(ge=1, le=365)] = 30


class CentralConfig(Section):
    """All of `central.toml`."""

    database: DatabaseSection = DatabaseSection()
    broker: BrokerSection = BrokerSection()
    web: WebSection = WebSection()
    retention: RetentionSection = RetentionSection()
    email: EmailSection | None = None
    webhooks: tuple[WebhookSection, ...] = ()


class DataDir:
    """The data folder: what lies where in it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.config_file = self.path / "central.toml"
        self.ca = self.path / "ca"
        self.broker = self.path / "broker"
        self.evidence = self.path / "evidence"
        self.playbooks = self.path / "playbooks"
        self.galleries = self.path / "galleries"
        self.secret_file = self.path / "secret.key"

    @property
    def default_database(self) -> str:
        """The embedded database's URL."""
        return f"sqlite:///{self.path / 'central.db'}"


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
        # TOML has arrays, a frozen model has tuples: only that much is bent
        fields["webhooks"] = tuple(fields.get("webhooks", ()))
        return CentralConfig.model_validate(fields)
    except ValidationError as error:
        raise ConfigError(_in_words(file, error)) from None


def _in_words(file: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(map(str, problem["loc"]))
        expected = (
            "未知的键 unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
        )
        got = (
            ""
            if problem["type"] in {"missing", "extra_forbidden"}
            else f" (= {problem['input']!r})"
        )
        lines.append(f"{file}: {key}{got}: {expected}")
    return "\n".join(lines)
