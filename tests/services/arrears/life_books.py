"""The books beside a unit's case: what was assessed and paid, counted anew from the facts that count, by the plainest reading."""

from collections.abc import Iterable, Sequence

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, LineFact
from schemas.fact import SourceFact
from schemas.settlements import UnitPaid


def standing(facts: Sequence[SourceFact]) -> list[SourceFact]:
    """The highest revisions, less reversals, less what a standing reversal of its own kind names."""
    latest: dict[tuple[str, str], SourceFact] = {}
    for fact in facts:
        known = latest.get((fact.topic, fact.business_reference))
        if known is None or known.revision < fact.revision:
            latest[fact.topic, fact.business_reference] = fact
    return [fact for fact in latest.values() if fact.reverses is None and _stands(fact, latest.values(), [])]


def _stands(fact: SourceFact, latest: Iterable[SourceFact], path: list[str]) -> bool:
    path = [*path, fact.business_reference]
    return not any(
        other.topic == fact.topic
        and other.reverses == fact.business_reference
        and other.business_reference not in path
        and _stands(other, latest, path)
        for other in latest
    )


def received_fen(facts: Sequence[SourceFact]) -> int:
    """All money that came and was not taken back."""
    return sum(fact.paid_fen for fact in standing(facts) if isinstance(fact, ContributionPaid | UnitPaid))


def assessed_fen(facts: Sequence[SourceFact]) -> dict[str, int]:
    """What is due of each line: the latest assessment, else the latest report that it was missed."""
    found: dict[str, int] = {}
    for kind in (ContributionMissed, ContributionAssessed):
        of_kind = [fact for fact in standing(facts) if isinstance(fact, kind)]
        of_kind.sort(key=lambda fact: (fact.occurred_on, fact.revision, fact.business_reference))
        found |= {line_key(fact): fact.assessed_fen for fact in of_kind}
    return found


def line_key(fact: LineFact) -> str:
    """Name of a line in its case."""
    return f"{fact.month}/{fact.insurance.value}"
