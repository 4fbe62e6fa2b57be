"""What a unit's status, the roads beside the ordinary one and who answers for the case bring to its life."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyAct, WrittenOffLine
from schemas.unit_status import ENDED_WHERE_SAID, LegalForm, Measure, UnitStanding, UnitStatusReported
from schemas.vocabulary import Insurance
from services.arrears.law_status_days import last_day_to_apply
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import position
from tests.services.arrears import samples_assignment, samples_status
from tests.services.arrears.life import Life, LifePart, Step, days_after

BACK_DAYS = (0, 0, 3)
LIKELY = (
    UnitStanding.BANKRUPTCY_ACCEPTED,
    UnitStanding.BANKRUPT,
    UnitStanding.REVOKED,
    UnitStanding.DEREGISTRATION_ANNOUNCED,
    UnitStanding.DEREGISTERED,
)


IN_BANKRUPTCY = (
    InsolvencyAct.CLAIM_DOCUMENT_ORDERED,
    InsolvencyAct.CLAIM_FILED,
    InsolvencyAct.CLAIM_SUPPLEMENTED,
    InsolvencyAct.DISTRIBUTION_RECEIVED,
    InsolvencyAct.PROCEEDING_CLOSED,
    InsolvencyAct.PROCEEDING_CLOSED,
)


def status_coming(life: Life) -> Fact | None:
    """The registrar reports, the desk acts on a road beside the ordinary one, or writes off."""
    if measure(life.case) == Measure.SETTLE_REMAINDER:
        return life.one_of((_write_off, _write_off, _status))(life)
    return life.one_of((_status, _status, _act, _write_off))(life)


def _status(life: Life) -> Fact | None:
    standing = life.one_of((*LIKELY, *UnitStanding))
    form = life.one_of((LegalForm.ENTERPRISE, LegalForm.ENTERPRISE, LegalForm.ENTERPRISE, LegalForm.SOLE_PROPRIETOR))
    on = days_after(life.today, -life.one_of(BACK_DAYS))
    dates: dict[str, Any] = {}
    if standing is UnitStanding.BANKRUPTCY_ACCEPTED and life.one_of((True, False)):
        dates = {"announced_on": days_after(on, 10), "declare_by": days_after(on, 60)}
    if standing is UnitStanding.OPERATING:
        dates = {"ended": life.one_of((None, *ENDED_WHERE_SAID))}
    return samples_status.status(standing, on, life.reference("S"), legal_form=form, **dates)


def _act(life: Life) -> Fact | None:
    """An act with amounts that may fit; what does not is refused, and says so."""
    acts = tuple(one for one in InsolvencyAct if one is not InsolvencyAct.WRITE_OFF_DECIDED)
    what = life.one_of(IN_BANKRUPTCY if measure(life.case) == Measure.DECLARE_CLAIM else acts)
    claim_fen = 0 if life.case is None or life.case.measure is None else life.case.measure.claim_fen
    fields: dict[str, Any] = {}
    if what in (*samples_status.CLAIMS, InsolvencyAct.CLAIM_DOCUMENT_ORDERED):
        fields = {"listed_fen": 0, "declared_fen": claim_fen, "late_fee_fen": life.one_of((0, 1))}
    try:
        return samples_status.act(what, life.today, life.reference("I"), **fields)
    except ValidationError:
        return None


def _write_off(life: Life) -> Fact | None:
    owed = [] if life.case is None else [named for named in sorted(life.case.lines.items()) if named[1].owed_fen]
    if not owed:
        return None
    key, line = life.one_of(owed)
    month, _, insurance = key.partition("/")
    cut = WrittenOffLine(
        month=month,
        insurance=Insurance(insurance),
        principal_fen=life.one_of((line.owed_fen, line.owed_fen, 1)),
        late_fee_fen=life.one_of((0, late_fee_fen(line, life.today))),
    )
    return samples_status.write_off(life.today, 0, 0, life.reference("W"), lines=(cut,))  # type: ignore[no-any-return]


def measure(case: UnitCase | None) -> str:
    """The measure in hand."""
    return "unknown" if case is None or case.measure is None else case.measure.measure.value


def measure_faults(life: Life, step: Step) -> Iterable[str]:
    """A line bears no late fee on days that its relief excepts, and nothing is written off that was paid."""
    if step.now is None:
        return
    yield from _silenced(step)
    for key, line in step.now.lines.items():
        if line.relief is None:
            continue
        if line.written_off_fen > max(line.assessed_fen - line.paid_fen, 0):
            yield f"{key} is written off beyond what is unpaid"
        if any(pause.through is None and pause.after < life.today for pause in line.fee_pauses) and not line.records:
            yield f"{key} is relieved and has no records"


def _silenced(step: Step) -> Iterable[str]:
    """A routine report, which names nothing as ended, ends no liquidation, and no simple deregistration that may still be applied for."""
    cause = step.cause
    if not isinstance(cause, UnitStatusReported) or step.before is None or step.now is None:
        return
    if cause.status is not UnitStanding.OPERATING or cause.ended is not None:
        return
    was, now = (position(() if one.unit_status is None else one.unit_status.records) for one in (step.before, step.now))
    if was.liquidating is not None and now.liquidating is None:
        yield "a routine report ended a liquidation"
    if was.announced is not None and now.announced is None:
        is_sole = was.said_form is LegalForm.SOLE_PROPRIETOR
        if cause.occurred_on <= last_day_to_apply(was.announced.occurred_on, is_proprietor=is_sole):
            yield "a routine report silenced an objection"


STATUS = LifePart(
    name="status and measure",
    comes=status_coming,
    stage=measure,
    stages=frozenset({"unknown", *(one.value for one in Measure)}),
    final={Measure.SETTLE_REMAINDER.value: "what is left waits for an additional distribution, or is written off"},
    faults=measure_faults,
)


def assignment_coming(life: Life) -> Fact | None:
    """The head gives the case to another, or more time."""
    if life.one_of((True, False)):
        officer = life.one_of(("WD-101", "WD-102", "WD-103", "WD-999"))
        return samples_assignment.act(life.reference("G"), officer=officer, occurred_on=life.today)
    until = days_after(life.today, life.one_of((10, 60)))
    return samples_assignment.extension(life.reference("Y"), deadline_on=until, occurred_on=life.today)


def assignment(case: UnitCase | None) -> str:
    """Whether somebody answers for the case, and whether it rests."""
    if case is None or case.assignment is None:
        return "none"
    if not case.assignment.officer:
        return "nobody"
    return "rests" if case.assignment.deadline_on is None else "in-hand"


ASSIGNMENT = LifePart(
    name="assignment",
    comes=assignment_coming,
    stage=assignment,
    stages=frozenset({"none", "in-hand", "rests"}),
)
