"""Documents whose sums are those of their parts: drawn at random they would never add up, and none would be decided."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.document_terms import (
    ClaimDeclarationTerms,
    DeferralAgreementTerms,
    DocumentLine,
    EnforcementDemandTerms,
    OwedAmounts,
    PaymentNoticeTerms,
    TransferApplicationTerms,
    TransferDecisionTerms,
)
from schemas.documents import DocumentKind, DocumentRequested
from schemas.fact import Wire
from schemas.vocabulary import AMOUNT_FEN_MAX

Plain = dict[str, Any]
Draw = Callable[[type[Wire]], Plain]

TERMS: Mapping[str, type[Wire]] = {
    DocumentKind.PAYMENT_NOTICE: PaymentNoticeTerms,
    DocumentKind.ENFORCEMENT_DEMAND: EnforcementDemandTerms,
    DocumentKind.TRANSFER_APPLICATION: TransferApplicationTerms,
    DocumentKind.TRANSFER_DECISION: TransferDecisionTerms,
    DocumentKind.DEFERRAL_AGREEMENT: DeferralAgreementTerms,
    DocumentKind.CLAIM_DECLARATION: ClaimDeclarationTerms,
}
"""The terms of each kind."""


def added_up(model: type[Wire], plain: Plain, draw: Draw) -> Plain:
    """Give a document, or a part of one, whose sums are right; whatever else as it is."""
    if model is DocumentLine:
        return plain | {"owed_fen": max(plain["due_fen"] - plain["paid_fen"], 0), "employee_part_fen": None}
    if model is OwedAmounts:
        sums = {"principal_fen": "owed_fen", "late_fee_fen": "late_fee_fen"}
        return plain | {total: sum(line[part] for line in plain["lines"]) for total, part in sums.items()}
    return _of_its_kind(plain, draw) if model is DocumentRequested else plain


def _of_its_kind(plain: Plain, draw: Draw) -> Plain:
    kind = plain["kind"]
    terms = plain[kind.replace("-", "_")] or draw(TERMS[kind])
    if kind == DocumentKind.DEFERRAL_AGREEMENT:
        whole_fen = plain["owed"]["principal_fen"] + plain["owed"]["late_fee_fen"]
        due_on = terms["instalments"][0]["due_on"]
        amounts = [AMOUNT_FEN_MAX] * (whole_fen // AMOUNT_FEN_MAX) + [whole_fen % AMOUNT_FEN_MAX]
        terms = terms | {"instalments": [{"due_on": due_on, "amount_fen": amount} for amount in amounts]}
    if kind == DocumentKind.CLAIM_DECLARATION:
        terms = terms | {"individual_account_fen": 0, "pooled_fen": plain["owed"]["principal_fen"]}
        terms |= {"accepted_on": max(terms["accepted_on"], plain["owed"]["late_fee_as_of"])}
    return plain | {other.replace("-", "_"): None for other in TERMS} | {kind.replace("-", "_"): terms}
