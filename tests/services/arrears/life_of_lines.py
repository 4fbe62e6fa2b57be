"""What a unit's lines and payments bring to the life of its case: registrations, assessments, payments, and the money's own rules."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.arrears import ArrearsFact
from schemas.contributions import ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.settlements import ClearanceRecorded, ClearanceStanding, PaymentShare, UnitPaid
from schemas.vocabulary import Insurance
from services.arrears.rules_standing import cap_is_on, late_fee, totals
from services.arrears.rules_state import Line, Status, UnitCase
from tests.services.arrears.life import Life, LifePart, Step, days_after
from tests.services.arrears.life_books import assessed_fen, received_fen
from tests.services.arrears.samples import assessed, missed, paid, registered
from tests.services.arrears.samples_payments import unit_paid

DUE_DAYS = (date(2011, 6, 15), date(2019, 12, 31), date(2023, 9, 15), date(2023, 10, 16), date(2023, 11, 15))
KINDS = (Insurance.PENSION, Insurance.MEDICAL)
AMOUNTS_FEN = (1, 333, 100_000, 7_654_321)
SETTINGS = (
    ("payment-allocation", ("principal-first", "late-fee-first")),
    ("late-fee-keeps-case-open", ("no", "yes")),
    ("late-fee-cap", ("off", "on")),
    ("notice-policy", ("newsletter", "law")),
)


def coming(life: Life) -> Fact | None:
    """The next fact of a unit's registration, lines or payments; a unit is mostly registered soon."""
    if (life.case is None or life.case.registration is None) and life.one_of((True, False)):
        return _registration(life)
    return life.one_of((_dues, _dues, _payment, _payment, _whole_payment, _unit_payment, _correction, _registration))(
        life
    )


def _dues(life: Life) -> Fact:
    due_on = life.one_of(DUE_DAYS)
    fields: dict[str, Any] = {
        "month": f"{due_on:%Y-%m}",
        "insurance": life.one_of(KINDS),
        "due_on": due_on,
        "assessed_fen": life.one_of(AMOUNTS_FEN),
        "occurred_on": life.today,
    }
    return life.one_of((assessed, missed))(life.reference("A"), **fields)


def _known_line(life: Life) -> tuple[str, Line] | None:
    lines = sorted(life.case.lines.items()) if life.case is not None else []
    return life.one_of(lines) if lines else None


def _payment(life: Life) -> Fact | None:
    return _paid_for(life, life.one_of(AMOUNTS_FEN))


def _whole_payment(life: Life) -> Fact | None:
    known = _known_line(life)
    return None if known is None else _paid_for(life, known[1].owed_fen, known[0])


def _paid_for(life: Life, amount_fen: int, key: str = "") -> Fact | None:
    known = _known_line(life)
    if known is None:
        return None
    month, _, insurance = (key or known[0]).partition("/")
    paid_on = days_after(life.today, -life.one_of((0, 1, 30)))
    return paid(life.reference("P"), month=month, insurance=Insurance(insurance), paid_fen=amount_fen, paid_on=paid_on)


def _unit_payment(life: Life) -> Fact:
    known = _known_line(life) if life.one_of((True, False)) else None
    fields: dict[str, Any] = {"meant_for": life.one_of((None, PaymentShare.LATE_FEE))}
    if known is not None:
        month, _, insurance = known[0].partition("/")
        fields |= {"month": month, "insurance": Insurance(insurance)}
    paid_on = days_after(life.today, -life.one_of((0, 5)))
    return unit_paid(
        life.reference("D"), paid_fen=life.one_of((*AMOUNTS_FEN, _all_owed(life))), paid_on=paid_on, **fields
    )


def _all_owed(life: Life) -> int:
    """To the fen what would clear the case today."""
    if life.case is None:
        return 0
    sums = totals(life.case.lines.values(), life.today, capped=cap_is_on(life.context))
    return sums.principal_fen + sums.late_fee_fen + sums.late_fee_on_paid_lines_fen


def _correction(life: Life) -> Fact | None:
    """A reversal, a higher revision, a repeat or a conflict of something that was said."""
    said = [fact for fact in life.heard if not isinstance(fact, UnitRegistered)]
    if not said:
        return None
    fact = life.one_of(said)
    change = life.one_of(("reversal", "reversal", "revision", "repeat", "conflict"))
    if change == "repeat":
        return fact
    if change == "reversal":
        return fact.model_copy(
            update={"business_reference": life.reference("R"), "revision": 1, "reverses": fact.business_reference}
        )
    field = "paid_fen" if isinstance(fact, ContributionPaid | UnitPaid) else "assessed_fen"
    update: dict[str, Any] = {field: life.one_of(AMOUNTS_FEN)} if hasattr(fact, field) else {}
    return fact.model_copy(update=update | {"revision": fact.revision + (change == "revision")})


def _registration(life: Life) -> Fact:
    if life.case is not None and life.case.registration is not None and life.one_of((False, False, False, True)):
        reference = life.case.registration.reference
        return registered(business_reference=life.reference("V"), reverses=reference, occurred_on=life.today)
    return registered(business_reference=life.reference("U"), occurred_on=life.today)


def setting(life: Life) -> ParameterPublished:
    """A parameter that is published, in force from today."""
    name, values = life.one_of(SETTINGS)
    return ParameterPublished(name=name, value=life.one_of(values), effective_on=life.today)


def stage(case: UnitCase | None) -> str:
    """Where the case as a whole stands."""
    if case is None:
        return "none"
    if case.status is not Status.CLEAR or case.account is None:
        return case.status.value
    if case.account.awaits_late_fee:
        return "awaits-late-fee"
    return "cleared" if case.account.cleared else case.status.value


def faults(life: Life, step: Step) -> Iterable[str]:
    """Never a cent appears or vanishes, in the lines and in what is said; a clearance is true."""
    now = step.now
    if now is None or now.status is Status.UNKNOWN:
        return
    yield from _faults_of_lines(now, assessed_fen(life.heard))
    held_fen = 0 if now.account is None else now.account.credit_fen
    on_lines_fen = sum(line.paid_fen + line.fee_paid_fen for line in now.lines.values())
    if received_fen(life.heard) != on_lines_fen + held_fen:
        yield f"{received_fen(life.heard)} fen came, {on_lines_fen} stand on lines and {held_fen} with the unit"
    for fact in step.decision.facts:
        if isinstance(fact, ArrearsFact):
            yield from _faults_said(now, fact)
        if isinstance(fact, ClearanceRecorded) and fact.standing is ClearanceStanding.ISSUED:
            capped = cap_is_on(step.context)
            lines = now.lines.values()
            if any(line.found_on or late_fee(line, step.context.today, capped=capped).fen for line in lines):
                yield f"{fact.clearance_number} is issued, and something is owed"
            if fact.paid_fen != sum(line.paid_fen for line in fact.lines):
                yield f"{fact.clearance_number} does not add up"


def _faults_of_lines(now: UnitCase, assessed_by_the_books: dict[str, int]) -> Iterable[str]:
    for key, line in now.lines.items():
        if line.assessed_fen != assessed_by_the_books.get(key, 0):
            yield f"{key} is assessed {line.assessed_fen}, by the books {assessed_by_the_books.get(key, 0)}"
        if line.assessed_fen + line.credit_fen != line.paid_fen + line.owed_fen + line.written_off_fen:
            yield f"{key} does not add up: {line}"
        if line.owed_fen and line.credit_fen:
            yield f"{key} is owed and over-paid at once"


def _faults_said(now: UnitCase, fact: ArrearsFact) -> Iterable[str]:
    owed = [line for line in now.lines.values() if line.found_on is not None]
    if (fact.line_count, fact.principal_fen) != (len(owed), sum(line.owed_fen for line in owed)):
        yield f"what is said is not what is owed: {fact}"
    if fact.written_off_fen != sum(line.written_off_fen for line in now.lines.values()):
        yield f"what was written off is said wrong: {fact}"
    if fact.unallocated_fen != (0 if now.account is None else now.account.credit_fen):
        yield f"the unit's credit is said wrong: {fact}"
    if fact.late_fee_paid_fen != sum(line.fee_paid_fen for line in now.lines.values()):
        yield f"the late fee paid is said wrong: {fact}"


LINES = LifePart(
    name="lines and payments",
    comes=coming,
    stage=stage,
    stages=frozenset({"none", "held", "clear", "open", "unknown", "awaits-late-fee", "cleared"}),
    faults=faults,
)
