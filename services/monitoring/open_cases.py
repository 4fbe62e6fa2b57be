"""Cases that wait for people: parked ones, and those with an effect of which nobody knows what became.

    (none) ──parked──▶ parked ──released, and none of its records parks again──▶ (none)
    (none) ──effect-unclear, effect-overdue──▶ unclear ──effect-done, effect-failed, effect-corrected──▶ (none)

A case with several unclear effects is taken off with the first that becomes clear: entries do not name the effect.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.decision import Outcome
from schemas.decision_records import DecisionEntry

OPEN_CASES_MAX = 1_000
"""Cases of one kind remembered; further ones are only counted."""
UNCLEAR = frozenset({"effect-unclear", "effect-overdue"})
CLEAR = frozenset({"effect-done", "effect-failed", "effect-corrected"})
RELEASES = frozenset({"released", "nothing-parked"})


class Place(NamedTuple):
    """Where in the log a case began to wait: the decision record that says so."""

    service: str
    partition: int
    offset: int


@dataclass
class OpenCases:
    """The cases of one kind that wait, each with the place where that was said first."""

    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    beyond_count: int = 0
    """Cases not remembered because there were too many."""

    def add(self, case_key: str, place: Place) -> None:
        """Remember a case, unless it is known or there are too many."""
        if (place.service, case_key) in self.places:
            return
        if len(self.places) >= OPEN_CASES_MAX:
            self.beyond_count += 1
        else:
            self.places[place.service, case_key] = place

    def remove(self, case_key: str, service: str) -> None:
        """Forget a case that waits no more."""
        self.places.pop((service, case_key), None)


@dataclass
class Waiting:
    """Parked cases and cases with an unclear effect, as the decision entries tell them."""

    parked: OpenCases = field(default_factory=OpenCases)
    unclear: OpenCases = field(default_factory=OpenCases)
    _parked_again: set[tuple[str, str]] = field(default_factory=set)

    def observe(self, entry: DecisionEntry, place: Place) -> None:
        """Take in one entry; those of a task in their order."""
        case = (place.service, entry.case_key)
        if entry.outcome == Outcome.PARKED:
            self.parked.add(entry.case_key, place)
            if entry.kind == "released":
                self._parked_again.add(case)
        elif entry.kind == "command" and entry.code in RELEASES:  # comes after what it released
            if case not in self._parked_again:
                self.parked.remove(entry.case_key, place.service)
            self._parked_again.discard(case)
        elif entry.code in UNCLEAR:
            self.unclear.add(entry.case_key, place)
        elif entry.code in CLEAR:
            self.unclear.remove(entry.case_key, place.service)
