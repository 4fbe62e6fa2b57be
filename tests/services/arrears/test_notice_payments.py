"""What payments, corrections and new arrears do to notices; and that no line ever stands on two live ones."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.payment_notices import NoticeAct, NoticeStage
from schemas.vocabulary import Insurance
from services.arrears.rules import next_timer
from services.arrears.rules_notice_state import Notice, Stage
from tests.services.arrears.samples import assessed, at, missed, paid, registered
from tests.services.arrears.samples_notice import LAW_POLICY, NoticeDesk, act, in_arrears, served

FOUND, DRAWN, RECEIVED = date(2024, 1, 8), date(2024, 1, 9), date(2024, 1, 15)


def in_force() -> NoticeDesk:
    started = in_arrears(FOUND).on(DRAWN)
    started.issue_and_serve(DRAWN, RECEIVED)
    return started


def test_paid_in_full_before_issue_a_draft_is_cancelled() -> None:
    started = in_arrears(FOUND).on(DRAWN)

    started.hear(paid(paid_on=DRAWN))

    assert (started.notice().stage, started.reasons[-1]) == (NoticeStage.CANCELLED, "paid")


def test_paid_in_full_after_service_a_notice_is_complied_with_and_no_deadline_passes() -> None:
    started = in_force()

    started.hear(paid(paid_on=RECEIVED))

    assert (started.notice().stage, started.notice().ended_on) == (NoticeStage.COMPLIED, RECEIVED)
    assert "notice-deadline-passed" not in started.wait_until(at(date(2024, 3, 1)))


def test_an_overdue_notice_ends_with_the_last_payment() -> None:
    started = in_force().on(date(2024, 1, 23))
    assert started.notice().stage is NoticeStage.OVERDUE

    started.hear(paid(paid_fen=60_000, paid_on=date(2024, 1, 23)))
    assert (started.notice().stage, started.notice().open_fen) == (NoticeStage.OVERDUE, 40_000)
    started.hear(paid("P-2", paid_fen=40_000, paid_on=date(2024, 1, 23)))

    assert started.notice().stage is NoticeStage.COMPLIED
    assert started.reasons[-2:] == ["part-paid", "paid"]


def test_a_part_payment_is_noted_and_what_the_notice_named_stays() -> None:
    started = in_force()

    started.hear(paid(paid_fen=30_000, paid_on=RECEIVED))

    said = started.changes[-1]
    assert (said.reason_code, said.principal_fen, said.open_fen) == ("part-paid", 100_000, 70_000)


def test_a_part_payment_of_a_draft_changes_what_it_will_name() -> None:
    started = in_arrears(FOUND).on(DRAWN)

    started.hear(paid(paid_fen=30_000, paid_on=DRAWN))

    assert (started.notice().principal_fen, started.notice().open_fen) == (70_000, 70_000)


def test_an_assessment_corrected_to_nothing_cancels_without_a_payment() -> None:
    started = in_arrears(FOUND).on(DRAWN)

    started.hear(assessed(assessed_fen=0))

    assert (started.notice().stage, started.reasons[-1]) == (NoticeStage.CANCELLED, "not-owed")


def test_a_payment_taken_back_takes_the_notice_up_again_under_its_number() -> None:
    started = in_force()
    number = started.notice().number
    started.hear(paid(paid_on=RECEIVED))

    started.hear(paid("R-1", reverses="P-1"))

    (notice,) = started.state.notices
    assert (notice.stage, notice.number, notice.deadline_on) == (NoticeStage.SERVED, number, date(2024, 1, 22))
    assert started.reasons[-1] == "reopened"
    assert started.on(date(2024, 1, 23)).notice().stage is NoticeStage.OVERDUE


def test_a_payment_taken_back_after_the_deadline_leaves_the_notice_overdue() -> None:
    started = in_force()
    started.hear(paid(paid_on=RECEIVED))
    started.on(date(2024, 2, 1))

    started.hear(paid("R-1", reverses="P-1"))

    assert started.notice().stage is NoticeStage.OVERDUE


def test_what_is_assessed_higher_after_all_was_paid_gets_a_notice_of_its_own() -> None:
    """Nobody ordered the unit to pay the difference: the old notice does not come back for it."""
    started = in_force()
    started.hear(paid(paid_on=RECEIVED), assessed(assessed_fen=150_000))

    started.on(date(2024, 1, 16), 1)

    assert [notice.stage for notice in started.state.notices] == [NoticeStage.COMPLIED, NoticeStage.DRAWN_UP]
    assert started.notice(2).principal_fen == 50_000


def test_what_is_found_after_a_notice_gets_a_notice_of_its_own() -> None:
    started = in_force()

    started.hear(missed("M-2", insurance=Insurance.MEDICAL))
    started.on(date(2024, 1, 16), 1)

    assert [notice.lines for notice in started.state.notices] == [("2023-11/pension",), ("2023-11/medical",)]


@pytest.mark.parametrize(("paid_on", "stage"), [(date(2024, 1, 22), Stage.COMPLIED)])
def test_paid_on_the_last_day_and_told_the_day_after_the_notice_is_complied_with(paid_on: date, stage: Stage) -> None:
    started = in_force().on(date(2024, 1, 23))

    started.hear(paid(paid_on=paid_on))

    assert started.notice().stage is stage


LINES = [(month, kind) for month in ("2019-11", "2020-10", "2023-10", "2023-11") for kind in Insurance][:8]


class NoticeLife(RuleBasedStateMachine):
    """A unit's notices under facts, acts and days in any order."""

    @initialize(by_law=st.booleans())
    def begin(self, by_law: bool) -> None:
        self.desk = NoticeDesk(date(2024, 1, 8), parameters=[LAW_POLICY] if by_law else [])
        self.desk.hear(registered())
        self.count = 0

    @property
    def today(self) -> date:
        return self.desk.context.today

    def reference(self) -> str:
        self.count += 1
        return f"R-{self.count}"

    @rule(line=st.sampled_from(LINES), fen=st.sampled_from([0, 100, 5_000_000]))
    def a_line_is_missed(self, line: tuple[str, Insurance], fen: int) -> None:
        month, kind = line
        due_on = date.fromisoformat(f"{month}-28")
        fields = {"month": month, "insurance": kind, "due_on": due_on, "assessed_fen": fen, "occurred_on": self.today}
        self.desk.hear(missed(self.reference(), **fields))

    @rule(line=st.sampled_from(LINES), fen=st.sampled_from([50, 100, 5_000_000]))
    def a_line_is_paid(self, line: tuple[str, Insurance], fen: int) -> None:
        month, kind = line
        self.desk.hear(paid(self.reference(), month=month, insurance=kind, paid_fen=fen, paid_on=self.today))

    @rule(back=st.integers(1, 30))
    def a_payment_is_taken_back(self, back: int) -> None:
        self.desk.hear(paid(self.reference(), reverses=f"R-{back}", paid_on=self.today, occurred_on=self.today))

    @rule(days=st.sampled_from([1, 2, 7, 40]))
    def days_pass(self, days: int) -> None:
        before = {notice.ordinal: notice for notice in self.notices()}
        self.desk.on(self.today + timedelta(days=days))
        for notice in self.notices():
            was = before.get(notice.ordinal)
            if notice.stage is Stage.OVERDUE and (was is None or was.stage is not Stage.OVERDUE):
                assert notice.last_day_on is not None
                assert notice.last_day_on < self.today

    @rule(kind=st.sampled_from(list(NoticeAct)), ordinal=st.integers(1, 4))
    def the_desk_acts(self, kind: NoticeAct, ordinal: int) -> None:
        if kind is NoticeAct.SERVE:
            self.desk.do(served(self.today, ordinal=ordinal))
        else:
            more = {"extended_until": self.today + timedelta(days=9), "sequence_number": ordinal}
            self.desk.do(act(kind, self.today, ordinal, **more))

    def notices(self) -> tuple[Notice, ...]:
        case = self.desk.case
        return () if case is None or case.notice is None else case.notice.notices

    @invariant()
    def no_line_stands_on_two_live_notices(self) -> None:
        standing = Counter(key for notice in self.notices() if notice.is_live for key in notice.lines)
        assert [] == [key for key, times in standing.items() if times > 1]

    @invariant()
    def a_live_notice_names_something_owed_and_no_cent_more(self) -> None:
        assert self.desk.case is not None
        lines = self.desk.case.lines
        for notice in self.notices():
            owed_fen = sum(lines[key].owed_fen for key in notice.lines if key in lines and lines[key].found_on)
            if notice.is_live:
                assert 0 < owed_fen == notice.open_fen

    @invariant()
    def every_number_is_given_once(self) -> None:
        numbers = [notice.number for notice in self.notices() if notice.number]
        assert len(set(numbers)) == len(numbers)

    @invariant()
    def every_timer_lies_ahead_or_is_about_to_fire(self) -> None:
        assert self.desk.case is not None
        timer = next_timer(self.desk.case)
        assert timer is None or timer.due_at > self.desk.now - timedelta(days=1)

    def teardown(self) -> None:
        """Whatever happened, time goes on: every case comes to rest."""
        if hasattr(self, "desk"):
            self.desk.on(self.today + timedelta(days=400))


TestNoticeLife = NoticeLife.TestCase
TestNoticeLife.settings = settings(max_examples=40, stateful_step_count=25)
