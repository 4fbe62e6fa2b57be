"""What the store answers of indicators: what monitoring measured, in steps of time and by scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STEPS_MAX = 200
SCOPES_MAX = 1_000
"""Most scopes that are told apart; beyond them an indicator is to be asked for more narrowly."""


class Split(StrEnum):
    """By what the values of a step are told apart."""

    NOTHING = ""
    SERVICE = "service"
    DISTRICT = "district"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class IndicatorFilter:
    """Which windows of an indicator (`schemas/ops.py`) are asked for; an empty scope: all that may be seen.

    `begins_at`: where the first of `steps` begins, each `step` long. Windows count in the step in which they begin.
    """

    indicator: str
    begins_at: datetime
    step: timedelta
    steps: int
    service: str = ""
    district: str = ""
    kind: str = ""
    split: Split = Split.NOTHING

    @property
    def ends_at(self) -> datetime:
        """First instant after the last step."""
        return self.begins_at + self.step * self.steps


@dataclass(frozen=True, slots=True)
class MeasuredStep:
    """One step: values by what they are split by (empty: by nothing) and name; nothing where no window said anything.

    What is counted is added up, what stands is the highest that stood at the end of a window. `corrected`: windows in it that
    monitoring has said again; the later value counts.
    """

    begins_at: datetime
    values: Mapping[str, Mapping[str, int]]
    corrected: int


@dataclass(frozen=True, slots=True)
class MeasuredScope:
    """What was measured of one scope in all steps together; `service`, `district`, `kind` are empty where it has none."""

    service: str
    service_zh: str
    district: str
    kind: str
    kind_zh: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator as asked for.

    `whole`: all steps and scopes together, as a step puts its windows together. `latest`: of what stands, how it was when the last
    window was closed; empty of what is counted.
    `services` and `kinds`: those met in the time asked for, with their names, whatever else was wanted. `measured_until`: end of the
    last window that monitoring has closed; what came after is not known yet. None: it has said nothing at all.
    """

    steps: tuple[MeasuredStep, ...]
    scopes: tuple[MeasuredScope, ...]
    whole: Mapping[str, int]
    latest: Mapping[str, int]
    services: Mapping[str, str]
    kinds: Mapping[str, str]
    measured_until: datetime | None
