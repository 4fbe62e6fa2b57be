"""What waits for people: parked cases, as decision entries tell them, and effects of which nobody knows what became, as their outcomes do.

(none) ──parked──▶ parked ──released, and none of its records parks again──▶ (none)
(none) ──outcome unknown──▶ unclear ──any other outcome of the same effect──▶ (none)

Decision entries do not name their effect, and a case has several at once: one that is done says nothing of another.
"""

from dataclasses import dataclass, field

from schemas.decision import Outcome
from schemas.decision_records import DecisionEntry

OPEN_CASES_MAX = 100_000
"""Cases, or effects, of one service remembered; further ones are not counted."""
RELEASES = frozenset({"released", "nothing-parked"})


@dataclass
class OpenCases:
    """The parked cases, by service."""

    waiting: dict[str, set[str]] = field(default_factory=dict)

    def add(self, service: str, case_key: str) -> None:
        """Remember a case, unless there are too many."""
        known = self.waiting.setdefault(service, set())
        if len(known) < OPEN_CASES_MAX:
            known.add(case_key)

    def remove(self, service: str, case_key: str) -> None:
        """Forget a case that waits no more."""
        self.waiting.get(service, set()).discard(case_key)


@dataclass
class UnclearEffects:
    """Effects whose outcome is unknown, with their case, by service."""

    cases: dict[str, dict[str, str]] = field(default_factory=dict)

    def take_in(self, service: str, case_key: str, effect_id: str, *, is_unclear: bool) -> None:
        """Take in what came of an effect."""
        known = self.cases.setdefault(service, {})
        if not is_unclear:
            known.pop(effect_id, None)
        elif len(known) < OPEN_CASES_MAX:
            known[effect_id] = case_key


@dataclass
class Waiting:
    """Parked cases, as the decision entries tell them."""

    parked: OpenCases = field(default_factory=OpenCases)
    _parked_again: set[tuple[str, str]] = field(default_factory=set)

    def observe(self, service: str, entry: DecisionEntry) -> None:
        """Take in one entry; those of a task in their order."""
        case = service, entry.case_key
        if entry.outcome == Outcome.PARKED:
            self.parked.add(*case)
            if entry.kind == "released":
                self._parked_again.add(case)
        elif entry.kind == "command" and entry.code in RELEASES:  # comes after what it released
            if case not in self._parked_again:
                self.parked.remove(*case)
            self._parked_again.discard(case)
