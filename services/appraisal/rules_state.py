"""What the appraisal service remembers: a person's applications, and a city's pool with its calendar."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from schemas.appraisal import AppraisalSubmitted, DateStanding
from services.appraisal import law


class Status(StrEnum):
    """Where an application stands; the transitions are drawn in `rules.py`."""

    CORRECTING = "correcting"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    SAT = "sat"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"


OPEN = (Status.CORRECTING, Status.WAITING, Status.SCHEDULED)
"""An application that is still to come to a sitting; one of a kind a person."""


class Sitting(msgspec.Struct, frozen=True):
    """A panel and its date, as the pool gave them."""

    sitting_on: date
    slot: str
    room: int
    expert_keys: tuple[str, ...]
    standing: DateStanding
    provisional: bool


class Application(msgspec.Struct, frozen=True):
    """One application. `submission` is the content of its fact ("" while only its withdrawal is known).

    `look_on`: the case is looked at again when this legal date is over. `request_number`: how often the pool was
    asked. `declined`: the pool has said that it cannot draw yet. `extended`: the office decided on 30 days more. `overdue`: that the limit has passed was said.
    """

    status: Status
    submission: str = ""
    revision: int = 0
    look_on: date | None = None
    request_number: int = 0
    declined: bool = False
    extended: bool = False
    overdue: bool = False
    sitting: Sitting | None = None


class PersonCase(msgspec.Struct, frozen=True, tag="person"):
    """A person's applications by their business reference."""

    applications: dict[str, Application] = {}


class Expert(msgspec.Struct, frozen=True):
    """An expert of the pool at the highest revision known. `digest` names the whole content of the registration."""

    reference: str
    revision: int
    digest: str
    specialties: tuple[str, ...]
    senior_title: bool
    trained: bool
    term_from: date
    term_until: date
    employer_unit_code: str
    related_unit_codes: tuple[str, ...]
    related_person_keys: tuple[str, ...]


class Waiting(msgspec.Struct, frozen=True):
    """A request (as JSON) that could not be served yet, its event's id, its time limit, and the reasons last said."""

    request: str
    event_id: str
    due_on: date
    reasons: tuple[str, ...] = ()


class Booking(msgspec.Struct, frozen=True):
    """A sitting in the calendar. `slot` counts the office's slots of the day from 0, `room` from 1."""

    request: str
    event_id: str
    sitting_on: date
    slot: int
    room: int
    expert_keys: tuple[str, ...]
    provisional: bool


class PoolCase(msgspec.Struct, frozen=True, tag="pool"):
    """A city's experts by key; bookings and queue by `<person key>/<application reference>`; when to look again.

    `settled` holds the number of the last request withdrawn, so that a late one does not book again. `resume_after`: how far
    the queue was tried in the round that is going on.
    """

    experts: dict[str, Expert] = {}
    bookings: dict[str, Booking] = {}
    waiting: dict[str, Waiting] = {}
    settled: dict[str, int] = {}
    resume_after: str = ""
    look_at: datetime | None = None


AppraisalCase = PersonCase | PoolCase
"""The two kinds of case of this service."""


def submission_of(application: Application) -> AppraisalSubmitted:
    """Read the fact an application was taken in with."""
    return AppraisalSubmitted.model_validate_json(application.submission, extra="ignore")


def with_application(case: PersonCase, reference: str, application: Application) -> PersonCase:
    """Put an application into a person's case."""
    return PersonCase({**case.applications, reference: application})


def closed_as(application: Application, status: Status, today: date) -> Application:
    """Close an application; it is remembered for the office's time, then forgotten."""
    forget_on = today + timedelta(days=law.office_on(today).kept_days)
    return msgspec.structs.replace(application, status=status, look_on=forget_on, sitting=None)
