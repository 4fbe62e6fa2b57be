"""Where a unit's payment goes: over what is open on its day, by the order in force; once, and it stays there.

A payment's parts are decided when it is first allocated and kept with it. While it stands they stand on their lines; when it
is taken back exactly they are gone, and when the reversal is taken back they are there again.
"""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from msgspec.structs import replace

from schemas.decision import Context
from schemas.mesh import ParameterPublished
from schemas.settlements import PaymentShare
from services.arrears import law_payments
from services.arrears.rules_case import recounted
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_payments_state import Account, Allotment, Part, UnitPayment, standing
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import Line, UnitCase

SHARES_IN_ORDER: Mapping[str, tuple[PaymentShare, PaymentShare]] = {
    law_payments.PRINCIPAL_FIRST: (PaymentShare.PRINCIPAL, PaymentShare.LATE_FEE),
    law_payments.LATE_FEE_FIRST: (PaymentShare.LATE_FEE, PaymentShare.PRINCIPAL),
}


class Allotted(NamedTuple):
    """A case whose payments are allocated, and the lines that changed with it."""

    case: UnitCase
    touched: tuple[str, ...]


def allotted(case: UnitCase, context: Context, *, is_registered: bool) -> Allotted:
    """Bring the lines in step with the payments that stand; allocate those that wait, the earliest paid first.

    Of a unit that is not registered nothing is allocated yet: its lines are not looked at.
    """
    assert case.account is not None
    case, touched = _in_step(case, context)
    waiting = [one for one in standing(case.account.payments) if one.parts is None] if case.account else []
    if not is_registered:
        return Allotted(case, tuple(sorted(touched)))
    for payment in sorted(waiting, key=lambda one: (one.on, one.reference)):
        assert case.account is not None
        order = order_on(payment, context)
        parts = parts_of(payment, case, order, context)
        settled = replace(payment, order=order, parts=parts)
        case = replace(case, account=_with(case.account, settled))
        case, changed = _in_step(case, context)
        touched |= changed
    return Allotted(case, tuple(sorted(touched)))


def order_on(payment: UnitPayment, context: Context) -> str:
    """The order in force on the day of payment, as far as it was published by now."""
    number = law_payments.PAYMENT_ALLOCATION
    published = context.references.get(ParameterPublished.topic, {}).get(number.parameter)
    said = published.value_on(payment.on) if isinstance(published, ParameterPublished) else None
    return number.value if said is None else said


def parts_of(payment: UnitPayment, case: UnitCase, order: str, context: Context) -> tuple[Part, ...]:
    """Split a payment over what is open: what is due by its day before what is not (民法典 560), of each share the line with the oldest due date first.

    What a payment that names a line leaves over stays on that line; of another it stays with the unit, in no part.
    """
    left_fen, parts = payment.paid_fen, list[Part]()
    lines = {payment.line_key: case.lines.get(payment.line_key, Line())} if payment.line_key else case.lines
    named = sorted(lines.items(), key=_age)
    due = [one for one in named if _is_due(one[1], payment)]
    later = [one for one in named if not _is_due(one[1], payment)]
    capped = cap_is_on(context)
    for own, share in product((due, later), SHARES_IN_ORDER[order]):
        if payment.meant_for not in (None, share):
            continue
        for key, line in own:
            amount_fen = min(_open_fen(line, share, payment, case, capped=capped), left_fen)
            if amount_fen > 0:
                parts.append(Part(key, share, amount_fen))
                left_fen -= amount_fen
    if payment.line_key and left_fen:
        parts = _kept_on_its_line(parts, payment, left_fen)
    return tuple(parts)


def _is_due(line: Line, payment: UnitPayment) -> bool:
    """Tell whether a line is due (到期) on the day of a payment: its last day is the first on which it is."""
    return line.due_on is not None and line.due_on <= payment.on


def _age(named: tuple[str, Line]) -> tuple[bool, str, str]:
    key, line = named
    return (line.due_on is None, "" if line.due_on is None else line.due_on.isoformat(), key)


def _open_fen(line: Line, share: PaymentShare, payment: UnitPayment, case: UnitCase, *, capped: bool) -> int:
    """What of a line could be paid on the day of payment: never more than is open now, by all that is known."""
    if line.due_on is None:
        return 0
    if share is PaymentShare.PRINCIPAL:
        return line.owed_fen
    then = replace(as_it_stood(line, case.reversals, payment.on), allotments=line.allotments)
    return late_fee(then, payment.on, capped=capped).fen


def _kept_on_its_line(parts: list[Part], payment: UnitPayment, left_fen: int) -> list[Part]:
    share = payment.meant_for or PaymentShare.PRINCIPAL
    with_it = [part for part in parts if part.share is not share]
    paid_fen = sum(part.amount_fen for part in parts if part.share is share)
    return [*with_it, Part(payment.line_key, share, paid_fen + left_fen)]


def _in_step(case: UnitCase, context: Context) -> tuple[UnitCase, set[str]]:
    """Put on the lines what standing payments are allocated to, and nothing else; lines that change are computed anew."""
    assert case.account is not None
    wanted: dict[str, list[Allotment]] = {}
    for payment in standing(case.account.payments):
        for part in payment.parts or ():
            allotment = Allotment(part.share, payment.reference, part.amount_fen, payment.on)
            wanted.setdefault(part.line_key, []).append(allotment)
    touched, lines = set[str](), dict(case.lines)
    for key in {**lines, **wanted}:
        line, allotments = lines.get(key, Line()), tuple(wanted.get(key, ()))
        if allotments != line.allotments:
            lines[key] = replace(line, allotments=allotments)
            touched.add(key)
    return recounted(replace(case, lines=lines), sorted(touched), context), touched


def _with(account: Account, payment: UnitPayment) -> Account:
    others = (one for one in account.payments if one.reference != payment.reference)
    return replace(account, payments=tuple(sorted((*others, payment), key=lambda one: one.reference)))
