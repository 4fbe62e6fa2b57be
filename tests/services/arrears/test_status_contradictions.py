"""What cannot be true of a unit at once is refused, with all its reasons; what is corrected or reversed is not held against it."""

from datetime import date
from typing import Any

import pytest

from schemas.unit_status import LegalForm, UnitStanding
from services.arrears.rules_status_standing import position
from tests.services.arrears.samples import desk, registered
from tests.services.arrears.samples_status import (
    ACCEPTED_ON,
    accepted,
    declared,
    in_arrears,
    reasons_of,
    status,
)

S = UnitStanding
SOLE: dict[str, Any] = {"legal_form": LegalForm.SOLE_PROPRIETOR}
LATER = date(2024, 1, 11)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ([status(S.DEREGISTERED, ACCEPTED_ON), accepted(LATER, "S-2")], ["in-court-after-deregistration"]),
        ([status(S.DEREGISTERED, ACCEPTED_ON), status(S.OPERATING, LATER, "S-2")], ["status-after-deregistration"]),
        ([declared(LATER)], ["declared-before-acceptance"]),
        ([accepted(LATER), declared(ACCEPTED_ON)], ["declared-before-acceptance", "accepted-twice"]),
        ([accepted(), accepted(LATER, "S-2")], ["accepted-twice"]),
        ([accepted(**SOLE)], ["sole-proprietor-in-bankruptcy"]),
        ([status(S.REVOKED, ACCEPTED_ON), status(S.OPERATING, LATER, "S-2")], ["operating-after-revocation"]),
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
    ],
)
def test_a_contradiction_is_refused_with_its_reasons(facts: list[object], reasons: list[str]) -> None:
    started = in_arrears()
    started.hear(*facts)  # type: ignore[arg-type]  # a list of facts, of which pytest keeps no type
    before = started.decisions[-2].state

    assert "unit-status-refused" == started.codes[-1]
    assert set(reasons) <= set(reasons_of(started))
    assert before is started.case


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


def test_a_status_of_the_future_is_refused() -> None:
    started = desk(registered(), today=date(2024, 1, 8))

    assert "dated-in-the-future" == started.hear(accepted()).reason.code


def test_a_case_keeps_only_so_many_status_records() -> None:
    started = desk(registered(), today=date(2024, 1, 12))
    for number in range(50):
        started.hear(status(S.OPERATING, ACCEPTED_ON, f"S-{number}"))

    assert "case-full" == started.hear(status(S.OPERATING, ACCEPTED_ON, "S-more")).reason.code
