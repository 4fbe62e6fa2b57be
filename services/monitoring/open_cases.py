"""Cases that wait for people: parked ones, and those with an effect of which nobody knows what became.

    (none) ──parked──▶ parked ──released, and none of its records parks again──▶ (none)
    (none) ──effect-unclear, effect-overdue──▶ unclear ──effect-done, effect-failed, effect-corrected──▶ (none)

A case with several unclear effects is taken off with the first that becomes clear: entries do not name the effect.
"""

from dataclasses import dataclass, field

from schemas.decision import Outcome
from schemas.decision_records import DecisionEntry

OPEN_CASES_MAX = 100_000
"""Cases of one kind and service remembered; further ones are not counted."""
UNCLEAR = frozenset({"effect-unclear", "effect-overdue"})
CLEAR = frozenset({"effect-done", "effect-failed", "effect-corrected"})
RELEASES = frozenset({"released", "nothing-parked"})


@dataclass
class OpenCases:
    """The cases of one kind that wait, by service."""

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
class Waiting:
    """Parked cases and cases with an unclear effect, as the decision entries tell them."""

    parked: OpenCases = field(default_factory=OpenCases)
    unclear: OpenCases = field(default_factory=OpenCases)
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
        elif entry.code in UNCLEAR:
            self.unclear.add(*case)
        elif entry.code in CLEAR:
            self.unclear.remove(*case)
