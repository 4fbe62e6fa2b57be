"""What a paper of enforcement tells: its request as data, with all that its paragraphs want of it."""

from msgspec.structs import replace

from schemas.decision import Context
from schemas.document_terms import (
    BankAccount,
    DeferralAgreementTerms,
    DemandPurpose,
    EarlierNotice,
    EnforcementDemandTerms,
    Instalment,
    IssuingOffice,
    Remedies,
    SecurityKind,
    TransferApplicationTerms,
    TransferDecisionTerms,
)
from schemas.documents import DocumentKind, DocumentRequested
from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import SecurityKind as Secured
from services.arrears import law_enforcement as law
from services.arrears import law_notice, texts_documents, texts_notice
from services.arrears.law_documents import DEPARTMENT
from services.arrears.rules_enforcement_papers import perform_days
from services.arrears.rules_enforcement_state import Paper, Procedure
from services.arrears.rules_enforcement_windows import demand_last_day
from services.arrears.rules_notice_content import Named, named
from services.arrears.rules_notice_document import owed_amounts
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase

TEMPLATE_VERSIONS = {
    DocumentKind.TRANSFER_APPLICATION: 2,
    DocumentKind.ENFORCEMENT_DEMAND: 3,
    DocumentKind.TRANSFER_DECISION: 1,
    DocumentKind.DEFERRAL_AGREEMENT: 2,
}
UNNUMBERED = "（见案卷）"
"""In place of a demand's number, where the demand was made before papers were made out here."""
SECURITIES = {
    Secured.MORTGAGE.value: SecurityKind.MORTGAGE,
    Secured.PLEDGE.value: SecurityKind.PLEDGE,
    Secured.GUARANTOR.value: SecurityKind.GUARANTEE,
}


def content_of(case: UnitCase, notice: Notice, paper: Paper, context: Context) -> Named | None:
    """The lines that a paper names, as they stood on its day; None where they do not bear what was ordered any more.

    What is paid but for its late fee is among them: the notice ordered that too, and before the court it is asked for (令20号 22).
    """
    content = named(case, notice.lines, paper.dated_on, context, also_late_fee_alone=True)
    is_agreement = paper.act is Act.AGREEMENT_SIGNED
    if not content.lines or (is_agreement and content.principal_fen != paper.amount_fen):
        return None
    return content


def paper_request(
    case: UnitCase, notice: Notice, procedure: Procedure, paper: Paper, content: Named, context: Context
) -> DocumentRequested:
    """Ask for a numbered paper."""
    registration = case.registration
    assert registration is not None
    words = texts_documents.office(paper.issuer, registration.agency)
    return DocumentRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        effect_id=paper.document_id,
        kind=paper.kind,
        template_version=TEMPLATE_VERSIONS[paper.kind],
        document_number=paper.number,
        dated_on=paper.dated_on,
        office=IssuingOffice(
            name=words.name,
            desk=texts_documents.desk(paper.issuer),
            address=texts_notice.ADDRESS,
            telephone=words.telephone,
        ),
        owed=owed_amounts(content, paper.dated_on),
        enforcement_demand=_demand(notice, paper, case),
        transfer_application=_application(notice, paper, case),
        transfer_decision=_decision(notice, procedure, paper, case, context),
        deferral_agreement=_agreement(notice, paper),
    )


def with_document_id(case: UnitCase, paper: Paper) -> Paper:
    """The paper with the id of its document: its ordinal is never used again."""
    return replace(paper, document_id=f"{case.unit_code}-enforcement-{paper.ordinal}")


def _earlier(notice: Notice) -> EarlierNotice:
    assert notice.issued_on is not None
    assert notice.served_on is not None
    assert notice.last_day_on is not None
    return EarlierNotice(
        number=notice.number, dated_on=notice.issued_on, served_on=notice.served_on, pay_by=notice.last_day_on
    )


def _issuer_of(notice: Notice, case: UnitCase) -> str:
    assert case.registration is not None
    return texts_notice.OFFICES[notice.authority][case.registration.agency].name


def _demand(notice: Notice, paper: Paper, case: UnitCase) -> EnforcementDemandTerms | None:
    if paper.kind is not DocumentKind.ENFORCEMENT_DEMAND:
        return None
    is_of_department = paper.issuer == DEPARTMENT
    return EnforcementDemandTerms(
        notice=_earlier(notice),
        purpose=DemandPurpose.TRANSFER if is_of_department else DemandPurpose.COURT,
        term_working_days=perform_days(paper),
        payment_channels=(texts_notice.channel(notice.authority),),
        hearing_working_days=law.DEMAND_DAYS_MIN.value,
        notice_issued_by=_issuer_of(notice, case) if is_of_department else None,
        transfer_fen=paper.amount_fen,
    )


def _application(notice: Notice, paper: Paper, case: UnitCase) -> TransferApplicationTerms | None:
    if paper.kind is not DocumentKind.TRANSFER_APPLICATION:
        return None
    assert case.registration is not None
    return TransferApplicationTerms(
        notice=_earlier(notice),
        addressed_to=texts_documents.DEPARTMENTS[case.registration.agency].name,
        accounts=_accounts(paper),
        attachments=texts_documents.APPLICATION_ATTACHMENTS,
        amount_fen=paper.amount_fen,
    )


def _decision(
    notice: Notice, procedure: Procedure, paper: Paper, case: UnitCase, context: Context
) -> TransferDecisionTerms | None:
    if paper.kind is not DocumentKind.TRANSFER_DECISION:
        return None
    assert case.registration is not None
    demand = procedure.paper_of(Act.DEMAND_SERVED)
    demanded_on, last = procedure.demanded_on, demand_last_day(procedure, context.calendar)
    assert demanded_on is not None
    assert last is not None
    words = texts_documents.DEPARTMENTS[case.registration.agency]
    return TransferDecisionTerms(
        notice=_earlier(notice),
        notice_issued_by=_issuer_of(notice, case),
        demand_number=UNNUMBERED if demand is None else demand.number,
        demand_served_on=demanded_on,
        perform_by=last.on,
        is_urgent=paper.dated_on <= last.on,
        amount_fen=paper.amount_fen,
        accounts=_accounts(paper),
        remedies=Remedies(
            reconsideration_authority=words.reviewed_by,
            reconsideration_days=law_notice.REVIEW_DAYS.value,
            court=words.court,
            lawsuit_months=law_notice.LAWSUIT_MONTHS.value,
        ),
    )


def _agreement(notice: Notice, paper: Paper) -> DeferralAgreementTerms | None:
    if paper.kind is not DocumentKind.DEFERRAL_AGREEMENT:
        return None
    return DeferralAgreementTerms(
        notice=_earlier(notice),
        instalments=tuple(Instalment(due_on=on, amount_fen=fen) for on, fen in paper.instalments),
        security=SECURITIES[paper.security],
        security_description=paper.security_description,
        security_contract=paper.security_contract,
    )


def _accounts(paper: Paper) -> tuple[BankAccount, ...]:
    return tuple(BankAccount(bank=bank, account_name=name) for bank, name in paper.accounts)
