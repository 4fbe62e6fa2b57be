"""A register of document numbers (发文登记): one case an office, series and year; it hands out consecutive numbers.

    (none) ── asked for the next ──▶ the number after the last; numbers taken by hand are left out
    any ── asked for a certain one ──▶ given, where it is nobody's; else refused

A number is handed out once and never again, also where its document is never issued: the gap is explained by the decisions.
"""

from schemas.decision import Context, Decision, decided
from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested
from services.arrears import law_notice
from services.arrears.rules_notice_state import NumberRegister
from services.arrears.rules_state import UnitCase


def give_number(case: UnitCase | None, fact: DocumentNumberRequested, context: Context) -> Decision[UnitCase]:
    """Give a document its number, the next or the one it wants."""
    register = (None if case is None else case.register) or NumberRegister()
    if fact.wanted is None:
        number = _next(register)
        taken = tuple(one for one in register.taken if one > number)
        after = NumberRegister(number, taken)
        return _answered(after, fact, number, "number-given", context)
    if fact.wanted <= register.last or fact.wanted in register.taken:
        return _answered(register, fact, None, "number-taken", context)
    after = NumberRegister(register.last, tuple(sorted((*register.taken, fact.wanted))))
    return _answered(after, fact, fact.wanted, "number-given", context)


def _next(register: NumberRegister) -> int:
    number = register.last + 1
    while number in register.taken:
        number += 1
    return number


def _answered(
    register: NumberRegister, fact: DocumentNumberRequested, number: int | None, code: str, context: Context
) -> Decision[UnitCase]:
    answer = DocumentNumberGiven(
        district=fact.district,
        agency=fact.agency,
        occurred_on=context.today,
        register_key=fact.register_key,
        unit_code=fact.unit_code,
        ordinal=fact.ordinal,
        sequence_number=number,
        subject=fact.subject,
    )
    return decided(
        UnitCase(fact.register_key, register=register),
        code,
        answer,
        paragraphs=(law_notice.DOCUMENT_NUMBERS,),
        number=fact.wanted or number,
    )
