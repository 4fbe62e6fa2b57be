"""What a case holds sealed: which fields of which facts. Nothing is opened here."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.fact import Fact, Sealed
from schemas.sealed_fields import BY_NAME


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One sealed field of one fact, with all that its opening is bound to."""

    subject: str
    field: str
    version: int
    reference: str
    """Business reference of the fact, where it has one."""
    sealed: Sealed

    @property
    def title(self) -> str:
        """What people call the field."""
        return BY_NAME[self.field].title_zh


def sealed_values(facts: Iterable[Fact]) -> list[SealedValue]:
    """Give the sealed fields of facts as they first stood; what was forwarded under another name is left out."""
    return [
        SealedValue(fact.case_key, name, fact.version, getattr(fact, "business_reference", ""), value)
        for fact in facts
        for name, value in fact
        if isinstance(value, Sealed) and name in BY_NAME
    ]
