"""Deciding payments of a unit that are not one line's principal: allocated once, taken back exactly.

(none) ──► waiting      the unit is not registered yet, or a reversal of it came first
──► allocated    over what is open on its day, by the order in force; what is left is the unit's credit
waiting ─► allocated    the unit was registered, or the reversal was taken back
allocated ► taken back  a reversal came: what it paid is owed again, line by line
► allocated   a higher revision came: its parts are given back, and it is allocated anew
taken back ► allocated  the reversal was itself taken back: to the same lines, with the same amounts
"""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.decision import Context, Decision, Originals, decided, refused
from schemas.settlements import UnitPaid
from services.arrears import law, law_payments, texts_payments
from services.arrears.rules_case import followed
from services.arrears.rules_holding import held
from services.arrears.rules_lines import countable
from services.arrears.rules_payments_allotting import Allotted, allotted
from services.arrears.rules_payments_state import Account, UnitPayment, standing
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import Status, UnitCase


class _Said(NamedTuple):
    """A decision's code and the values of its text."""

    code: str
    values: dict[str, str]


def receive(case: UnitCase | None, fact: UnitPaid, context: Context) -> Decision[UnitCase]:
    """Decide a payment of a unit: known, in conflict, held for an unknown unit, allocated, or taken back."""
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    if case is not None and case.status is Status.UNKNOWN:
        return refused(case, "unit-unknown", paragraphs=(law.REGISTRATION, law.OFFICE_HOLDING))
    before = case or UnitCase(fact.unit_code)
    account = before.account or Account()
    new, known = payment_of(fact), account.find(fact.business_reference)
    if known is not None:
        same = replace(known, order="", parts=None) == new
        answer = repeated(case, Known(known.revision, same), new.revision)
        if answer is not None:
            return answer
    elif before.record_count >= (records_max := law.records_max(context.today, held=before.status is Status.HELD)):
        return refused(case, "case-full", records_max=records_max)
    taken = replace(before, account=_with(account, new), record_count=before.record_count + (1 if known is None else 0))
    is_registered = taken.registration is not None
    after = allotted(taken, context, is_registered=is_registered)
    if not is_registered:
        waiting = held(after.case, context)
        decision = decided(
            waiting, "held-until-registered", paragraphs=(law.OFFICE_HOLDING,), decide_by=waiting.decide_by
        )
        return decision._replace(originals=Originals.KEEP)
    return _decided(before, after, new, context)


def payment_of(fact: UnitPaid) -> UnitPayment:
    """Give the payment a fact is kept as, allocated to nothing yet."""
    line_key = "" if fact.month is None or fact.insurance is None else f"{fact.month}/{fact.insurance.value}"
    return UnitPayment(
        fact.business_reference,
        fact.revision,
        fact.paid_fen,
        fact.paid_on,
        fact.occurred_on,
        fact.district,
        fact.agency,
        line_key,
        fact.meant_for,
        fact.effective_on,
        fact.reverses,
    )


def _decided(before: UnitCase, after: Allotted, new: UnitPayment, context: Context) -> Decision[UnitCase]:
    touched = after.touched
    if after.case.has_provisional:
        touched = tuple(sorted({*touched, *countable(after.case.lines, context)}))
    result = followed(before, after.case, touched, context)
    said = _said(before, result.case, new)
    paragraphs = (*result.paragraphs, law_payments.OFFICE_ALLOCATION, law_payments.OLDEST_FIRST)
    return decided(result.case, said.code, *result.facts, paragraphs=tuple(dict.fromkeys(paragraphs)), **said.values)


def _said(before: UnitCase, now: UnitCase, new: UnitPayment) -> _Said:
    """What became of the payment, or of what it takes back, line by line."""
    was = {one.reference: one for one in standing((before.account or Account()).payments)}
    account = now.account
    assert account is not None
    stands = {one.reference: one for one in standing(account.payments)}
    given_back = [one for reference, one in was.items() if stands.get(reference) != one]
    placed = [one for reference, one in stands.items() if was.get(reference) != one]
    values = {"given_back": texts_payments.allocations(given_back), "allocation": texts_payments.allocations(placed)}
    if placed and given_back:
        return _Said("payment-allocated-anew", values)
    if given_back:
        return _Said("payment-taken-back", values)
    if placed:
        return _Said("payment-allocated" if new.reverses is None else "payment-stands-again", values)
    if new.reverses is not None and account.find(new.reverses) is None:
        return _Said("reversal-awaits-its-record", {"reverses": new.reverses})
    return _Said("payment-without-effect", {"reference": new.reference})


def _with(account: Account, new: UnitPayment) -> Account:
    others = (one for one in account.payments if one.reference != new.reference)
    return replace(account, payments=tuple(sorted((*others, new), key=lambda one: one.reference)))
