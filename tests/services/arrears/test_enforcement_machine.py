"""Any acts, payments, statuses and days, in any order: no step before its day, no fen lost or taken twice, no procedure stuck.

What the law says is counted here once more, with loops over days in place of the rules' own counting.
"""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.decision import Outcome as DecisionOutcome
from schemas.decision import legal_date
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.unit_status import UnitStanding
from services.arrears.rules import next_timer
from services.arrears.rules_enforcement_state import FINAL_STAGES, Procedure
from services.arrears.rules_enforcement_table import is_possible, target
from services.arrears.rules_relief import relief_of
from tests.services.arrears.samples import PUBLISHED, at, paid
from tests.services.arrears.samples_enforcement import SERVED_ON, Pursuit, act, instalment, order_for
from tests.services.arrears.test_enforcement_rests import status

ROADS = (
    "to_funded",
    "to_demanded",
    "to_declined",
    "to_ordered",
    "to_insufficient",
    "to_deferred",
    "to_court_demanded",
    "to_court_accepted",
    "to_court_ruled",
    "to_auctioned",
)
OWED_FEN = 100_000
TIMERS_AT_ONCE_MAX = 6
STEPS_WITH_PAPERS = (
    Act.TRANSFER_APPLIED,
    Act.DEMAND_SERVED,
    Act.TRANSFER_DECIDED,
    Act.AGREEMENT_SIGNED,
    Act.COURT_DEMAND_SERVED,
)
WITHOUT_PAPERS = (
    Act.TRANSFER_DECLINED,
    Act.STATEMENT_RECEIVED,
    Act.BANK_QUERY_SENT,
    Act.EXECUTION_SUSPENDED,
    Act.EXECUTION_ENDED,
)
"""Acts that come between the order for a paper and its number, and lead elsewhere."""
STEPS_BEFORE = {Act.DEMAND_SERVED: Act.TRANSFER_APPLIED, Act.TRANSFER_DECIDED: Act.DEMAND_SERVED}
"""Which act of a transfer the paper of another goes by."""
SIX_MONTHS_END = date(2024, 7, 8)
"""Received on 8 January 2024; a Monday."""
WINDOW_END = date(2024, 10, 8)
"""Three months on, a working day."""


def working_days_after(start: date, on: date) -> int:
    """How many working days of the published calendars lie after `start`, up to and with `on`."""
    days = (start + timedelta(days=passed) for passed in range(1, (on - start).days + 1))
    return sum(PUBLISHED.is_working_day(day) for day in days)


def moved_past_days_off(day: date) -> date:
    while not PUBLISHED.is_working_day(day):
        day += timedelta(days=1)
    return day


class Enforcement(RuleBasedStateMachine):
    """One unit, one notice, and whatever may come."""

    def __init__(self) -> None:
        super().__init__()
        self.pursuit = Pursuit()
        self.done: list[EnforcementActRecorded] = []
        self.numbers = 0
        self.paid: list[str] = []
        self.rested_on: dict[str, int] = {}
        self.is_bankrupt = self.has_bounced = False
        self.bankruptcies: list[tuple[date, date]] = []

    @initialize(road=st.sampled_from(("", *ROADS)))
    def a_road_already_gone(self, road: str) -> None:
        if road:
            recorded = self.pursuit.hear
            kept: list[object] = []
            self.pursuit.hear = lambda *facts: (kept.extend(facts), recorded(*facts))[1]  # type: ignore[method-assign, func-returns-value]
            getattr(self.pursuit, road)()
            self.pursuit.hear = recorded  # type: ignore[method-assign]
            self.done += [fact for fact in kept if isinstance(fact, EnforcementActRecorded) and fact.document is None]
            for fact in self.done:
                self._rests_on_a_paper_of_its_own(fact)

    @property
    def today(self) -> date:
        return legal_date(self.pursuit.now)

    @property
    def procedure(self) -> Procedure:
        return self.pursuit.procedure

    @rule(data=st.data(), back_days=st.sampled_from([0, 0, 0, 1, 3]), is_apt=st.sampled_from([True, True, True, False]))
    def somebody_acts(self, data: st.DataObject, back_days: int, *, is_apt: bool) -> None:
        """Up to four acts in a row: a road is long, and pays, bounces and days come between anyhow."""
        for _ in range(data.draw(st.integers(min_value=1, max_value=4))):
            self._act(data, back_days, is_apt=is_apt)

    def _act(
        self, data: st.DataObject, back_days: int, *, is_apt: bool, among: Collection[Act] = frozenset(Act)
    ) -> None:
        acts = [kind for kind in Act if kind is not Act.DOCUMENT_ORDERED and kind in among]
        apt = [kind for kind in acts if is_possible(self.procedure.stage, kind)]
        kind = data.draw(st.sampled_from(apt if is_apt and apt else acts))
        self.numbers += 1
        on = self.today - timedelta(days=back_days)
        changed = self._drawn(data, kind, on)
        fact = act(kind, on, f"N-{self.numbers}", **changed)
        if data.draw(st.sampled_from([True, True, True, False])):
            self.pursuit.make_paper(fact)
        before, decision = self.pursuit.case, self.pursuit.hear(fact)
        if decision.reason.outcome is DecisionOutcome.REFUSED:
            assert before == self.pursuit.case
            assert decision.facts == ()
            return
        self._is_lawful(fact)
        self.done.append(fact)

    def _drawn(self, data: st.DataObject, kind: Act, on: date) -> dict[str, object]:
        """Amounts and days around what is owed; the rest as the sample has it."""
        owed_fen = self.pursuit.changed.principal_fen
        changed: dict[str, object] = {
            "amount_fen": data.draw(st.sampled_from([owed_fen or 1, owed_fen // 2 or 1, 100_001]))
        }
        if kind is Act.BANK_QUERY_ANSWERED:
            changed["balance_fen"] = data.draw(st.sampled_from([0, 30_000, 1_000_000]))
        if kind is Act.AGREEMENT_SIGNED and owed_fen > 1:
            first_fen = owed_fen // 2
            days = data.draw(st.integers(min_value=1, max_value=40))
            changed["instalments"] = (
                instalment(on + timedelta(days=days), first_fen),
                instalment(on + timedelta(days=2 * days), owed_fen - first_fen),
            )
        if kind in (Act.DEMAND_SERVED, Act.COURT_DEMAND_SERVED):
            least = 3 if kind is Act.DEMAND_SERVED else 10
            days = data.draw(st.integers(min_value=least - 1, max_value=least + 4))
            changed["perform_by"] = PUBLISHED.add_working_days(on, days).on
        if kind in (Act.STATEMENT_REVIEWED, Act.REMEDY_ENDED):
            changed["outcome"] = data.draw(st.sampled_from([Outcome.DISMISSED, Outcome.DISMISSED, Outcome.UPHELD]))
            changed["approved_by"] = "WD-0031"
        if kind is Act.COURT_RULED:
            changed["outcome"] = data.draw(st.sampled_from([Outcome.GRANTED, Outcome.REFUSED]))
        if kind is Act.PROPERTY_AUCTIONED:
            changed["costs_fen"] = data.draw(st.sampled_from([0, 1, 100_000]))
        if kind is Act.PROCEEDS_RECEIVED and data.draw(st.booleans()):
            changed["amount_fen"] = max(self.procedure.auctioned_fen - self.procedure.costs_fen, 1)
        if kind is Act.BANK_NOTIFIED:
            changed["done_minute"] = data.draw(st.sampled_from([600, 359]))
        return changed

    def _is_lawful(self, fact: EnforcementActRecorded) -> None:
        """What an act that was taken in must have waited for, by the law's own words."""
        on = fact.occurred_on
        demand = next(
            (one for one in reversed(self.done) if one.act in (Act.DEMAND_SERVED, Act.COURT_DEMAND_SERVED)), None
        )
        if fact.act is Act.TRANSFER_DECIDED:
            assert demand is not None
            assert demand.perform_by is not None
            assert fact.ground is Ground.ASSETS_MOVED or on > moved_past_days_off(demand.perform_by)
            assert fact.approved_by not in (None, fact.decided_by)
        if fact.act is Act.COURT_APPLIED:
            assert demand is not None
            assert working_days_after(demand.occurred_on, on) > 10 or not PUBLISHED.is_working_day(on)
            assert working_days_after(demand.occurred_on, on - timedelta(days=1)) >= 10
            if not any(one.act is Act.REMEDY_SOUGHT for one in self.done):
                assert SIX_MONTHS_END < on <= WINDOW_END
        if fact.act in (Act.BANK_NOTIFIED, Act.PROPERTY_SEIZED):
            assert PUBLISHED.is_working_day(on)
            assert fact.done_minute is not None
            assert 6 * 60 <= fact.done_minute < 22 * 60
        assert on > SERVED_ON
        self._rests_on_a_paper_of_its_own(fact)

    def _rests_on_a_paper_of_its_own(self, fact: EnforcementActRecorded) -> None:
        """Made out, not after the act, one that no act rested on before, and ordered after the step before it was taken."""
        if order_for(fact) is None:
            return
        paper = self.procedure.paper_of(fact.act)
        assert paper is not None
        assert paper.sha256
        assert paper.dated_on <= fact.occurred_on
        assert paper.ordinal not in self.rested_on.values()
        step_before = STEPS_BEFORE.get(fact.act)
        if step_before is not None:
            last = next(one for one in reversed(self.done) if one.act is step_before)
            assert last.business_reference in self.rested_on
            assert paper.ordinal > self.rested_on[last.business_reference]
        self.rested_on[fact.business_reference] = paper.ordinal

    @precondition(lambda self: self.done)
    @rule()
    def the_desk_takes_back_a_slip(self) -> None:
        """The last act, if nothing has followed: then it is as if it had not been."""
        self.numbers += 1
        last = self.done[-1]
        fact = act(last.act, self.today, f"N-{self.numbers}", **_content(last), reverses=last.business_reference)
        if self.pursuit.hear(fact).reason.code == "enforcement-act-reversed":
            self.done.pop()
            self.rested_on.pop(last.business_reference, None)

    @precondition(lambda self: self._with_papers_now())
    @rule(data=st.data(), ground=st.sampled_from([None, Ground.ASSETS_MOVED]))
    def somebody_acts_before_the_register_answers(self, data: st.DataObject, ground: Ground | None) -> None:
        """A paper is ordered, and its number finds what has become of the procedure meanwhile."""
        self.numbers += 1
        kind = data.draw(st.sampled_from(self._with_papers_now()))
        urgent = {"ground": ground} if kind is Act.TRANSFER_DECIDED else {}
        order = order_for(act(kind, self.today, f"N-{self.numbers}", **urgent))
        assert order is not None
        decision = self.pursuit.hear(order)
        self._act(data, 0, is_apt=True, among=WITHOUT_PAPERS)
        self.pursuit.answer_papers(decision)

    def _with_papers_now(self) -> list[Act]:
        """The acts that wait for a paper and are possible now."""
        return [kind for kind in STEPS_WITH_PAPERS if is_possible(self.procedure.stage, kind)]

    @precondition(lambda self: self._of_used_papers())
    @rule()
    def the_desk_tries_a_paper_a_second_time(self) -> None:
        """No act goes on with the paper of one that went before."""
        for kind in self._of_used_papers():
            self.numbers += 1
            decision = self.pursuit.hear(act(kind, self.today, f"N-{self.numbers}"))
            assert "paper-spent" in decision.reason.values["reasons"].split()

    def _of_used_papers(self) -> list[Act]:
        """The acts that are possible now, and whose paper was ordered for one that was taken in already."""
        papers = [(kind, self.procedure.paper_of(kind)) for kind in self._with_papers_now()]
        return [kind for kind, paper in papers if paper is not None and paper.ordinal in self.rested_on.values()]

    @rule(days=st.sampled_from([1, 1, 2, 5, 10, 30, 120]))
    def days_pass(self, days: int) -> None:
        self.pursuit.wait_until(at(self.today + timedelta(days=days)))

    @rule(share=st.sampled_from([1, 10, 50, 100]), back_days=st.sampled_from([0, 0, 2]))
    def the_unit_pays(self, share: int, back_days: int) -> None:
        self.numbers += 1
        reference = f"P-{self.numbers}"
        fen = OWED_FEN * share // 100
        self.pursuit.hear(paid(reference, paid_fen=fen, paid_on=self.today - timedelta(days=back_days)))
        self.paid.append(reference)

    @precondition(lambda self: self.paid)
    @rule()
    def a_payment_bounces(self) -> None:
        self.numbers += 1
        reference = self.paid.pop()
        self.has_bounced = True
        self.pursuit.hear(paid(f"P-{self.numbers}", reverses=reference, paid_on=self.today))

    @rule()
    def the_unit_goes_bankrupt_or_recovers(self) -> None:
        self.pursuit.wait_until(at(self.today + timedelta(days=1)))
        self.numbers += 1
        word = UnitStanding.OPERATING if self.is_bankrupt else UnitStanding.BANKRUPTCY_ACCEPTED
        self.pursuit.hear(status(word, self.today, f"S-{self.numbers}"))
        if self.is_bankrupt:
            self.bankruptcies[-1] = (self.bankruptcies[-1][0], self.today)
        else:
            self.bankruptcies.append((self.today, date.max))
        self.is_bankrupt = not self.is_bankrupt

    @precondition(lambda self: self.procedure.stage is Stage.DEFERRED)
    @rule(days=st.sampled_from([10, 40, 90]))
    def the_unit_goes_bankrupt_during_an_agreement_and_recovers(self, days: int) -> None:
        self.the_unit_goes_bankrupt_or_recovers()
        self.days_pass(days)
        self.the_unit_goes_bankrupt_or_recovers()

    @invariant()
    def what_was_received_adds_up(self) -> None:
        """All that execution brought in since this attempt began, by the acts that were taken in, less what turned out not to be there."""
        receipts = (Act.TRANSFER_RECEIVED, Act.SECURITY_REALISED, Act.PROCEEDS_RECEIVED)
        total_fen = sum(one.amount_fen or 0 for one in self.done if one.act in receipts)
        total_fen -= sum(one.amount_fen or 0 for one in self.done if one.act is Act.RECEIPT_VOIDED)
        assert self.procedure.received_fen == total_fen or self.procedure.attempt > 1

    @invariant()
    def no_more_is_ordered_than_is_owed(self) -> None:
        procedure, case = self.procedure, self.pursuit.case
        assert case is not None
        owed_fen = sum(line.owed_fen for line in case.lines.values())
        if procedure.standing_stage in (Stage.DECIDED, Stage.ORDERED):
            assert procedure.amount_fen <= owed_fen
        if procedure.stage is Stage.PAID and not self.is_bankrupt and not self.has_bounced:
            assert owed_fen == 0

    @invariant()
    def a_notice_has_one_procedure_and_the_last_word_said_of_it_is_true(self) -> None:
        case = self.pursuit.case
        assert case is not None
        assert case.enforcement is not None
        assert len(case.enforcement.procedures) == 1
        assert self.pursuit.changed.stage is self.procedure.stage

    @invariant()
    def whatever_moved_is_in_the_table(self) -> None:
        for fact in self.pursuit.said:
            if isinstance(fact, EnforcementChanged) and fact.previous_stage is not None:
                if fact.event is Event.ACT_REVERSED:
                    continue
                trigger = fact.act or fact.event
                assert trigger is not None
                assert is_possible(fact.previous_stage, trigger)

    @invariant()
    def timers_come_to_rest_and_no_end_waits(self) -> None:
        """What is due fires, each in its turn, and then nothing is due any more."""
        assert len(self.pursuit.wait_until(self.pursuit.now)) <= TIMERS_AT_ONCE_MAX
        case = self.pursuit.case
        assert case is not None
        timer = next_timer(case)
        assert timer is None or timer.due_at > self.pursuit.now
        if self.procedure.stage in FINAL_STAGES:
            assert (None, None) == (self.procedure.look_on, self.procedure.deadline_on)

    @invariant()
    def nothing_goes_on_in_a_bankruptcy(self) -> None:
        """执行中止 (企业破产法 19); only a bank that has its order is waited for."""
        if self.is_bankrupt and self.procedure.is_live:
            assert self.procedure.stage in (Stage.SUSPENDED, Stage.WITHDRAWING)

    @invariant()
    def what_is_overdue_and_owed_is_enforced_or_was_ended_by_somebody(self) -> None:
        case = self.pursuit.case
        assert case is not None
        assert case.notice is not None
        if case.notice.overdue() and not self.is_bankrupt:
            assert self.procedure.stage not in (Stage.PAID, Stage.CANCELLED)

    @invariant()
    def a_line_is_spared_the_days_of_agreements_that_run_and_no_others(self) -> None:
        """令13号 22: what a line remembers of its days without late fee is what its procedure says now, and an end has none to come."""
        case = self.pursuit.case
        assert case is not None
        assert {key: line.relief for key, line in case.lines.items()} == {
            key: relief_of(case, key) for key in case.lines
        }
        if self.procedure.stage in FINAL_STAGES and self.procedure.stage is not Stage.PAID:
            assert all(days.through is None or days.through <= self.today for days in self.procedure.all_free_days)

    @invariant()
    def no_more_and_no_less_is_said_to_be_owed_than_the_lines_owe_but_for_what_is_on_its_way(self) -> None:
        case = self.pursuit.case
        assert case is not None
        lines_fen = sum(line.owed_fen for line in case.lines.values())
        said_fen = self.pursuit.changed.principal_fen
        if not self.procedure.is_of_late_fee and self.pursuit.decisions[-1].facts[-1:] == (self.pursuit.changed,):
            assert lines_fen - self.procedure.received_fen <= said_fen <= lines_fen

    @invariant()
    def an_agreement_is_broken_only_after_a_day_of_its_own(self) -> None:
        agreement = self.procedure.agreement
        if self.procedure.stage is Stage.BREACHED:
            assert agreement is not None
            assert agreement.ended_on is not None
            day = agreement.ended_on
            assert moved_past_days_off(agreement.instalments[agreement.met].due_on) <= day < self.today
            assert not any(first <= day <= last for first, last in self.bankruptcies)


def _content(fact: EnforcementActRecorded) -> dict[str, object]:
    names = ("amount_fen", "balance_fen", "outcome", "ground", "perform_by", "done_minute", "costs_fen", "instalments")
    return {name: getattr(fact, name) for name in names}


Enforcement.TestCase.settings = settings(max_examples=60, stateful_step_count=25, derandomize=True)
TestEnforcement = Enforcement.TestCase


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in FINAL_STAGES])
def test_every_live_stage_leads_to_another_by_an_act_or_an_event(stage: Stage) -> None:
    assert any(is_possible(stage, kind) and target(stage, kind) is not None for kind in Act)
