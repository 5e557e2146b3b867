"""Sections of `central.toml` about dispositions, the GA/T 1400 receiver and coaching."""

from typing import Annotated, ClassVar

from pydantic import Field

from central.config.section import Section, Text


class AuthoritySection(Section):
    """Who may hand dispositions over: its name, and its Ed25519 public key as base64."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    signing_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class DispositionsSection(Section):
    """Dispositions of the lawful authority; without an authority none is taken."""

    categories: Annotated[
        frozenset[Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,3}$")]], Field(strict=False)
    ] = frozenset()
    authorities: Annotated[tuple[AuthoritySection, ...], Field(strict=False)] = ()


class ViidSection(Section):
    """A GA/T 1400 receiver: who registers, and which camera stands at which place."""

    SECRETS: ClassVar[tuple[str, ...]] = ("password",)

    server_id: Text
    realm: Text = "huxiao"
    username: Text
    password: Annotated[str, Field(min_length=12, repr=False)]
    platforms: Annotated[frozenset[Text], Field(strict=False)]
    cameras: dict[str, str] = Field(default_factory=dict)


class CoachingSection(Section):
    """When a school is listed for coaching. The plan says "repeated": the figures are ours."""

    within_days: Annotated[int, Field(ge=1, le=400)] = 30
    problems: Annotated[int, Field(ge=1, le=1000)] = 3
