"""What each kind of document tells besides what is owed: its terms as the texts that are set. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.document_terms import EarlierNotice, NoticeGround, SecurityKind
from schemas.documents import DocumentKind, DocumentRequested
from services.documents.figures import capitals, day, yuan

Terms = dict[str, Any]

GROUNDS = {
    NoticeGround.NOT_DECLARED: "未按规定申报且未缴纳社会保险费",
    NoticeGround.NOT_PAID: "申报后未按时足额缴纳社会保险费",
    NoticeGround.UNDER_REPORTED: "因瞒报、漏报职工人数、缴费基数等事项而少缴社会保险费",
}
"""The three of 令20号 16, in its words."""

SECURITIES = {SecurityKind.MORTGAGE: "抵押", SecurityKind.PLEDGE: "质押", SecurityKind.GUARANTEE: "保证"}


def terms_of(request: DocumentRequested) -> Terms:
    """Give the terms of the request's kind."""
    return _TERMS[request.kind](request)


def _payment_notice(request: DocumentRequested) -> Terms:
    terms = request.payment_notice
    assert terms is not None
    return {
        "grounds": "，并".join(GROUNDS[ground] for ground in terms.grounds),
        "found_on": day(terms.found_on),
        "legal_basis": "、".join(terms.legal_basis),
        "term_working_days": str(terms.term_working_days),
        "payment_channels": _clauses(terms.payment_channels),
        "reconsideration_authority": terms.remedies.reconsideration_authority,
        "reconsideration_days": str(terms.remedies.reconsideration_days),
        "court": terms.remedies.court,
        "lawsuit_months": str(terms.remedies.lawsuit_months),
    }


def _enforcement_demand(request: DocumentRequested) -> Terms:
    terms = request.enforcement_demand
    assert terms is not None
    return {
        "notice": _earlier(terms.notice),
        "purpose": terms.purpose.value,
        "term_working_days": str(terms.term_working_days),
        "payment_channels": _clauses(terms.payment_channels),
        "hearing_working_days": str(terms.hearing_working_days),
    }


def _transfer_application(request: DocumentRequested) -> Terms:
    terms = request.transfer_application
    assert terms is not None
    return {
        "notice": _earlier(terms.notice),
        "addressed_to": terms.addressed_to,
        "accounts": [
            {"no": str(number), "bank": account.bank, "account_name": account.account_name}
            for number, account in enumerate(terms.accounts, start=1)
        ],
        "attachments": _clauses(terms.attachments),
    }


def _deferral_agreement(request: DocumentRequested) -> Terms:
    terms = request.deferral_agreement
    assert terms is not None
    return {
        "notice": _earlier(terms.notice),
        "instalments": [
            {"no": str(number), "due_on": day(part.due_on), "amount": yuan(part.amount_fen)}
            for number, part in enumerate(terms.instalments, start=1)
        ],
        "security": SECURITIES[terms.security],
        "security_description": terms.security_description,
        "security_contract": terms.security_contract,
    }


def _claim_declaration(request: DocumentRequested) -> Terms:
    terms = request.claim_declaration
    assert terms is not None
    declared_fen = terms.pooled_fen + request.owed.late_fee_fen
    return {
        "administrator": terms.administrator,
        "court": terms.court,
        "case_number": terms.case_number,
        "accepted_on": day(terms.accepted_on),
        "declare_by": day(terms.declare_by),
        "individual_account": yuan(terms.individual_account_fen),
        "pooled": yuan(terms.pooled_fen),
        "declared": yuan(declared_fen),
        "declared_capitals": capitals(declared_fen),
        "evidence": _clauses(terms.evidence),
    }


def _earlier(notice: EarlierNotice) -> Terms:
    return {
        "number": notice.number,
        "dated_on": day(notice.dated_on),
        "served_on": day(notice.served_on),
        "pay_by": day(notice.pay_by),
    }


def _clauses(texts: tuple[str, ...]) -> list[str]:
    """Texts without the stop at their end: the template sets one."""
    return [text.strip().rstrip("。；;") for text in texts]


_TERMS: Mapping[DocumentKind, Callable[[DocumentRequested], Terms]] = {
    DocumentKind.PAYMENT_NOTICE: _payment_notice,
    DocumentKind.ENFORCEMENT_DEMAND: _enforcement_demand,
    DocumentKind.TRANSFER_APPLICATION: _transfer_application,
    DocumentKind.DEFERRAL_AGREEMENT: _deferral_agreement,
    DocumentKind.CLAIM_DECLARATION: _claim_declaration,
}
