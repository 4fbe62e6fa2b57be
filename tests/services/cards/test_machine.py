"""Cards, outlets and printer together, in any interleaving, with repeats: never two live cards, no blank below zero."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import structs

from schemas.cards import (
    CardCancelled,
    CardIssuanceCompleted,
    CardIssuanceRequested,
    CardIssued,
    CardSuspended,
    CardSuspensionLifted,
    ReportKind,
)
from schemas.decision import Context, Decision, TimerDue
from schemas.fact import Fact
from schemas.outlets import (
    CardReserved,
    ReservationAnswered,
    ReservationAsked,
    StockKind,
)
from services.cards.rules import CardCase
from services.cards.rules import next_timer as card_timer
from services.outlets.rules import OutletCase
from services.outlets.rules import next_timer as outlet_timer
from services.outlets.rules_state import balance, blanks_free, blanks_on_hand
from tests.services.cards.samples import WENDENG, found, local, lost, outlet
from tests.services.cards.samples import context as context_at
from tests.services.cards.samples import decision as decide_card
from tests.services.outlets.samples import decision as decide_stock
from tests.services.outlets.samples import stocked

PEOPLE = ("p1-" + "a" * 32, "p1-" + "b" * 32)
OUTLETS = (outlet("near", 1), outlet("far", 9))
KINDS = st.sampled_from([ReportKind.WRITTEN, ReportKind.WRITTEN, ReportKind.TEMPORARY])
KEYS = tuple(each.outlet_key for each in OUTLETS)


def card_key(person: str, generation: int) -> str:
    """The key of a person's first, second … card."""
    return f"c1-{person[3]}{generation:031x}"


class CardsAndOutlets(RuleBasedStateMachine):
    """Facts lie in a bag and are delivered in any order, some twice; the printer may print, fail, or leave in doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = local("2024-01-08 09:00")
        self.cards: dict[str, CardCase | None] = dict.fromkeys(PEOPLE)
        self.stocks: dict[str, OutletCase | None] = dict.fromkeys(KEYS)
        self.bag: list[Fact] = []
        self.number = self.records = 0
        self.live = {person: {card_key(person, 0)} for person in PEOPLE}
        self.generation = dict.fromkeys(PEOPLE, 0)
        self.serials: dict[str, str] = {}
        self.jobs: dict[str, CardIssuanceRequested] = {}
        self.ended: dict[str, str] = {}
        self.answers: Counter[str] = Counter()
        self.dead: set[str | None] = set()
        self.printed_late = 0
        for key in KEYS:
            first = stocked(2, f"first-{key}", on="2024-01-08").model_copy(update={"outlet_key": key})
            self._arrive(first)

    # --- the world ------------------------------------------------------------------------------

    @rule(person=st.sampled_from(PEOPLE), kind=KINDS, back=st.integers(0, 1))
    def report_lost(self, person: str, kind: ReportKind, back: int) -> None:
        generation = max(0, self.generation[person] - back)
        self.number += 1
        fact = lost(kind, f"lost-{self.number}", self.now, card=card_key(person, generation), person_key=person)
        self.bag.append(fact)

    @rule(person=st.sampled_from(PEOPLE))
    def report_found(self, person: str) -> None:
        self.number += 1
        key = card_key(person, self.generation[person])
        self.bag.append(found(f"found-{self.number}", self.now, key).model_copy(update={"person_key": person}))

    @rule(key=st.sampled_from(KEYS), blanks=st.integers(0, 2))
    def deliver_blanks(self, key: str, blanks: int) -> None:
        self.number += 1
        fact = stocked(blanks, f"stock-{self.number}", StockKind.DELIVERED, on="2024-01-08")
        self.bag.append(fact.model_copy(update={"outlet_key": key}))

    @precondition(lambda self: bool(self.bag))
    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: st.DataObject, again: bool) -> None:
        """Any fact in the bag arrives; perhaps it stays, and arrives again under another id."""
        place = data.draw(st.integers(0, len(self.bag) - 1))
        fact = self.bag[place] if again else self.bag.pop(place)
        self._arrive(fact)

    @precondition(lambda self: bool(self.bag))
    @rule()
    def deliver_everything_in_order(self) -> None:
        for _ in range(500):
            if not self.bag:
                return
            self._arrive(self.bag.pop(0))
        raise AssertionError("the mesh does not come to rest")

    @rule(hours=st.sampled_from([0.5, 3, 24, 24 * 8]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        for person, case in self.cards.items():
            self.cards[person] = self._timers(case, card_timer, decide_card)
        for key, stock in self.stocks.items():
            self.stocks[key] = self._timers(stock, outlet_timer, decide_stock)

    @precondition(lambda self: len(self.jobs) > len(self.ended))
    @rule(data=st.data(), outcome=st.sampled_from(["done", "failed", "unknown"]))
    def printer_answers(self, data: st.DataObject, outcome: str) -> None:
        effect_id = data.draw(st.sampled_from(sorted(set(self.jobs) - set(self.ended))))
        if outcome != "unknown":
            self.ended[effect_id] = outcome
        self._completed(effect_id, outcome)

    @precondition(lambda self: "failed" in self.ended.values())
    @rule(data=st.data())
    def a_failed_job_turns_out_to_be_printed(self, data: st.DataObject) -> None:
        failed = sorted(effect_id for effect_id, outcome in self.ended.items() if outcome == "failed")
        effect_id = data.draw(st.sampled_from(failed))
        self.ended[effect_id] = "late"
        self.printed_late += 1
        self._completed(effect_id, "done")

    # --- the mesh -------------------------------------------------------------------------------

    def _context(self) -> Context:
        self.records += 1
        return structs.replace(context_at(self.now, OUTLETS), fact_id=f"record-{self.records}")

    def _completed(self, effect_id: str, outcome: str) -> None:
        job = self.jobs[effect_id]
        self.bag.append(
            CardIssuanceCompleted(
                **WENDENG,
                occurred_on=job.occurred_on,
                person_key=job.person_key,
                effect_id=effect_id,
                outcome=outcome,
                detail_code=outcome,
                receipt=f"WH-{effect_id}" if outcome == "done" else "",
                attempted_at=self.now,
            )
        )

    def _arrive(self, fact: Fact) -> None:
        if isinstance(fact, ReservationAsked) or fact.topic == "outlet-stocked":
            made: Decision[Any] = decide_stock(self.stocks[fact.case_key], fact, self._context())
            self.stocks[fact.case_key] = made.state
        else:
            made = decide_card(self.cards[fact.case_key], fact, self._context())
            self.cards[fact.case_key] = made.state
        self._hear(made.facts)

    def _timers(self, case: Any, next_timer: Any, decide: Any) -> Any:
        for _ in range(200):
            timer = None if case is None else next_timer(case)
            if timer is None or timer.due_at > self.now:
                return case
            made = decide(case, TimerDue(timer.name, timer.due_at), self._context())
            assert made.state is None or next_timer(made.state) != timer
            case = made.state
            self._hear(made.facts)
        raise AssertionError("timers do not come to rest")

    def _hear(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            self._see(fact)
            if isinstance(fact, ReservationAsked | ReservationAnswered):
                self.bag.append(fact)

    def _see(self, fact: Fact) -> None:
        if isinstance(fact, CardReserved) or fact.topic == "card-reservation-refused":
            self.answers[getattr(fact, "reservation_id")] += 1  # noqa: B009 — one of two contracts
        elif isinstance(fact, CardIssuanceRequested):
            assert fact.effect_id not in self.jobs
            assert not self.live[fact.person_key], "a card is printed while another one lives"
            self.jobs[fact.effect_id] = fact
        elif isinstance(fact, CardSuspended):
            self.live[fact.person_key].discard(fact.card_key)
        elif isinstance(fact, CardSuspensionLifted):
            self.live[fact.person_key].add(fact.card_key)
        elif isinstance(fact, CardCancelled):
            names = {fact.card_key, fact.card_serial, self.serials.get(fact.card_serial)} - {None, ""}
            self.dead |= names
            self.live[fact.person_key] -= names
        elif isinstance(fact, CardIssued):
            self._see_issued(fact)
        for person in PEOPLE:
            assert len(self.live[person]) <= 1

    def _see_issued(self, fact: CardIssued) -> None:
        assert fact.card_serial not in self.serials
        assert card_key(fact.person_key, self.generation[fact.person_key]) in self.dead
        self.generation[fact.person_key] += 1
        key = card_key(fact.person_key, self.generation[fact.person_key])
        self.serials[fact.card_serial] = key
        self.live[fact.person_key].add(key)

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def a_reservation_is_answered_once(self) -> None:
        assert all(number == 1 for number in self.answers.values())

    @invariant()
    def at_most_one_card_of_a_person_may_be_in_a_printer(self) -> None:
        for person in PEOPLE:
            issued_or_open = [
                effect_id
                for effect_id, job in self.jobs.items()
                if job.person_key == person and self.ended.get(effect_id) is None
            ]
            assert len(issued_or_open) <= 1

    @invariant()
    def every_card_that_was_printed_is_issued_or_dead(self) -> None:
        if self.bag:
            return
        printed = {f"WH-{effect_id}" for effect_id, outcome in self.ended.items() if outcome != "failed"}
        assert printed <= set(self.serials) | self.dead

    @invariant()
    def no_stock_is_below_zero_and_no_blank_is_promised_twice(self) -> None:
        for stock in self.stocks.values():
            if stock is None:
                continue
            assert blanks_on_hand(stock) >= 0
            assert blanks_free(stock) >= 0
            if not self.printed_late:
                assert len(stock.held) <= balance(stock)

    @invariant()
    def cards_that_were_replaced_stay_dead(self) -> None:
        for person in PEOPLE:
            newest = card_key(person, self.generation[person])
            assert self.live[person] <= {newest}


TestCardsAndOutlets = CardsAndOutlets.TestCase
TestCardsAndOutlets.settings = settings(max_examples=200, stateful_step_count=80)
