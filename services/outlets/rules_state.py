"""What the outlets service remembers of one outlet's blank cards, and the sums over it. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from schemas.decision import Timer
from schemas.outlets import StockKind
from schemas.vocabulary import Agency, District
from services.outlets.law import CLOSED_MAX, STOCKINGS_MAX, USED_KEPT_DAYS, midnight, stock_rules_on

EXPIRY_TIMER = "reservation-expires"
FORGET_TIMER = "reservations-forgotten"


class End(StrEnum):
    """How a reservation ended."""

    REFUSED = "refused"
    RELEASED = "released"
    USED = "used"
    WITHDRAWN = "withdrawn"
    """Released before the request arrived: when it comes, it is refused."""


class Stocking(msgspec.Struct, frozen=True):
    """A delivery or count at its highest revision known. `revision` 0: only its reversal is known so far."""

    revision: int
    digest: str
    kind: StockKind
    blanks: int
    on: date
    reversed: bool = False


class Held(msgspec.Struct, frozen=True):
    """A reservation that stands. `expires_at` None: its time is up and the cards service was asked."""

    outlet_key: str
    person_key: str
    district: District
    agency: Agency
    reserved_on: date
    expires_at: datetime | None
    provisional: bool


class Closed(msgspec.Struct, frozen=True):
    """A reservation that ended, and on which legal date."""

    end: End
    on: date


class OutletCase(msgspec.Struct, frozen=True):
    """One outlet's blanks.

    `stockings` by business reference; `used`: cards made by legal date; `held` and `closed` by reservation id.
    """

    stockings: dict[str, Stocking] = {}
    used: dict[date, int] = {}
    held: dict[str, Held] = {}
    closed: dict[str, Closed] = {}


def last_count(case: OutletCase) -> Stocking | None:
    """The count that holds: of the latest day, and among equals the one of the highest reference."""
    counts = [
        (stocking.on, reference)
        for reference, stocking in case.stockings.items()
        if stocking.kind is StockKind.COUNTED and not stocking.reversed
    ]
    return case.stockings[max(counts)[1]] if counts else None


def balance(case: OutletCase) -> int:
    """Blanks by the books: last count, and since then (its day included) what came less what was made. May be negative."""
    count = last_count(case)
    since = date.min if count is None else count.on
    start = 0 if count is None else count.blanks
    delivered = sum(
        stocking.blanks
        for stocking in case.stockings.values()
        if stocking.kind is StockKind.DELIVERED and not stocking.reversed and stocking.on >= since
    )
    made = sum(number for day, number in case.used.items() if day >= since)
    return start + delivered - made


def blanks_on_hand(case: OutletCase) -> int:
    """Blanks that lie at the outlet, reserved ones included; never below zero, whatever the books say."""
    return max(0, balance(case))


def blanks_free(case: OutletCase) -> int:
    """Blanks that can still be reserved; never below zero."""
    return max(0, blanks_on_hand(case) - len(case.held))


def with_stocking(case: OutletCase, reference: str, stocking: Stocking) -> OutletCase | None:
    """The case with this delivery or count; None where there is no room for it."""
    stockings = {**case.stockings, reference: stocking}
    after = msgspec.structs.replace(case, stockings=stockings)
    count = last_count(after)
    if count is None:
        return after if len(stockings) <= STOCKINGS_MAX else None
    oldest = count.on - timedelta(days=USED_KEPT_DAYS)
    used = {day: number for day, number in case.used.items() if day >= oldest}
    if len(stockings) > STOCKINGS_MAX:
        stockings = {key: kept for key, kept in stockings.items() if kept.on >= count.on}
    after = msgspec.structs.replace(after, stockings=stockings, used=used)
    return after if len(stockings) <= STOCKINGS_MAX else None


def with_held(case: OutletCase, reservation_id: str, held: Held) -> OutletCase:
    """The case with one more reservation that stands, or with one changed."""
    return msgspec.structs.replace(case, held={**case.held, reservation_id: held})


def with_closed(case: OutletCase, reservation_id: str, end: End, on: date) -> OutletCase:
    """The case with this reservation ended; beyond `CLOSED_MAX` the oldest ended one is forgotten."""
    held = {key: kept for key, kept in case.held.items() if key != reservation_id}
    closed = {key: known for key, known in case.closed.items() if key != reservation_id}
    closed[reservation_id] = Closed(end, on)
    if len(closed) > CLOSED_MAX:
        del closed[next(iter(closed))]
    return msgspec.structs.replace(case, held=held, closed=closed)


def with_used(case: OutletCase, reservation_id: str, on: date) -> OutletCase:
    """The case with one blank made into a card."""
    after = with_closed(case, reservation_id, End.USED, on)
    return msgspec.structs.replace(after, used={**after.used, on: after.used.get(on, 0) + 1})


def forgotten_from(closed: Closed) -> date:
    """The legal date from which an ended reservation is not remembered any more."""
    return closed.on + timedelta(days=stock_rules_on(closed.on).closed_kept_days)


def next_timer(case: OutletCase) -> Timer | None:
    """The earliest instant at which a reservation's time is up, or an ended one may be forgotten."""
    timers = [Timer(held.expires_at, EXPIRY_TIMER) for held in case.held.values() if held.expires_at is not None]
    if case.closed:
        timers.append(Timer(midnight(min(map(forgotten_from, case.closed.values()))), FORGET_TIMER))
    return min(timers, key=lambda timer: (timer.due_at, timer.name), default=None)
