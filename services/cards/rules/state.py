"""What the cards service remembers of one person. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from schemas.cards import CardLost, ReportKind
from schemas.decision import Context, Timer
from services.cards.law import EARLIER_JOBS_MAX, card_rules_on, legal_date, midnight

IDS = UUID("6d1f4b5e-95a3-5f6e-8a0e-3d7f7c0b9a52")
"""Namespace of the ids that this service gives to reservations, printing jobs and notices."""

LAPSE_TIMER, ISSUANCE_TIMER, FORGET_TIMER = "suspension-lapses", "issuance-look", "case-forgotten"


class Word(StrEnum):
    """What a holder said of a card."""

    TEMPORARY = "temporary"
    WRITTEN = "written"
    FOUND = "found"


class Phase(StrEnum):
    """Where the making of a new card stands; drawn in `rules/__init__.py`."""

    ASKING = "asking"
    OPENING = "opening"
    PRINTING = "printing"
    UNCLEAR = "unclear"
    WAITING = "waiting"


class Report(msgspec.Struct, frozen=True):
    """A report of loss, or that a card was found, at its highest revision. `revision` 0: only its reversal is known."""

    revision: int
    digest: str
    card_key: str
    word: Word
    at: datetime
    wants_card: bool
    reversed: bool = False


class Card(msgspec.Struct, frozen=True):
    """One card. `suspended` None: it may be used. `lapses_at`: until when a temporary suspension holds."""

    suspended: ReportKind | None = None
    lapses_at: datetime | None = None
    provisional: bool = False
    cancelled_on: date | None = None
    serial: str = ""


class Job(msgspec.Struct, frozen=True):
    """A blank at an outlet and the printing job for it."""

    outlet_key: str
    reservation_id: str
    effect_id: str = ""
    is_over: bool = False
    """A card that came out of it after all was cancelled."""


class Issuance(msgspec.Struct, frozen=True):
    """The making of one new card. `passed_over`: outlets that refused or failed in this round."""

    phase: Phase
    job: Job | None = None
    look_at: datetime | None = None
    passed_over: tuple[str, ...] = ()
    failures: int = 0
    rounds: int = 0
    opens_on: date | None = None
    """The day for which the person was told to come."""


class Made(msgspec.Struct, frozen=True):
    """The card made last. `card_key` is known once it is itself reported lost."""

    serial: str
    outlet_key: str
    effect_id: str
    issued_at: datetime
    card_key: str = ""


class CardCase(msgspec.Struct, frozen=True):
    """One person's cards.

    `reports` by business reference, of cards not yet cancelled; `cards` by card key; `latest` the report that says where the
    person is and how to be told, as JSON, and `latest_order` its place; `asked` counts reservations, so that their ids differ.
    """

    reports: dict[str, Report] = {}
    cards: dict[str, Card] = {}
    latest: str = ""
    latest_order: tuple[datetime, str, int] | None = None
    issuance: Issuance | None = None
    present: Made | None = None
    earlier_jobs: dict[str, Job] = {}
    asked: int = 0


def latest_report(case: CardCase) -> CardLost:
    """The report that says where the person is and how to be told."""
    return CardLost.model_validate_json(case.latest, extra="ignore")


def with_card(case: CardCase, card_key: str, card: Card) -> CardCase:
    """The case with this card."""
    return msgspec.structs.replace(case, cards={**case.cards, card_key: card})


def with_issuance(case: CardCase, issuance: Issuance | None) -> CardCase:
    """The case with this making of a card, or none."""
    return msgspec.structs.replace(case, issuance=issuance)


def with_earlier_job(case: CardCase, job: Job) -> CardCase:
    """The case remembering a job that is not waited for; beyond `EARLIER_JOBS_MAX` the oldest is forgotten."""
    jobs = {**case.earlier_jobs, job.effect_id: job}
    if len(jobs) > EARLIER_JOBS_MAX:
        del jobs[next(iter(jobs))]
    return msgspec.structs.replace(case, earlier_jobs=jobs)


def id_after(context: Context, person_key: str, purpose: str, number: int = 0) -> str:
    """Derive the id of what a decision asks for from the record, or timer, that caused it."""
    parts = (person_key, context.source, context.fact_id, purpose, str(number))
    return str(uuid5(IDS, "\x1f".join(parts)))


def next_timer(case: CardCase) -> Timer | None:
    """The earliest instant at which the case must be looked at again."""
    timers = [Timer(card.lapses_at, LAPSE_TIMER) for card in case.cards.values() if card.lapses_at is not None]
    if case.issuance is not None and case.issuance.look_at is not None:
        timers.append(Timer(case.issuance.look_at, ISSUANCE_TIMER))
    if not timers and is_idle(case):
        timers.append(Timer(midnight(forgotten_from(case)), FORGET_TIMER))
    return min(timers, key=lambda timer: (timer.due_at, timer.name), default=None)


def is_idle(case: CardCase) -> bool:
    """Tell whether nothing in the case can matter later: no card suspended or cancelled, none made, none being made."""
    marked = any(card.suspended is not None or card.cancelled_on is not None for card in case.cards.values())
    return not marked and case.present is None and case.issuance is None and bool(case.reports)


def forgotten_from(case: CardCase) -> date:
    """The legal date from which an idle case need not be remembered."""
    last = max(legal_date(report.at) for report in case.reports.values())
    return last + timedelta(days=card_rules_on(last).kept_days)
