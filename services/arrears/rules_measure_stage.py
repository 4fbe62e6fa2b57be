"""How far a measure has come, by when its next step is to be done, who answers, and on what paragraphs. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from schemas.unit_status import DeadlineKind, LegalForm, Liable, Measure, MeasureStage, ProprietorProperty
from services.arrears import (
    law,
    law_status,
    law_status_days,
    law_status_disputes,
    law_status_liable,
    law_status_numbers,
)
from services.arrears.rules_insolvency_standing import Amounts, last_proceeding
from services.arrears.rules_measure_choice import Grounds
from services.arrears.rules_status_standing import Proceeding


class Stage(NamedTuple):
    """Where a measure stands today. `review_on`: the day on which time alone may move it."""

    stage: MeasureStage
    deadline_kind: DeadlineKind | None = None
    deadline_on: date | None = None
    review_on: date | None = None


class Answering(NamedTuple):
    """Who answers for the arrears, and on what paragraphs."""

    liable: Liable
    paragraphs: tuple[str, ...] = ()


PARAGRAPHS: dict[Measure, tuple[str, ...]] = {
    Measure.NONE: (law.PAY_IN_TIME,),
    Measure.REMIND: (law.TELEPHONE_REMINDER, law_status.OFFICE_MEASURES),
    Measure.ORDER: (law_status.ORDER_TO_PAY, law.LATE_FEE, law_status.OFFICE_MEASURES),
    Measure.TRACE: (law_status.ORDER_TO_PAY, law_status.OFFICE_MEASURES),
    Measure.FORCE_LIQUIDATION: (
        law_status.DISSOLVED,
        law_status.LIQUIDATION_GROUP,
        law_status.FORCED_LIQUIDATION,
        law_status.LIQUIDATION_ORDER,
        law_status.ORDER_TO_PAY,
    ),
    Measure.CLAIM_IN_LIQUIDATION: (
        law_status.LIQUIDATION_CLAIMS,
        law_status.LIQUIDATION_ORDER,
        law_status.CLAIM_AFTER_TIME,
        law_status.ORDER_TO_PAY,
    ),
    Measure.OBJECT: (law_status.OBJECTION, law_status.SIMPLE_DEREGISTRATION),
    Measure.DECLARE_CLAIM: (
        law_status.SUSPENDED,
        law_status.DECLARE_TIME,
        law_status.DEEMED_DUE,
        law_status.DECLARED_TO_ADMINISTRATOR,
        law_status.CLAIM_IN_WRITING,
        law_status.CLASSES,
        law_status.LATE_FEE_STOPS,
        law_status.PRINCIPAL_STOPS,
    ),
    Measure.REORGANISATION: (
        law_status.SUSPENDED,
        law_status.DECLARE_TIME,
        law_status.DECLARED_TO_ADMINISTRATOR,
        law_status.PLAN_CANNOT_CUT,
        law_status.LATE_FEE_STOPS,
    ),
    Measure.PURSUE_OBLIGORS: (law_status.ENDS_WITH_ENTRY,),
    Measure.SETTLE_REMAINDER: (law_status.CONCLUDED, law_status.ADDITIONAL_DISTRIBUTION, law_status.WRITE_OFF),
}
"""What each measure rests on."""


OFF_THE_ORDINARY_ROAD = (
    Measure.DECLARE_CLAIM,
    Measure.REORGANISATION,
    Measure.PURSUE_OBLIGORS,
    Measure.SETTLE_REMAINDER,
)
"""Measures under which nobody is called: the unit may not pay one creditor alone (企业破产法 16), or is no more."""


def stage(measure: Measure, on: Grounds, today: date) -> Stage:
    """Give the stage of the measure that was chosen."""
    of_road = _STAGES.get(measure)
    if of_road is not None:
        return of_road(on, today)
    if measure is Measure.NONE:
        return Stage(MeasureStage.FINISHED)
    return Stage(MeasureStage.ORDINARY, review_on=on.long_on if measure is Measure.REMIND else None)


def _in_court(on: Grounds, today: date) -> Stage:
    proceeding = on.position.proceeding
    assert proceeding is not None
    if on.done.claim_count:
        return Stage(_claimed(on, proceeding))
    if proceeding.announced_on is None:
        found_by = proceeding.accepted_on + timedelta(days=law_status_numbers.ANNOUNCEMENT_DAYS.value)
        return Stage(MeasureStage.AWAIT_ANNOUNCEMENT, DeadlineKind.ANNOUNCEMENT, found_by)
    last_day = law_status_days.last_day_to_declare(proceeding.announced_on, proceeding.declare_by)
    in_time = law_status_days.last_day_in_time(proceeding.announced_on, proceeding.declare_by)
    if today <= in_time:
        review_on = in_time + timedelta(days=1) if in_time > last_day else None
        return Stage(MeasureStage.DECLARE, DeadlineKind.CLAIM, last_day, review_on)
    if on.done.last_distribution_on is not None:
        return Stage(MeasureStage.DISTRIBUTED)
    return Stage(MeasureStage.SUPPLEMENT, DeadlineKind.CLAIM, last_day)


def _claimed(on: Grounds, proceeding: Proceeding) -> MeasureStage:
    if on.done.last_distribution_on is not None:
        return MeasureStage.DISTRIBUTED
    if not is_wholly_claimed(on):
        return MeasureStage.SUPPLEMENT
    if proceeding.is_reorganising and on.done.plan_fen is not None:
        cuts = on.done.plan_fen < on.done.claimed.declared_fen
        return MeasureStage.OBJECT_TO_PLAN if cuts else MeasureStage.PLAN_IN_ORDER
    return MeasureStage.DECLARED


def is_wholly_claimed(on: Grounds) -> bool:
    """Tell whether what was claimed is what the books say."""
    assert on.books is not None
    claimed = on.done.claimed
    return (claimed.principal_fen, claimed.late_fee_fen) == (on.books.principal_fen, on.books.late_fee_fen)


def last_day_to_object(on: Grounds) -> date | None:
    """The last day to object to a simple deregistration; None where none is announced."""
    if on.position.announced is None:
        return None
    is_proprietor = on.position.legal_form is LegalForm.SOLE_PROPRIETOR
    return law_status_days.last_day_to_object(on.position.announced.occurred_on, is_proprietor=is_proprietor)


def _objecting(on: Grounds, today: date) -> Stage:
    last_day = last_day_to_object(on)
    assert last_day is not None
    stage_now = MeasureStage.OBJECT if today <= last_day else MeasureStage.OBJECTION_MISSED
    return Stage(stage_now, DeadlineKind.OBJECTION, last_day)


def last_day_of_liquidation_group(revoked_on: date) -> date:
    """The last day on which a liquidation group may still be formed in time (公司法 232)."""
    return revoked_on + timedelta(days=law_status_numbers.LIQUIDATION_GROUP_DAYS.value)


def _liquidating(on: Grounds, today: date) -> Stage:
    assert on.position.revoked is not None
    if on.done.applied_on is not None:
        return Stage(MeasureStage.APPLIED)
    group_by = last_day_of_liquidation_group(on.position.revoked.occurred_on)
    if today <= group_by:
        return Stage(MeasureStage.AWAIT_LIQUIDATION, review_on=group_by + timedelta(days=1))
    apply_by = group_by + timedelta(days=law_status_numbers.LIQUIDATION_APPLY_DAYS.value)
    return Stage(MeasureStage.APPLY, DeadlineKind.LIQUIDATION, apply_by)


def _claiming_in_liquidation(on: Grounds, today: date) -> Stage:
    group = on.position.liquidating
    assert group is not None
    claimed, owed_fen = on.done.told_liquidators, on.before_2020_fen + on.since_2020_fen
    if claimed != Amounts():
        return Stage(MeasureStage.DECLARED if claimed.principal_fen >= owed_fen else MeasureStage.SUPPLEMENT)
    last_day = law_status_days.last_day_to_tell_liquidators(group.notified_on, group.announced_on)
    if last_day is None:
        found_by = group.occurred_on + timedelta(days=law_status_numbers.LIQUIDATION_ANNOUNCED_DAYS.value)
        return Stage(MeasureStage.AWAIT_ANNOUNCEMENT, DeadlineKind.ANNOUNCEMENT, found_by)
    return Stage(MeasureStage.DECLARE if today <= last_day else MeasureStage.SUPPLEMENT, DeadlineKind.CLAIM, last_day)


def _pursuing(on: Grounds, _: date) -> Stage:
    if on.done.pursued_on is not None:
        return Stage(MeasureStage.PURSUED)
    assert on.position.deregistered is not None
    claim_by = on.position.deregistered.occurred_on + timedelta(days=law_status_numbers.OBLIGORS_CLAIM_DAYS.value)
    return Stage(MeasureStage.PURSUE, DeadlineKind.OBLIGORS, claim_by)


def last_day_of_additional_distribution(on: Grounds) -> date | None:
    """The last day on which an additional distribution may be asked for; None where no bankruptcy was concluded."""
    concluded_on = on.done.closed_on
    if concluded_on is None and on.is_after_bankruptcy and on.position.deregistered is not None:
        concluded_on = on.position.deregistered.occurred_on
    if concluded_on is None:
        return None
    return law_status_days.months_later(concluded_on, 12 * law_status_numbers.ADDITIONAL_DISTRIBUTION_YEARS.value)


def _settling(on: Grounds, today: date) -> Stage:
    until = last_day_of_additional_distribution(on)
    assert until is not None
    if today > until:
        return Stage(MeasureStage.REMAINDER)
    return Stage(MeasureStage.REMAINDER, DeadlineKind.ADDITIONAL_DISTRIBUTION, until)


_STAGES: Mapping[Measure, Callable[[Grounds, date], Stage]] = {
    Measure.DECLARE_CLAIM: _in_court,
    Measure.REORGANISATION: _in_court,
    Measure.OBJECT: _objecting,
    Measure.FORCE_LIQUIDATION: _liquidating,
    Measure.CLAIM_IN_LIQUIDATION: _claiming_in_liquidation,
    Measure.PURSUE_OBLIGORS: _pursuing,
    Measure.SETTLE_REMAINDER: _settling,
}


def answering(on: Grounds) -> Answering:
    """Tell who answers for what is owed."""
    now = on.position
    if now.legal_form is LegalForm.SOLE_PROPRIETOR:
        personal = now.said_property is ProprietorProperty.PERSONAL
        return Answering(Liable.PERSONAL_PROPERTY if personal else Liable.FAMILY_PROPERTY, (law_status.PROPRIETOR,))
    if now.deregistered is not None and now.deregistered.deregistration_way is not None:
        return Answering(*law_status_liable.LIABLE[now.deregistered.deregistration_way])
    return Answering(Liable.ESTATE if now.proceeding is not None else Liable.UNIT)


def disputed(measure: Measure, on: Grounds) -> tuple[str, ...]:
    """The points that touch this case on which courts or offices differ, with this office's reading and its confidence."""
    found: list[str] = []
    proceeding = last_proceeding(on.position)
    if measure in (Measure.DECLARE_CLAIM, Measure.REORGANISATION) and proceeding is not None:
        found += [law_status_numbers.ACCEPTANCE_DAY.dispute, law_status_disputes.PRINCIPAL_DISPUTE]
        found += [law_status_disputes.ACCOUNT_DISPUTE, law_status_disputes.LATE_FEE_CLASS_DISPUTE]
        announced_on, declare_by = proceeding.announced_on, proceeding.declare_by
        if announced_on and declare_by and not law_status_days.is_within_window(announced_on, declare_by):
            found.append(law_status_disputes.WINDOW_DISPUTE)
    if measure is not Measure.NONE and on.position.liquidating is not None and not on.is_gone:
        found.append(law_status_disputes.LIQUIDATION_DISPUTE)
    if measure is Measure.OBJECT:
        found.append(law_status_disputes.OBJECTION_DISPUTE)
        found += [law_status_disputes.NOT_DUE_DISPUTE] if on.oldest_due_on is None else []
    if measure is Measure.SETTLE_REMAINDER:
        found.append(law_status_disputes.WRITE_OFF_DISPUTE)
    if any(one.ended_on is not None and one.declared_on is None for one in on.position.proceedings):
        found.append(law_status_disputes.PAUSE_END_DISPUTE)
    return tuple(found)
