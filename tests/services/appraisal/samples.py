"""Applications and experts for the appraisal tests: valid by default, changed by name."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from stdnum.cn import uscc

from schemas.appraisal import (
    Applicant,
    AppraisalExtensionDecided,
    AppraisalSubmitted,
    AppraisalWithdrawn,
    ConclusionKind,
    ExpertRegistered,
    ExtensionGround,
    Fixation,
    Ground,
    Material,
    PanelRequested,
    Specialty,
)
from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.decision import Context, Decision
from schemas.fact import Fact, Sealed
from schemas.mesh import ParameterPublished
from schemas.vocabulary import Agency, District
from services.appraisal import texts
from services.clock.calendars import published_calendars

POOL = "pool-371000"
ALL_PAPERS = tuple(Material)
MAIL = Sealed(key_reference="k1", ciphertext=b"sealed mail")
CALENDARS = [calendar for calendar in published_calendars() if calendar.year < 2027]
"""2027 is left unpublished."""
PUBLISHED = WorkingCalendar(
    MappingProxyType({it.year: CalendarYear(frozenset(it.days_off), frozenset(it.make_up_days)) for it in CALENDARS})
)
MORNING_HOUR_UTC = 1
"""Nine in the morning in Weihai."""


def person(number: int) -> str:
    """A person's key."""
    return f"p1-{sha256(f'person {number}'.encode()).hexdigest()[:32]}"


def unit(number: int) -> str:
    """A unit's valid credit code."""
    body = f"91371003MA{number:07d}"
    return str(body + uscc.calc_check_digit(body))


EMPLOYER = unit(1)


def application(**changed: Any) -> AppraisalSubmitted:
    """A worker's application for a disability grade that meets every condition, received 2024-03-01."""
    received_on = changed.get("received_on", date(2024, 3, 1))
    fields: dict[str, Any] = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": received_on,
        "business_reference": "LD-2024-0001",
        "person_key": person(1),
        "applicant": Applicant.WORKER,
        "kind": ConclusionKind.DISABILITY_GRADE,
        "ground": Ground.WORK_INJURY,
        "city_code": "371000",
        "received_on": received_on,
        "recognised_on": received_on - timedelta(days=250),
        "condition_stable": True,
        "suspension_over": False,
        "fixation": Fixation.REMOVED,
        "specialties": (Specialty.ORTHOPAEDICS,),
        "materials": ALL_PAPERS,
        "employer_unit_code": EMPLOYER,
        "contact_email": MAIL,
    }
    return AppraisalSubmitted(**(fields | changed))


def withdrawal(**changed: Any) -> AppraisalWithdrawn:
    """The withdrawal of the sample application."""
    fields: dict[str, Any] = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date(2024, 3, 4),
        "business_reference": "CH-2024-0001",
        "person_key": person(1),
        "reverses": "LD-2024-0001",
    }
    return AppraisalWithdrawn(**(fields | changed))


def extension(**changed: Any) -> AppraisalExtensionDecided:
    """The office's decision to extend the sample application's time limit."""
    fields: dict[str, Any] = {
        "district": District.WENDENG,
        "agency": Agency.WEIHAI,
        "occurred_on": date(2024, 3, 4),
        "business_reference": "YQ-2024-0001",
        "person_key": person(1),
        "application_reference": "LD-2024-0001",
        "ground": ExtensionGround.COMPLEX_CONDITION,
    }
    return AppraisalExtensionDecided(**(fields | changed))


def expert(number: int, **changed: Any) -> ExpertRegistered:
    """An orthopaedist with a term 2023–2026 at a hospital of his own."""
    fields: dict[str, Any] = {
        "district": District.HUANCUI,
        "agency": Agency.WEIHAI,
        "occurred_on": date(2023, 1, 1),
        "business_reference": f"ZJ-{number:04d}",
        "pool_key": POOL,
        "expert_key": f"expert-{number:04d}",
        "specialties": (Specialty.ORTHOPAEDICS,),
        "senior_title": True,
        "trained": True,
        "term_from": date(2023, 1, 1),
        "term_until": date(2026, 12, 31),
        "employer_unit_code": unit(1000 + number),
    }
    return ExpertRegistered(**(fields | changed))


def request(**changed: Any) -> PanelRequested:
    """A request for a panel of orthopaedists, due 2024-04-30, at the latest 2024-05-30."""
    fields: dict[str, Any] = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date(2024, 3, 1),
        "pool_key": POOL,
        "person_key": person(1),
        "application_reference": "LD-2024-0001",
        "request_number": 1,
        "specialties": (Specialty.ORTHOPAEDICS,),
        "conclusion_due_on": date(2024, 4, 30),
        "extended_due_on": date(2024, 5, 30),
        "employer_unit_code": EMPLOYER,
    }
    return PanelRequested(**(fields | changed))


def context_on(
    day: date, fact_id: str = "event-1", calendar: WorkingCalendar = PUBLISHED, strict: bool = False
) -> Context:
    """Nine o'clock of a day in Weihai, with the published calendars."""
    references: dict[str, dict[str, Fact]] = {}
    if strict:
        name = "appraisal-local-conditions"
        parameter = ParameterPublished(name=name, value="strict", effective_on=date(2020, 1, 1))
        references = {ParameterPublished.topic: {name: parameter}}
    now = datetime(day.year, day.month, day.day, MORNING_HOUR_UTC, tzinfo=UTC)
    return Context(now, fact_id, "urn:test", calendar, references)


def explained(decision: Decision[Any]) -> str:
    """The decision's reason in Chinese: fails where the code has no text or a value is missing."""
    return texts.REASON_TEXTS[decision.reason.code].format(**decision.reason.values)
