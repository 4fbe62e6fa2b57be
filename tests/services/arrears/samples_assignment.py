"""Officers and acts for the tests of who answers for a case; and a desk that knows who serves."""

from datetime import date
from typing import Any

from schemas.decision import Context
from schemas.mesh import ParameterPublished
from schemas.officers import AssignmentAct, CaseAssigned, CaseAssignmentActRecorded, Duty, OfficerPublished
from schemas.vocabulary import District
from services.arrears.rules_assignment_state import Assignment
from tests.services.arrears.samples import PLACE, Desk, missed, registered


def officer(number: str, duty: Duty = Duty.HANDLER, **changed: Any) -> OfficerPublished:
    """An officer of Wendeng, in service since 2020."""
    fields = {
        "officer": number,
        "duty": duty,
        "districts": (District.WENDENG,),
        "serves_from": date(2020, 1, 1),
        "authority": "岗位分工",
    }
    return OfficerPublished(**(fields | changed))


HANDLERS = (officer("WD-101"), officer("WD-102"), officer("WD-103"))
SENIOR = officer("WD-201", Duty.SENIOR)
HEAD = officer("WD-301", Duty.HEAD)
ROSTER = (*HANDLERS, SENIOR, HEAD)


def act(reference: str = "GP-1", **changed: Any) -> CaseAssignmentActRecorded:
    """The head gives the case to the third handler, on 2024-01-08."""
    fields = {
        **PLACE,
        "occurred_on": date(2024, 1, 8),
        "business_reference": reference,
        "act": AssignmentAct.REASSIGN,
        "officer": "WD-103",
        "grounds": "原责任人休假",
        "decided_by": "WD-301",
    }
    return CaseAssignmentActRecorded(**(fields | changed))


def extension(reference: str = "YQ-1", **changed: Any) -> CaseAssignmentActRecorded:
    """More time, until Friday 2024-03-15, approved by the head."""
    fields = {
        "act": AssignmentAct.EXTEND,
        "officer": None,
        "deadline_on": date(2024, 3, 15),
        "decided_by": "WD-101",
        "approved_by": "WD-301",
    }
    return act(reference, **(fields | changed))


class StaffedDesk(Desk):
    """A desk at which it is known who serves."""

    def __init__(self, *officers: OfficerPublished, today: date = date(2024, 1, 8)) -> None:
        super().__init__(today)
        # Nothing is long or large here, so that no notice moves a case on.
        never = (("measure-long-days", "999"), ("measure-large-fen", "999999999"))
        self.parameters = [
            ParameterPublished(name=name, value=value, effective_on=date(2020, 1, 1)) for name, value in never
        ]
        self.officers = {one.officer: one for one in officers}

    def publish(self, *officers: OfficerPublished) -> None:
        """Officers are published anew."""
        self.officers |= {one.officer: one for one in officers}

    @property
    def context(self) -> Context:
        plain = super().context
        references = {**plain.references, OfficerPublished.topic: self.officers} if self.officers else plain.references
        return Context(plain.now, plain.fact_id, plain.source, plain.calendar, references)

    @property
    def assignment(self) -> Assignment:
        """Who answers for the case."""
        assert self.case is not None
        assert self.case.assignment is not None
        return self.case.assignment

    @property
    def assigned(self) -> list[tuple[str | None, str]]:
        """Officer and reason of each `case-assigned` that was said."""
        return [(fact.officer, fact.reason_code) for fact in self.said if isinstance(fact, CaseAssigned)]


def owing(*officers: OfficerPublished, **changed: Any) -> StaffedDesk:
    """A unit was registered and is found to owe, on 2024-01-08."""
    desk = StaffedDesk(*officers)
    desk.hear(registered(), missed(**changed))
    return desk
