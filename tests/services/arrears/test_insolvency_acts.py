"""The desk's acts in a bankruptcy: claims against the books, plans, corrections.

The unit owes 1,000 yuan of pension since 2023-12-15; accepted on 2024-01-10, so 26 days of late fee: 13 yuan (1,300 fen).
"""

from datetime import date

import pytest

from schemas.insolvency_acts import InsolvencyAct
from schemas.unit_status import Measure, MeasureStage, UnitStanding
from schemas.vocabulary import Insurance
from services.arrears.rules_insolvency_books import books
from services.arrears.rules_status_standing import position
from tests.services.arrears.samples import Desk, at, missed, paid, registered
from tests.services.arrears.samples_status import (
    accepted,
    act,
    claim,
    claim_desk,
    claimed,
    declared,
    in_arrears,
    measure_of,
    reasons_of,
    share,
    status,
    told,
)

A, M, S = InsolvencyAct, MeasureStage, UnitStanding
FEBRUARY_1, JULY_1, AUGUST_1 = date(2024, 2, 1), date(2024, 7, 1), date(2024, 8, 1)


def test_a_claim_on_the_last_day_is_in_time_and_on_the_day_after_it_is_a_supplement() -> None:
    in_time, late = in_arrears(date(2024, 3, 20)), in_arrears(date(2024, 3, 21))
    in_time.hear(accepted(), claim(date(2024, 3, 20)))
    late.hear(accepted(), claim(date(2024, 3, 21)))

    assert (Measure.DECLARE_CLAIM, M.DECLARED) == measure_of(in_time)
    assert ["declaration-period-over"] == reasons_of(late)

    late.hear(claim(date(2024, 3, 21), what=A.CLAIM_SUPPLEMENTED))
    assert (Measure.DECLARE_CLAIM, M.DECLARED) == measure_of(late)


@pytest.mark.parametrize(
    ("declare_by", "on", "reasons"),
    [
        (None, date(2024, 2, 20), []),
        (None, date(2024, 4, 22), []),
        (None, date(2024, 4, 23), ["declaration-period-over"]),
        (date(2024, 3, 16), date(2024, 3, 18), []),
        (date(2024, 3, 16), date(2024, 3, 19), ["declaration-period-over"]),
        (date(2024, 5, 6), date(2024, 5, 6), []),
    ],
)
def test_a_claim_is_too_late_only_when_it_is_so_by_any_reading(
    declare_by: date | None, on: date, reasons: list[str]
) -> None:
    """Announced on 20 January: the safe day is 19 February, and three months end on Saturday 20 April, so on Monday the 22nd.

    The court's own day counts whatever it is; Saturday 16 March moves to Monday the 18th (民法典 203).
    """
    started = in_arrears(on)
    started.hear(accepted(declare_by=declare_by), claim(on))

    assert reasons == reasons_of(started)


def test_while_the_courts_day_is_not_known_a_claim_may_be_a_supplement_too() -> None:
    """From the 31st day on it may be either; the stage goes on to it when three months are over (企业破产法 45)."""
    started = in_arrears(date(2024, 2, 20))
    started.hear(accepted(declare_by=None))
    assert (Measure.DECLARE_CLAIM, M.DECLARE) == measure_of(started)

    started.hear(claim(date(2024, 2, 20), what=A.CLAIM_SUPPLEMENTED))
    assert [] == reasons_of(started)

    waiting = in_arrears(date(2024, 2, 20))
    waiting.hear(accepted(declare_by=None))
    waiting.wait_until(at(date(2024, 4, 20)))
    assert (Measure.DECLARE_CLAIM, M.DECLARE) == measure_of(waiting)

    waiting.wait_until(at(date(2024, 4, 21)))
    assert (Measure.DECLARE_CLAIM, M.SUPPLEMENT) == measure_of(waiting)


def test_a_claim_that_is_not_what_the_books_say_is_refused_with_their_figures() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), claim(FEBRUARY_1, declared_fen=69_999, fee_fen=1_301))

    values = started.decisions[-1].reason.values
    assert ["claim-principal-differs", "claim-late-fee-differs"] == reasons_of(started)
    assert ("100000", "1300") == (values["principal_fen"], values["late_fee_fen"])
    assert "1,000.00元" in values["reasons_text"]


def test_only_pension_and_medical_have_a_part_that_need_not_be_declared() -> None:
    started = claim_desk(registered(), missed(insurance=Insurance.UNEMPLOYMENT), today=FEBRUARY_1)
    started.hear(accepted(), claim(FEBRUARY_1, listed_fen=1, declared_fen=99_999))
    assert ["listed-beyond-account-kinds"] == reasons_of(started)

    started.hear(claim(FEBRUARY_1, listed_fen=0, declared_fen=100_000))
    assert "insolvency-act-recorded" == started.codes[-1]


def test_the_books_estimate_the_part_that_goes_into_personal_accounts() -> None:
    """Since 2019-05: 8 of 24 parts of a pension line, one third less a hair: 33,330 of 100,000 fen."""
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())
    assert started.case is not None
    assert started.case.unit_status is not None
    proceeding = position(started.case.unit_status.records).proceeding
    assert proceeding is not None

    found = books(started.case, proceeding, started.context)

    assert (100_000, 100_000, 33_330, 1_300) == found[:4]


def test_the_measure_says_what_must_be_declared_and_what_need_not_and_says_it_anew_when_a_line_is_found() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())
    found = told(started).claim
    assert found is not None
    assert (100_000, 33_330, 1_300, 0) == (
        found.principal_fen,
        found.listed_estimate_fen,
        found.late_fee_fen,
        found.claimed_fen,
    )

    started.hear(missed("M-2", insurance=Insurance.UNEMPLOYMENT, assessed_fen=5_000))
    more = told(started).claim
    assert more is not None
    assert (105_000, 33_330) == (more.principal_fen, more.listed_estimate_fen)


def test_what_was_paid_before_the_acceptance_is_not_claimed_and_what_is_paid_later_does_not_change_the_claim() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), paid("P-1", paid_fen=20_000, paid_on=date(2024, 1, 10)))
    started.hear(paid("P-2", paid_fen=30_000, paid_on=date(2024, 1, 31)), claim(FEBRUARY_1, declared_fen=50_000))

    assert "insolvency-act-recorded" == started.codes[-1]


def test_what_is_not_due_yet_counts_as_due_and_months_after_the_declaration_are_not_owed() -> None:
    """June 2024 has begun when the unit is declared bankrupt on June 3; July has not."""
    started = in_arrears(AUGUST_1)
    started.hear(accepted(), declared())
    for number, month in enumerate(("2024-02", "2024-06", "2024-07")):
        due_on = date(2024, 12, 16)
        started.hear(missed(f"M-{number + 2}", month=month, due_on=due_on, occurred_on=date(2024, 7, 1)))

    started.hear(claim(AUGUST_1, declared_fen=270_000, what=A.CLAIM_SUPPLEMENTED))
    assert "insolvency-act-recorded" == started.codes[-1]

    started.hear(act(A.OBJECTION_FILED, AUGUST_1, "I-9"))
    values = started.decisions[-1].reason.values
    assert ("300000", "200000", "100000") == (
        values["principal_fen"],
        values["after_acceptance_fen"],
        values["after_declaration_fen"],
    )


def test_a_line_found_after_the_claim_is_supplemented_until_the_last_distribution() -> None:
    started = claimed()
    started.hear(missed("M-2", insurance=Insurance.MEDICAL, occurred_on=date(2024, 7, 1)))
    assert (Measure.DECLARE_CLAIM, M.SUPPLEMENT) == measure_of(started)

    supplement = claim(JULY_1, what=A.CLAIM_SUPPLEMENTED, reference="I-2")
    started.hear(share(JULY_1, 0, 0, 0, "D-1", is_last_distribution=True), supplement)
    assert ["final-distribution-over"] == reasons_of(started)

    started.hear(claim(date(2024, 6, 30), what=A.CLAIM_SUPPLEMENTED, reference="I-2"))
    assert (Measure.DECLARE_CLAIM, M.DISTRIBUTED) == measure_of(started)


def test_a_supplement_before_the_time_is_over_and_a_second_claim_are_refused() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), claim(FEBRUARY_1, what=A.CLAIM_SUPPLEMENTED))
    assert ["declaration-period-open"] == reasons_of(started)

    started.hear(claim(FEBRUARY_1), claim(FEBRUARY_1, reference="I-2"))
    assert "claim-already-filed" == reasons_of(started)[0]


@pytest.mark.parametrize(
    ("plan_fen", "stage"), [(70_000, M.PLAN_IN_ORDER), (69_999, M.OBJECT_TO_PLAN)], ids=["whole", "cut by a fen"]
)
def test_a_reorganisation_plan_cannot_cut_the_contributions(plan_fen: int, stage: MeasureStage) -> None:
    started = in_arrears(JULY_1)
    started.hear(
        accepted(),
        claim(FEBRUARY_1),
        status(S.REORGANISING, date(2024, 4, 1), "S-2"),
        act(A.PLAN_EXAMINED, JULY_1, "I-2", plan_fen=plan_fen),
    )

    assert (Measure.REORGANISATION, stage) == measure_of(started)
    assert "企业破产法 83" in started.decisions[-1].reason.paragraphs


def test_a_plan_is_examined_in_a_reorganisation_only() -> None:
    started = in_arrears(JULY_1)
    started.hear(accepted(), act(A.PLAN_EXAMINED, JULY_1, plan_fen=1))

    assert ["no-reorganisation", "no-claim"] == reasons_of(started)


def test_a_failed_reorganisation_goes_on_as_a_bankruptcy_with_its_claim() -> None:
    started = in_arrears(JULY_1)
    started.hear(status(S.REORGANISING, date(2024, 1, 10)), claim(FEBRUARY_1), declared())

    assert (Measure.DECLARE_CLAIM, M.DECLARED) == measure_of(started)


def test_acts_need_what_they_are_about() -> None:
    started = in_arrears(FEBRUARY_1)

    started.hear(claim(FEBRUARY_1))
    assert ["no-bankruptcy"] == reasons_of(started)

    started.hear(act(A.OBJECTION_FILED, FEBRUARY_1))
    assert ["no-simple-deregistration"] == reasons_of(started)

    started.hear(act(A.LIQUIDATION_APPLIED, FEBRUARY_1))
    assert ["not-revoked"] == reasons_of(started)


def test_an_act_about_a_unit_nobody_registered_is_refused() -> None:
    started = Desk(FEBRUARY_1)
    started.hear(claim(FEBRUARY_1))

    assert ["unit-not-known"] == reasons_of(started)
    assert started.case is None


def test_an_act_is_corrected_by_revision_and_judged_as_if_it_had_not_been_there() -> None:
    started = claimed()
    started.hear(claim(FEBRUARY_1, listed_fen=33_330, declared_fen=66_670, revision=2))
    assert "insolvency-act-recorded" == started.codes[-1]

    started.hear(claim(FEBRUARY_1), claim(FEBRUARY_1, revision=2))
    assert ["revision-known", "revision-conflict"] == [code for code in started.codes if code.startswith("revision")]


def test_an_act_is_taken_back_while_nothing_rests_on_it() -> None:
    started = claimed()
    started.hear(share(JULY_1, 30_000, 0, 0, "D-1"))
    taken_back = claim(JULY_1, reference="I-8", reverses="I-1")

    started.hear(taken_back)
    assert ["others-rest-on-it"] == reasons_of(started)

    started.hear(share(JULY_1, 0, 0, 0, "D-8", reverses="D-1"), taken_back)
    assert ["insolvency-act-reversed", "insolvency-act-reversed"] == started.codes[-2:]
    assert (Measure.DECLARE_CLAIM, M.SUPPLEMENT) == measure_of(started)


def test_a_reversal_names_an_act_of_its_own_kind() -> None:
    started = claimed()

    started.hear(act(A.OBJECTION_FILED, JULY_1, "I-8", reverses="I-1"))
    assert ["reversed-act-unknown"] == reasons_of(started)


def test_an_earlier_bankruptcys_claim_is_history_in_the_next_one() -> None:
    started = in_arrears(date(2024, 12, 2))
    started.hear(accepted(), claim(FEBRUARY_1), status(S.OPERATING, date(2024, 5, 6), "S-2"))
    started.hear(accepted(date(2024, 12, 2), "S-3"))

    assert (Measure.DECLARE_CLAIM, M.AWAIT_ANNOUNCEMENT) == measure_of(started)
