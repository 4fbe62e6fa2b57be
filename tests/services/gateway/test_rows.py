"""One row: what becomes of each cell, and every reason for which a row is refused."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from schemas.appraisal import AppraisalExtensionDecided, AppraisalSubmitted
from schemas.cards import CardLost
from schemas.contributions import ContributionAssessed, UnitRegistered
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.outlets import OutletPublished
from schemas.unit_status import UnitStatusReported
from services.gateway.columns import layouts
from services.gateway.messages import MESSAGES
from services.runtime.sealing import development_vault
from tests.services.gateway.rows_of import (
    ASSESSED,
    CITIZEN,
    EXPERT,
    EXTENDED,
    GONE,
    LOST,
    OUTLET,
    PAID,
    REGISTERED,
    STATUS,
    SUBMITTED,
    UNIT,
    WITHDRAWN,
    WRITE_OFF,
    faults,
    gate,
    good,
)


def test_a_row_becomes_the_fact_of_its_topic() -> None:
    row = good(ASSESSED)

    assert row.fact == ContributionAssessed(
        district="371003",
        agency="wendeng-sic",
        occurred_on=date(2026, 10, 5),
        business_reference="HD-1",
        unit_code=UNIT,
        month="2026-09",
        insurance="pension",
        assessed_fen=123_456,
        due_on=date(2026, 10, 15),
    )
    assert (row.reference, row.revision) == ("HD-1", 1)


def test_amounts_in_yuan_are_taken_to_the_fen() -> None:
    row = {**ASSESSED, "assessed_yuan": "1,234.56"}
    del row["assessed_fen"]

    assert good(row).fact == good(ASSESSED).fact


def test_an_amount_given_twice_is_refused() -> None:
    assert faults({**ASSESSED, "assessed_yuan": "1234.56"}) == [("assessed_yuan", "value-doubled")]


def test_contacts_are_sealed_for_the_unit() -> None:
    fact = good(REGISTERED).fact

    assert isinstance(fact, UnitRegistered)
    assert fact.contact_phone is not None
    assert fact.contact_phone == development_vault().seal("0631-0000001", UNIT, "contact_phone", fact.occurred_on)


def test_a_person_travels_under_a_key_and_the_number_nowhere() -> None:
    fact = good(SUBMITTED).fact

    assert isinstance(fact, AppraisalSubmitted)
    assert fact.person_key == development_vault().person_key(CITIZEN)
    assert CITIZEN not in fact.model_dump_json()
    assert fact.suspension_over
    assert fact.specialties == ("orthopaedics", "hand-surgery")
    assert fact.diagnosis is not None
    assert fact.diagnosis == development_vault().seal("右胫骨骨折术后", fact.person_key, "diagnosis", fact.occurred_on)


def test_the_offices_decision_to_extend_is_a_row_like_any_other() -> None:
    fact = good(EXTENDED).fact

    assert isinstance(fact, AppraisalExtensionDecided)
    assert (fact.application_reference, fact.ground) == ("JD-1", "complex-condition")


def test_a_small_x_at_the_end_of_a_citizen_number_is_the_same_person() -> None:
    assert good({**SUBMITTED, "citizen_number": CITIZEN.lower()}).fact == good(SUBMITTED).fact


def test_a_time_without_a_zone_is_weihais() -> None:
    fact = good(LOST).fact

    assert isinstance(fact, CardLost)
    assert fact.reported_at.astimezone(UTC) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_opening_hours_are_read_and_the_outlet_is_its_own_reference() -> None:
    row = good(OUTLET)

    assert isinstance(row.fact, OutletPublished)
    assert [(one.opens_minute, one.closes_minute) for one in row.fact.sessions] == [(510, 1020), (540, 960)]
    assert row.reference == "outlet-wendeng"


def test_lists_may_be_given_as_json_has_them() -> None:
    row = {**SUBMITTED, "specialties": ["orthopaedics", "hand-surgery"]}

    assert good(row).fact == good(SUBMITTED).fact


def test_the_topic_may_be_given_for_all_rows() -> None:
    row = {name: cell for name, cell in ASSESSED.items() if name != "topic"}

    assert faults(row) == [("topic", "topic-missing")]
    assert not isinstance(gate("contribution-assessed").check(row), list)


def test_every_upstream_topic_has_a_layout() -> None:
    assert set(layouts()) == {
        row["topic"] for row in (ASSESSED, PAID, REGISTERED, SUBMITTED, WITHDRAWN, EXTENDED, EXPERT, LOST, OUTLET)
    } | {
        "contribution-missed",
        "unit-paid",
        "unit-status-reported",
        "insolvency-act-recorded",
        "enforcement-act-recorded",
        "officer-published",
        "case-assignment-act-recorded",
        "card-found",
        "outlet-stocked",
        "payment-notice-act-recorded",
    }


def test_a_status_and_a_write_off_are_read_from_cells() -> None:
    status, act = good(STATUS).fact, good(WRITE_OFF).fact

    assert isinstance(status, UnitStatusReported)
    assert isinstance(act, InsolvencyActRecorded)
    assert (date(2026, 12, 20), "威海市中级人民法院") == (status.declare_by, status.court)
    assert [("2023-11", 100_000, 1_300), ("2023-12", 5, 0)] == [
        (line.month, line.principal_fen, line.late_fee_fen) for line in act.lines
    ]


REFUSED = (
    ({**ASSESSED, "topic": "arrears-opened"}, "topic", "topic-unknown"),
    ({**ASSESSED, "citizen_number": CITIZEN}, "citizen_number", "column-not-of-topic"),
    ({**ASSESSED, "colour": "red"}, "colour", "column-unknown"),
    ({**ASSESSED, "occurred_on": "2026-11-04"}, "occurred_on", "fact-in-the-future"),
    ({**ASSESSED, "reference": ""}, "reference", "value-missing"),
    ({**ASSESSED, "reference": "a b"}, "reference", "format-invalid"),
    ({**ASSESSED, "unit_code": "11371000004359918F"}, "unit_code", "unit-code-invalid"),
    ({**ASSESSED, "month": "2026-13"}, "month", "month-invalid"),
    ({**ASSESSED, "assessed_fen": "-1"}, "assessed_fen", "amount-out-of-range"),
    ({**ASSESSED, "assessed_fen": "1000000000001"}, "assessed_fen", "amount-out-of-range"),
    ({**ASSESSED, "assessed_fen": "12.5"}, "assessed_fen", "number-invalid"),
    (
        {**{k: v for k, v in ASSESSED.items() if k != "assessed_fen"}, "assessed_yuan": "1.234"},
        "assessed_yuan",
        "yuan-invalid",
    ),
    ({**ASSESSED, "revision": "0"}, "revision", "number-out-of-range"),
    ({**ASSESSED, "due_on": "2026-08-31"}, "due_on", "due-before-month"),
    ({**ASSESSED, "due_on": "2031-10-10"}, "due_on", "due-too-late"),
    ({**ASSESSED, "due_on": "9999-12-31"}, "due_on", "date-out-of-range"),
    ({**ASSESSED, "occurred_on": "1949-09-30"}, "occurred_on", "date-out-of-range"),
    ({**LOST, "reported_at": "9998-11-01T15:30"}, "reported_at", "date-out-of-range"),
    ({**PAID, "paid_on": "2026-11-04"}, "paid_on", "fact-in-the-future"),
    ({**SUBMITTED, "received_on": "2026-11-04"}, "received_on", "fact-in-the-future"),
    ({**ASSESSED, "due_on": "2026-02-30"}, "due_on", "date-invalid"),
    ({**ASSESSED, "insurance": "housing"}, "insurance", "word-unknown"),
    ({**ASSESSED, "district": "379999"}, "district", "word-unknown"),
    ({**REGISTERED, "unit_name": "长" * 201}, "unit_name", "text-too-long"),
    ({**REGISTERED, "contact_phone": "请打办公室"}, "contact_phone", "phone-invalid"),
    ({**REGISTERED, "contact_email": "a@b@c"}, "contact_email", "email-invalid"),
    ({**SUBMITTED, "citizen_number": "110105194912310021"}, "citizen_number", "citizen-number-invalid"),
    ({**SUBMITTED, "diagnosis": "长" * 4_001}, "diagnosis", "text-too-long"),
    ({**SUBMITTED, "condition_stable": "大概"}, "condition_stable", "yes-no-invalid"),
    ({**SUBMITTED, "specialties": ";".join(["burns"] * 6)}, "specialties", "list-invalid"),
    ({**SUBMITTED, "transferred_on": "2026-10-29"}, "received_on", "date-before-intake"),
    ({**SUBMITTED, "recognised_on": "2026-10-31"}, "received_on", "date-after-intake"),
    ({**PAID, "topic": "unit-paid", "insurance": ""}, "insurance", "payment-line-incomplete"),
    ({**PAID, "topic": "unit-paid", "meant_for": "principal"}, "meant_for", "payment-of-a-line"),
    ({**WITHDRAWN, "reverses": ""}, "reverses", "reverses-missing"),
    ({**EXPERT, "term_until": "2025-01-05"}, "term_until", "term-reversed"),
    ({**LOST, "card_number": "?"}, "card_number", "card-number-invalid"),
    ({**LOST, "latitude_microdeg": ""}, "latitude_microdeg", "position-incomplete"),
    ({**LOST, "reported_at": "gestern"}, "reported_at", "instant-invalid"),
    ({**STATUS, "court": "", "announced_on": "", "declare_by": ""}, "court", "court-missing"),
    ({**STATUS, "announced_on": "2026-10-11"}, "announced_on", "announced-before-ruling"),
    ({**STATUS, "declare_by": "2026-10-20"}, "declare_by", "declare-by-before-announcement"),
    ({**STATUS, "proprietor_property": "family"}, "status", "detail-of-another-status"),
    ({**GONE, "deregistration_way": ""}, "deregistration_way", "deregistration-way-missing"),
    ({**GONE, "deregistration_way": "merged"}, "successors", "successors-do-not-fit"),
    ({**WRITE_OFF, "paragraph": ""}, "act", "act-incomplete"),
    ({**WRITE_OFF, "plan_fen": "1"}, "act", "detail-of-another-act"),
    ({**WRITE_OFF, "approved_by": ""}, "approved_by", "approval-missing"),
    ({**WRITE_OFF, "approved_by": "WD-0017"}, "approved_by", "approved-by-the-same"),
    ({**WRITE_OFF, "lines": ""}, "lines", "written-off-lines-missing"),
    ({**WRITE_OFF, "lines": "2023-11 pension 1 0; 2023-11 pension 2 0"}, "lines", "line-named-twice"),
    ({**WRITE_OFF, "lines": "2023-11 pension 0 0"}, "lines", "write-off-of-nothing"),
    ({**WRITE_OFF, "lines": "2023-11 pension"}, "lines", "written-off-lines-invalid"),
    ({**OUTLET, "sessions": "daily"}, "sessions", "sessions-invalid"),
    ({**OUTLET, "sessions": "working-day 17:00-08:00"}, "sessions", "hours-reversed"),
)


@pytest.mark.parametrize(("row", "column", "code"), REFUSED, ids=[f"{code}-{column}" for _, column, code in REFUSED])
def test_a_row_with_one_thing_wrong_is_refused_for_just_that(row: Mapping[str, object], column: str, code: str) -> None:
    assert faults(row) == [(column, code)]


OF_FILES = {
    "row-shape",
    "row-not-json",
    "row-not-object",
    "row-too-long",
    "subject-erased",
    "duplicate-reference",
    "topic-missing",
    "value-doubled",
    "value-invalid",
}
"""Codes shown by other tests; `value-invalid` is for whatever a contract may come to check."""


def test_every_code_is_shown_by_a_test() -> None:
    assert {code for _, _, code in REFUSED} | OF_FILES == set(MESSAGES)


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    row = {**ASSESSED, "unit_code": "x", "month": "", "insurance": "housing", "reference": ""}

    assert sorted(faults(row)) == [
        ("insurance", "word-unknown"),
        ("month", "value-missing"),
        ("reference", "value-missing"),
        ("unit_code", "unit-code-invalid"),
    ]


@pytest.mark.parametrize(("row", "field"), [(PAID, "occurred_on"), (PAID, "paid_on"), (SUBMITTED, "received_on")])
@pytest.mark.parametrize(("day", "is_good"), [("2026-11-03", True), ("2026-11-04", False)])
def test_tomorrow_is_the_last_day_on_which_something_may_have_been(
    row: Mapping[str, object], field: str, day: str, *, is_good: bool
) -> None:
    checked = gate().check({**row, field: day})

    assert isinstance(checked, list) is not is_good


def test_every_date_that_lies_ahead_is_told_at_once() -> None:
    row = {**PAID, "occurred_on": "2026-11-04", "paid_on": "2099-01-01"}

    assert [("occurred_on", "fact-in-the-future"), ("paid_on", "fact-in-the-future")] == faults(row)


def test_a_line_may_fall_due_ahead() -> None:
    fact = good({**ASSESSED, "due_on": "2026-12-15"}).fact

    assert isinstance(fact, ContributionAssessed)
    assert fact.due_on == date(2026, 12, 15)
