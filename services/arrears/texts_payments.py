"""The words in which payments of a unit, and what became of them, are told (Chinese)."""

from collections.abc import Sequence

from schemas.settlements import PaymentShare
from schemas.vocabulary import INSURANCE_NAMES_ZH, Insurance
from services.arrears import law_payments
from services.arrears.rules_payments_state import Account, UnitPayment, standing

REASON_TEXTS = {
    "payment-allocated": "单位缴费已入账。{allocation}",
    "payment-allocated-anew": "单位缴费已更正。原入账退回：{given_back}；现入账：{allocation}",
    "payment-taken-back": "单位缴费已冲销，按原入账逐条退回：{given_back}",
    "payment-stands-again": "冲销已撤回，单位缴费按原入账恢复：{allocation}",
    "payment-without-effect": "已登记 {reference}，不改变任何缴费的入账",
}
"""Chinese text of each reason code."""

SHARE_NAMES = {PaymentShare.PRINCIPAL: "本金", PaymentShare.LATE_FEE: "滞纳金"}
ORDER_NAMES = {law_payments.PRINCIPAL_FIRST: "先本金、后滞纳金", law_payments.LATE_FEE_FIRST: "先滞纳金、后本金"}

PARTS_NAMED_MAX = 120
"""Parts of a payment that are told one by one; what is beyond is counted and summed."""


def yuan(amount_fen: int) -> str:
    """Write fen as yuan with two decimals and thousands separated: `1,234.56元`."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}元"


def late_fee_left(late_fee_fen: int) -> str:
    """Say that late fee is still owed on what is paid; empty where none is."""
    return f"；尚欠滞纳金{yuan(late_fee_fen)}，仍应缴纳" if late_fee_fen else ""


def allocations(payments: Sequence[UnitPayment]) -> str:
    """Tell where payments stand, line by line; 无 for none."""
    return "；".join(_allocation(payment) for payment in payments) or "无"


def waited(before: Account | None, now: Account | None) -> str:
    """Tell what became of the payments that waited for the unit's registration; empty where none did."""
    if now is None:
        return ""
    known = standing(() if before is None else before.payments)
    waiting = {payment.reference for payment in known if payment.parts is None}
    found = [payment for payment in standing(now.payments) if payment.reference in waiting]
    return f"；先行留存的单位缴费现予入账：{allocations(found)}" if found else ""


def _allocation(payment: UnitPayment) -> str:
    parts = payment.parts or ()
    named = [_part(part.line_key, part.share, part.amount_fen) for part in parts[:PARTS_NAMED_MAX]]
    if len(parts) > PARTS_NAMED_MAX:
        rest = parts[PARTS_NAMED_MAX:]
        named.append(f"另有{len(rest)}笔合计{yuan(sum(part.amount_fen for part in rest))}")
    if payment.left_fen:
        named.append(f"余额{yuan(payment.left_fen)}无对应欠费，作为多缴留存本单位，不自动抵缴")
    how = "" if payment.line_key and payment.meant_for else f"（{ORDER_NAMES[payment.order]}）"
    return f"{payment.reference} {yuan(payment.paid_fen)}{how}：{'、'.join(named) or '无金额入账'}"


def _part(line_key: str, share: PaymentShare, amount_fen: int) -> str:
    month, _, insurance = line_key.partition("/")
    return f"{month}{INSURANCE_NAMES_ZH[Insurance(insurance)]}{SHARE_NAMES[share]}{yuan(amount_fen)}"
