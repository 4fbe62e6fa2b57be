"""Who is at the page: roles, what each role may see and do, and in which districts."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.page.store.answers import EVERY_DISTRICT, Access

NUMBER_CHARACTERS_MAX = 64
NOBODY = "anonymous"
"""Stands in records for who has not signed in, so that nobody may be called so."""


class Role(StrEnum):
    """What a person is there for."""

    OFFICER = "officer"
    """征缴经办: works cases of their districts."""
    OPERATOR = "operator"
    """运维: mends; never alone."""
    AUDITOR = "auditor"
    """审计: reads everything, changes nothing."""


class Right(StrEnum):
    """What may be seen or done."""

    SEE_NOW = "see-now"
    SEE_ARREARS = "see-arrears"
    SEE_CARDS = "see-cards"
    SEE_TROUBLE = "see-trouble"
    SEE_ACTS = "see-acts"
    EXPORT = "export"
    MEND = "mend"
    """Propose orders, and approve those of others."""
    UNMASK = "unmask"
    REPLAY = "replay"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OFFICER: frozenset({Right.SEE_NOW, Right.SEE_ARREARS, Right.SEE_CARDS, Right.EXPORT}),
    Role.OPERATOR: frozenset(
        {Right.SEE_NOW, Right.SEE_ARREARS, Right.SEE_CARDS, Right.SEE_TROUBLE, Right.MEND, Right.UNMASK, Right.REPLAY}
    ),
    Role.AUDITOR: frozenset(Right) - {Right.MEND},
}
"""The whole table: what is not here is refused."""


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person. `number`: staff number, as the provider names it."""

    number: str
    name: str
    roles: frozenset[Role]
    districts: frozenset[str]

    def may(self, right: Right) -> bool:
        """Tell whether one of the roles gives a right."""
        return any(right in RIGHTS[role] for role in self.roles)

    def is_named(self, number: str) -> bool:
        """Tell whether a staff number is this person's."""
        return is_same_person(number, self.number)

    @property
    def access(self) -> Access:
        """The districts the store may answer about."""
        return Access(self.districts)

    @property
    def role_names(self) -> str:
        """Roles as they are recorded."""
        return ",".join(sorted(self.roles)) or "none"


def person_of(claims: Mapping[str, Any]) -> Person | None:
    """Make a person of the claims of an ID token; None where they name nobody, or a role or district that is none.

    `preferred_username` (else `sub`) is the staff number, `shebao_roles` and `shebao_districts` are lists; the district `all` is every one.
    """
    number = claims.get("preferred_username") or claims.get("sub")
    roles, districts = claims.get("shebao_roles", []), claims.get("shebao_districts", [])
    number = _as_one(number) if isinstance(number, str) else ""
    if not 0 < len(number) <= NUMBER_CHARACTERS_MAX or not number.isprintable() or is_same_person(number, NOBODY):
        return None
    if not isinstance(roles, list) or not isinstance(districts, list):
        return None
    try:
        known = frozenset(Role(role) for role in roles)
    except ValueError:
        return None
    seen = EVERY_DISTRICT if districts == ["all"] else frozenset(str(district) for district in districts)
    if not seen <= EVERY_DISTRICT:
        return None
    return Person(number, str(claims.get("name") or number)[:NUMBER_CHARACTERS_MAX], known, seen)


def is_same_person(one: str, another: str) -> bool:
    """Tell whether two staff numbers name one person: some providers hand on what was typed, in whatever case and width."""
    return _as_one(one).casefold() == _as_one(another).casefold()


def _as_one(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip()
