"""Who must prove twice who they are, and how often one may be wrong. Figures are ours."""

from dataclasses import dataclass

from central.core.people import Role

MUST_HAVE_SECOND = frozenset({Role.DISTRICT_ADMIN, Role.AUDITOR, Role.DPO, Role.PSYCHOLOGIST})
"""Roles that see much, or what is most private: never by a password alone."""

WITHIN_MS = 15 * 60 * 1000
MOST_WRONG = 5
MOST_WRONG_FROM_ADDRESS = 50
"""A school's staff may share one address."""

PROVED_FOR_MS = 10 * 60 * 1000
"""How long after proving anew one may change what one signs in with."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has beside a password."""

    has_app: bool = False
    passkeys: int = 0

    @property
    def has_any(self) -> bool:
        """Tell whether there is a second factor at all."""
        return self.has_app or self.passkeys > 0


def relaxed(roles: frozenset[Role]) -> frozenset[Role]:
    """Give the roles of which the district asks less than is proposed, for a warning."""
    return MUST_HAVE_SECOND - roles
