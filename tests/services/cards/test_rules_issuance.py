"""How a new card is made: outlets asked one after the other, printing, failure, doubt."""

import pytest

from schemas.cards import (
    CardCancelled,
    CardIssuanceAbandoned,
    CardIssuanceRequested,
    CardIssued,
    CardNoticeRequested,
)
from schemas.decision import Outcome
from schemas.outlets import (
    CardReservationReleased,
    CardReservationRequested,
    CardReservationUsed,
    DayKind,
    OpeningSession,
)
from services.cards.law import CARD_RULES
from services.cards.rules import CardCase, next_timer
from services.cards.rules.state import Phase
from tests.services.cards.samples import (
    CARD,
    NOW,
    OUTLETS,
    completed,
    context,
    decision,
    expired,
    issuance_of,
    issued,
    local,
    lost,
    no_blank,
    of_kind,
    outlet,
    printing,
    reserved,
    taken,
    woken,
)

RULES = CARD_RULES[0]
WORKING = OpeningSession(days=DayKind.WORKING_DAY, opens_minute=8 * 60 + 30, closes_minute=17 * 60)
CLOSED_AT_NIGHT = (outlet("near", 1, sessions=(WORKING,)),)


# --- outlets ----------------------------------------------------------------------------------------


def test_a_blank_reserved_at_an_open_outlet_is_printed_at_once() -> None:
    case = taken([lost()])
    made = decision(case, reserved(case))

    (request,) = of_kind(made.facts, CardIssuanceRequested)
    assert (made.reason.code, request.outlet_key) == ("printing-requested", "outlet-near")


def test_refused_by_the_nearest_the_next_nearest_is_asked() -> None:
    case = taken([lost()])
    made = decision(case, no_blank(case))

    assert [fact.outlet_key for fact in of_kind(made.facts, CardReservationRequested)] == ["outlet-middle"]


def refused_by_all(case: CardCase) -> CardCase:
    for _ in OUTLETS:
        case = taken([no_blank(case)], case=case)
    return case


def test_refused_by_all_it_waits_for_the_next_working_day_and_the_holder_is_told_once() -> None:
    case = refused_by_all(taken([lost()]))
    timer = next_timer(case)
    assert timer is not None
    assert (issuance_of(case).phase, timer.due_at) == (Phase.WAITING, local("2024-01-09 09:00"))

    again = woken(case, context("2024-01-09 09:00"))

    assert again.reason.code == "blank-requested"
    assert [fact.outlet_key for fact in of_kind(again.facts, CardReservationRequested)] == ["outlet-near"]


def test_the_holder_is_told_of_the_wait_once_only() -> None:
    case = taken([lost()])
    notices = []
    for _ in range(2):
        for _ in OUTLETS:
            made = decision(case, no_blank(case))
            notices += of_kind(made.facts, CardNoticeRequested)
            assert made.state is not None
            case = made.state
        timer = next_timer(case)
        assert timer is not None
        case = woken(case, context(timer.due_at)).state or CardCase()

    assert len(notices) == 1


def test_after_too_many_rounds_the_holder_is_sent_to_the_centre_and_the_card_stays_suspended() -> None:
    case = taken([lost()])
    for _ in range(RULES.rounds_max - 1):
        case = refused_by_all(case)
        timer = next_timer(case)
        assert timer is not None
        case = woken(case, context(timer.due_at)).state or CardCase()
    for _ in OUTLETS[:-1]:
        case = taken([no_blank(case)], case=case)
    made = decision(case, no_blank(case))

    assert made.reason.code == "refused-issuance-abandoned"
    assert len(of_kind(made.facts, CardIssuanceAbandoned)) == 1
    assert made.state is not None
    assert (made.state.issuance, next_timer(made.state)) == (None, None)
    assert made.state.cards[CARD].suspended is not None


def test_after_it_was_given_up_a_new_wish_begins_anew() -> None:
    abandoned = taken([lost()], context(references=[]))
    for _ in range(RULES.rounds_max - 1):
        timer = next_timer(abandoned)
        assert timer is not None
        abandoned = woken(abandoned, context(timer.due_at, references=[])).state or CardCase()
    assert abandoned.issuance is None

    assert decision(abandoned, lost(reference="report-2")).reason.code == "loss-noted-blank-requested"


def test_an_outlet_that_does_not_answer_is_passed_over_and_its_blank_given_back() -> None:
    case = taken([lost()])
    made = woken(case, context(local(NOW) + RULES.answer_within))

    assert made.reason.code == "overdue-blank-requested"
    assert [fact.reason_code for fact in of_kind(made.facts, CardReservationReleased)] == ["no-answer"]


def test_an_answer_that_comes_after_that_gives_the_blank_back() -> None:
    case = taken([lost()])
    late = reserved(case)
    passed = woken(case, context(local(NOW) + RULES.answer_within)).state
    made = decision(passed, late)

    assert made.reason.code == "reservation-not-wanted"
    assert [fact.outlet_key for fact in of_kind(made.facts, CardReservationReleased)] == ["outlet-near"]


def test_a_refusal_nobody_waits_for_is_known() -> None:
    case = taken([lost()])
    late = no_blank(case)
    passed = taken([late], case=case)

    assert decision(passed, late).reason.code == "answer-not-awaited"


def test_a_reservation_answered_twice_is_printed_once() -> None:
    case = taken([lost()])
    again = decision(printing_of(case), reserved(printing_of(case)))

    assert (again.reason.outcome, again.facts) == (Outcome.ALREADY_KNOWN, ())


def printing_of(case: CardCase) -> CardCase:
    return taken([reserved(case)], case=case)


# --- closed outlets ---------------------------------------------------------------------------------


def waiting_for_the_opening() -> CardCase:
    night = context("2024-01-08 20:00", CLOSED_AT_NIGHT)
    case = taken([lost(at="2024-01-08 20:00")], night)
    return taken([reserved(case)], night, case)


def test_at_a_closed_outlet_it_waits_for_the_opening_and_tells_the_holder_when() -> None:
    night = context("2024-01-08 20:00", CLOSED_AT_NIGHT)
    case = taken([lost(at="2024-01-08 20:00")], night)
    made = decision(case, reserved(case), night)

    assert made.reason.code == "reserved-until-opening"
    assert "2024年1月9日08:30" in of_kind(made.facts, CardNoticeRequested)[0].text


@pytest.mark.parametrize(
    ("now", "code"), [("2024-01-09 08:30", "printing-requested"), ("2024-01-09 17:00", "opening-moved")]
)
def test_when_it_opens_the_card_is_printed_unless_the_clock_is_so_late_that_it_has_closed(now: str, code: str) -> None:
    assert woken(waiting_for_the_opening(), context(now, CLOSED_AT_NIGHT)).reason.code == code


def test_an_outlet_that_was_closed_down_meanwhile_is_left() -> None:
    gone = context("2024-01-09 08:30", (outlet("near", 1, sessions=(WORKING,), makes_cards=False, revision=2),))
    made = woken(waiting_for_the_opening(), gone)

    assert made.reason.code == "unavailable-no-blank-anywhere"
    assert len(of_kind(made.facts, CardReservationReleased)) == 1


def test_a_reservation_whose_time_is_up_before_the_outlet_opens_is_given_back() -> None:
    case = waiting_for_the_opening()
    made = decision(case, expired(case), context("2024-01-08 23:00", CLOSED_AT_NIGHT))

    assert made.reason.code == "expired-no-blank-anywhere"
    assert [fact.reason_code for fact in of_kind(made.facts, CardReservationReleased)] == ["expired"]


# --- printing ---------------------------------------------------------------------------------------


def test_a_printed_card_kills_the_old_one_before_it_is_issued() -> None:
    case = printing()
    made = decision(case, completed(case))

    kinds = [type(fact) for fact in made.facts]
    assert kinds.index(CardCancelled) < kinds.index(CardIssued)
    assert [fact.card_key for fact in of_kind(made.facts, CardCancelled)] == [CARD]
    assert len(of_kind(made.facts, CardReservationUsed)) == 1


def test_the_holder_is_told_where_when_and_what_to_bring() -> None:
    case = printing()
    (told,) = of_kind(decision(case, completed(case)).facts, CardNoticeRequested)

    for words in ("near支行", "near路1号", "工作日00:00–24:00", "身份证", "95588", "作废"):
        assert words in told.text


def test_a_failed_printing_gives_the_blank_back_and_tries_elsewhere() -> None:
    case = printing()
    made = decision(case, completed(case, "failed", "not-printed"))

    assert made.reason.code == "printing-failed-blank-requested"
    assert [fact.reason_code for fact in of_kind(made.facts, CardReservationReleased)] == ["printing-failed"]
    assert [fact.outlet_key for fact in of_kind(made.facts, CardReservationRequested)] == ["outlet-middle"]


def test_so_many_failures_and_it_waits_for_the_next_working_day() -> None:
    many = [*OUTLETS, outlet("farther", 30)]
    case = taken([lost()], context(references=many))
    for number in range(RULES.outlets_tried_max):
        case = taken([reserved(case)], context(references=many), case)
        made = decision(case, completed(case, "failed", "not-printed"), context(references=many))
        is_last = number == RULES.outlets_tried_max - 1
        assert made.reason.code == f"printing-failed-{'no-blank-anywhere' if is_last else 'blank-requested'}"
        case = made.state or CardCase()


def test_while_it_is_unclear_whether_a_card_was_printed_nothing_else_is_asked() -> None:
    case = printing()
    made = decision(case, completed(case, "unknown", "answer-lost"))

    assert made.reason.code == "printing-unclear"
    assert [type(fact) for fact in made.facts] == [CardNoticeRequested]
    assert made.state is not None
    assert next_timer(made.state) is None


def test_doubt_said_twice_is_known() -> None:
    case = printing()
    unclear = completed(case, "unknown", "answer-lost")

    assert decision(taken([unclear], case=case), unclear).reason.code == "printing-still-unclear"


@pytest.mark.parametrize(("outcome", "code"), [("done", "card-issued"), ("failed", "printing-failed-blank-requested")])
def test_doubt_ends_with_what_the_printer_says(outcome: str, code: str) -> None:
    case = printing()
    unclear = taken([completed(case, "unknown", "answer-lost")], case=case)

    assert decision(unclear, completed(unclear, outcome)).reason.code == code


def test_a_reservation_whose_time_is_up_is_kept_while_the_card_may_be_in_the_printer() -> None:
    case = printing()
    made = decision(case, expired(case))

    assert (made.reason.code, made.facts) == ("reservation-held-for-printing", ())


def test_a_card_that_comes_out_of_a_job_taken_for_failed_is_cancelled_once() -> None:
    case = printing()
    job = issuance_of(case).job
    assert job is not None
    elsewhere = taken([completed(case, "failed", "never-reached-provider")], case=case)
    late = completed(elsewhere, "done", effect_id=job.effect_id)
    made = decision(elsewhere, late)

    assert made.reason.code == "late-card-cancelled"
    assert [fact.card_serial for fact in of_kind(made.facts, CardCancelled)] == [late.receipt]
    assert not of_kind(made.facts, CardIssued)
    assert decision(made.state, late).reason.code == "outcome-known"


def test_an_outcome_said_again_is_known() -> None:
    case = printing()
    done = completed(case)

    assert decision(taken([done], case=case), done).reason.code == "outcome-known"


def test_what_this_mesh_keeps_back_on_principle_is_not_tried_elsewhere() -> None:
    case = printing()
    made = decision(case, completed(case, "failed", "before-effects-from"))

    assert made.reason.code == "printing-withheld"
    assert not of_kind(made.facts, CardReservationRequested)
    assert not of_kind(made.facts, CardNoticeRequested)


def test_ids_of_reservations_jobs_and_notices_differ() -> None:
    case = taken([lost()])
    first = issuance_of(case).job
    case = taken([no_blank(case)], case=case)
    second = issuance_of(case).job

    assert first is not None
    assert second is not None
    assert first.reservation_id != second.reservation_id


def test_the_serial_names_the_card_made() -> None:
    case = issued()

    assert case.present is not None
    assert case.present.serial.startswith("WH")
