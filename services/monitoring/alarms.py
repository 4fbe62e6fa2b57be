"""What people should look at: distinct alarms, each told once when it is raised and once when it has passed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.monitoring.counters import Counters
from services.monitoring.open_cases import OpenCases

REFUSALS, PARKED, UNCLEAR = "refusals", "parked", "unclear"
REFUSAL_MINUTES = 5


class AlarmKey(NamedTuple):
    """What makes an alarm distinct.

    `place` (partition@offset of the decision record) stands for the case: case keys stay out of logs and pages.
    """

    kind: str
    service: str
    place: str = ""


Alarms = Mapping[AlarmKey, str]
"""Alarms that stand, each with its sentence."""


def standing_alarms(counters: Counters, now_ms: int, refusals_max: int) -> Alarms:
    """Judge the counts at an instant (ms since 1970)."""
    found: dict[AlarmKey, str] = {}
    for service in sorted(counters.minutes):
        count = counters.refused_lately(service, now_ms, REFUSAL_MINUTES)
        if count >= refusals_max:
            found[AlarmKey(REFUSALS, service)] = f"{count} records refused in {REFUSAL_MINUTES} minutes"
    found |= _of_cases(PARKED, counters.waiting.parked, "is parked: see `shebao parked list`")
    found |= _of_cases(UNCLEAR, counters.waiting.unclear, "has an unclear effect: it waits to be reconciled")
    return found


def _of_cases(kind: str, cases: OpenCases, sentence: str) -> dict[AlarmKey, str]:
    found: dict[AlarmKey, str] = {}
    for service, partition, offset in sorted(cases.places.values()):
        place = f"{partition}@{offset}"
        found[AlarmKey(kind, service, place)] = f"the case of decision record {place} {sentence}"
    if cases.beyond_count:
        found[AlarmKey(kind, "")] = f"{cases.beyond_count} more than are listed"
    return found


@dataclass
class AlarmBook:
    """Remembers which alarms were told."""

    standing: Alarms = field(default_factory=dict)

    def turn(self, current: Alarms) -> tuple[Alarms, Alarms]:
        """Give the alarms that are new, and those that have passed; a changed sentence is neither."""
        raised = {key: text for key, text in current.items() if key not in self.standing}
        passed = {key: text for key, text in self.standing.items() if key not in current}
        self.standing = current
        return raised, passed
