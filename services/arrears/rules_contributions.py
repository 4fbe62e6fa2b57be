"""Deciding what tax and payroll systems say of a unit's lines: assessed, missed, paid."""

from schemas.arrears import ArrearsSettled
from schemas.contributions import LineFact
from schemas.decision import Context, Decision, Originals, decided, refused
from schemas.fact import Fact
from schemas.vocabulary import INSURANCE_NAMES_ZH
from services.arrears import law, texts_payments
from services.arrears.rules_case import Effect, followed, recounted
from services.arrears.rules_holding import held
from services.arrears.rules_lines import countable, dues, standing
from services.arrears.rules_records import find, line_key, put, record_of
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import NO_LINE, Kind, Line, Record, Status, UnitCase

CODES = {
    Effect.OPENED: "arrears-opened",
    Effect.CHANGED: "arrears-changed",
    Effect.SETTLED: "arrears-settled",
    Effect.NONE: "line-recorded",
}
_UNKNOWN, _HELD, _MISSED = Status.UNKNOWN, Status.HELD, Kind.MISSED
_NONE, _SETTLED = Effect.NONE, Effect.SETTLED
"""Asked for by every fact; a member that is looked up in its enum takes 0.1 µs."""


def record(case: UnitCase | None, fact: LineFact, context: Context) -> Decision[UnitCase]:
    """Decide a record of a line: known, in conflict, held for an unknown unit, or taken into the unit's arrears."""
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    if case is not None and case.status is _UNKNOWN:
        return refused(case, "unit-unknown", paragraphs=(law.REGISTRATION, law.OFFICE_HOLDING))
    before = case or UnitCase(fact.unit_code)
    new = record_of(fact)
    key = line_key(fact)
    known = find(before, new.kind, new.reference)
    if known is not None:
        same = known.record == new and known.line_key == key
        answer = repeated(case, Known(known.record.revision, same), new.revision)
        if answer is not None:
            return answer
    elif before.record_count >= (records_max := law.records_max(context.today, held=before.status is _HELD)):
        return refused(case, "case-full", records_max=records_max)
    taken, touched = put(before, key, new, known)
    if taken.has_provisional and (firm := countable(taken.lines, context)):
        touched = tuple(sorted({*touched, *firm}))
    after = recounted(taken, touched, context)
    if after.registration is None:
        waiting = held(after, context)
        values = {"decide_by": waiting.decide_by}
        decision = decided(waiting, "held-until-registered", paragraphs=(law.OFFICE_HOLDING,), **values)
        return decision._replace(originals=Originals.KEEP)
    result = followed(before, after, touched, context)
    code = _code(result.effect, result.case, key, new)
    told = {"month": fact.month, "insurance": INSURANCE_NAMES_ZH[fact.insurance]}
    if new.reverses is not None:
        told["reverses"] = new.reverses
    if result.effect is _SETTLED:
        told["late_fee_left"] = _late_fee_left(result.facts)
    return decided(result.case, code, *result.facts, paragraphs=result.paragraphs or (law.PAY_IN_TIME,), **told)


def _late_fee_left(facts: tuple[Fact, ...]) -> str:
    """What is said of late fee still owed where all principal is paid."""
    settled = [fact for fact in facts if isinstance(fact, ArrearsSettled)]
    return texts_payments.late_fee_left(settled[0].late_fee_on_paid_lines_fen)


def _code(effect: Effect, case: UnitCase, key: str, new: Record) -> str:
    line = case.lines.get(key, NO_LINE)
    if effect is _NONE:
        if new.reverses is not None and find(case, new.kind, new.reverses) is None:
            return "reversal-awaits-its-record"
        if new.kind is _MISSED and (special := _missed_code(case, line)) is not None:
            return special
    overpaid = "-overpaid" if line.credit_fen and line.due_on is not None else ""
    return CODES[effect] + overpaid


def _missed_code(case: UnitCase, line: Line) -> str | None:
    due = dues(line, case.reversals)
    if due is not None and any(one.amount_fen != due.amount_fen for one in standing(line, _MISSED, case.reversals)):
        return "missed-differs-from-assessment"
    return "missed-not-yet-due" if line.found_on is None and line.owed_fen else None
