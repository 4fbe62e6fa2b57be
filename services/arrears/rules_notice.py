"""A unit's notices (社会保险费限期补缴通知书): the desk's acts, their number, and what their days bring.

    (none) ──► drawn-up      due by the policy, or drawn up by the desk
    drawn-up ──► approved    issued by an officer, approved by another; its number is asked of the register
             ──► drawn-up    other lines or amounts are owed: drawn up anew
    approved ──► issued      the number came
    issued ────► served      received, left, posted or announced; the deadline is counted from receipt
    served ────► served      extended, or the day of service corrected
           ────► overdue     the last day is over and something is owed
    overdue ───► served      the day of service was corrected: the last day is not over
    served, overdue ─────────────► complied     what it names is paid
    complied ────────────────────► served, overdue    a payment was taken back: it goes on under its number
    drawn-up, approved, issued ──► cancelled    paid before service, or no order may go out to this unit
    any of these ────────────────► cancelled    what it names is not owed after all
    any of these ────────────────► withdrawn    taken back by the desk

Timers: `notice-deadline` at the end of the last day, `notice-gap` at the end of the fifth working day since something was
found without a notice sent, `notice-draw` when the policy is looked at again, `early-warning` before a due date.
"""

import hashlib

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided, refused
from schemas.fact import Fact
from schemas.payment_notices import DocumentNumberGiven, NoticeAct, PaymentNoticeActRecorded
from services.arrears import law, law_notice, texts_notice
from services.arrears.law_numbers import chosen
from services.arrears.rules_case import brought_to_today
from services.arrears.rules_following import carried_on
from services.arrears.rules_notice_acts import CALENDAR_PUBLISHED, carried_out, objections, with_deadline
from services.arrears.rules_notice_content import Named, named, open_fen, said
from services.arrears.rules_notice_document import request, with_document
from services.arrears.rules_notice_drawing import drawn_up, put
from services.arrears.rules_notice_follow import DEADLINE, DRAW, GAP, NOT_OWED, WARNING, answered
from services.arrears.rules_notice_gap import marked_gap
from services.arrears.rules_notice_state import Act, Notice, NoticeState, Stage
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import UnitCase
from services.arrears.rules_warning import warned

__all__ = ["DEADLINE", "DRAW", "GAP", "WARNING", "act", "draw_up", "mark_gap", "number", "pass_deadline", "warn"]

ACTS_KEPT_MAX = 500
"""Acts of the desk that are known again in a case; beyond, it takes no more."""

ISSUED, NUMBER_CORRECTED, DEADLINE_PASSED = "issued", "number-corrected", "deadline-passed"
"""Why a notice is said to have changed."""


# --- the desk ---------------------------------------------------------------------------------------


def act(case: UnitCase | None, fact: PaymentNoticeActRecorded, context: Context) -> Decision[UnitCase]:
    """Decide an act of the desk: known, impossible in this state with all its reasons, or carried out."""
    if case is None or case.registration is None:
        return refused(case, "unit-unknown", paragraphs=(law.REGISTRATION,))
    state, digest = case.notice or NoticeState(), _digest(fact)
    answer = _not_taken(case, state, digest, fact, context)
    if answer is not None:
        return answer
    against = objections(case, fact, context)
    if against:
        return refused(
            case,
            "notice-act-impossible",
            paragraphs=(law_notice.OFFICE_NOTICE,),
            act=texts_notice.ACT_NAMES[fact.act],
            reasons=" ".join(against),
            reasons_text=texts_notice.objections(against),
        )
    state = replace(state, acts={**(state.acts or {}), fact.business_reference: Act(fact.revision, digest)})
    done = carried_out(replace(case, notice=state), fact, context)
    return _decided(case, done, f"notice-{fact.act.value}", context, ordinal=_ordinal(done, fact))


def _not_taken(
    case: UnitCase, state: NoticeState, digest: str, fact: PaymentNoticeActRecorded, context: Context
) -> Decision[UnitCase] | None:
    """Answer an act that cannot be taken whatever its notice: reversing, dated ahead, known, or one too many."""
    if fact.reverses is not None:
        return refused(case, "act-not-reversible")
    known = None if state.acts is None else state.acts.get(fact.business_reference)
    if known is None:
        is_full = len(state.acts or ()) >= ACTS_KEPT_MAX
        return refused(case, "case-full", records_max=ACTS_KEPT_MAX) if is_full else never_admitted(case, fact, context)
    answer = repeated(case, Known(known.revision, known.digest == digest), fact.revision)
    if answer is None and fact.act is not NoticeAct.SERVE:
        return refused(case, "act-not-correctable")
    return answer or never_admitted(case, fact, context)


def number(case: UnitCase | None, fact: DocumentNumberGiven, context: Context) -> Decision[UnitCase]:
    """Take in the register's answer: the notice is issued under its number, or its number is corrected."""
    notice = None if case is None or case.notice is None else case.notice.find(fact.ordinal)
    if case is None or case.registration is None or notice is None or not _awaits_number(notice):
        return decided(case, "number-not-needed", paragraphs=(law_notice.DOCUMENT_NUMBERS,), key=fact.register_key)
    if fact.sequence_number is None:
        after = put(case, replace(notice, asked_number=0))
        return decided(after, "number-of-another", paragraphs=(law_notice.DOCUMENT_NUMBERS,), number=notice.number)
    assert notice.issued_on is not None
    name = law_notice.document_number(fact.agency, notice.authority, notice.issued_on, fact.sequence_number)
    content = named(case, notice.lines, notice.issued_on, context)
    if notice.stage is not Stage.APPROVED:
        return _renumbered(case, notice, name, content, context)
    if not content.lines:
        return _void(case, notice, fact, context)
    issued = replace(
        notice,
        stage=Stage.ISSUED,
        number=name,
        lines=content.keys,
        principal_fen=content.principal_fen,
        late_fee_fen=content.late_fee_fen,
        open_fen=open_fen(case, content.keys),
    )
    issued = with_document(case, issued)
    facts = (said(case, issued, ISSUED, context, content), request(case, issued, content, context))
    done = Reaction(put(case, issued), facts, _issue_paragraphs(issued))
    return _decided(case, done, "notice-issued", context, number=name, ordinal=notice.ordinal)


def _renumbered(case: UnitCase, notice: Notice, name: str, content: Named, context: Context) -> Decision[UnitCase]:
    """Take in a corrected number: the document is made out anew, where what it named is owed as of its day still."""
    corrected = replace(notice, number=name, asked_number=0)
    corrected = with_document(case, corrected) if content.lines else corrected
    facts: tuple[Fact, ...] = (said(case, corrected, NUMBER_CORRECTED, context),)
    if content.lines:
        facts += (request(case, corrected, content, context),)
    return _decided(case, Reaction(put(case, corrected), facts), "number-corrected", context, number=name)


def _void(case: UnitCase, notice: Notice, fact: DocumentNumberGiven, context: Context) -> Decision[UnitCase]:
    """Between approval and number a correction left nothing that was owed on the day of issue: no paper can name it."""
    cancelled = replace(notice, stage=Stage.CANCELLED, ended_on=context.today)
    done = Reaction(put(case, cancelled), (said(case, cancelled, NOT_OWED, context),), (law_notice.DOCUMENT_NUMBERS,))
    return _decided(case, done, "number-not-needed", context, key=fact.register_key)


# --- days -------------------------------------------------------------------------------------------


def pass_deadline(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The last day of a notice is over: what it names is overdue, unless a calendar published since moved the day."""
    today = brought_to_today(case, context)
    now, facts, moved, over = today.case, list(today.facts), 0, 0
    assert now.notice is not None
    for notice in now.notice.live():
        if notice.stage is not Stage.SERVED or notice.last_day_on is None or notice.last_day_on >= context.today:
            continue
        counted = with_deadline(notice, context)
        if counted.last_day_on is not None and counted.last_day_on >= context.today:
            now, moved = put(now, counted), moved + 1
            facts.append(said(now, counted, CALENDAR_PUBLISHED, context))
            continue
        overdue = replace(counted, stage=Stage.OVERDUE)
        now, over = put(now, overdue), over + 1
        facts.append(said(now, overdue, DEADLINE_PASSED, context))
    cited = (law_notice.NOTICE_WITHIN_5_DAYS, law.ORDER_TO_PAY, law.LATE_FEE)
    code = "notice-deadline-passed" if over else "notice-deadline-moved"
    done = Reaction(now, tuple(facts), (*today.paragraphs, *cited))
    return _decided(today.case, done, code, context, notices=over or moved)


def mark_gap(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The fifth working day since something was found is over: a compliance gap, unless the calendar moved the day."""
    today = brought_to_today(case, context)
    marked = marked_gap(today.case, context)
    policy = texts_notice.POLICY_NAMES[chosen(law_notice.POLICY, context)]
    done = Reaction(marked.case, (*today.facts, *marked.facts), (*today.paragraphs, law_notice.NOTICE_WITHIN_5_DAYS))
    return _decided(
        today.case, done, "compliance-gap-found" if marked.facts else "compliance-gap-not-yet", context, policy=policy
    )


def draw_up(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The day has come to look whether arrears are due for a notice by the office's policy."""
    today = brought_to_today(case, context)
    drawn = drawn_up(_looked(today.case), context)
    done = Reaction(
        drawn.case, (*today.facts, *drawn.facts), (*today.paragraphs, *drawn.paragraphs, *_policy_basis(context))
    )
    return _decided(today.case, done, "notice-drawn-up" if drawn.facts else "notice-not-yet-due", context)


def _looked(case: UnitCase) -> UnitCase:
    """The case without the day that has come: what is due still is looked at on the next working day, not at this instant again."""
    assert case.notice is not None
    return replace(case, notice=replace(case.notice, draw_on=None))


def warn(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The hour of an early warning has come."""
    today = brought_to_today(case, context)
    asked = warned(today.case, context)
    assert asked.case.notice is not None
    code = "early-warning-asked" if asked.facts else "early-warning-not-needed"
    if asked.case.notice.warn_at is not None:
        code = "early-warning-moved"
    cited = (law.TELEPHONE_REMINDER, law_notice.OFFICE_WARNING)
    done = Reaction(asked.case, (*today.facts, *asked.facts), (*today.paragraphs, *cited))
    return _decided(today.case, done, code, context)


# --- both -------------------------------------------------------------------------------------------


def _decided(before: UnitCase, done: Reaction, code: str, context: Context, **values: object) -> Decision[UnitCase]:
    """Bring the notices up to date after what was done, and let the other parts answer."""
    own = answered(done.case, context)
    others = carried_on(before, own.case, context)
    paragraphs = tuple(dict.fromkeys((*done.paragraphs, *own.paragraphs, *others.paragraphs)))
    return decided(others.case, code, *done.facts, *own.facts, *others.facts, paragraphs=paragraphs, **values)


def _awaits_number(notice: Notice) -> bool:
    return notice.stage is Stage.APPROVED or (notice.is_live and notice.asked_number > 0)


def _issue_paragraphs(notice: Notice) -> tuple[str, ...]:
    return (
        law.ORDER_TO_PAY,
        law.LATE_FEE,
        law_notice.NOTICE_WITHIN_5_DAYS,
        law_notice.authority_of(notice.authority).basis,
        law_notice.REVIEW_DAYS.paragraph,
        law_notice.LAWSUIT_MONTHS.paragraph,
        law_notice.DOCUMENT_NUMBERS,
    )


def _policy_basis(context: Context) -> tuple[str, ...]:
    """What the look at the office's policy rests on: the newsletter, or where that is not followed the Decree itself."""
    if chosen(law_notice.POLICY, context) == law_notice.POLICY_LAW:
        return (law_notice.NOTICE_WITHIN_5_DAYS, law_notice.OFFICE_NOTICE)
    return (law_notice.NEWSLETTER_NOTICE, law_notice.OFFICE_NOTICE)


def _ordinal(done: Reaction, fact: PaymentNoticeActRecorded) -> int:
    if fact.ordinal is not None or done.case.notice is None:
        return fact.ordinal or 0
    return max((notice.ordinal for notice in done.case.notice.live()), default=0)


def _digest(fact: PaymentNoticeActRecorded) -> str:
    """The digest of all that an act says."""
    return hashlib.blake2b(fact.content().encode(), digest_size=8).hexdigest()
