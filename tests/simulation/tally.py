"""A small service with everything the runtime offers: several topics, timers, refusals, kept originals, a bug."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from schemas.arrears import ArrearsChanged, ArrearsSettled
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid
from schemas.decision import Context, Decision, Originals, Reason, Timer, TimerDue, decided, refused
from schemas.vocabulary import Agency, District
from services.runtime.service import Service

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""Monday noon in Weihai: the beginning of every run."""
MENDED_AT = NOON + timedelta(hours=2)
"""The bug of these rules is over from here on."""
UNLUCKY_FEN, REFUSED_FEN, LOOKED_AT_FEN, FORGOTTEN_FEN = 13, 77, 60, 99
HELD_MAX = 5


class Tally(msgspec.Struct, frozen=True):
    """How many payments, how much, how many records held, and when to look again."""

    payments: int = 0
    total_fen: int = 0
    held: int = 0
    look_at: datetime | None = None


def decide(state: Tally | None, fact: Any, context: Context) -> Decision[Tally]:
    """Count payments, hold what was missed until it is looked at, forget a case when told to."""
    before = state or Tally()
    mode = context.parameter("tally-mode", "plain")
    if isinstance(fact, TimerDue):
        return _look(before, context)
    if isinstance(fact, ContributionMissed):
        return _hold(state, before, context)
    if isinstance(fact, ContributionAssessed):
        if fact.assessed_fen == FORGOTTEN_FEN:
            return Decision(None, (), Reason("forgotten"), Originals.DROP)
        return decided(before, "nothing-to-count", mode=mode)
    if fact.paid_fen == UNLUCKY_FEN and context.now < MENDED_AT:
        raise ZeroDivisionError("13 is unlucky")
    if fact.paid_fen == REFUSED_FEN:
        return refused(state, "not-this-amount", mode=mode)
    look_at = context.now + timedelta(hours=1) if fact.paid_fen == LOOKED_AT_FEN else before.look_at
    after = Tally(before.payments + 1, before.total_fen + fact.paid_fen, before.held, look_at)
    return decided(after, "counted", _changed(ArrearsChanged, fact.unit_code, after, context), mode=mode)


def _look(before: Tally, context: Context) -> Decision[Tally]:
    after = Tally(before.payments, before.total_fen)
    # A case that refuses what it held forgets every id: only one in which nothing else stands may do so.
    originals = Originals.DROP if before.payments else Originals.REFUSE
    return Decision(after, (), Reason("looked", values={"day": context.today.isoformat()}), originals)


def _hold(state: Tally | None, before: Tally, context: Context) -> Decision[Tally]:
    if before.held >= HELD_MAX:
        return refused(state, "too-many-held")
    look_at = before.look_at or context.now + timedelta(minutes=40)
    after = Tally(before.payments, before.total_fen, before.held + 1, look_at)
    return Decision(after, (), Reason("held"), Originals.KEEP)


def _changed(
    kind: type[ArrearsChanged | ArrearsSettled], unit: str, after: Tally, context: Context
) -> ArrearsChanged | ArrearsSettled:
    return kind(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 10, 10),
        unit_code=unit,
        unit_name="x",
        as_of=context.today,
        line_count=after.payments,
        principal_fen=after.total_fen,
        late_fee_fen=0,
        stock_principal_fen=0,
    )


def next_timer(state: Tally) -> Timer | None:
    """When to look again."""
    return None if state.look_at is None else Timer(state.look_at, "look")


TALLY = Service(
    name="arrears",
    release="tally-1",
    hears=(ContributionPaid, ContributionMissed, ContributionAssessed),
    says=(ArrearsChanged, ArrearsSettled),
    state=Tally,
    decide=decide,
    next_timer=next_timer,
)
"""Stands in the place of the arrears service, whose topics it uses."""
