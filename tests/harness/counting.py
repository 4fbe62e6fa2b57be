"""A small service that counts payments: enough to try the runtime without any law."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from stdnum.cn import uscc

from schemas.arrears import ArrearsChanged
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid
from schemas.decision import Context, Decision, Timer, TimerDue, decided
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.service import Service

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""Monday noon in Weihai."""


class Count(msgspec.Struct, frozen=True):
    """How many payments, how much, and when to look again."""

    payments: int = 0
    total_fen: int = 0
    look_at: datetime | None = None


def decide(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    """Count; 13 fen is a bug in these rules, on purpose; 60 fen asks for a timer in an hour."""
    before = state or Count()
    if isinstance(fact, TimerDue):
        return decided(Count(before.payments, before.total_fen), "looked")
    if not isinstance(fact, ContributionPaid):
        return decided(before, "nothing-to-count")
    if fact.paid_fen == 13:
        raise ZeroDivisionError("13 is unlucky")
    look_at = context.now + timedelta(hours=1) if fact.paid_fen == 60 else before.look_at
    after = Count(before.payments + 1, before.total_fen + fact.paid_fen, look_at)
    changed = ArrearsChanged(
        district=fact.district,
        agency=fact.agency,
        occurred_on=fact.occurred_on,
        unit_code=fact.unit_code,
        unit_name="x",
        as_of=context.today,
        line_count=after.payments,
        principal_fen=after.total_fen,
        late_fee_fen=0,
        stock_principal_fen=0,
    )
    return decided(after, "counted", changed, paragraphs=("社会保险法 60",), payments=after.payments)


def next_timer(state: Count) -> Timer | None:
    """The look an hour after a 60."""
    return None if state.look_at is None else Timer(state.look_at, "look")


COUNTING = Service(
    name="arrears",
    release="counting-1",
    hears=(ContributionPaid, ContributionMissed, ContributionAssessed),
    says=(ArrearsChanged,),
    state=Count,
    decide=decide,
    next_timer=next_timer,
)


def unit_code(number: int) -> str:
    """A valid, made-up credit code of an enterprise in Wendeng."""
    body = f"91371003{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def paid(number: int, fen: int, reference: str, **changes: Any) -> ContributionPaid:
    """A payment of the `number`th unit."""
    fields: dict[str, Any] = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date(2026, 10, 10),
        "business_reference": reference,
        "unit_code": unit_code(number),
        "month": "2026-09",
        "insurance": Insurance.PENSION,
        "paid_fen": fen,
        "paid_on": date(2026, 10, 10),
    }
    return ContributionPaid(**(fields | changes))
