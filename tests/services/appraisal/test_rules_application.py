"""A person's case: submission, correction, withdrawal, in any order."""

from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.appraisal import (
    AppraisalAccepted,
    AppraisalClosed,
    AppraisalCorrectionsRequested,
    AppraisalNoticeRequested,
    AppraisalRefused,
    ConclusionKind,
    Fixation,
    Material,
    PanelReleased,
    PanelRequested,
)
from schemas.decision import Outcome, Reason, TimerDue
from schemas.fact import Fact, Sealed
from schemas.vocabulary import Channel
from services.appraisal import law
from services.appraisal.rules import decide, next_timer
from services.appraisal.rules_state import PersonCase, Status
from tests.services.appraisal.samples import MAIL, application, context_on, explained, withdrawal

TODAY = date(2024, 3, 4)
REFERENCE = "LD-2024-0001"
INCOMPLETE = (Material.IDENTITY_DOCUMENT,)


class Answer(NamedTuple):
    """A decision, with a state whose type the test knows."""

    state: Any
    facts: tuple[Fact, ...]
    reason: Reason


def _decided(case: PersonCase | None, fact: Fact | TimerDue, day: date = TODAY, strict: bool = False) -> Answer:
    decision = decide(case, fact, context_on(day, strict=strict))
    assert explained(decision)
    return Answer(decision.state, decision.facts, decision.reason)


def _the(kind: type[Any], answer: Answer) -> Any:
    [fact] = [fact for fact in answer.facts if isinstance(fact, kind)]
    return fact


def _status(answer: Answer, reference: str = REFERENCE) -> Status:
    status: Status = answer.state.applications[reference].status
    return status


# --- new applications ---------------------------------------------------------------------------------


def test_an_accepted_application_asks_the_citys_pool() -> None:
    answer = _decided(None, application())
    asked = _the(PanelRequested, answer)

    assert _the(AppraisalAccepted, answer).conclusion_due_on == date(2024, 4, 30)
    assert (asked.pool_key, asked.request_number, asked.conclusion_due_on) == ("pool-371000", 1, date(2024, 4, 30))
    assert answer.reason.paragraphs == ("工伤保险条例 23", "工伤保险条例 25(2)")


def test_the_day_of_intake_starts_the_limit_not_the_day_of_transfer() -> None:
    answer = _decided(None, application(transferred_on=date(2024, 3, 4)))

    accepted = _the(AppraisalAccepted, answer)
    assert (accepted.received_on, accepted.transferred_on) == (date(2024, 3, 1), date(2024, 3, 4))
    assert accepted.conclusion_due_on == date(2024, 4, 30)


def test_local_conditions_warn_by_default() -> None:
    answer = _decided(None, application(fixation=Fixation.RETAINED, recognised_on=date(2024, 2, 1)))

    assert _the(AppraisalAccepted, answer).warnings == ("recognition-too-recent", "fixation-retained")
    assert answer.reason.values["warnings"] == "recognition-too-recent,fixation-retained"


def test_local_conditions_refuse_where_the_parameter_is_strict() -> None:
    unmet = application(fixation=Fixation.RETAINED, recognised_on=date(2024, 2, 1))
    answer = _decided(None, unmet, strict=True)

    assert _the(AppraisalRefused, answer).reasons == ("recognition-too-recent", "fixation-retained")
    assert _status(answer) is Status.REFUSED


def test_a_refusal_names_all_reasons_in_fact_and_notice() -> None:
    answer = _decided(None, application(city_code="370600", recognised_on=None))

    assert _the(AppraisalRefused, answer).reasons == ("city-not-served", "injury-not-recognised")
    assert "1. 申请不属于本市" in _the(AppraisalNoticeRequested, answer).text
    assert "2. 尚无工伤认定决定" in _the(AppraisalNoticeRequested, answer).text


@pytest.mark.parametrize(("day", "late"), [(date(2024, 3, 8), False), (date(2024, 3, 11), True)])
def test_missing_papers_are_told_within_five_working_days(day: date, late: bool) -> None:
    """Received on Friday the 1st: the fifth working day is Friday the 8th (令21 9)."""
    asked = _the(AppraisalCorrectionsRequested, _decided(None, application(materials=INCOMPLETE), day))

    assert (asked.tell_by, asked.told_late) == (date(2024, 3, 8), late)
    assert asked.missing == (Material.APPLICATION_FORM, Material.MEDICAL_RECORDS, Material.RECOGNITION_DECISION)


def test_an_application_received_tomorrow_is_refused_as_bad_input() -> None:
    answer = _decided(None, application(received_on=date(2024, 3, 5)))

    assert (answer.reason.code, answer.reason.outcome) == ("received-in-the-future", Outcome.REFUSED)


def test_papers_that_are_complete_tomorrow_are_refused_as_bad_input() -> None:
    answer = _decided(None, application(received_on=date(2024, 3, 4), materials_completed_on=date(2024, 3, 5)))

    assert (answer.reason.code, answer.reason.outcome) == ("completed-in-the-future", Outcome.REFUSED)


def test_papers_that_are_complete_today_are_examined() -> None:
    answer = _decided(None, application(received_on=date(2024, 3, 4), materials_completed_on=date(2024, 3, 4)))

    assert answer.reason.code == "application-accepted"


def test_a_notice_goes_by_mail_where_there_is_an_address_else_by_telephone() -> None:
    phone = Sealed(key_reference="k1", ciphertext=b"sealed number")
    refused = {"city_code": "370600", "contact_phone": phone}
    by_mail = _the(AppraisalNoticeRequested, _decided(None, application(**refused)))
    by_phone = _the(AppraisalNoticeRequested, _decided(None, application(contact_email=None, **refused)))

    assert (by_mail.channel, by_mail.contact_email) == (Channel.EMAIL, MAIL)
    assert (by_phone.channel, by_phone.contact_phone) == (Channel.TELEPHONE, phone)


def test_local_conditions_not_met_are_carried_by_a_request_for_papers_too() -> None:
    answer = _decided(None, application(fixation=Fixation.RETAINED, materials=()))
    asked = _the(AppraisalCorrectionsRequested, answer)

    assert asked.warnings == ("fixation-retained",)
    assert law.LOCAL_CONDITIONS in answer.reason.paragraphs
    assert "钢板、钢钉等内固定尚未取出" in answer.reason.values["warnings_text"]


# --- a second application -----------------------------------------------------------------------------


def test_a_second_application_of_the_same_kind_is_refused_while_one_is_open() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(business_reference="LD-2"))

    assert _the(AppraisalRefused, answer).reasons == ("same-kind-open",)
    assert _status(answer) is Status.WAITING


def test_an_application_of_another_kind_goes_beside_it() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(business_reference="LD-2", kind=ConclusionKind.NURSING_GRADE))

    assert answer.reason.code == "application-accepted"


def test_the_same_kind_may_be_asked_for_again_once_the_first_is_withdrawn() -> None:
    case = _decided(_decided(None, application()).state, withdrawal()).state

    assert _decided(case, application(business_reference="LD-2")).reason.code == "application-accepted"


# --- corrections --------------------------------------------------------------------------------------


def test_papers_brought_by_a_correction_open_the_way() -> None:
    case = _decided(None, application(materials=INCOMPLETE)).state
    answer = _decided(case, application(revision=2, materials_completed_on=date(2024, 3, 15)), date(2024, 3, 15))

    assert answer.reason.code == "application-accepted"
    assert _the(PanelRequested, answer).conclusion_due_on == date(2024, 5, 14)


def test_a_refused_application_that_is_corrected_is_examined_anew() -> None:
    case = _decided(None, application(recognised_on=None)).state

    assert _decided(case, application(revision=2)).reason.code == "application-accepted"


def test_a_correction_of_the_specialties_asks_the_pool_again() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(revision=2, specialties=("neurology",)))

    assert _the(PanelRequested, answer).request_number == 2


def test_a_correction_of_the_telephone_keeps_the_panel() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(revision=2, contact_email=None))

    assert answer.reason.code == "application-corrected"
    assert not [fact for fact in answer.facts if isinstance(fact, PanelRequested)]


def test_a_correction_that_leads_to_refusal_gives_the_panel_back() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(revision=2, city_code="370600"))

    assert _the(PanelReleased, answer).pool_key == "pool-371000"
    assert _status(answer) is Status.REFUSED


def test_an_equal_revision_with_other_content_is_a_conflict() -> None:
    case = _decided(None, application()).state
    answer = _decided(case, application(condition_stable=False))

    assert (answer.reason.code, answer.reason.outcome, answer.state) == ("revision-conflict", Outcome.REFUSED, case)


def test_a_repeat_is_known() -> None:
    case = _decided(None, application()).state

    assert _decided(case, application()).reason.outcome is Outcome.ALREADY_KNOWN


# --- withdrawal ---------------------------------------------------------------------------------------


def test_a_withdrawal_closes_the_application_and_gives_the_panel_back() -> None:
    answer = _decided(_decided(None, application()).state, withdrawal())

    assert _the(AppraisalClosed, answer).reason == "withdrawn"
    assert _the(PanelReleased, answer).request_number == 1
    assert _decided(answer.state, withdrawal()).reason.code == "withdrawn-known"


def test_a_withdrawal_that_overtakes_its_application_holds() -> None:
    early = _decided(None, withdrawal())
    assert early.reason.code == "withdrawn-before"

    answer = _decided(early.state, application())

    assert (answer.reason.code, answer.facts) == ("withdrawn-stands", ())


ARRIVALS: list[Fact] = [
    application(materials=INCOMPLETE),
    application(revision=2),
    application(revision=3, city_code="370600"),
    application(revision=3, city_code="370600"),
    application(business_reference="LD-2", kind=ConclusionKind.NURSING_GRADE),
    application(business_reference="LD-3", kind=ConclusionKind.ASSISTIVE_DEVICE),
    withdrawal(reverses="LD-3"),
    withdrawal(reverses="LD-3"),
]


@given(st.permutations(ARRIVALS))
def test_applications_end_the_same_in_any_order_with_repeats(facts: list[Fact]) -> None:
    case: PersonCase | None = None
    for fact in facts:
        case = _decided(case, fact).state
    assert case is not None
    ended = {key: (it.status, it.revision, it.submission) for key, it in sorted(case.applications.items())}

    expected = {
        REFERENCE: (Status.REFUSED, 3, ARRIVALS[2].content()),
        "LD-2": (Status.WAITING, 1, ARRIVALS[4].content()),
        "LD-3": (Status.WITHDRAWN, 1, ARRIVALS[5].content()),
    }
    assert ended == dict(sorted(expected.items()))


# --- time ---------------------------------------------------------------------------------------------


def test_before_decree_55_missing_papers_are_waited_for() -> None:
    case = _decided(None, application(materials=INCOMPLETE)).state
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at.isoformat() == "2024-03-25T16:00:00+00:00"

    answer = _decided(case, TimerDue(timer.name, timer.due_at), date(2024, 3, 26))

    assert answer.reason.code == "papers-still-awaited"
    assert next_timer(answer.state) != timer


def test_since_decree_55_papers_not_brought_mean_that_the_application_is_given_up() -> None:
    """令55 10: 无正当理由逾期未补正…视为放弃当次申请"""
    received_on = date(2025, 7, 1)
    case = _decided(None, application(received_on=received_on, materials=INCOMPLETE), received_on).state
    timer = next_timer(case)
    assert timer is not None
    answer = _decided(case, TimerDue(timer.name, timer.due_at), date(2025, 7, 23))

    assert _the(AppraisalClosed, answer).reason == "abandoned"
    assert _decided(answer.state, application(received_on=received_on, revision=2), date(2025, 8, 1)).reason.code == (
        "application-closed"
    )


def test_a_closed_application_is_forgotten_after_the_offices_time() -> None:
    case = _decided(None, application(city_code="370600")).state
    timer = next_timer(case)
    assert timer is not None
    answer = _decided(case, TimerDue(timer.name, timer.due_at), date(2027, 3, 6))

    assert (answer.reason.code, answer.state) == ("application-forgotten", None)


def test_one_person_has_a_bounded_number_of_applications() -> None:
    case: PersonCase | None = None
    for number in range(50):
        case = _decided(case, application(business_reference=f"LD-{number}", city_code="370600")).state

    assert _decided(case, application(business_reference="LD-50")).reason.code == "too-many-applications"
