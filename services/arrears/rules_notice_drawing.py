"""Drawing notices up: one draft for each collecting authority, kept in step with what is owed until it is issued."""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from schemas.decision import Context
from schemas.document_terms import LINES_MAX
from schemas.payment_notices import PaymentNoticeChanged
from services.arrears import law_notice
from services.arrears.rules_notice_content import is_owed, named, said
from services.arrears.rules_notice_due import due
from services.arrears.rules_notice_state import Notice, NoticeState, Stage
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import UnitCase

NOTICES_KEPT_MAX = 100
"""Notices remembered in a case; beyond, those that ended first are forgotten: what was said of them stays in the log."""

DRAWN_UP, REDRAWN = "drawn-up", "redrawn"
"""Why a draft is said: it is new, or names other lines or amounts than before."""


def next_drawing(case: UnitCase, context: Context) -> date | None:
    """The day on which to draw up what is due by then: the next working day where it is due now; None where nothing will be."""
    found = due(case, context)
    drafts = [] if case.notice is None else [one for one in case.notice.notices if one.stage is Stage.DRAWN_UP]
    covered = {key for draft in drafts for key in draft.lines}
    if covered.issuperset(found.keys) or any(len(draft.lines) >= LINES_MAX for draft in drafts):
        return found.look_on
    tomorrow = context.calendar.add_working_days(context.today, 1).on
    known = None if case.notice is None else case.notice.draw_on
    return tomorrow if known is None or known <= context.today else min(known, tomorrow)


def drawn_up(case: UnitCase, context: Context) -> Reaction:
    """Draw up what is due for a notice today."""
    found = due(case, context)
    return with_drafts(case, found.keys, found.ground, context)


def with_drafts(case: UnitCase, keys: Iterable[str], ground: str, context: Context) -> Reaction:
    """Put lines on the draft of their authority, or on a new one. Beyond what one notice may name, lines wait for the next."""
    facts: list[PaymentNoticeChanged] = []
    for authority, own in _by_authority(case, keys, context).items():
        state = case.notice or NoticeState()
        draft = _draft(state, authority)
        lines = tuple(sorted({*own, *(() if draft is None else draft.lines)}))[:LINES_MAX]
        if draft is not None and draft.lines == lines:
            continue
        reason = DRAWN_UP if draft is None else REDRAWN
        draft = draft or _new(state, authority, ground, context)
        draft = counted_anew(case, replace(draft, lines=lines), context)
        case = put(case, draft)
        facts.append(said(case, draft, reason, context, named(case, draft.lines, context.today, context)))
    return Reaction(case, tuple(facts), (law_notice.NOTICE_WITHIN_5_DAYS,) if facts else ())


def counted_anew(case: UnitCase, draft: Notice, context: Context) -> Notice:
    """The draft with those of its lines that are owed today, and their sums."""
    owed = tuple(key for key in draft.lines if (line := case.lines.get(key)) is not None and is_owed(line))
    content = named(case, owed, context.today, context)
    return replace(
        draft,
        lines=owed,
        principal_fen=content.principal_fen,
        late_fee_fen=content.late_fee_fen,
        as_of=context.today,
        open_fen=content.principal_fen,
    )


def put(case: UnitCase, notice: Notice) -> UnitCase:
    """The case with a notice put in its place, by its ordinal."""
    state = case.notice or NoticeState()
    others = [one for one in state.notices if one.ordinal != notice.ordinal]
    notices = sorted((*others, notice), key=lambda one: one.ordinal)
    if len(notices) > NOTICES_KEPT_MAX:
        ended = [one for one in notices[:-1] if not one.is_live]
        notices = [one for one in notices if one not in ended[:1]]
    return replace(case, notice=replace(state, notices=tuple(notices)))


def _new(state: NoticeState, authority: str, ground: str, context: Context) -> Notice:
    ordinal = max((one.ordinal for one in state.notices), default=0) + 1
    return Notice(ordinal, Stage.DRAWN_UP, (), 0, 0, authority, ground, context.today, context.today)


def _draft(state: NoticeState, authority: str) -> Notice | None:
    drafts = (one for one in state.notices if one.stage is Stage.DRAWN_UP and one.authority == authority)
    return next(drafts, None)


def _by_authority(case: UnitCase, keys: Iterable[str], context: Context) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        due_on = case.lines[key].due_on
        assert due_on is not None
        found.setdefault(law_notice.authority_code(due_on, context), []).append(key)
    return dict(sorted(found.items()))
