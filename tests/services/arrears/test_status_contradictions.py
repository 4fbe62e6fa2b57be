"""What cannot be true of a unit at once is refused, with all its reasons; what is corrected or reversed is not held against it."""

from datetime import date
from typing import Any

import pytest

from schemas.insolvency_acts import CourtRuling, InsolvencyAct, InsolvencyActRecorded
from schemas.unit_status import DeregistrationWay, LegalForm, Measure, MeasureStage, UnitStanding
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_status_standing import position
from tests.services.arrears.samples import desk, registered
from tests.services.arrears.samples_status import (
    ACCEPTED_ON,
    COURT,
    accepted,
    act,
    declared,
    in_arrears,
    measure_of,
    reasons_of,
    status,
    told,
)

S = UnitStanding
SOLE: dict[str, Any] = {"legal_form": LegalForm.SOLE_PROPRIETOR}
SIMPLE: dict[str, Any] = {"deregistration_way": DeregistrationWay.SIMPLE}
LATER = date(2024, 1, 11)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ([status(S.DEREGISTERED, ACCEPTED_ON), accepted(LATER, "S-2")], ["in-court-after-deregistration"]),
        ([status(S.DEREGISTERED, ACCEPTED_ON), status(S.OPERATING, LATER, "S-2")], ["status-after-deregistration"]),
        ([declared(LATER)], ["declared-before-acceptance"]),
        ([accepted(LATER), declared(ACCEPTED_ON)], ["declared-before-acceptance", "accepted-twice"]),
        ([accepted(), accepted(LATER, "S-2")], ["accepted-twice"]),
        ([accepted(), status(S.LIQUIDATING, LATER, "S-2")], ["liquidation-in-bankruptcy"]),
        ([status(S.LIQUIDATING, LATER, **SOLE)], ["sole-proprietor-has-no-liquidation"]),
        ([accepted(**SOLE)], ["sole-proprietor-in-bankruptcy"]),
        ([status(S.REVOKED, ACCEPTED_ON), status(S.OPERATING, LATER, "S-2")], ["operating-after-revocation"]),
        ([accepted(), status(S.OPERATING, LATER, "S-2", court=None)], ["operating-without-ruling"]),
        (
            [status(S.REVOKED, ACCEPTED_ON), status(S.DEREGISTRATION_ANNOUNCED, LATER, "S-2")],
            ["simple-deregistration-of-revoked-unit"],
        ),
        (
            [status(S.UNREACHABLE, ACCEPTED_ON), status(S.DEREGISTRATION_ANNOUNCED, LATER, "S-2")],
            ["simple-deregistration-of-unreachable-unit"],
        ),
        (
            [accepted(), status(S.DEREGISTRATION_ANNOUNCED, LATER, "S-2")],
            ["simple-deregistration-in-bankruptcy"],
        ),
        ([status(S.OPERATING, ACCEPTED_ON), status(S.REVOKED, LATER, "S-2", **SOLE)], ["legal-form-differs"]),
        ([status(S.REVOKED, ACCEPTED_ON), status(S.REVOKED, LATER, "S-2")], ["revoked-twice"]),
        ([accepted(), status(S.DEREGISTERED, LATER, "S-2", **SIMPLE)], ["deregistered-otherwise-in-bankruptcy"]),
        (
            [status(S.REVOKED, ACCEPTED_ON), status(S.DEREGISTERED, LATER, "S-2", **SIMPLE)],
            ["simple-deregistration-of-revoked-unit"],
        ),
    ],
)
def test_a_contradiction_is_refused_with_its_reasons(facts: list[object], reasons: list[str]) -> None:
    started = in_arrears()
    started.hear(*facts)  # type: ignore[arg-type]  # a list of facts, of which pytest keeps no type
    before = started.decisions[-2].state

    assert "unit-status-refused" == started.codes[-1]
    assert set(reasons) <= set(reasons_of(started))
    assert before is started.case


@pytest.mark.parametrize(("court", "holds"), [(None, S.BANKRUPTCY_ACCEPTED), (COURT, S.OPERATING)])
def test_that_a_unit_is_still_registered_as_operating_ends_no_bankruptcy_without_its_courts_ruling(
    court: str | None, holds: S
) -> None:
    """A unit in bankruptcy stays 存续 in the register until it is deregistered: enforcement rests (企业破产法 19), and no late fee runs."""
    started = in_arrears()
    started.hear(accepted(), status(S.OPERATING, LATER, "S-2", court=court))

    assert started.case is not None
    assert started.case.unit_status is not None
    assert (holds,) == position(started.case.unit_status.records).standings
    assert (holds is S.OPERATING) == (late_fee_fen(started.line(), date(2024, 1, 12)) > 26 * 50)


def test_every_reason_is_named_when_there_are_several() -> None:
    started = in_arrears()
    started.hear(status(S.DEREGISTERED, ACCEPTED_ON), declared(LATER, **SOLE))

    assert [
        "in-court-after-deregistration",
        "legal-form-differs",
        "sole-proprietor-in-bankruptcy",
        "declared-before-acceptance",
    ] == reasons_of(started)
    assert "个体工商户不适用企业破产法" in started.decisions[-1].reason.values["reasons_text"]


def test_declared_after_the_declaration_is_refused() -> None:
    started = in_arrears(date(2024, 6, 10))
    started.hear(accepted(), declared())

    started.hear(declared(date(2024, 6, 5), "S-3"))
    assert ["declared-twice"] == reasons_of(started)

    started.hear(status(S.REORGANISING, date(2024, 6, 5), "S-4"))
    assert ["accepted-after-declaration"] == reasons_of(started)

    started.hear(status(S.OPERATING, date(2024, 6, 5), "S-5"))
    assert ["operating-after-declaration"] == reasons_of(started)


def test_the_acceptance_cannot_be_taken_back_while_the_declaration_stands() -> None:
    started = in_arrears(date(2024, 6, 10))
    started.hear(accepted(), declared())

    started.hear(accepted(date(2024, 6, 5), "S-9", reverses="S-1"))
    assert ["declared-before-acceptance"] == reasons_of(started)

    started.hear(declared(date(2024, 6, 5), "S-8", reverses="S-2"), accepted(date(2024, 6, 6), "S-9", reverses="S-1"))
    assert ["unit-status-recorded", "unit-status-recorded"] == started.codes[-2:]


def test_a_correction_replaces_what_was_said_and_a_repeat_is_known() -> None:
    started = in_arrears()
    started.hear(accepted(), accepted(LATER, revision=2))
    assert "unit-status-recorded" == started.codes[-1]

    started.hear(accepted(), accepted(LATER, revision=2), accepted(date(2024, 1, 12), revision=2))

    assert ["revision-known", "content-known", "revision-conflict"] == started.codes[-3:]
    assert started.case is not None
    assert started.case.unit_status is not None
    proceeding = position(started.case.unit_status.records).proceeding
    assert proceeding is not None
    assert LATER == proceeding.accepted_on


def test_a_deregistration_entered_wrongly_is_reversed_and_the_unit_lives() -> None:
    started = in_arrears()
    started.hear(status(S.DEREGISTERED, ACCEPTED_ON), status(S.DEREGISTERED, LATER, "S-2", reverses="S-1"))
    started.hear(accepted(LATER, "S-3"))

    assert "unit-status-recorded" == started.codes[-1]


def test_revoked_and_then_bankrupt_is_no_contradiction() -> None:
    started = in_arrears()
    started.hear(status(S.REVOKED, ACCEPTED_ON), accepted(LATER, "S-2"))

    assert started.case is not None
    assert started.case.unit_status is not None
    assert (S.BANKRUPTCY_ACCEPTED, S.REVOKED) == position(started.case.unit_status.records).standings


def ruling(what: CourtRuling, on: date, reference: str = "R-1", **changed: Any) -> InsolvencyActRecorded:
    return act(InsolvencyAct.RULING_RECEIVED, on, reference, ruling=what, court=COURT, **changed)


def test_a_ruling_that_the_desk_received_counts_like_the_registrars() -> None:
    started = in_arrears()
    started.hear(ruling(CourtRuling.ACCEPTED, ACCEPTED_ON))

    assert (Measure.DECLARE_CLAIM, MeasureStage.AWAIT_ANNOUNCEMENT) == measure_of(started)
    assert 26 * 50 == late_fee_fen(started.line(), date(2024, 6, 1))


def test_registrar_and_desk_that_say_the_same_ruling_agree_and_add_to_each_other() -> None:
    started = in_arrears(date(2024, 6, 10))
    started.hear(accepted(announced_on=None, declare_by=None, legal_form=LegalForm.OTHER))
    started.hear(ruling(CourtRuling.ACCEPTED, ACCEPTED_ON, announced_on=ACCEPTED_ON, declare_by=date(2024, 4, 1)))
    started.hear(declared(legal_form=LegalForm.OTHER), ruling(CourtRuling.DECLARED, date(2024, 6, 3), "R-2"))

    assert ["unit-status-recorded"] * 4 == started.codes[-4:]
    assert date(2024, 4, 1) == told(started).deadline_on


def test_registrar_and_desk_that_differ_about_a_ruling_are_refused_until_one_is_corrected() -> None:
    started = in_arrears()
    started.hear(accepted(), ruling(CourtRuling.ACCEPTED, LATER))
    assert ["accepted-twice"] == reasons_of(started)

    started.hear(accepted(LATER, revision=2), ruling(CourtRuling.ACCEPTED, LATER))
    assert "unit-status-recorded" == started.codes[-1]


def test_a_ruling_set_aside_is_taken_back_by_the_desk() -> None:
    started = in_arrears()
    started.hear(ruling(CourtRuling.ACCEPTED, ACCEPTED_ON))
    started.hear(act(InsolvencyAct.RULING_RECEIVED, LATER, "R-9", reverses="R-1"))

    assert Measure.REMIND is measure_of(started)[0]


def test_a_status_of_the_future_is_refused() -> None:
    started = desk(registered(), today=date(2024, 1, 8))

    assert "dated-in-the-future" == started.hear(accepted()).reason.code


def test_a_case_keeps_only_so_many_status_records() -> None:
    started = desk(registered(), today=date(2024, 1, 12))
    for number in range(50):
        started.hear(status(S.OPERATING, ACCEPTED_ON, f"S-{number}"))

    assert "case-full" == started.hear(status(S.OPERATING, ACCEPTED_ON, "S-more")).reason.code


@pytest.mark.parametrize(
    ("on", "reasons"),
    [
        (date(2025, 3, 31), ["forced-deregistration-too-early"]),
        (date(2025, 4, 1), []),
    ],
)
def test_the_registrar_forces_a_deregistration_after_three_years_and_sixty_days(on: date, reasons: list[str]) -> None:
    """公司法 241: revoked on 2022-01-30; three years to 2025-01-30, sixty days of announcement to 2025-03-31."""
    started = in_arrears(date(2025, 4, 2))
    started.hear(status(S.REVOKED, date(2022, 1, 30)))
    started.hear(status(S.DEREGISTERED, on, "S-2", deregistration_way=DeregistrationWay.BY_REGISTRAR))

    assert reasons == reasons_of(started)


@pytest.mark.parametrize(
    ("on", "reasons"), [(date(2024, 6, 30), ["forced-deregistration-before-law"]), (date(2024, 7, 1), [])]
)
def test_before_the_law_of_2024_nobody_was_deregistered_by_force(on: date, reasons: list[str]) -> None:
    """Nobody told of the revocation here: the registrar knows of it, and the law of its day is looked at alone."""
    started = in_arrears(date(2024, 7, 2))
    started.hear(status(S.DEREGISTERED, on, "S-2", deregistration_way=DeregistrationWay.BY_REGISTRAR))

    assert reasons == reasons_of(started)
