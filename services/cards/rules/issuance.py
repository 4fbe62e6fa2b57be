"""How a new card comes about: which outlet is asked, what it answers, when it is printed, when it is given up."""

from datetime import timedelta
from typing import NamedTuple

from msgspec import structs

from schemas.cards import CardIssuanceAbandoned, CardIssuanceRequested
from schemas.decision import LEGAL_ZONE, Context, Decision, already_known, decided
from schemas.fact import Fact
from schemas.outlets import (
    CardReservationExpired,
    CardReservationRefused,
    CardReservationReleased,
    CardReservationRequested,
    OutletPublished,
    ReservationAnswered,
)
from services.cards import law, texts
from services.cards.rules.choice import equipped_outlet, is_open, nearest_outlet, next_opening, published_outlet
from services.cards.rules.state import CardCase, Issuance, Job, Phase, id_after, latest_report, with_issuance
from services.cards.rules.telling import about, notice

OUT_OF_BOUNDS = "tried-too-often"
NOT_WANTED, EXPIRED, NO_ANSWER, UNAVAILABLE, WITHDRAWN = (
    "not-wanted",
    "expired",
    "no-answer",
    "unavailable",
    "withdrawn",
)
"""Why a reservation is released."""

BLANK_REQUESTED, NO_BLANK, ABANDONED = "blank-requested", "no-blank-anywhere", "issuance-abandoned"


class Step(NamedTuple):
    """The next step of an issuance: the case, what is said, and code and values of the reason."""

    case: CardCase
    facts: tuple[Fact, ...]
    code: str
    values: dict[str, str]


def begin(case: CardCase, context: Context) -> Step:
    """Begin to make a card: ask the first outlet."""
    return ask_next(with_issuance(case, Issuance(Phase.WAITING)), context)


def ask_next(case: CardCase, context: Context) -> Step:
    """Ask the nearest outlet not passed over for a blank; where there is none, wait for the next round."""
    issuance = _of(case)
    report = latest_report(case)
    has_failed_enough = issuance.failures >= law.card_rules_on(context.today).outlets_tried_max
    candidate = None if has_failed_enough else nearest_outlet(report, issuance.passed_over, context)
    if candidate is None:
        return _wait(case, context)
    outlet_key = candidate.outlet.outlet_key
    reservation_id = id_after(context, report.person_key, "reservation", case.asked)
    asking = structs.replace(
        issuance,
        phase=Phase.ASKING,
        job=Job(outlet_key, reservation_id),
        look_at=context.now + law.card_rules_on(context.today).answer_within,
    )
    request = CardReservationRequested(**about(case, context), outlet_key=outlet_key, reservation_id=reservation_id)
    after = structs.replace(case, issuance=asking, asked=case.asked + 1)
    return Step(after, (request,), BLANK_REQUESTED, {"outlet": candidate.outlet.name})


def pass_over(case: CardCase, context: Context, release: str = "", is_failure: bool = False) -> Step:
    """Leave the outlet that was asked, giving its blank back where `release` says why, and ask the next."""
    issuance = _of(case)
    job = _job_of(issuance)
    given_back = (released(case, context, job, release),) if release else ()
    left = structs.replace(
        issuance,
        job=None,
        opens_on=None,
        passed_over=(*issuance.passed_over, job.outlet_key),
        failures=issuance.failures + is_failure,
    )
    step = ask_next(with_issuance(case, left), context)
    return step._replace(facts=(*given_back, *step.facts))


def withdraw(case: CardCase, context: Context) -> Step:
    """Give up a card that is not wanted any more and not being printed."""
    job = _of(case).job
    given_back = () if job is None else (released(case, context, job, WITHDRAWN),)
    return Step(with_issuance(case, None), given_back, "", {})


def new_round(case: CardCase, context: Context) -> Step:
    """Try all outlets anew."""
    return ask_next(with_issuance(case, structs.replace(_of(case), passed_over=(), failures=0)), context)


def abandoned(case: CardCase, context: Context, reason_code: str) -> CardIssuanceAbandoned:
    """Say that no card will be made."""
    return CardIssuanceAbandoned(**about(case, context), reason_code=reason_code)


def released(case: CardCase, context: Context, job: Job, reason_code: str) -> CardReservationReleased:
    """Give a blank back."""
    return CardReservationReleased(
        **about(case, context), outlet_key=job.outlet_key, reservation_id=job.reservation_id, reason_code=reason_code
    )


def outlet_name(context: Context, outlet_key: str) -> str:
    """Name an outlet for a reason's text."""
    outlet = published_outlet(context, outlet_key)
    return outlet_key if outlet is None else outlet.name


def _wait(case: CardCase, context: Context) -> Step:
    rules = law.card_rules_on(context.today)
    rounds = _of(case).rounds + 1
    if rounds >= rules.rounds_max:
        told = notice(case, context, "abandoned", texts.TITLE_WAITING, texts.abandoned_text())
        facts = (abandoned(case, context, OUT_OF_BOUNDS), told)
        return Step(with_issuance(case, None), facts, ABANDONED, {"rounds": str(rounds)})
    next_day = context.calendar.add_working_days(context.today, 1).on
    look_at = law.midnight(next_day) + timedelta(hours=rules.retry_at.hour, minutes=rules.retry_at.minute)
    waiting = Issuance(Phase.WAITING, look_at=look_at, rounds=rounds)
    is_first = rounds == 1
    told_once = (notice(case, context, "waiting", texts.TITLE_WAITING, texts.waiting_text()),) if is_first else ()
    return Step(with_issuance(case, waiting), told_once, NO_BLANK, {"look_at": look_at.isoformat()})


# --- answers of the outlets -------------------------------------------------------------------------


def answer(state: CardCase | None, fact: ReservationAnswered, context: Context) -> Decision[CardCase]:
    """Decide what an outlet answered. An answer to what is not asked any more gives the blank back."""
    case = state or CardCase()
    job = None if case.issuance is None else case.issuance.job
    if job is None or job.reservation_id != fact.reservation_id:
        return _not_awaited(state, fact, context)
    if isinstance(fact, CardReservationExpired):
        return _expired(case, context)
    if _of(case).phase is not Phase.ASKING:
        return already_known(state, "reservation-known")
    if isinstance(fact, CardReservationRefused):
        refused_by = outlet_name(context, fact.outlet_key)
        step = pass_over(case, context)
        return _decided(step, "refused", refused_by=refused_by, reason=fact.reason_code)
    return _reserved(case, job, context)


def _not_awaited(state: CardCase | None, fact: ReservationAnswered, context: Context) -> Decision[CardCase]:
    if isinstance(fact, CardReservationRefused):
        return already_known(state, "answer-not-awaited")
    said = CardReservationReleased(
        district=fact.district,
        agency=fact.agency,
        occurred_on=context.today,
        outlet_key=fact.outlet_key,
        reservation_id=fact.reservation_id,
        person_key=fact.person_key,
        reason_code=NOT_WANTED,
    )
    return decided(state, "reservation-not-wanted", said, paragraphs=(law.OUTLET_CHOICE,))


def _expired(case: CardCase, context: Context) -> Decision[CardCase]:
    if _of(case).phase in (Phase.PRINTING, Phase.UNCLEAR):
        return decided(case, "reservation-held-for-printing", paragraphs=(law.PRINTING,))
    left = outlet_name(context, _job_of(_of(case)).outlet_key)
    return _decided(pass_over(case, context, EXPIRED), "expired", refused_by=left)


def _reserved(case: CardCase, job: Job, context: Context) -> Decision[CardCase]:
    outlet = equipped_outlet(context, job.outlet_key)
    if outlet is not None and is_open(outlet.sessions, context.now, context.calendar):
        return _print(case, job, outlet, context)
    return _await_opening(case, job, outlet, context, "reserved-until-opening")


def _await_opening(
    case: CardCase, job: Job, outlet: OutletPublished | None, context: Context, code: str
) -> Decision[CardCase]:
    opens_at = None if outlet is None else next_opening(outlet.sessions, context.now, context.calendar)
    if outlet is None or opens_at is None:
        left = outlet_name(context, job.outlet_key)
        return _decided(pass_over(case, context, UNAVAILABLE), "unavailable", refused_by=left)
    opens_on = opens_at.astimezone(LEGAL_ZONE).date()
    is_told = _of(case).opens_on == opens_on
    text = texts.coming_text(outlet, opens_at)
    told = () if is_told else (notice(case, context, "coming", texts.TITLE_COMING, text),)
    after = structs.replace(_of(case), phase=Phase.OPENING, look_at=opens_at, opens_on=opens_on)
    return decided(
        with_issuance(case, after),
        code,
        *told,
        paragraphs=(law.OUTLET_CHOICE,),
        outlet=outlet.name,
        opens_at=opens_at.isoformat(),
    )


def _print(case: CardCase, job: Job, outlet: OutletPublished, context: Context) -> Decision[CardCase]:
    report = latest_report(case)
    effect_id = id_after(context, report.person_key, "printing")
    request = CardIssuanceRequested(
        **about(case, context),
        effect_id=effect_id,
        outlet_key=job.outlet_key,
        reservation_id=job.reservation_id,
        holder_name=report.holder_name,
    )
    printing = structs.replace(
        _of(case), phase=Phase.PRINTING, job=structs.replace(job, effect_id=effect_id), look_at=None
    )
    paragraphs = (law.REPLACEMENT, law.WHILE_YOU_WAIT)
    return decided(
        with_issuance(case, printing), "printing-requested", request, paragraphs=paragraphs, outlet=outlet.name
    )


# --- time -------------------------------------------------------------------------------------------


def look(case: CardCase, context: Context) -> Decision[CardCase]:
    """Look at an issuance whose time has come: no answer, the outlet opens, or a new round begins."""
    issuance = _of(case)
    if issuance.phase is Phase.WAITING:
        return _decided(new_round(case, context), "")
    job = _job_of(issuance)
    if issuance.phase is Phase.ASKING:
        left = outlet_name(context, job.outlet_key)
        return _decided(pass_over(case, context, NO_ANSWER), "overdue", refused_by=left)
    outlet = equipped_outlet(context, job.outlet_key)
    if outlet is not None and is_open(outlet.sessions, context.now, context.calendar):
        return _print(case, job, outlet, context)
    return _await_opening(case, job, outlet, context, "opening-moved")


def _decided(step: Step, prefix: str, **values: str) -> Decision[CardCase]:
    code = f"{prefix}-{step.code}" if prefix else step.code
    paragraphs = (law.WHILE_YOU_WAIT, law.OUTLET_CHOICE)
    return decided(step.case, code, *step.facts, paragraphs=paragraphs, **step.values, **values)


def _of(case: CardCase) -> Issuance:
    assert case.issuance is not None
    return case.issuance


def _job_of(issuance: Issuance) -> Job:
    assert issuance.job is not None
    return issuance.job
