"""What notices, their service and what follows their deadline bring to the life of a case."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.enforcement import EnforcementAct, EnforcementActRecorded
from schemas.enforcement_terms import EnforcementStage
from schemas.fact import Fact
from schemas.payment_notices import (
    DocumentNumberGiven,
    DocumentNumberRequested,
    NoticeAct,
    NoticeStage,
    PaymentNoticeActRecorded,
    ServiceMethod,
)
from services.arrears.rules_enforcement_duties import PAPER_OF
from services.arrears.rules_enforcement_state import FINAL_STAGES as ENFORCEMENT_ENDS
from services.arrears.rules_enforcement_table import is_possible
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase
from tests.services.arrears import samples_enforcement, samples_notice
from tests.services.arrears.life import Life, LifePart, Step, days_after
from tests.services.arrears.samples import PUBLISHED

TERM_WORKING_DAYS = 5
"""令20号 16: within five working days after receipt."""


def notice_coming(life: Life) -> Fact | None:
    """The register answers what it was asked; else the desk acts on a notice."""
    asked = _unanswered(life)
    if asked is not None:
        return asked
    notices = _notices(life.case)
    apt = {
        NoticeStage.DRAWN_UP: (NoticeAct.ISSUE,),
        NoticeStage.ISSUED: (NoticeAct.SERVE, NoticeAct.SERVE, NoticeAct.WITHDRAW),
        NoticeStage.SERVED: (NoticeAct.EXTEND, NoticeAct.SERVE, NoticeAct.WITHDRAW),
        NoticeStage.OVERDUE: (NoticeAct.EXTEND, NoticeAct.WITHDRAW),
    }
    if not notices or life.one_of((False, False, False, True)):
        return _notice_act(life, NoticeAct.DRAW_UP, None)
    notice = life.one_of(notices)
    kinds = life.one_of((apt.get(notice.stage, tuple(NoticeAct)), tuple(NoticeAct)))
    return _notice_act(life, life.one_of(kinds), notice)


def _notice_act(life: Life, kind: NoticeAct, notice: Notice | None) -> Fact | None:
    fields: dict[str, Any] = {"business_reference": life.reference("N")}
    on = days_after(life.today, -life.one_of((0, 0, 2)))
    if kind is NoticeAct.SERVE:
        fields |= {"method": ServiceMethod.DIRECT, "receipt_reference": life.reference("SDHZ"), "approved_by": None}
    if kind is NoticeAct.EXTEND:
        fields["extended_until"] = days_after(life.today, life.one_of((1, 7, 30)))
    if kind is NoticeAct.CORRECT_NUMBER:
        fields["sequence_number"] = life.one_of((1, 7))
    try:
        fact: PaymentNoticeActRecorded = samples_notice.act(
            kind, on, None if notice is None else notice.ordinal, **fields
        )
    except ValidationError:
        return None
    return fact


def _unanswered(life: Life) -> DocumentNumberGiven | None:
    """The register's answer to the last question that nobody has answered."""
    answered = {
        (one.cause.register_key, one.cause.ordinal) for one in life.steps if isinstance(one.cause, DocumentNumberGiven)
    }
    for one in reversed(life.steps):
        for fact in one.decision.facts:
            if isinstance(fact, DocumentNumberRequested) and (fact.register_key, fact.ordinal) not in answered:
                return _answer(fact, len(answered) + 1)
    return None


def _answer(asked: DocumentNumberRequested, number: int) -> DocumentNumberGiven:
    fields: dict[str, Any] = {
        name: getattr(asked, name)
        for name in ("district", "agency", "occurred_on", "register_key", "unit_code", "ordinal", "subject")
    }
    return DocumentNumberGiven(**fields, sequence_number=asked.wanted or number)


def _notices(case: UnitCase | None) -> tuple[Notice, ...]:
    return () if case is None or case.notice is None else case.notice.notices


def notice_stage(case: UnitCase | None) -> str:
    """The stage of the latest notice."""
    notices = _notices(case)
    return notices[-1].stage.value if notices else "none"


def notice_faults(life: Life, step: Step) -> Iterable[str]:
    """Never two live notices for the same lines, and never a step before its deadline."""
    notices = _notices(step.now)
    live = [key for notice in notices if notice.is_live for key in notice.lines]
    if len(live) != len(set(live)):
        yield f"a line stands on two live notices: {sorted(key for key in set(live) if live.count(key) > 1)}"
    known = {notice.ordinal: notice for notice in _notices(step.before)}
    today = step.context.today
    for notice in notices:
        earlier = known.get(notice.ordinal)
        if notice.stage is NoticeStage.OVERDUE and (earlier is None or earlier.stage is not NoticeStage.OVERDUE):
            if notice.served_on is None or _term_ends(notice.served_on) >= today:
                yield f"notice {notice.ordinal} is overdue on {today}, received on {notice.served_on}"
            if notice.extended_to is not None and notice.extended_to >= today:
                yield f"notice {notice.ordinal} is overdue on {today}, extended to {notice.extended_to}"


def _term_ends(served_on: date) -> date:
    """The fifth working day after receipt, counted by a loop over days."""
    day, left = served_on, TERM_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= PUBLISHED.is_working_day(day)
    return day


NOTICE = LifePart(
    name="notices",
    comes=notice_coming,
    stage=notice_stage,
    stages=frozenset({"none", *(one.value for one in NoticeStage)}),
    final={
        NoticeStage.COMPLIED.value: "what it orders is paid; only a payment taken back brings it up again",
        NoticeStage.CANCELLED.value: "there was nothing left to order",
        NoticeStage.WITHDRAWN.value: "the desk took it back",
    },
    faults=notice_faults,
)


def enforcement_coming(life: Life) -> Fact | None:
    """A paper that was asked for is made; else an act after the deadline, mostly one that the table allows, or the order for its paper."""
    made = _unmade(life)
    if made is not None:
        return made
    procedures = () if life.case is None or life.case.enforcement is None else life.case.enforcement.procedures
    if not procedures:
        return None
    procedure = life.one_of(procedures)
    notice = next((one for one in _notices(life.case) if one.ordinal == procedure.notice), None)
    if notice is None or not notice.number:
        return None
    apt = tuple(kind for kind in EnforcementAct if is_possible(procedure.stage, kind))
    is_apt = life.one_of((True, True, True, False))
    kind = life.one_of(apt if apt and is_apt else tuple(EnforcementAct))
    on = days_after(life.today, -life.one_of((0, 0, 1)))
    if kind is EnforcementAct.DOCUMENT_ORDERED:
        kind = life.one_of(tuple(PAPER_OF.values()))
        return samples_enforcement.order_for(_enforcement_act(life, kind, on, notice))
    fact = _enforcement_act(life, kind, on, notice)
    order, paper = samples_enforcement.order_for(fact), procedure.paper_for(kind)
    is_wanted = order is not None and (paper is None or not paper.sha256)
    return order if is_wanted and life.one_of((True, True, False)) else fact


def _enforcement_act(life: Life, kind: EnforcementAct, on: date, notice: Notice) -> EnforcementActRecorded:
    return samples_enforcement.act(kind, on, life.reference("E"), notice_number=notice.number)


def _unmade(life: Life) -> DocumentCompleted | None:
    """The effect shell's answer to the last request for a paper that nobody has answered."""
    answered = {one.cause.effect_id for one in life.steps if isinstance(one.cause, DocumentCompleted)}
    for one in reversed(life.steps):
        for fact in one.decision.facts:
            if isinstance(fact, DocumentRequested) and fact.effect_id not in answered:
                failed = {"outcome": "failed", "detail_code": "text-not-printable", "sha256": ""}
                return samples_enforcement.document_made(fact, **life.one_of(({}, {}, {}, failed)))
    return None


def enforcement_stage(case: UnitCase | None) -> str:
    """The stage of the latest procedure."""
    if case is None or case.enforcement is None or not case.enforcement.procedures:
        return "none"
    return case.enforcement.procedures[-1].stage.value


def enforcement_faults(life: Life, step: Step) -> Iterable[str]:
    """Nothing is enforced before the notice's deadline is over, and one procedure a notice."""
    if step.now is None or step.now.enforcement is None:
        return
    ordinals = [procedure.notice for procedure in step.now.enforcement.procedures]
    if len(ordinals) != len(set(ordinals)):
        yield f"a notice has two procedures: {ordinals}"
    for procedure in step.now.enforcement.procedures:
        notice = next((one for one in _notices(step.now) if one.ordinal == procedure.notice), None)
        is_live = procedure.stage not in ENFORCEMENT_ENDS
        if is_live and notice is not None and notice.stage in (NoticeStage.DRAWN_UP, NoticeStage.ISSUED):
            yield f"notice {procedure.notice} is enforced and not served"


ENFORCEMENT = LifePart(
    name="enforcement",
    comes=enforcement_coming,
    stage=enforcement_stage,
    stages=frozenset({"none", *(one.value for one in EnforcementStage)}),
    faults=enforcement_faults,
    is_wholly_lived=False,
)
