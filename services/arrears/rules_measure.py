"""Deciding the timers of a unit's measure (措施). Pure.

    none | remind ──► order ──► …            by amount, age, cohort, and whether it was late before
    any ──► trace | force-liquidation | object | declare-claim | reorganisation | pursue-obligors | settle-remainder
                                             by the unit's status; back when the status ends
    (deadline) ──► near ──► missed           said once each; a new deadline begins anew

How it is chosen: `rules_measure_choice`; how far it has come: `rules_measure_stage`; when it is said: `rules_measure_follow`.
"""

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.unit_status import DeadlineAlert, InsolvencyDeadlineAlerted
from services.arrears import texts_status
from services.arrears.rules_case import brought_to_today
from services.arrears.rules_measure_choice import grounds
from services.arrears.rules_measure_follow import measured, notes_of, paragraphs_of
from services.arrears.rules_measure_state import Deadline, MeasureState
from services.arrears.rules_state import UnitCase


def deadline_near(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """A deadline comes near: it is said, once; a late clock says at once that it was missed."""
    assert case.measure is not None
    assert case.measure.deadline is not None
    is_over = case.measure.deadline.on < context.today
    return _alerted(case, DeadlineAlert.MISSED if is_over else DeadlineAlert.NEAR, context)


def deadline_over(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """A deadline was missed: it is said, once, and the measure moves on to what can still be done."""
    return _alerted(case, DeadlineAlert.MISSED, context)


def review(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """Time alone may have changed the measure."""
    brought = brought_to_today(case, context)
    reaction = measured(brought.case, context)
    paragraphs = (*brought.paragraphs, *reaction.paragraphs) or _cited(reaction.case, context)
    facts = (*brought.facts, *reaction.facts)
    return decided(
        reaction.case, "measure-reviewed", *facts, paragraphs=paragraphs, **notes_of(case, reaction.case, context)
    )


def _alerted(case: UnitCase, alert: DeadlineAlert, context: Context) -> Decision[UnitCase]:
    measure = case.measure
    assert measure is not None
    deadline = measure.deadline
    assert deadline is not None
    said = _alert(case, measure, deadline, alert, context)
    known = replace(case, measure=replace(measure, deadline=replace(deadline, alerted=alert)))
    brought = brought_to_today(known, context)
    reaction = measured(brought.case, context)
    facts = (said, *brought.facts, *reaction.facts)
    paragraphs = tuple(dict.fromkeys((*said.paragraphs, *brought.paragraphs, *reaction.paragraphs)))
    told = {"deadline_kind": deadline.kind, "deadline_text": texts_status.DEADLINE_NAMES[deadline.kind]}
    told |= notes_of(case, reaction.case, context)
    code = "measure-deadline-near" if alert is DeadlineAlert.NEAR else "measure-deadline-missed"
    return decided(reaction.case, code, *facts, paragraphs=paragraphs, deadline_on=deadline.on, **told)


def _alert(
    case: UnitCase, measure: MeasureState, deadline: Deadline, alert: DeadlineAlert, context: Context
) -> InsolvencyDeadlineAlerted:
    registration = case.registration
    assert registration is not None
    return InsolvencyDeadlineAlerted(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        measure=measure.measure,
        stage=measure.stage,
        deadline_kind=deadline.kind,
        deadline_on=deadline.on,
        paragraphs=_cited(case, context),
        alert=alert,
    )


def _cited(case: UnitCase, context: Context) -> tuple[str, ...]:
    assert case.measure is not None
    return paragraphs_of(case.measure.measure, grounds(case, context))
