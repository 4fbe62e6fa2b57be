"""What came of a printing job: the card is issued and the old ones die, or the blank goes back, or everybody waits."""

from datetime import date

from msgspec import structs

from schemas.cards import CardCancelled, CardIssuanceCompleted, CardIssued
from schemas.decision import Context, Decision, already_known, decided
from schemas.fact import Fact
from schemas.outlets import CardReservationUsed
from services.cards import law, texts
from services.cards.rules.choice import published_outlet
from services.cards.rules.issuance import abandoned, outlet_name, pass_over, released
from services.cards.rules.state import (
    CardCase,
    Issuance,
    Job,
    Made,
    Phase,
    Word,
    latest_report,
    with_earlier_job,
    with_issuance,
)
from services.cards.rules.telling import about, notice

DONE, FAILED = "done", "failed"
PRINTING_FAILED = "printing-failed"
REPLACED, PRINTED_TOO_LATE = "replaced", "printed-too-late"


def complete(state: CardCase | None, fact: CardIssuanceCompleted, context: Context) -> Decision[CardCase]:
    """Decide the effect shell's word on a printing job."""
    case = state or CardCase()
    issuance = case.issuance
    if issuance is None or issuance.job is None or issuance.job.effect_id != fact.effect_id:
        return _not_awaited(state, case, fact, context)
    if fact.outcome == DONE:
        return _issue(case, issuance.job, fact, context)
    if fact.outcome == FAILED:
        return _compensate(case, issuance.job, fact, context)
    return _unclear(case, issuance, fact, context)


def _issue(case: CardCase, job: Job, fact: CardIssuanceCompleted, context: Context) -> Decision[CardCase]:
    """The old cards die before the new one lives: at no point of the record do two live."""
    common = about(case, context)
    living = tuple(key for key, card in case.cards.items() if card.cancelled_on is None)
    cancelled: list[Fact] = [
        CardCancelled(**common, card_key=key, card_serial=case.cards[key].serial, reason_code=REPLACED)
        for key in living
    ]
    if case.present is not None and not case.present.card_key:
        cancelled.append(CardCancelled(**common, card_serial=case.present.serial, reason_code=REPLACED))
    outlet = published_outlet(context, job.outlet_key)
    issued = CardIssued(
        **common,
        card_serial=fact.receipt or fact.effect_id,
        outlet_key=job.outlet_key,
        reservation_id=job.reservation_id,
        issued_at=context.now,
        reported_on=_reported_on(case),
        replaces=living,
    )
    told = notice(case, context, "issued", texts.TITLE_ISSUED, texts.issued_text(outlet, issued.card_serial))
    dead = {key: structs.replace(card, suspended=None, lapses_at=None) for key, card in case.cards.items()}
    after = structs.replace(
        case,
        reports={},
        cards={key: structs.replace(dead[key], cancelled_on=dead[key].cancelled_on or context.today) for key in dead},
        issuance=None,
        present=Made(issued.card_serial, job.outlet_key, fact.effect_id, context.now),
    )
    return decided(
        after,
        "card-issued",
        *cancelled,
        _used(case, job, context),
        issued,
        told,
        paragraphs=(law.LOCAL_PROCEDURE, law.REPLACEMENT, law.WHILE_YOU_WAIT),
        card_serial=issued.card_serial,
        outlet=outlet_name(context, job.outlet_key),
        cancelled=len(cancelled),
    )


def _compensate(case: CardCase, job: Job, fact: CardIssuanceCompleted, context: Context) -> Decision[CardCase]:
    """Nothing was printed: the blank goes back, and another outlet is tried, within bounds."""
    remembered = with_earlier_job(case, job)
    if fact.detail_code in law.WITHHELD_DETAILS:
        given_back = released(case, context, job, fact.detail_code)
        said = abandoned(case, context, fact.detail_code)
        after = with_issuance(remembered, None)
        return decided(
            after, "printing-withheld", given_back, said, paragraphs=(law.PRINTING,), reason=fact.detail_code
        )
    failed_at = outlet_name(context, job.outlet_key)
    step = pass_over(remembered, context, PRINTING_FAILED, is_failure=True)
    return decided(
        step.case,
        f"printing-failed-{step.code}",
        *step.facts,
        paragraphs=(law.PRINTING, law.OUTLET_CHOICE),
        refused_by=failed_at,
        reason=fact.detail_code,
        **step.values,
    )


def _unclear(case: CardCase, issuance: Issuance, fact: CardIssuanceCompleted, context: Context) -> Decision[CardCase]:
    """Perhaps printed: nobody prints another until it is known. The effect shell asks the printer, never repeats."""
    if issuance.phase is Phase.UNCLEAR:
        return already_known(case, "printing-still-unclear")
    after = with_issuance(case, structs.replace(issuance, phase=Phase.UNCLEAR))
    told = notice(case, context, "unclear", texts.TITLE_WAITING, texts.unclear_text())
    return decided(after, "printing-unclear", told, paragraphs=(law.PRINTING,), reason=fact.detail_code)


def _not_awaited(
    state: CardCase | None, case: CardCase, fact: CardIssuanceCompleted, context: Context
) -> Decision[CardCase]:
    """A word on a job that is over. That a card came out of it after all means that this card must not live."""
    job = case.earlier_jobs.get(fact.effect_id)
    if fact.outcome != DONE or job is None or job.is_over:
        return already_known(state, "outcome-known")
    after = with_earlier_job(case, structs.replace(job, is_over=True))
    cancelled = CardCancelled(**about(case, context), card_serial=fact.receipt, reason_code=PRINTED_TOO_LATE)
    used = _used(case, job, context)
    return decided(after, "late-card-cancelled", cancelled, used, paragraphs=(law.PRINTING,), card_serial=fact.receipt)


def _used(case: CardCase, job: Job, context: Context) -> CardReservationUsed:
    return CardReservationUsed(
        **about(case, context),
        outlet_key=job.outlet_key,
        reservation_id=job.reservation_id,
        used_at=context.now,
    )


def _reported_on(case: CardCase) -> date:
    written = [report.at for report in case.reports.values() if report.word is Word.WRITTEN]
    return law.legal_date(min(written)) if written else latest_report(case).occurred_on
