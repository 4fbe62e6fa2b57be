"""What becomes of a report of loss (挂失), of its correction or reversal, and of a card that is found (解挂)."""

import msgspec

from schemas.cards import CardCancelled, CardFound, CardLost, CardNoticeRequested, CardSuspended, ReportKind
from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.fact import Fact
from services.cards import law, texts
from services.cards.rules.issuance import begin, withdraw
from services.cards.rules.revisions import name_of, placeholder, taken_in, with_report
from services.cards.rules.standing import FOUND, LAPSED, is_card_wanted, refreshed, standing
from services.cards.rules.state import Card, CardCase, Phase, Report, Word, with_card
from services.cards.rules.telling import about, notice

OLDER = "older-than-the-present-card"
_NOT_SUSPENDED = {FOUND: "lifted-before-report", LAPSED: "temporary-report-lapsed"}


def lose(state: CardCase | None, fact: CardLost, context: Context) -> Decision[CardCase]:
    """Decide a report of loss: the card is suspended at once, and a new one begun where it is wanted and may be made."""
    case = state or CardCase()
    if fact.reverses is not None:
        return _reverse(state, case, f"{fact.topic}:{fact.reverses}", context)
    cancelled_on = case.cards.get(fact.card_key, Card()).cancelled_on
    if cancelled_on is not None:
        return decided(case, "card-already-cancelled", paragraphs=(law.REPLACEMENT,), cancelled_on=cancelled_on)
    if fact.card_key not in case.cards and case.present is not None and fact.reported_at <= case.present.issued_at:
        return _older_card(state, case, fact, context)
    report = taken_in(state, case, fact, context)
    if not isinstance(report, Report):
        return report
    return _reported(state, _located(_bound(case, fact), fact), fact, report, context)


def find(state: CardCase | None, fact: CardFound, context: Context) -> Decision[CardCase]:
    """Decide that a card was found: a temporary suspension is lifted; a written one cannot be."""
    case = state or CardCase()
    if fact.reverses is not None:
        return _reverse(state, case, f"{fact.topic}:{fact.reverses}", context)
    cancelled_on = case.cards.get(fact.card_key, Card()).cancelled_on
    if cancelled_on is not None:
        return decided(case, "found-card-is-dead", paragraphs=(law.LIFTING,), cancelled_on=cancelled_on)
    if standing(case, fact.card_key, context).suspended is ReportKind.WRITTEN:
        return refused(state, "written-report-irrevocable", paragraphs=(law.WRITTEN_REPORT,))
    report = taken_in(state, case, fact, context)
    if not isinstance(report, Report):
        return report
    return _found(case, fact, report, context)


def _found(case: CardCase, fact: CardFound, report: Report, context: Context) -> Decision[CardCase]:
    after, facts = refreshed(with_report(case, name_of(fact), report), fact.card_key, context)
    if facts:
        told = notice(after, context, "lifted", texts.TITLE_LIFTED, texts.lifted_text())
        return _settled(after, "card-found", (*facts, told), (law.LIFTING,), {}, context)
    is_suspended = fact.card_key in case.cards and case.cards[fact.card_key].suspended is not None
    return decided(after, "found-before-loss" if is_suspended else "card-found-noted", paragraphs=(law.LIFTING,))


# --- reports ----------------------------------------------------------------------------------------


def _reported(
    state: CardCase | None, case: CardCase, fact: CardLost, report: Report, context: Context
) -> Decision[CardCase]:
    is_first_saying = name_of(fact) not in case.reports
    after, facts = refreshed(with_report(case, name_of(fact), report), fact.card_key, context)
    now = standing(after, fact.card_key, context)
    begins = after.issuance is None and is_card_wanted(after) and (report.wants_card or bool(facts))
    is_running = now.suspended is ReportKind.WRITTEN
    if is_first_saying and is_running and not facts and not begins:
        return already_known(state, "loss-known")
    if now.suspended is None:
        code = "reversed-before-report" if report.reversed else _NOT_SUSPENDED[now.reason]
        lapsed_at = "" if now.lapses_at is None else now.lapses_at.isoformat()
        values = {"reference": fact.business_reference, "lapses_at": lapsed_at}
        return decided(after, code, *facts, paragraphs=(law.TEMPORARY_REPORT,), **values)
    code, paragraphs = _suspension(now.suspended, now.provisional, facts)
    values = {} if now.lapses_at is None else {"lapses_at": now.lapses_at.isoformat()}
    told = _told(after, facts, context, is_being_made=begins or after.issuance is not None)
    if begins:
        step = begin(after, context)
        values |= step.values
        return decided(
            step.case,
            f"{code}-{step.code}",
            *facts,
            *told,
            *step.facts,
            paragraphs=(*paragraphs, law.REPLACEMENT, law.WHILE_YOU_WAIT, law.OUTLET_CHOICE),
            **values,
        )
    return _settled(after, code, (*facts, *told), paragraphs, values, context)


def _settled(
    case: CardCase,
    code: str,
    facts: tuple[Fact, ...],
    paragraphs: tuple[str, ...],
    values: dict[str, str],
    context: Context,
) -> Decision[CardCase]:
    """Give the decision; where the wish for a card ended with it, making one is given up if it still can be."""
    if case.issuance is None or is_card_wanted(case):
        return decided(case, code, *facts, paragraphs=paragraphs, **values)
    if case.issuance.phase in (Phase.PRINTING, Phase.UNCLEAR):
        return decided(case, "withdrawal-too-late", *facts, paragraphs=(law.PRINTING,))
    step = withdraw(case, context)
    return decided(step.case, "issuance-withdrawn", *facts, *step.facts, paragraphs=(law.PRINTING,))


def _suspension(kind: ReportKind, provisional: bool, facts: tuple[Fact, ...]) -> tuple[str, tuple[str, ...]]:
    code = "suspended-temporary-provisional" if provisional else "suspended-temporary"
    paragraphs: tuple[str, ...] = (law.LOCAL_PROCEDURE, law.TEMPORARY_REPORT, law.PERIODS, law.LAST_DAY_OFF)
    if kind is ReportKind.WRITTEN:
        code, paragraphs = "suspended-written", (law.LOCAL_PROCEDURE, law.WRITTEN_REPORT)
    return (code if facts else "loss-noted"), paragraphs


def _told(
    case: CardCase, facts: tuple[Fact, ...], context: Context, is_being_made: bool
) -> tuple[CardNoticeRequested, ...]:
    suspended = [fact for fact in facts if isinstance(fact, CardSuspended)]
    if not suspended:
        return ()
    if suspended[0].lapses_at is None:
        text = texts.written_text(is_being_made)
    else:
        is_wanted = any(report.wants_card for report in case.reports.values())
        text = texts.temporary_text(suspended[0].lapses_at, is_wanted)
    return (notice(case, context, "suspended", texts.TITLE_SUSPENDED, text),)


def _older_card(state: CardCase | None, case: CardCase, fact: CardLost, context: Context) -> Decision[CardCase]:
    """A card unknown so far, lost before the present one was made, is an older card: dead, and nothing else follows."""
    if len(case.cards) >= law.LINES_MAX:
        return refused(state, "too-many-reports", lines=law.LINES_MAX)
    after = with_card(case, fact.card_key, Card(cancelled_on=context.today))
    cancelled = CardCancelled(**about(after, context), card_key=fact.card_key, reason_code=OLDER)
    return decided(after, "older-card-cancelled", cancelled, paragraphs=(law.REPLACEMENT,))


def _bound(case: CardCase, fact: CardLost) -> CardCase:
    """The case knowing the key of the card made here last, when it is reported lost for the first time."""
    present = case.present
    if present is None or present.card_key or fact.card_key in case.cards:
        return case
    named = msgspec.structs.replace(case, present=msgspec.structs.replace(present, card_key=fact.card_key))
    return with_card(named, fact.card_key, Card(serial=present.serial))


def _located(case: CardCase, fact: CardLost) -> CardCase:
    """The case knowing where the holder is and how to be told, by the latest report whatever the order of arrival."""
    order = (fact.reported_at, fact.business_reference, fact.revision)
    if case.latest_order is not None and case.latest_order >= order:
        return case
    return msgspec.structs.replace(case, latest=fact.model_dump_json(), latest_order=order)


def _reverse(state: CardCase | None, case: CardCase, name: str, context: Context) -> Decision[CardCase]:
    """Take back a report: a temporary one, or that a card was found. A written one stands."""
    known = case.reports.get(name)
    reference = name.partition(":")[2]
    if known is None:
        if len(case.reports) >= law.LINES_MAX:
            return refused(state, "too-many-reports", lines=law.LINES_MAX)
        return decided(with_report(case, name, placeholder(context)), "report-reversal-noted", reference=reference)
    if known.reversed:
        return already_known(state, "report-reversed-before", reference=reference)
    if known.word is Word.WRITTEN:
        return refused(state, "written-report-irrevocable", paragraphs=(law.WRITTEN_REPORT,))
    taken_back = with_report(case, name, msgspec.structs.replace(known, reversed=True))
    after, facts = refreshed(taken_back, known.card_key, context)
    return _settled(after, "report-reversed", facts, (law.TEMPORARY_REPORT,), {"reference": reference}, context)
