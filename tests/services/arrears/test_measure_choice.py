"""Which measure is chosen (分类施策): both sides of every boundary, and the reasons for the one taken and against the others."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.mesh import ParameterPublished
from schemas.unit_status import (
    DeregistrationWay,
    LegalForm,
    Liable,
    Measure,
    MeasureStage,
    ProprietorProperty,
    UnitMeasureChanged,
    UnitStanding,
)
from services.arrears import law_status_disputes
from tests.services.arrears.samples import Desk, at, desk, missed, paid, registered
from tests.services.arrears.samples_status import accepted, in_arrears, measure_of, status, told

S = UnitStanding
OPERATING = status(S.OPERATING, date(2024, 1, 4))
SOLE = {"legal_form": LegalForm.SOLE_PROPRIETOR}


def owing(amount_fen: int = 100_000, due_on: date = date(2023, 12, 15), **changed: Any) -> Desk:
    """An operating unit that owes one line."""
    line = missed(assessed_fen=amount_fen, due_on=due_on, month=f"{due_on:%Y-%m}", **changed)
    return desk(registered(), line, OPERATING, today=date(2024, 1, 12))


def rejected(started: Desk) -> dict[Measure, tuple[str, ...]]:
    """The measures not taken, with the reasons."""
    return {one.measure: one.reasons for one in told(started).rejected}


def test_a_small_new_arrear_of_an_operating_unit_is_reminded_of() -> None:
    started = owing()

    assert (Measure.REMIND, MeasureStage.ORDINARY) == measure_of(started)
    assert ("small-and-recent",) == told(started).because


def test_every_measure_not_taken_says_why() -> None:
    found = rejected(owing())

    assert set(Measure) - {Measure.REMIND} == set(found)
    assert ("small-and-recent",) == found[Measure.ORDER]
    assert ("no-bankruptcy",) == found[Measure.DECLARE_CLAIM]
    assert ("unit-exists",) == found[Measure.PURSUE_OBLIGORS]
    assert ("something-owed",) == found[Measure.NONE]


@pytest.mark.parametrize(
    ("amount_fen", "measure"), [(4_999_999, Measure.REMIND), (5_000_000, Measure.ORDER)], ids=["below", "at"]
)
def test_fifty_thousand_yuan_are_large(amount_fen: int, measure: Measure) -> None:
    assert measure is measure_of(owing(amount_fen))[0]


@pytest.mark.parametrize(
    ("due_on", "measure"),
    [(date(2023, 10, 16), Measure.REMIND), (date(2023, 10, 13), Measure.ORDER)],
    ids=["88 days", "91 days"],
)
def test_more_than_ninety_days_are_long(due_on: date, measure: Measure) -> None:
    assert measure is measure_of(owing(due_on=due_on))[0]


def test_the_ninetieth_day_is_not_long_and_the_ninety_first_is_without_anything_being_said() -> None:
    """Due on Friday 2023-12-15: the 90th day is 2024-03-14."""
    started = owing()

    started.wait_until(at(date(2024, 3, 14), hour=23))
    assert Measure.REMIND is measure_of(started)[0]

    assert "measure-reviewed" in started.wait_until(at(date(2024, 3, 15), hour=1))
    assert Measure.ORDER is measure_of(started)[0]
    assert ("arrears-long",) == told(started).because


@pytest.mark.parametrize(
    ("due_on", "reason"), [(date(2019, 12, 31), "owed-from-before-2020"), (date(2020, 1, 2), "arrears-long")]
)
def test_the_older_cohort_is_ordered_to_pay(due_on: date, reason: str) -> None:
    started = owing(due_on=due_on)

    assert Measure.ORDER is measure_of(started)[0]
    assert reason == told(started).because[0]
    assert ("owed-from-before-2020" in told(started).because) is (due_on.year == 2019)


def test_a_unit_that_was_late_before_is_ordered_at_once() -> None:
    started = desk(registered(), missed(), paid(), OPERATING, today=date(2024, 1, 12))

    started.hear(missed("M-2", month="2023-12", due_on=date(2024, 1, 10), occurred_on=date(2024, 1, 12)))

    assert Measure.ORDER is measure_of(started)[0]
    assert ("late-before",) == told(started).because


def test_the_thresholds_are_parameters() -> None:
    started = desk(registered(), missed(), today=date(2024, 1, 12))
    started.parameters.append(
        ParameterPublished(name="measure-large-fen", value="100000", revision=1, effective_on=date(2024, 1, 1))
    )
    started.hear(OPERATING)

    assert Measure.ORDER is measure_of(started)[0]


@pytest.mark.parametrize(
    ("standing", "measure", "liable"),
    [
        (S.BANKRUPTCY_ACCEPTED, Measure.DECLARE_CLAIM, Liable.ESTATE),
        (S.REORGANISING, Measure.REORGANISATION, Liable.ESTATE),
        (S.REVOKED, Measure.FORCE_LIQUIDATION, Liable.UNIT),
        (S.LIQUIDATING, Measure.CLAIM_IN_LIQUIDATION, Liable.UNIT),
        (S.DEREGISTRATION_ANNOUNCED, Measure.OBJECT, Liable.UNIT),
        (S.DEREGISTERED, Measure.PURSUE_OBLIGORS, Liable.SHAREHOLDERS),
        (S.UNREACHABLE, Measure.TRACE, Liable.UNIT),
        (S.OPERATING, Measure.REMIND, Liable.UNIT),
    ],
)
def test_each_status_has_its_own_road(standing: S, measure: Measure, liable: Liable) -> None:
    started = in_arrears()
    started.hear(status(standing, date(2024, 1, 11)))

    assert (measure, liable) == (told(started).measure, told(started).liable)
    assert told(started).paragraphs


@pytest.mark.parametrize(
    ("way", "liable", "paragraph"),
    [
        (DeregistrationWay.LIQUIDATED, Liable.LIQUIDATORS, "公司法 238"),
        (DeregistrationWay.SIMPLE, Liable.PROMISORS, "公司法 240"),
        (DeregistrationWay.WITHOUT_LIQUIDATION, Liable.SHAREHOLDERS, "公司法司法解释（二） 20"),
        (DeregistrationWay.FALSE_REPORT, Liable.SHAREHOLDERS, "公司法司法解释（二） 19"),
        (DeregistrationWay.BY_REGISTRAR, Liable.LIQUIDATION_OBLIGORS, "公司法 241"),
    ],
)
def test_how_a_unit_was_deregistered_decides_who_answers(
    way: DeregistrationWay, liable: Liable, paragraph: str
) -> None:
    started = in_arrears(date(2024, 7, 2))
    started.hear(status(S.DEREGISTERED, date(2024, 7, 1), deregistration_way=way))

    assert (Measure.PURSUE_OBLIGORS, liable) == (told(started).measure, told(started).liable)
    assert paragraph in told(started).paragraphs
    assert not told(started).ordinary_steps_open


@pytest.mark.parametrize(
    ("said", "liable"),
    [
        (ProprietorProperty.PERSONAL, Liable.PERSONAL_PROPERTY),
        (ProprietorProperty.FAMILY, Liable.FAMILY_PROPERTY),
        (ProprietorProperty.INDISTINGUISHABLE, Liable.FAMILY_PROPERTY),
        (None, Liable.FAMILY_PROPERTY),
    ],
)
def test_a_sole_proprietor_answers_with_personal_or_family_property(
    said: ProprietorProperty | None, liable: Liable
) -> None:
    started = in_arrears()
    started.hear(status(S.OPERATING, date(2024, 1, 11), proprietor_property=said, **SOLE))

    assert liable is told(started).liable
    assert "民法典 56" in told(started).paragraphs


def test_a_later_report_that_is_silent_about_the_property_leaves_it_as_it_was_said() -> None:
    """民法典 56: who ran the business alone does not come to answer with the family's property by a slip of the registrar."""
    started = in_arrears()
    started.hear(status(S.OPERATING, date(2024, 1, 10), **SOLE, proprietor_property=ProprietorProperty.PERSONAL))
    started.hear(status(S.DEREGISTERED, date(2024, 1, 11), "S-2", **SOLE, deregistration_way=DeregistrationWay.SIMPLE))

    assert (Measure.PURSUE_OBLIGORS, Liable.PERSONAL_PROPERTY) == (told(started).measure, told(started).liable)


def test_a_revoked_sole_proprietor_is_not_liquidated_and_is_ordered_or_reminded_as_before() -> None:
    started = in_arrears()
    started.hear(status(S.REVOKED, date(2024, 1, 11), **SOLE))

    assert Measure.REMIND is measure_of(started)[0]
    assert ("sole-proprietor-has-no-liquidation",) == rejected(started)[Measure.FORCE_LIQUIDATION]


def test_a_new_status_sends_a_live_case_to_its_own_road_and_keeps_its_history() -> None:
    started = owing()
    started.hear(status(S.REVOKED, date(2024, 1, 11), "S-2"), accepted(date(2024, 1, 12), "S-3"))

    assert started.case is not None
    assert started.case.measure is not None
    past = [one.measure for one in started.case.measure.past]
    assert [Measure.REMIND, Measure.FORCE_LIQUIDATION] == past
    assert Measure.FORCE_LIQUIDATION is told(started).previous_measure
    assert (True, False) == (told(started).enforcement_suspended, told(started).ordinary_steps_open)
    assert 1 == len(started.case.lines["2023-12/pension"].records)


def test_a_measure_is_said_once_while_nothing_to_be_seen_changes() -> None:
    started = owing()
    said = [fact for fact in started.said if isinstance(fact, UnitMeasureChanged)]

    started.hear(paid(month="2023-12", paid_fen=10_000))

    assert 1 == len(said)
    assert said == [fact for fact in started.said if isinstance(fact, UnitMeasureChanged)]


def test_when_all_is_paid_nothing_is_to_be_done() -> None:
    started = owing()
    started.hear(paid(month="2023-12"))

    assert (Measure.NONE, MeasureStage.FINISHED) == measure_of(started)
    assert ("nothing-owed",) == told(started).because


def test_a_unit_whose_status_nobody_reported_keeps_no_measure() -> None:
    started = in_arrears()

    assert started.case is not None
    assert started.case.measure is None


def test_disputed_points_are_named_with_their_paragraph_and_confidence() -> None:
    started = in_arrears()
    started.hear(accepted())

    text = "".join(told(started).disputed)
    assert "受理当日" in text
    assert "法复〔1996〕17号" in text
    assert "可信度A" in text
    assert "可信度B" in text
    assert text.replace("。", "")[:20] in started.decisions[-1].reason.values["notes_text"]


def test_what_a_notice_or_a_transfer_meets_while_a_liquidation_group_is_at_work_is_named_as_open() -> None:
    """The group may not pay while claims are declared (公司法 235(3)); no text stays an order to pay or its enforcement (236(3): 公司存续)."""
    started = in_arrears()
    started.hear(status(S.LIQUIDATING, date(2024, 1, 10), announced_on=date(2024, 1, 11)))

    assert [law_status_disputes.LIQUIDATION_DISPUTE] == list(told(started).disputed)
    assert law_status_disputes.LIQUIDATION_DISPUTE in started.decisions[-1].reason.values["notes_text"]
    assert (True, False) == (told(started).ordinary_steps_open, told(started).enforcement_suspended)


def test_in_court_the_liquidation_group_has_handed_over_and_its_open_point_is_none_any_more() -> None:
    """公司法 237(2): the matter goes to the administrator, and 企业破产法 19 stays the enforcement."""
    started = in_arrears()
    started.hear(status(S.LIQUIDATING, date(2024, 1, 5)), accepted(reference="S-2"))

    assert law_status_disputes.LIQUIDATION_DISPUTE not in told(started).disputed
    assert told(started).enforcement_suspended


@pytest.mark.parametrize(
    ("declare_by", "days", "odd"),
    [
        (date(2024, 2, 18), 29, True),
        (date(2024, 2, 19), 30, False),
        (date(2024, 4, 20), 91, False),
        (date(2024, 4, 21), 92, True),
    ],
)
def test_a_window_outside_thirty_days_to_three_months_is_marked_and_the_earlier_day_kept(
    declare_by: date, days: int, odd: bool
) -> None:
    """Announced on 2024-01-20: the 30th day is 2024-02-19, three months are over on 2024-04-20."""
    started = in_arrears()
    started.hear(accepted(declare_by=declare_by))

    assert days == (declare_by - date(2024, 1, 20)).days
    assert odd is any("三十日至三个月" in text for text in told(started).disputed)
    assert min(declare_by, date(2024, 4, 20)) == told(started).deadline_on


def test_without_the_courts_day_the_earliest_the_law_allows_is_kept() -> None:
    started = in_arrears()
    started.hear(accepted(declare_by=None))

    assert date(2024, 1, 20) + timedelta(days=30) == told(started).deadline_on
