"""What becomes of a blank card at an outlet.

A reservation (one blank, one id, one person):

    (none) ── asked for, a blank is free ──▶ held ── used ──────────▶ used
       │                                     │ ▲ └── released ──────▶ released ── used after all ──▶ used
       │                                     │ └─ the year's calendar came: time is up later
       │                                     └ time is up ──▶ held, and the cards service is asked: used or released?
       ├── asked for, none free / not equipped ─────────────────────▶ refused
       ├── released before it was asked for ───▶ withdrawn ── asked for ──▶ refused
       └── used without a reservation: counted all the same ────────▶ used

A reservation id is answered once; a blank whose time is up goes back only on the cards service's word, because it may
be in the printer. Ended reservations are remembered a dated time.
Blanks on hand = last count + deliveries − cards made since, whatever the order in which these became known.
"""

import hashlib
from typing import Any

from msgspec import structs

from schemas.decision import Context, Decision, TimerDue, already_known, decided, refused
from schemas.outlets import (
    CardReservationExpired,
    CardReservationRefused,
    CardReservationReleased,
    CardReservationRequested,
    CardReservationUsed,
    CardReserved,
    OutletPublished,
    OutletStocked,
    StockKind,
)
from services.outlets import law
from services.outlets.rules_state import (
    EXPIRY_TIMER,
    End,
    Held,
    OutletCase,
    Stocking,
    balance,
    blanks_free,
    blanks_on_hand,
    forgotten_from,
    next_timer,
    with_closed,
    with_held,
    with_stocking,
    with_used,
)

__all__ = ["OutletCase", "decide", "next_timer"]

NO_BLANK, NOT_EQUIPPED, ALREADY_CLOSED = "no-blank", "not-equipped", "already-closed"
"""Why a reservation was refused."""


def decide(state: OutletCase | None, fact: Any, context: Context) -> Decision[OutletCase]:
    """Decide one fact, or one timer, of one outlet."""
    if isinstance(fact, TimerDue):
        assert state is not None
        return _expire(state, context) if fact.name == EXPIRY_TIMER else _forget(state, context)
    if isinstance(fact, OutletStocked):
        return _stock(state, fact)
    if isinstance(fact, CardReservationRequested):
        return _reserve(state, fact, context)
    if isinstance(fact, CardReservationReleased):
        return _release(state, fact, context)
    if isinstance(fact, CardReservationUsed):
        return _use(state, fact)
    return refused(state, "not-heard")


# --- stock ------------------------------------------------------------------------------------------


def _stock(state: OutletCase | None, fact: OutletStocked) -> Decision[OutletCase]:
    case = state or OutletCase()
    if fact.reverses is not None:
        return _reverse(state, case, fact.reverses)
    known = case.stockings.get(fact.business_reference)
    digest = hashlib.blake2b(fact.content().encode(), digest_size=16).hexdigest()
    if known is not None and fact.revision <= known.revision:
        if fact.revision == known.revision and digest != known.digest:
            return refused(state, "revision-conflict", reference=fact.business_reference, revision=fact.revision)
        return already_known(state, "stocking-known", reference=fact.business_reference)
    taken_back = known is not None and known.reversed
    stocking = Stocking(fact.revision, digest, fact.kind, fact.blanks, fact.occurred_on, taken_back)
    after = with_stocking(case, fact.business_reference, stocking)
    if after is None:
        return refused(state, "too-many-stockings", stockings=law.STOCKINGS_MAX)
    return _stocked(after, "stocking-reversed-before" if taken_back else f"blanks-{fact.kind.value}", fact.blanks)


def _reverse(state: OutletCase | None, case: OutletCase, reference: str) -> Decision[OutletCase]:
    known = case.stockings.get(reference)
    if known is not None and known.reversed:
        return already_known(state, "stocking-known", reference=reference)
    if known is None:
        known = Stocking(0, "", StockKind.DELIVERED, 0, law.STOCK_RULES[0].in_force_from)
    taken_back = Stocking(known.revision, known.digest, known.kind, known.blanks, known.on, reversed=True)
    after = with_stocking(case, reference, taken_back)
    if after is None:
        return refused(state, "too-many-stockings", stockings=law.STOCKINGS_MAX)
    return _stocked(after, "stocking-reversed", known.blanks)


def _stocked(case: OutletCase, code: str, blanks: int) -> Decision[OutletCase]:
    short = balance(case) < len(case.held)
    return decided(
        case,
        f"{code}-short" if short else code,
        paragraphs=(law.COUNTING,),
        blanks=blanks,
        on_hand=blanks_on_hand(case),
        held=len(case.held),
    )


# --- reservations -----------------------------------------------------------------------------------


def _reserve(state: OutletCase | None, fact: CardReservationRequested, context: Context) -> Decision[OutletCase]:
    case = state or OutletCase()
    ended = case.closed.get(fact.reservation_id)
    if fact.reservation_id in case.held or (ended is not None and ended.end is not End.WITHDRAWN):
        return already_known(state, "reservation-known")
    refusal = _refusal(case, fact, context)
    if refusal:
        after = with_closed(case, fact.reservation_id, End.REFUSED, context.today)
        no = CardReservationRefused(**_about(fact, context), reason_code=refusal)
        return decided(after, f"reservation-refused-{refusal}", no, paragraphs=(law.KEEPING,))
    expires_at, provisional = law.kept_until(context.today, context.calendar)
    held = Held(fact.outlet_key, fact.person_key, fact.district, fact.agency, context.today, expires_at, provisional)
    after = with_held(case, fact.reservation_id, held)
    left = blanks_free(after)
    answer = CardReserved(**_about(fact, context), expires_at=expires_at, blanks_left=left)
    return decided(
        after,
        "reserved-provisionally" if provisional else "reserved",
        answer,
        paragraphs=(law.KEEPING, law.FIRST_DAY_NOT_COUNTED),
        left=left,
        expires_at=expires_at.isoformat(),
    )


def _refusal(case: OutletCase, fact: CardReservationRequested, context: Context) -> str:
    if fact.reservation_id in case.closed:
        return ALREADY_CLOSED
    outlets = {outlet.outlet_key: outlet for outlet in context.reference_facts(OutletPublished)}
    outlet = outlets.get(fact.outlet_key)
    if outlet is None or not outlet.makes_cards:
        return NOT_EQUIPPED
    return "" if blanks_free(case) else NO_BLANK


def _release(state: OutletCase | None, fact: CardReservationReleased, context: Context) -> Decision[OutletCase]:
    case = state or OutletCase()
    if fact.reservation_id in case.held:
        after = with_closed(case, fact.reservation_id, End.RELEASED, context.today)
        free = blanks_free(after)
        return decided(after, "released", paragraphs=(law.KEEPING,), reason=fact.reason_code, free=free)
    if fact.reservation_id in case.closed:
        return already_known(state, "reservation-ended-before")
    after = with_closed(case, fact.reservation_id, End.WITHDRAWN, context.today)
    return decided(after, "released-before-request", reason=fact.reason_code)


def _use(state: OutletCase | None, fact: CardReservationUsed) -> Decision[OutletCase]:
    case = state or OutletCase()
    ended = case.closed.get(fact.reservation_id)
    if ended is not None and ended.end is End.USED:
        return already_known(state, "reservation-ended-before")
    after = with_used(case, fact.reservation_id, fact.occurred_on)
    if fact.reservation_id in case.held:
        code = "used"
    elif ended is not None and ended.end is End.RELEASED:
        code = "used-after-release"
    else:
        code = "used-without-reservation"
    return decided(after, code, paragraphs=(law.KEEPING,), on_hand=blanks_on_hand(after), free=blanks_free(after))


# --- time -------------------------------------------------------------------------------------------


def _expire(case: OutletCase, context: Context) -> Decision[OutletCase]:
    facts: list[CardReservationExpired] = []
    after, moved = case, 0
    for reservation_id, held in case.held.items():
        if held.expires_at is None or held.expires_at > context.now:
            continue
        expires_at, provisional = law.kept_until(held.reserved_on, context.calendar)
        if held.provisional and expires_at > context.now:
            moved += 1
            later = structs.replace(held, expires_at=expires_at, provisional=provisional)
            after = with_held(after, reservation_id, later)
            continue
        after = with_held(after, reservation_id, structs.replace(held, expires_at=None))
        facts.append(_expired(reservation_id, held, context))
    if not facts:
        return decided(after, "expiry-moved", paragraphs=(law.KEEPING,), moved=moved)
    return decided(after, "reservations-expired", *facts, paragraphs=(law.KEEPING,), expired=len(facts))


def _expired(reservation_id: str, held: Held, context: Context) -> CardReservationExpired:
    return CardReservationExpired(
        district=held.district,
        agency=held.agency,
        occurred_on=context.today,
        person_key=held.person_key,
        outlet_key=held.outlet_key,
        reservation_id=reservation_id,
    )


def _forget(case: OutletCase, context: Context) -> Decision[OutletCase]:
    closed = {key: ended for key, ended in case.closed.items() if forgotten_from(ended) > context.today}
    after = OutletCase(case.stockings, case.used, case.held, closed)
    return decided(after, "reservations-forgotten", forgotten=len(case.closed) - len(closed))


def _about(fact: CardReservationRequested, context: Context) -> dict[str, Any]:
    return {
        "district": fact.district,
        "agency": fact.agency,
        "occurred_on": context.today,
        "person_key": fact.person_key,
        "outlet_key": fact.outlet_key,
        "reservation_id": fact.reservation_id,
    }
