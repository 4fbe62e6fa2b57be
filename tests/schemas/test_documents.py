"""Contracts of documents: no document may say two amounts, and each has the terms of its own kind alone."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.document_terms import LINES_MAX, DeferralAgreementTerms, EarlierNotice, Instalment, SecurityKind
from schemas.documents import DocumentCompleted, DocumentKind, receipt_text
from tests.services.documents.samples import TERMS, claim, line, notice, owed

AGREEMENT = DeferralAgreementTerms(
    notice=EarlierNotice(
        number="文社险限缴〔2026〕12号",
        dated_on=date(2026, 11, 20),
        served_on=date(2026, 11, 23),
        pay_by=date(2026, 11, 30),
    ),
    instalments=(Instalment(due_on=date(2027, 1, 31), amount_fen=51_000),) * 2,
    security=SecurityKind.MORTGAGE,
    security_description="机器设备一批",
    security_contract="文社抵〔2026〕1号",
)


def code_of(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    return refused.value.errors()[0]["type"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"owed_fen": 99_999}, "owed-differs"),
        ({"paid_fen": 1}, "owed-differs"),
        ({"unit_part_fen": 70_000, "employee_part_fen": 30_001}, "parts-differ"),
        ({"due_fen": 10**12 + 1}, "amount-out-of-range"),
    ],
)
def test_a_line_that_does_not_add_up_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        line(**changed)

    assert code == code_of(refused)


def test_a_line_that_is_paid_beyond_what_is_due_owes_nothing() -> None:
    assert 0 == line(paid_fen=100_001, owed_fen=0).owed_fen


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"principal_fen": 100_001}, "principal-differs"), ({"late_fee_fen": 0}, "late-fee-differs")],
)
def test_sums_other_than_those_of_the_lines_are_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        owed([line()], **changed)

    assert code == code_of(refused)


@pytest.mark.parametrize("count", [0, LINES_MAX + 1])
def test_no_lines_and_too_many_lines_are_refused(count: int) -> None:
    with pytest.raises(ValidationError):
        owed([line()] * count)


@pytest.mark.parametrize(
    "changed",
    [
        {"payment_notice": None},
        {"deferral_agreement": AGREEMENT},
        {"kind": DocumentKind.DEFERRAL_AGREEMENT},
        {"kind": DocumentKind.CLAIM_DECLARATION, "payment_notice": None},
    ],
)
def test_terms_of_another_kind_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        notice(**changed)

    assert "terms-of-another-kind" == code_of(refused)


@pytest.mark.parametrize(("second_fen", "is_whole"), [(51_000, True), (51_001, False), (50_999, False)])
def test_instalments_are_what_is_owed_with_its_late_fee(second_fen: int, *, is_whole: bool) -> None:
    """1,000 yuan and 20 yuan of late fee: two times 510."""
    second = Instalment(due_on=date(2027, 2, 28), amount_fen=second_fen)
    terms = AGREEMENT.model_copy(update={"instalments": (AGREEMENT.instalments[0], second)})
    changed = {"kind": DocumentKind.DEFERRAL_AGREEMENT, "payment_notice": None, "deferral_agreement": terms}
    codes = []
    try:
        notice(**changed)
    except ValidationError as error:
        codes = [one["type"] for one in error.errors()]

    assert ([] if is_whole else ["instalments-differ"]) == codes


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"pooled_fen": 119_999}, ["claim-differs"]),
        ({"accepted_on": date(2026, 11, 19)}, ["late-fee-past-acceptance"]),
    ],
)
def test_a_claim_is_the_principal_with_the_late_fee_to_the_acceptance(
    changed: dict[str, Any], codes: list[str]
) -> None:
    """The late fee is computed to 2026-11-20."""
    terms = claim().claim_declaration
    assert terms is not None
    found = []
    try:
        claim(claim_declaration=terms.model_copy(update=changed))
    except ValidationError as error:
        found = [one["type"] for one in error.errors()]

    assert codes == found


def test_a_receipt_says_what_the_outcome_tells() -> None:
    told = DocumentCompleted.told_by(receipt_text("a" * 64, 1_234, 5, "payment-notice-1 typst-0.15.2 0123456789ab"))

    assert ("a" * 64, "1234", "5") == (told["sha256"], told["byte_count"], told["page_count"])
    assert "payment-notice-1 typst-0.15.2 0123456789ab" == told["template_release"]


@pytest.mark.parametrize("receipt", ["", "receipt-3f2b8c1e", "a;b;c;d;e"])
def test_a_receipt_of_another_provider_tells_nothing(receipt: str) -> None:
    assert {} == dict(DocumentCompleted.told_by(receipt))


def test_the_terms_given_are_those_of_the_sample() -> None:
    assert TERMS == notice().payment_notice
