"""Choosing the measure for a unit's arrears (分类施策), with the reasons for the one taken and against each of the others. Pure.

Chosen from the unit's status, from cohort, amount and age of what it owes, and from whether it was late before; the desk's
acts matter only where they end a road. The measures are asked in one order, and the first without an objection is taken.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from schemas.decision import Context
from schemas.unit_status import DeregistrationWay, LegalForm, Measure
from services.arrears import law, law_status_numbers
from services.arrears.law_numbers import counted
from services.arrears.rules_insolvency_books import Books, books, is_open
from services.arrears.rules_insolvency_standing import Done, acts_of, done, last_proceeding
from services.arrears.rules_standing import owes_late_fee
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Position, position


class Grounds(NamedTuple):
    """All that the choice rests on. Amounts in fen; `oldest_due_on` of what is owed and found."""

    position: Position
    done: Done
    books: Books | None
    is_owed: bool
    """There is something to collect; in a bankruptcy also what is not due yet, and late fees; these too from a unit that is leaving, and from
    one that announced its simple deregistration what is not due yet as well."""
    before_2020_fen: int
    since_2020_fen: int
    oldest_due_on: date | None
    is_large: bool
    is_long: bool
    long_on: date | None
    """The day from which the arrears are long."""
    is_repeated: bool

    @property
    def is_gone(self) -> bool:
        """Tell whether nothing may be ordered from the unit itself any more: in bankruptcy, or deregistered."""
        return self.position.proceeding is not None or self.position.deregistered is not None

    @property
    def is_after_bankruptcy(self) -> bool:
        """Tell whether its bankruptcy was concluded."""
        way = None if self.position.deregistered is None else self.position.deregistered.deregistration_way
        return self.done.closed_on is not None or way is DeregistrationWay.AFTER_BANKRUPTCY


class Rejected(NamedTuple):
    """A measure not taken, and why not."""

    measure: Measure
    reasons: tuple[str, ...]


class Choice(NamedTuple):
    """The measure taken, why, and the others."""

    measure: Measure
    because: tuple[str, ...]
    rejected: tuple[Rejected, ...]


def grounds(case: UnitCase, context: Context) -> Grounds:
    """Gather what the choice for a unit rests on today."""
    now = position(() if case.unit_status is None else case.unit_status.records)
    today = context.today
    before_fen = since_fen = 0
    oldest: date | None = None
    repeated = False
    for line in case.lines.values():
        if line.found_on is None or line.due_on is None:
            repeated = repeated or bool(line.fee_units and not line.owed_fen and not line.write_offs)
            continue
        if law.is_stock(line.due_on):
            before_fen += line.owed_fen
        else:
            since_fen += line.owed_fen
        oldest = line.due_on if oldest is None else min(oldest, line.due_on)
    long_on = None
    if oldest is not None:
        long_on = oldest + timedelta(days=counted(law_status_numbers.LONG_DAYS, context) + 1)
    in_court, so_far = last_proceeding(now), done(acts_of(case.insolvency), now)
    return Grounds(
        now,
        so_far,
        None if in_court is None else books(case, in_court, context),
        oldest is not None
        or (in_court is not None and is_open(case, in_court, today))
        or (_is_leaving(now, so_far) and owes_late_fee(case.lines.values(), context))
        or (_is_to_object(now, so_far) and (is_assessed_open(case) or _inherits(case))),
        before_fen,
        since_fen,
        oldest,
        before_fen + since_fen >= counted(law_status_numbers.LARGE_FEN, context),
        long_on is not None and today >= long_on,
        long_on,
        repeated,
    )


def _is_leaving(now: Position, so_far: Done) -> bool:
    """Tell whether a unit is being wound up or has been: only then does late fee alone call for a road, one beside the ordinary one.

    It promises to have settled all its debts (公司法 240; 市场主体登记管理条例 33), and the registration of social insurance ends
    only when late fees are paid too (社会保险经办条例 10).
    """
    return _is_to_object(now, so_far) or now.liquidating is not None or now.deregistered is not None


def _is_to_object(now: Position, so_far: Done) -> bool:
    """Tell whether a simple deregistration is announced that nobody objected to.

    What is assessed and not due yet calls for an objection too: the unit promises that all its debts and contributions are settled
    (市场主体登记管理条例 33), and it is gone before they fall due.
    """
    return now.announced is not None and so_far.objected_on is None


def is_assessed_open(case: UnitCase) -> bool:
    """Tell whether anything assessed, due or not, is neither paid nor written off."""
    return any(line.due_on is not None and line.owed_fen for line in case.lines.values())


def _inherits(case: UnitCase) -> bool:
    """Tell whether the unit answers for a debt that came from one that is gone: it is not settled, whatever the unit promises."""
    return case.succession is not None and case.succession.is_open


def measure_on(on: Grounds) -> Measure:
    """Choose the measure; there is always one."""
    return next(measure for measure, objections in _OBJECTIONS if not objections(on))


def choose(on: Grounds) -> Choice:
    """Choose the measure, with all reasons."""
    answers = [(measure, objections(on)) for measure, objections in _OBJECTIONS]
    taken = measure_on(on)
    others = tuple(
        Rejected(measure, tuple(objections) or ("another-goes-before",))
        for measure, objections in answers
        if measure is not taken
    )
    return Choice(taken, _because(taken, on), others)


def _nothing(on: Grounds) -> list[str]:
    return ["something-owed"] if on.is_owed else []


def _owed(on: Grounds) -> list[str]:
    return [] if on.is_owed else ["nothing-owed"]


def _pursue(on: Grounds) -> list[str]:
    found = _owed(on)
    if on.position.deregistered is None:
        return [*found, "unit-exists"]
    return [*found, "bankruptcy-concluded"] if on.is_after_bankruptcy else found


def _settle(on: Grounds) -> list[str]:
    return _owed(on) + ([] if on.is_after_bankruptcy else ["no-bankruptcy-concluded"])


def _reorganise(on: Grounds) -> list[str]:
    proceeding = on.position.proceeding
    found = _owed(on)
    if proceeding is None:
        return [*found, "no-bankruptcy"]
    return found if proceeding.is_reorganising else [*found, "no-reorganisation"]


def _claim(on: Grounds) -> list[str]:
    return _owed(on) + ([] if on.position.proceeding is not None else ["no-bankruptcy"])


def _object(on: Grounds) -> list[str]:
    found = _owed(on)
    if on.position.announced is None:
        found.append("no-simple-deregistration")
    if on.done.objected_on is not None:
        found.append("objection-filed")
    return found


def _claim_in_liquidation(on: Grounds) -> list[str]:
    return _owed(on) + _gone(on) + ([] if on.position.liquidating is not None else ["no-liquidation"])


def _liquidate(on: Grounds) -> list[str]:
    found = _owed(on) + _gone(on)
    if on.position.liquidating is not None:
        found.append("liquidation-under-way")
    if on.position.revoked is None:
        found.append("not-revoked")
    if on.position.legal_form is LegalForm.SOLE_PROPRIETOR:
        found.append("sole-proprietor-has-no-liquidation")
    return found


def _trace(on: Grounds) -> list[str]:
    return _owed(on) + _gone(on) + ([] if on.position.unreachable is not None else ["reachable"])


def _order(on: Grounds) -> list[str]:
    return _owed(on) + _gone(on) + ([] if _calls_for_order(on) else ["small-and-recent"])


def _remind(on: Grounds) -> list[str]:
    return _owed(on) + _gone(on) + _calls_for_order(on)


def _gone(on: Grounds) -> list[str]:
    return ["unit-gone"] if on.is_gone else []


def _calls_for_order(on: Grounds) -> list[str]:
    found = []
    if on.before_2020_fen:
        found.append("owed-from-before-2020")
    if on.is_large:
        found.append("amount-large")
    if on.is_long:
        found.append("arrears-long")
    if on.is_repeated:
        found.append("late-before")
    return found


_OBJECTIONS: tuple[tuple[Measure, Callable[[Grounds], list[str]]], ...] = (
    (Measure.NONE, _nothing),
    (Measure.SETTLE_REMAINDER, _settle),
    (Measure.PURSUE_OBLIGORS, _pursue),
    (Measure.REORGANISATION, _reorganise),
    (Measure.DECLARE_CLAIM, _claim),
    (Measure.OBJECT, _object),
    (Measure.CLAIM_IN_LIQUIDATION, _claim_in_liquidation),
    (Measure.FORCE_LIQUIDATION, _liquidate),
    (Measure.TRACE, _trace),
    (Measure.ORDER, _order),
    (Measure.REMIND, _remind),
)
"""The order in which the measures are asked: the road that the law leaves no choice about goes before the ordinary ones."""

_GROUND_OF = {
    Measure.NONE: "nothing-owed",
    Measure.PURSUE_OBLIGORS: "deregistered",
    Measure.SETTLE_REMAINDER: "bankruptcy-concluded",
    Measure.REORGANISATION: "reorganising",
    Measure.DECLARE_CLAIM: "bankruptcy-accepted",
    Measure.OBJECT: "deregistration-announced",
    Measure.CLAIM_IN_LIQUIDATION: "liquidating",
    Measure.FORCE_LIQUIDATION: "revoked",
    Measure.TRACE: "unreachable",
    Measure.REMIND: "small-and-recent",
}


def _because(measure: Measure, on: Grounds) -> tuple[str, ...]:
    found = tuple(_calls_for_order(on)) if measure is Measure.ORDER else (_GROUND_OF[measure],)
    return found if on.position.latest is not None else (*found, "status-not-reported")
