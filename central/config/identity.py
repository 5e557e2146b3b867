"""How people prove who they are."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from central.config.section import Section, Text
from central.core.people import Role
from central.core.sign_in_policy import MUST_HAVE_SECOND


class SignInSection(Section):
    """What people must prove. The figures are ours; the roles are a proposal."""

    second_factor_roles: tuple[str, ...] = tuple(sorted(MUST_HAVE_SECOND))
    link_hours: Annotated[int, Field(ge=1, le=720)] = 72

    @field_validator("second_factor_roles", mode="before")
    @classmethod
    def _array(cls, roles: Any) -> Any:
        return tuple(roles) if isinstance(roles, list) else roles

    @field_validator("second_factor_roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(roles) - {role.value for role in Role})
        if unknown:
            msg = f"没有这样的角色 no such role: {', '.join(unknown)}"
            raise ValueError(msg)
        return roles

    @property
    def must_have_second(self) -> frozenset[Role]:
        """Give the roles that never come in by a password alone."""
        return frozenset(map(Role, self.second_factor_roles))


class OidcSection(Section):
    """The district's identity provider (OpenID Connect). It matches accounts, it makes none."""

    issuer: Annotated[str, Field(pattern=r"^https?://")]
    client_id: Text
    client_secret: str = ""
    client_secret_file: str = ""
    claim: Text = "preferred_username"
    scope: Text = "openid profile"
    label: Text = "统一身份认证"
    counts_as_second: bool = False
