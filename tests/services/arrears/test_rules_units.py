"""Units: held until registered, refused when they never are, renamed, taken back; and what is said of them."""

from datetime import date, timedelta

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.decision import Originals
from schemas.vocabulary import District, Insurance
from services.arrears.law_office_rules import OFFICE_RULES
from services.arrears.rules import next_timer
from services.arrears.rules_state import Status
from tests.services.arrears.samples import (
    PUBLISHED,
    UNIT,
    UNPUBLISHED,
    Desk,
    assessed,
    at,
    desk,
    missed,
    paid,
    registered,
)

HOLDING_DAYS = OFFICE_RULES[0].holding_working_days


def test_facts_of_an_unregistered_unit_are_held_and_nothing_is_said() -> None:
    started = desk(missed(), paid(paid_fen=10_000))

    assert started.codes == ["held-until-registered", "held-until-registered"]
    assert started.said == []
    assert {decision.originals for decision in started.decisions} == {Originals.KEEP}


def test_a_unit_that_registers_later_is_as_if_known_from_the_start() -> None:
    late = desk(missed(), paid(paid_fen=10_000), registered())
    early = desk(registered(), missed(), paid(paid_fen=10_000))

    assert late.codes[-1] == "unit-registered-in-arrears"
    assert late.decisions[-1].originals is Originals.DROP
    assert late.case == early.case
    assert late.heard_last(ArrearsOpened).principal_fen == 90_000


def test_a_line_that_fell_due_while_the_unit_was_held_is_found_when_it_registers() -> None:
    started = desk(assessed(), today=date(2023, 12, 1))
    assert started.wait_until(at(date(2024, 1, 2))) == []

    started.hear(registered())

    assert started.codes[-1] == "unit-registered-in-arrears"


def test_facts_are_held_to_the_end_of_the_last_working_day_of_their_time() -> None:
    started = desk(missed())
    last_day = PUBLISHED.add_working_days(date(2024, 1, 8), HOLDING_DAYS).on

    assert started.wait_until(at(last_day, hour=23)) == []
    assert started.wait_until(at(last_day + timedelta(days=1), hour=0)) == ["unit-unknown"]


def test_every_held_record_is_named_when_the_unit_never_registers() -> None:
    started = desk(missed("M-1"), assessed("A-9", insurance=Insurance.MEDICAL), paid("P-7"))

    started.wait_until(at(date(2024, 6, 1)))
    reason = started.decisions[-1].reason

    assert started.decisions[-1].originals is Originals.REFUSE
    assert reason.values["count"] == "3"
    assert sorted(reason.values["references"].split()) == ["A-9", "M-1", "P-7"]
    assert started.case is not None
    assert (started.case.status, started.case.lines) == (Status.UNKNOWN, {})


def test_what_comes_for_an_unknown_unit_is_refused_until_it_registers() -> None:
    started = desk(missed())
    started.wait_until(at(date(2024, 6, 1)))

    decision = started.hear(missed("M-2"))
    assert (decision.reason.outcome, decision.reason.code) == ("refused", "unit-unknown")

    started.hear(registered(), missed("M-2"))
    assert started.codes[-2:] == ["unit-registered", "arrears-opened"]


def test_an_unknown_unit_is_forgotten_after_its_time() -> None:
    started = desk(missed())
    codes = started.wait_until(at(date(2026, 1, 1)))

    assert codes == ["unit-unknown", "unknown-forgotten"]
    assert started.case is None


def test_holding_is_extended_when_the_calendar_published_since_has_more_days_off() -> None:
    started = Desk(date(2023, 12, 25), UNPUBLISHED)
    started.hear(missed())
    started.calendar = PUBLISHED

    assert started.wait_until(at(date(2024, 3, 2))) == ["holding-extended", "unit-unknown"]


def test_an_unregistered_unit_may_hold_only_so_many_records() -> None:
    most = OFFICE_RULES[0].held_records_max
    started = desk(*(paid(f"P-{number}", paid_fen=1) for number in range(most)))
    assert started.codes[-1] == "held-until-registered"

    assert started.hear(paid("P-more")).reason.code == "case-full"
    assert started.hear(paid("P-1", revision=2)).reason.code == "held-until-registered"


def test_changed_is_said_only_when_something_to_be_seen_changed() -> None:
    started = desk(registered(), missed())
    said = len(started.said)

    started.hear(assessed())
    started.hear(assessed("A-2", month="2024-01", due_on=date(2024, 2, 15)))

    assert started.codes[-2:] == ["line-recorded", "line-recorded"]
    assert len(started.said) == said


def test_each_of_opened_changed_and_settled_is_said_once() -> None:
    started = desk(registered(), missed(), paid(paid_fen=1), paid("P-2", paid_fen=99_999))

    assert [type(fact) for fact in started.said] == [ArrearsOpened, ArrearsChanged, ArrearsSettled]


def test_a_settled_unit_opens_again() -> None:
    started = desk(registered(), missed(), paid(), missed("M-2", insurance=Insurance.MEDICAL))

    assert started.codes[-1] == "arrears-opened"


def test_a_renamed_unit_in_arrears_is_said_to_have_changed() -> None:
    started = desk(registered(), missed(), registered(revision=2, unit_name="威海海昌股份有限公司"))

    assert started.codes[-1] == "unit-updated-in-arrears"
    assert started.heard_last(ArrearsChanged).unit_name == "威海海昌股份有限公司"


def test_a_new_telephone_alone_is_not_said() -> None:
    started = desk(registered(), missed())

    started.hear(registered(revision=2, contact_phone=None))

    assert (started.codes[-1], started.decisions[-1].facts) == ("unit-updated", ())


def test_the_later_of_two_registrations_holds() -> None:
    moved = registered(
        business_reference="U-2", occurred_on=date(2023, 1, 3), district=District.HUANCUI, agency="huancui-sic"
    )
    started = desk(moved, registered(), missed())

    assert started.heard_last(ArrearsOpened).district == District.HUANCUI


def test_a_lower_revision_of_a_registration_is_known_and_an_equal_one_may_conflict() -> None:
    started = desk(registered(revision=2))

    assert started.hear(registered()).reason.code == "revision-known"
    assert started.hear(registered(revision=2)).reason.code == "content-known"
    assert started.hear(registered(revision=2, unit_name="别名")).reason.code == "revision-conflict"


def test_a_registration_taken_back_holds_the_facts_again_and_cancels_what_is_pending() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 1, 9), hour=9))
    asked = started.heard_last(ReminderRequested)

    started.hear(registered(business_reference="U-9", reverses="U-1"))

    assert started.codes[-1] == "registration-reversed"
    assert started.heard_last(ReminderCancelled).notice_id == asked.notice_id
    assert started.case is not None
    assert started.case.status is Status.HELD

    started.hear(registered(business_reference="U-10"))
    assert started.codes[-1] == "unit-registered-in-arrears"


def test_a_registration_taken_back_before_it_came_does_not_register() -> None:
    started = desk(registered(business_reference="U-9", reverses="U-1"), registered(), missed())

    assert started.codes == ["reversal-awaits-its-record", "reversal-awaits-its-record", "held-until-registered"]


def test_a_clear_case_with_nothing_due_has_no_timer() -> None:
    started = desk(registered(), assessed(), paid())

    assert started.case is not None
    assert next_timer(started.case) is None
    assert started.case.unit_code == UNIT
