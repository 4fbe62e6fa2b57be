"""An act before it is taken in, with all that it is judged by."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from schemas.calendar import WorkingCalendar
from schemas.decision import Context
from schemas.enforcement import EnforcementActRecorded
from services.arrears.rules_enforcement_owed import Owed, owed
from services.arrears.rules_enforcement_state import Procedure
from services.arrears.rules_enforcement_windows import CourtWindow, court_window
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase

Values = Mapping[str, Any]
Objection = Values | None


class Trial:
    """An act before it is taken in, with what it is judged by. Days are those on which it was done."""

    def __init__(
        self, case: UnitCase, procedure: Procedure, notice: Notice, fact: EnforcementActRecorded, context: Context
    ) -> None:
        """Set up with the case, the procedure and notice the act names, the act, and the context."""
        self.case = case
        self.procedure = procedure
        self.notice = notice
        self.fact = fact
        self.context = context

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendars known."""
        return self.context.calendar

    @property
    def amount_fen(self) -> int:
        """The act's amount; nought where it names none."""
        return self.fact.amount_fen or 0

    @cached_property
    def due(self) -> Owed:
        """What the notice's lines owed on the day of the act."""
        return owed(self.case, self.notice, self.procedure, self.fact.occurred_on, self.context)

    @cached_property
    def window(self) -> CourtWindow | None:
        """When the court may be applied to."""
        return court_window(self.notice, self.procedure.remedy, self.calendar)
