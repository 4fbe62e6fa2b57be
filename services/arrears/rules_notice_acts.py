"""What the desk does with a notice: whether the state allows it, with all that speaks against it, and what becomes of it."""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec.structs import replace

from schemas.decision import Context
from schemas.payment_notices import (
    DocumentNumberRequested,
    NoticeAct,
    PaymentNoticeActRecorded,
    PaymentNoticeChanged,
    ServiceMethod,
)
from services.arrears import law, law_notice
from services.arrears.rules_notice_content import named, open_fen, said
from services.arrears.rules_notice_drawing import put, with_drafts
from services.arrears.rules_notice_due import DESK, uncovered
from services.arrears.rules_notice_state import STAGES_IN_FORCE, Notice, Stage
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import Registration, UnitCase

SERVED, EXTENDED, WITHDRAWN, SERVICE_CORRECTED = "served", "extended", "withdrawn", "service-corrected"
CALENDAR_PUBLISHED = "calendar-published"
"""Why a notice is said to have changed."""


def objections(case: UnitCase, fact: PaymentNoticeActRecorded, context: Context) -> tuple[str, ...]:
    """All that speaks against an act in this state, in a fixed order."""
    if fact.act is NoticeAct.DRAW_UP:
        return () if uncovered(case, context) else ("nothing-to-draw-up",)
    notice = None if case.notice is None else case.notice.find(fact.ordinal)
    if notice is None:
        return ("notice-unknown",)
    names_nothing = () if _names_something(case, notice, fact, context) else ("nothing-owed-on-that-day",)
    return (*_against(notice, fact), *names_nothing)


def _names_something(case: UnitCase, notice: Notice, fact: PaymentNoticeActRecorded, context: Context) -> bool:
    """Tell whether an issue has anything to name: a draft goes on taking in lines, which may not have been owed on its day."""
    if fact.act is not NoticeAct.ISSUE or notice.stage is not Stage.DRAWN_UP:
        return True
    return bool(named(case, notice.lines, fact.occurred_on, context).lines)


def _against(notice: Notice, fact: PaymentNoticeActRecorded) -> Iterator[str]:
    if not notice.is_live:
        yield "notice-ended"
    match fact.act:
        case NoticeAct.ISSUE:
            if notice.is_live and notice.stage is not Stage.DRAWN_UP:
                yield "issued-already"
            if fact.occurred_on < notice.drawn_up_on:
                yield "before-drawn-up"
        case NoticeAct.SERVE:
            yield from _against_service(notice, fact)
        case NoticeAct.EXTEND:
            yield from _against_extension(notice, fact)
        case NoticeAct.CORRECT_NUMBER:
            if not notice.number:
                yield "not-numbered"
            elif notice.asked_number:
                yield "number-asked-already"


def _against_service(notice: Notice, fact: PaymentNoticeActRecorded) -> Iterator[str]:
    if notice.stage in (Stage.DRAWN_UP, Stage.APPROVED):
        yield "not-issued"
    if notice.stage in STAGES_IN_FORCE and notice.service != fact.business_reference:
        yield "served-already"
    if notice.issued_on is not None and fact.occurred_on < notice.issued_on:
        yield "before-issued"
    if notice.service == fact.business_reference and fact.approved_by is None:
        yield "correction-not-approved"


def _against_extension(notice: Notice, fact: PaymentNoticeActRecorded) -> Iterator[str]:
    last_day, deadline_on, until = notice.last_day_on, notice.deadline_on, fact.extended_until
    if last_day is None or deadline_on is None or until is None:
        yield "not-served"
        return
    if fact.occurred_on > last_day:
        yield "deadline-over"
    if until <= last_day:
        yield "extension-not-later"
    if until > deadline_on + timedelta(days=law_notice.EXTENSION_DAYS_MAX.value):
        yield "extension-too-long"


def carried_out(case: UnitCase, fact: PaymentNoticeActRecorded, context: Context) -> Reaction:
    """The case after an act that nothing speaks against."""
    if fact.act is NoticeAct.DRAW_UP:
        return with_drafts(case, uncovered(case, context), DESK, context)
    assert case.notice is not None
    notice = case.notice.find(fact.ordinal)
    registration = case.registration
    assert notice is not None
    assert registration is not None
    match fact.act:
        case NoticeAct.ISSUE:
            return _issued(case, notice, registration, fact, context)
        case NoticeAct.SERVE:
            return _served(case, notice, fact, context)
        case NoticeAct.EXTEND:
            assert fact.extended_until is not None
            extended = _extended(notice, fact.extended_until, context)
            return _said(case, extended, EXTENDED, context, law_notice.FOUR_EYES, law_notice.OFFICE_NOTICE)
        case NoticeAct.WITHDRAW:
            withdrawn = replace(notice, stage=Stage.WITHDRAWN, ended_on=context.today)
            return _said(case, withdrawn, WITHDRAWN, context, law_notice.FOUR_EYES)
        case _:
            assert fact.sequence_number is not None
            asking = replace(notice, asked_number=fact.sequence_number)
            request = number_request(case, asking, registration, context)
            return Reaction(put(case, asking), (request,), (law_notice.FOUR_EYES, law_notice.DOCUMENT_NUMBERS))


def _extended(notice: Notice, until: date, context: Context) -> Notice:
    """The notice with its last day put off; decided in time and entered late, it was never overdue."""
    longer = replace(notice, extended_to=context.calendar.roll_forward(until).on)
    is_running = notice.stage is Stage.OVERDUE and not _is_over(longer, context.today)
    return replace(longer, stage=Stage.SERVED) if is_running else longer


def number_request(
    case: UnitCase, notice: Notice, registration: Registration, context: Context
) -> DocumentNumberRequested:
    """Ask the register of the notice's office, series and year for its number."""
    assert notice.issued_on is not None
    return DocumentNumberRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        register_key=law_notice.register_key(registration.agency, notice.authority, notice.issued_on),
        unit_code=case.unit_code,
        ordinal=notice.ordinal,
        wanted=notice.asked_number or None,
    )


def with_deadline(notice: Notice, context: Context) -> Notice:
    """The notice with its receipt and last day counted by the calendars known now."""
    handed_on = notice.handed_on or notice.served_on
    assert handed_on is not None
    method = ServiceMethod(notice.method) if notice.method else ServiceMethod.DIRECT
    received = law_notice.received_on(method, handed_on, context.calendar)
    last = law_notice.deadline(received.on, context.calendar)
    extended = None if notice.extended_to is None else context.calendar.roll_forward(notice.extended_to).on
    if extended is not None and extended <= last.on:
        extended = None
    return replace(
        notice,
        served_on=received.on,
        deadline_on=last.on,
        deadline_is_provisional=received.provisional or last.provisional,
        extended_to=extended,
    )


def awaits_calendar(notice: Notice, context: Context) -> bool:
    """Tell whether a notice's last day was counted without a calendar that has been published since."""
    is_counted = notice.stage in STAGES_IN_FORCE and notice.deadline_is_provisional
    return is_counted and notice.deadline_on is not None and context.calendar.is_published(notice.deadline_on)


def recounted(case: UnitCase, context: Context) -> Reaction:
    """Count anew the deadlines that were counted without a calendar published since, and say so of each.

    A notice that was overdue by weekends alone, and is not by the calendar, is in its time again.
    """
    facts: list[PaymentNoticeChanged] = []
    assert case.notice is not None
    for notice in case.notice.live():
        if not awaits_calendar(notice, context):
            continue
        firm = with_deadline(notice, context)
        if notice.stage is Stage.OVERDUE and not _is_over(firm, context.today):
            firm = replace(firm, stage=Stage.SERVED)
        case = put(case, firm)
        facts.append(said(case, firm, CALENDAR_PUBLISHED, context))
    return Reaction(case, tuple(facts), (law.DAYS_COUNTED,) if facts else ())


def _issued(
    case: UnitCase, notice: Notice, registration: Registration, fact: PaymentNoticeActRecorded, context: Context
) -> Reaction:
    content = named(case, notice.lines, fact.occurred_on, context)
    approved = replace(
        notice,
        stage=Stage.APPROVED,
        lines=content.keys,
        open_fen=open_fen(case, content.keys),
        issued_on=fact.occurred_on,
        as_of=fact.occurred_on,
        principal_fen=content.principal_fen,
        late_fee_fen=content.late_fee_fen,
        circumstance="" if fact.circumstance is None else fact.circumstance.value,
    )
    request = number_request(case, approved, registration, context)
    paragraphs = (law.ORDER_TO_PAY, law_notice.NOTICE_WITHIN_5_DAYS, law_notice.FOUR_EYES)
    return Reaction(put(case, approved), (request,), paragraphs)


def _served(case: UnitCase, notice: Notice, fact: PaymentNoticeActRecorded, context: Context) -> Reaction:
    assert fact.method is not None
    reason = SERVICE_CORRECTED if notice.service else SERVED
    served = replace(
        notice,
        method=fact.method.value,
        receipt_reference=fact.receipt_reference or "",
        service=fact.business_reference,
        handed_on=fact.occurred_on,
    )
    served = with_deadline(served, context)
    stage = notice.stage if notice.stage is Stage.OVERDUE and _is_over(served, context.today) else Stage.SERVED
    cited = (law_notice.SERVED_BY[fact.method], law_notice.NOTICE_WITHIN_5_DAYS, law.DAYS_COUNTED)
    return _said(case, replace(served, stage=stage), reason, context, *cited)


def _is_over(notice: Notice, today: date) -> bool:
    return notice.last_day_on is not None and notice.last_day_on < today


def _said(case: UnitCase, notice: Notice, reason: str, context: Context, *paragraphs: str) -> Reaction:
    return Reaction(put(case, notice), (said(case, notice, reason, context),), paragraphs)
