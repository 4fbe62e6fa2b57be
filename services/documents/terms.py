"""What each kind of document tells besides what is owed: its terms as the texts that are set. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.document_terms import BankAccount, EarlierNotice, NoticeGround, Remedies, SecurityKind
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
        **_remedies(terms.remedies),
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
        "issued_by": terms.notice_issued_by,
        "transfer": None if terms.transfer_fen is None else yuan(terms.transfer_fen),
        "transfer_capitals": None if terms.transfer_fen is None else capitals(terms.transfer_fen),
    }


def _transfer_application(request: DocumentRequested) -> Terms:
    terms = request.transfer_application
    assert terms is not None
    amount_fen = terms.amount_fen or request.owed.principal_fen + request.owed.late_fee_fen
    return {
        "notice": _earlier(terms.notice),
        "addressed_to": terms.addressed_to,
        "accounts": _accounts(terms.accounts),
        "attachments": _clauses(terms.attachments),
        "amount": yuan(amount_fen),
        "amount_capitals": capitals(amount_fen),
    }


def _transfer_decision(request: DocumentRequested) -> Terms:
    terms = request.transfer_decision
    assert terms is not None
    return {
        "notice": _earlier(terms.notice),
        "issued_by": terms.notice_issued_by,
        "demand_number": terms.demand_number,
        "demand_served_on": day(terms.demand_served_on),
        "perform_by": day(terms.perform_by),
        "is_urgent": terms.is_urgent,
        "amount": yuan(terms.amount_fen),
        "amount_capitals": capitals(terms.amount_fen),
        "accounts": _accounts(terms.accounts),
        **_remedies(terms.remedies),
    }


def _deferral_agreement(request: DocumentRequested) -> Terms:
    terms = request.deferral_agreement
    assert terms is not None
    total_fen = sum(part.amount_fen for part in terms.instalments)
    is_all = total_fen == request.owed.principal_fen + request.owed.late_fee_fen
    return {
        "total": yuan(total_fen),
        "covers": "本金和滞纳金" if is_all else "本金",
        "leaves_late_fee": not is_all,
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


def _remedies(remedies: Remedies) -> Terms:
    return {
        "reconsideration_authority": remedies.reconsideration_authority,
        "reconsideration_days": str(remedies.reconsideration_days),
        "court": remedies.court,
        "lawsuit_months": str(remedies.lawsuit_months),
    }


def _accounts(accounts: tuple[BankAccount, ...]) -> list[Terms]:
    return [
        {"no": str(number), "bank": account.bank, "account_name": account.account_name}
        for number, account in enumerate(accounts, start=1)
    ]


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
    DocumentKind.TRANSFER_DECISION: _transfer_decision,
    DocumentKind.DEFERRAL_AGREEMENT: _deferral_agreement,
    DocumentKind.CLAIM_DECLARATION: _claim_declaration,
}
