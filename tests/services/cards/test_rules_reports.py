"""What becomes of a report of loss, and of a card that is found."""

from datetime import date, timedelta

import pytest

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.cards import (
    CardCancelled,
    CardIssuanceRequested,
    CardNoticeRequested,
    CardSuspended,
    CardSuspensionLifted,
    ReportKind,
)
from schemas.decision import Outcome
from schemas.outlets import CardReservationReleased, CardReservationRequested
from schemas.vocabulary import Channel
from services.cards.law import LINES_MAX
from services.cards.rules import next_timer
from services.runtime.sealing import CONTACT_EMAIL, development_vault
from tests.services.cards.samples import (
    CALENDAR,
    CARD,
    NOW,
    OTHER_CARD,
    OUTLETS,
    PERSON,
    TEMPORARY,
    WRITTEN,
    completed,
    context,
    decision,
    found,
    issuance_of,
    issued,
    local,
    lost,
    of_kind,
    printing,
    reserved,
    taken,
    temporary_days,
    woken,
)


def test_a_card_reported_lost_is_suspended_at_once_and_the_holder_told() -> None:
    made = decision(None, lost(TEMPORARY, wants=False))

    (suspended,) = of_kind(made.facts, CardSuspended)
    (told,) = of_kind(made.facts, CardNoticeRequested)
    assert (suspended.card_key, suspended.report_kind) == (CARD, TEMPORARY)
    assert "95588" in told.text
    assert "有效期至2024年1月15日24时" in told.text


def test_a_written_report_that_wants_a_card_asks_the_nearest_outlet() -> None:
    made = decision(None, lost())

    assert made.reason.code == "suspended-written-blank-requested"
    assert [fact.outlet_key for fact in of_kind(made.facts, CardReservationRequested)] == ["outlet-near"]


def test_a_temporary_report_alone_makes_no_card_and_says_how_to_get_one() -> None:
    """First the written report, then the new card: a temporary one can be lifted."""
    made = decision(None, lost(TEMPORARY, wants=True))

    assert not of_kind(made.facts, CardReservationRequested)
    assert "书面挂失" in of_kind(made.facts, CardNoticeRequested)[0].text


def test_the_wish_of_the_temporary_report_is_remembered_by_the_written_one() -> None:
    case = taken([lost(TEMPORARY, "report-1", wants=True)])
    made = decision(case, lost(WRITTEN, "report-2", wants=False))

    assert made.reason.code == "suspended-written-blank-requested"


def test_a_written_report_without_a_wish_suspends_for_good_and_makes_nothing() -> None:
    made = decision(None, lost(wants=False))

    (suspended,) = of_kind(made.facts, CardSuspended)
    assert suspended.lapses_at is None
    assert made.reason.code == "suspended-written"
    assert made.state is not None
    assert next_timer(made.state) is None


def test_a_wish_can_come_after_the_written_report() -> None:
    case = taken([lost(wants=False)])

    assert decision(case, lost(reference="report-2")).reason.code == "loss-noted-blank-requested"


def test_a_second_report_while_one_is_running_is_already_known() -> None:
    second = decision(taken([lost()]), lost(reference="report-2"))

    assert (second.reason.outcome, second.reason.code, second.facts) == (Outcome.ALREADY_KNOWN, "loss-known", ())


def test_a_second_report_while_the_card_is_printed_is_already_known() -> None:
    assert decision(printing(), lost(reference="report-2")).reason.code == "loss-known"


def test_a_report_of_a_card_already_cancelled_is_a_decision_of_its_own() -> None:
    late = decision(issued(), lost(reference="report-2"))

    assert (late.reason.outcome, late.reason.code, late.facts) == (Outcome.DECIDED, "card-already-cancelled", ())


def test_another_card_of_the_same_person_is_suspended_too_and_no_second_issuance_begins() -> None:
    made = decision(taken([lost()]), lost(reference="report-2", card=OTHER_CARD))

    assert [fact.card_key for fact in of_kind(made.facts, CardSuspended)] == [OTHER_CARD]
    assert not of_kind(made.facts, CardReservationRequested)


def test_the_new_card_can_itself_be_lost_and_is_replaced() -> None:
    case = issued()
    later = context("2024-03-04 10:00")
    made = decision(case, lost(reference="report-2", at="2024-03-04 10:00", card=OTHER_CARD), later)
    assert made.reason.code == "suspended-written-blank-requested"

    asked = taken([reserved(made.state)], later, made.state)
    replaced = decision(asked, completed(asked), later)

    serial = issued_serial(case)
    assert [(fact.card_key, fact.card_serial) for fact in of_kind(replaced.facts, CardCancelled)] == [
        (OTHER_CARD, serial)
    ]


def issued_serial(case: object) -> str:
    present = getattr(case, "present", None)
    assert present is not None
    return str(present.serial)


def test_an_unknown_card_lost_before_the_present_one_was_made_is_an_older_card() -> None:
    late = decision(issued(), lost(reference="report-2", at="2024-01-08 08:59", card=OTHER_CARD))

    assert late.reason.code == "older-card-cancelled"
    assert [fact.card_key for fact in of_kind(late.facts, CardCancelled)] == [OTHER_CARD]
    assert not of_kind(late.facts, CardReservationRequested)


def test_a_mail_address_is_preferred_for_notices() -> None:
    email = development_vault().seal("holder@example.test", PERSON, CONTACT_EMAIL, date(2026, 11, 2))
    made = decision(None, lost(contact_email=email))

    (told,) = of_kind(made.facts, CardNoticeRequested)
    assert (told.channel, told.contact_email) == (Channel.EMAIL, email)


# --- lapse ------------------------------------------------------------------------------------------

LAPSES = "2024-01-16 00:00"
"""Reported on Monday the 8th; the seventh day after is Monday the 15th, and it holds to its end."""


def test_a_temporary_report_holds_to_the_end_of_the_seventh_day() -> None:
    made = decision(None, lost(TEMPORARY))

    (suspended,) = of_kind(made.facts, CardSuspended)
    assert suspended.lapses_at == local(LAPSES)


def test_when_it_lapses_the_card_lives_again_and_the_holder_is_told() -> None:
    made = woken(taken([lost(TEMPORARY)]), context(LAPSES))

    assert [fact.reason_code for fact in of_kind(made.facts, CardSuspensionLifted)] == ["lapsed"]
    assert len(of_kind(made.facts, CardNoticeRequested)) == 1


@pytest.mark.parametrize(
    ("now", "code"), [("2024-01-15 23:59", "suspended-temporary"), (LAPSES, "temporary-report-lapsed")]
)
def test_a_report_that_arrives_late_suspends_only_while_it_still_holds(now: str, code: str) -> None:
    assert decision(None, lost(TEMPORARY), context(now)).reason.code == code


@pytest.mark.parametrize(
    ("days", "lapses"), [(1, "2024-01-10 00:00"), (5, "2024-01-16 00:00"), (10, "2024-01-19 00:00")]
)
def test_the_published_number_of_days_counts_and_a_last_day_off_moves_on(days: int, lapses: str) -> None:
    """Five days end on Saturday the 13th: it holds to the end of Monday the 15th (民法典 203)."""
    at = context(references=[*OUTLETS, temporary_days(days)])
    (suspended,) = of_kind(decision(None, lost(TEMPORARY), at).facts, CardSuspended)

    assert suspended.lapses_at == local(lapses)


def test_days_off_published_later_move_the_lapse() -> None:
    unknown = WorkingCalendar({year: days for year, days in CALENDAR.years.items() if year != 2024})
    day_off = local("2024-01-15 12:00").date()
    known = WorkingCalendar({**unknown.years, 2024: CalendarYear(frozenset({day_off}), frozenset())})
    made = decision(None, lost(TEMPORARY), context(calendar=unknown))
    assert made.reason.code == "suspended-temporary-provisional"

    moved = woken(made.state, context(LAPSES, calendar=known))

    assert moved.reason.code == "lapse-moved"
    assert [fact.lapses_at for fact in of_kind(moved.facts, CardSuspended)] == [local("2024-01-17 00:00")]


def test_a_written_report_never_lapses() -> None:
    case = taken([lost(TEMPORARY, wants=False), lost(WRITTEN, "report-2", wants=False)])

    assert next_timer(case) is None


# --- found ------------------------------------------------------------------------------------------


def test_a_found_card_lives_again_after_a_temporary_report() -> None:
    made = decision(taken([lost(TEMPORARY)]), found(at="2024-01-08 10:00"), context("2024-01-08 10:00"))

    assert [fact.reason_code for fact in of_kind(made.facts, CardSuspensionLifted)] == ["found"]


def test_a_written_report_cannot_be_undone_by_finding_the_card() -> None:
    made = decision(taken([lost()]), found())

    assert (made.reason.outcome, made.reason.code) == (Outcome.REFUSED, "written-report-irrevocable")


def test_a_found_card_that_was_replaced_stays_dead() -> None:
    made = decision(issued(), found())

    assert (made.reason.code, made.facts) == ("found-card-is-dead", ())


def test_finding_a_card_that_overtakes_its_report_still_counts() -> None:
    case = taken([found(at="2024-01-08 10:00")], context("2024-01-08 10:00"))

    assert decision(case, lost(TEMPORARY, at=NOW), context("2024-01-08 10:00")).reason.code == "lifted-before-report"


def test_a_card_lost_again_after_it_was_found_is_suspended() -> None:
    case = taken([lost(TEMPORARY), found(at="2024-01-08 10:00")], context("2024-01-08 10:00"))
    again = decision(case, lost(TEMPORARY, "report-2", at="2024-01-08 11:00"), context("2024-01-08 11:00"))

    assert again.reason.code == "suspended-temporary"


def test_the_wish_for_a_card_ends_when_its_card_is_found() -> None:
    """One card is lost in writing without a wish, the other temporarily with one; that other is found: nothing is made."""
    case = taken([lost(wants=False), lost(TEMPORARY, "report-2", card=OTHER_CARD)])
    made = decision(case, found(at="2024-01-08 10:00", card=OTHER_CARD), context("2024-01-08 10:00"))

    assert made.reason.code == "issuance-withdrawn"
    assert [fact.reason_code for fact in of_kind(made.facts, CardReservationReleased)] == ["withdrawn"]
    assert made.state is not None
    assert made.state.issuance is None


# --- corrections ------------------------------------------------------------------------------------


def test_a_repeat_is_known() -> None:
    assert decision(taken([lost()]), lost()).reason.code == "report-known"


def test_an_equal_revision_with_other_content_is_refused() -> None:
    made = decision(taken([lost(TEMPORARY)]), lost(TEMPORARY, wants=False))

    assert (made.reason.outcome, made.reason.code) == (Outcome.REFUSED, "revision-conflict")


def test_a_correction_to_a_written_report_takes_effect() -> None:
    made = decision(taken([lost(TEMPORARY)]), lost(WRITTEN, revision=2))

    assert made.reason.code == "suspended-written-blank-requested"


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_written_report_is_not_weakened_by_a_correction_in_either_order(order: tuple[int, int]) -> None:
    revisions = {1: lost(WRITTEN, wants=False), 2: lost(TEMPORARY, wants=False, revision=2)}
    case = taken(revisions[number] for number in order)

    assert case.cards[CARD].suspended is ReportKind.WRITTEN


def test_a_correction_that_names_another_card_is_refused() -> None:
    made = decision(taken([lost(TEMPORARY)]), lost(TEMPORARY, card=OTHER_CARD, revision=2))

    assert made.reason.code == "other-card-in-correction"


def test_a_temporary_report_taken_back_lifts_the_suspension() -> None:
    made = decision(taken([lost(TEMPORARY)]), lost(TEMPORARY, "undo", reverses="report-1"))

    assert [fact.reason_code for fact in of_kind(made.facts, CardSuspensionLifted)] == ["report-reversed"]


def test_a_report_taken_back_before_it_arrives_suspends_nothing() -> None:
    case = taken([lost(TEMPORARY, "undo", reverses="report-1")])

    assert decision(case, lost(TEMPORARY)).reason.code == "reversed-before-report"


def test_a_written_report_cannot_be_taken_back() -> None:
    assert decision(taken([lost()]), lost(reference="undo", reverses="report-1")).reason.code == (
        "written-report-irrevocable"
    )


# --- bounds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "code"),
    [(timedelta(hours=24), "suspended-temporary"), (timedelta(hours=24, seconds=1), "report-in-the-future")],
)
def test_a_report_may_be_at_most_a_day_ahead(ahead: timedelta, code: str) -> None:
    assert decision(None, lost(TEMPORARY, at=local(NOW) + ahead)).reason.code == code


def test_reports_are_not_remembered_without_bound() -> None:
    case = taken(lost(TEMPORARY, f"report-{number}") for number in range(LINES_MAX))

    assert decision(case, lost(TEMPORARY, "one-more")).reason.code == "too-many-reports"


def test_cards_are_not_remembered_without_bound() -> None:
    case = taken(lost(TEMPORARY, f"report-{number}", card=f"c1-{number:032x}") for number in range(LINES_MAX))

    assert decision(case, lost(TEMPORARY, "report-0", card=OTHER_CARD, revision=2)).reason.code == "too-many-reports"


def test_a_case_in_which_nothing_can_matter_any_more_is_forgotten_after_its_dated_time() -> None:
    case = woken(taken([lost(TEMPORARY)]), context(LAPSES)).state
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at == local("2025-02-11 00:00")

    assert woken(case, context("2025-02-11 00:00")).state is None


def test_a_case_with_a_dead_card_is_never_forgotten() -> None:
    """Else a late report of the dead card would lead to a second live one."""
    assert next_timer(issued()) is None


def test_nothing_is_printed_before_a_blank_is_reserved() -> None:
    made = decision(None, lost())

    assert not of_kind(made.facts, CardIssuanceRequested)
    assert issuance_of(made.state).phase == "asking"
