"""Facts of the mesh itself: time, calendars, operators' commands, decision records."""

from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import Fact, Wire
from schemas.parameters import is_usable
from schemas.vocabulary import DATE_FIRST, DATE_LAST, LegalDate, SaidInstant, ShortText

DAYS_OF_A_CALENDAR_MAX = 100
"""Most days off on weekdays, and most make-up days, that a year may have: there are never forty. What counts working days
rests on there being enough of them."""

EARLIER_VALUES_MAX = 100
"""Most earlier values that a publication names."""

CalendarDays = Annotated[tuple[LegalDate, ...], Field(max_length=DAYS_OF_A_CALENDAR_MAX)]


class ClockTicked(Fact):
    """The clock worker said what time it is, on every partition; monotone. A simulated clock says so."""

    topic: ClassVar[str] = "clock-ticked"
    key_field: ClassVar[str] = "clock"
    broadcast: ClassVar[bool] = True

    clock: ShortText = "clock"
    now: SaidInstant
    simulated: bool = False


class CalendarPublished(Fact):
    """The State Council published a year's days off and make-up working days (国务院办公厅关于节假日安排的通知)."""

    topic: ClassVar[str] = "calendar-published"
    key_field: ClassVar[str] = "year"
    broadcast: ClassVar[bool] = True

    year: Annotated[int, Field(ge=DATE_FIRST.year, le=DATE_LAST.year)]
    days_off: CalendarDays
    make_up_days: CalendarDays
    authority: ShortText
    revision: int = 1


class EarlierValue(Wire):
    """What a parameter was set to before, from a legal date until the next one."""

    value: ShortText
    effective_on: LegalDate


class ParameterPublished(Fact):
    """A setting of the mesh that decisions depend on was published, in force from a legal date.

    `effects-from` (a date: no effect leaves the mesh before it), `appraisal-local-conditions` (`warn` or `strict`) …; what each may
    be set to: `schemas/parameters.py`. The highest revision says all that holds: its value from `effective_on`, and in `earlier` what holds on
    the days before; on days before all of these the rule's own default.
    """

    topic: ClassVar[str] = "parameter-published"
    key_field: ClassVar[str] = "name"
    broadcast: ClassVar[bool] = True

    name: ShortText
    value: ShortText
    effective_on: LegalDate
    revision: int = 1
    earlier: Annotated[tuple[EarlierValue, ...], Field(max_length=EARLIER_VALUES_MAX)] = ()
    """What held before, each from its date until the next: a change of a setting that was in force names it here."""

    @model_validator(mode="after")
    def value_can_be_read(self) -> Self:
        """Refuse a value that the rules asking for it could not read."""
        if not all(is_usable(self.name, value) for value in (self.value, *(one.value for one in self.earlier))):
            raise PydanticCustomError("parameter-value-invalid", "rules cannot read this value of the parameter")
        return self

    def value_on(self, day: date) -> str | None:
        """Give the value in force on a legal date; None before the first."""
        if self.effective_on <= day:
            return self.value
        reached = [one for one in self.earlier if one.effective_on <= day]
        return max(reached, key=lambda one: one.effective_on).value if reached else None


APPEND_TIME_MS_MAX = 7_258_118_399_999
"""The end of the year 2199, like that of dates: whoever judges a record adds to its append time, and takes its date in Weihai."""


class OriginalRecord(Wire):
    """A record exactly as it stood in its topic."""

    topic: str
    partition: int
    offset: int
    append_time_ms: Annotated[int, Field(ge=0, le=APPEND_TIME_MS_MAX)]
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple["OriginalHeader", ...] = ()


class OriginalHeader(Wire):
    """One header of an original record."""

    name: str
    value: bytes | None = None


class CommandIssued(Fact):
    """An operator's order to one task of one service; each service has its own `<service>-commands` topic.

    `action`: `redrive` (decide the enclosed dead record again), `release` (decide a parked case's records
    again), `resume` (end a halt), `reconcile` (ask a provider about an unclear effect).
    """

    key_field: ClassVar[str] = "subject"

    subject: ShortText
    """The case key it is about; `task` for `resume`."""
    action: ShortText
    issued_by: ShortText
    explanation: ShortText
    original: OriginalRecord | None = None


OriginalRecord.model_rebuild()
