"""Requests for documents: valid by default, changed by name."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from schemas.document_terms import (
    BankAccount,
    ClaimDeclarationTerms,
    DeferralAgreementTerms,
    DemandPurpose,
    DocumentLine,
    EarlierNotice,
    EnforcementDemandTerms,
    Instalment,
    IssuingOffice,
    LateFeeRate,
    NoticeGround,
    OwedAmounts,
    PaymentNoticeTerms,
    Remedies,
    SecurityKind,
    TransferApplicationTerms,
    TransferDecisionTerms,
)
from schemas.documents import DocumentKind, DocumentRequested
from schemas.vocabulary import Agency, District, Insurance
from services.documents.content import content_of
from services.documents.typesetting import SetDocument, Typesetter

UNIT = "91371003MA3N5Y8K1E"
UNIT_NAME = "威海示例机械有限公司"
NUMBER = "文社险限缴〔2026〕12号"
OFFICE = IssuingOffice(
    name="威海市文登区社会保险服务中心", desk="征缴岗位", address="威海市文登区示例路2号", telephone="0631-12333"
)
REMEDIES = Remedies(
    reconsideration_authority="威海市文登区人民政府",
    reconsideration_days=60,
    court="威海市文登区人民法院",
    lawsuit_months=6,
)
RATES = (LateFeeRate(ten_thousandths=5, paragraph="社会保险法 86"),)
TERMS = PaymentNoticeTerms(
    grounds=(NoticeGround.NOT_PAID,),
    found_on=date(2026, 11, 18),
    term_working_days=5,
    payment_channels=("登录电子税务局（社会保险费）自行缴纳", "到办税服务厅缴纳；转账请注明单位名称和费款所属期。"),
    remedies=REMEDIES,
)


def line(number: int = 0, **changed: Any) -> DocumentLine:
    """1,000 yuan of pension, each a month later than the one before, from January 2026 on; 20 yuan of late fee."""
    year, month = 2026 + number // 12, number % 12 + 1
    fields = {
        "insurance": Insurance.PENSION,
        "month": f"{year}-{month:02d}",
        "due_fen": 100_000,
        "paid_fen": 0,
        "owed_fen": 100_000,
        "due_on": date(year, month, 26),
        "late_fee_fen": 2_000,
    }
    return DocumentLine(**(fields | changed))


def owed(lines: Sequence[DocumentLine], **changed: Any) -> OwedAmounts:
    """The lines with their sums."""
    principal_fen = sum(one.owed_fen for one in lines)
    fields = {
        "lines": tuple(lines),
        "principal_fen": principal_fen,
        "late_fee_fen": sum(one.late_fee_fen for one in lines),
        "late_fee_as_of": date(2026, 11, 20),
        "late_fee_growth_units": principal_fen * 5,
        "rates": RATES,
    }
    return OwedAmounts(**(fields | changed))


def notice(*lines: DocumentLine, **changed: Any) -> DocumentRequested:
    """A notice of these lines, or of one."""
    fields = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date(2026, 11, 20),
        "effect_id": "document-1",
        "unit_code": UNIT,
        "unit_name": UNIT_NAME,
        "kind": DocumentKind.PAYMENT_NOTICE,
        "template_version": 1,
        "document_number": NUMBER,
        "dated_on": date(2026, 11, 20),
        "office": OFFICE,
        "owed": owed(lines or (line(),)),
        "payment_notice": TERMS,
    }
    return DocumentRequested(**(fields | changed))


def set_as_asked(typesetter: Typesetter, request: DocumentRequested) -> SetDocument:
    """The document of a request."""
    return typesetter.set_document(request.kind, request.template_version, content_of(request))


def texts(pdf: bytes) -> list[str]:
    """What a reader of the PDF finds on each page, without blanks and line ends: those are the typesetter's."""
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


DEPARTMENT = IssuingOffice(
    name="威海市文登区人力资源和社会保障局",
    desk="社会保险基金监督岗位",
    address="以办公场所公示为准",
    telephone="0631-12333",
)

EARLIER = EarlierNotice(
    number=NUMBER, dated_on=date(2026, 11, 20), served_on=date(2026, 11, 23), pay_by=date(2026, 11, 30)
)


def of_kind(kind: DocumentKind, number: str, terms: Any, **changed: Any) -> DocumentRequested:
    """A document of another kind about the notice's two lines, a month later."""
    fields = {
        "kind": kind,
        "document_number": number,
        "dated_on": date(2026, 12, 21),
        "owed": owed([line(), line(1)]),
        "payment_notice": None,
        kind.replace("-", "_"): terms,
    }
    return notice(**(fields | changed))


def demand(purpose: DemandPurpose = DemandPurpose.TRANSFER, **changed: Any) -> DocumentRequested:
    """A 催告书."""
    terms = EnforcementDemandTerms(
        notice=EARLIER,
        purpose=purpose,
        term_working_days=10,
        payment_channels=TERMS.payment_channels,
        hearing_working_days=3,
    )
    return of_kind(DocumentKind.ENFORCEMENT_DEMAND, "文社催〔2026〕3号", terms, **changed)


def transfer_application(**changed: Any) -> DocumentRequested:
    """A 划拨社会保险费申请书."""
    terms = TransferApplicationTerms(
        notice=EARLIER,
        addressed_to="威海市文登区人力资源和社会保障局",
        accounts=(
            BankAccount(bank="示例银行威海文登支行", account_name=UNIT_NAME),
            BankAccount(bank="示例农商银行龙山支行", account_name=UNIT_NAME),
        ),
        attachments=("《社会保险费限期补缴通知书》及送达回证", "存款账户查询结果"),
    )
    return of_kind(DocumentKind.TRANSFER_APPLICATION, "文社划申〔2026〕1号", terms, **changed)


def agreement(**changed: Any) -> DocumentRequested:
    """A 延期缴费协议: 2,040 yuan in two parts."""
    terms = DeferralAgreementTerms(
        notice=EARLIER,
        instalments=(
            Instalment(due_on=date(2027, 1, 29), amount_fen=100_000),
            Instalment(due_on=date(2027, 2, 26), amount_fen=104_000),
        ),
        security=SecurityKind.MORTGAGE,
        security_description="机器设备一批（抵押清单见合同）",
        security_contract="文社抵〔2026〕1号",
    )
    return of_kind(DocumentKind.DEFERRAL_AGREEMENT, "文社延〔2026〕1号", terms, **changed)


def claim(**changed: Any) -> DocumentRequested:
    """A 债权申报书: of 2,000 yuan, 800 belong into individual accounts."""
    terms = ClaimDeclarationTerms(
        administrator="山东示例律师事务所",
        court="威海市文登区人民法院",
        case_number="（2026）鲁1003破1号",
        accepted_on=date(2026, 11, 20),
        declare_by=date(2027, 1, 20),
        individual_account_fen=80_000,
        pooled_fen=120_000,
        evidence=("《社会保险费限期补缴通知书》及送达回证", "缴费核定记录"),
    )
    return of_kind(DocumentKind.CLAIM_DECLARATION, "文社债申〔2026〕1号", terms, **changed)


def demand_of_the_department(**changed: Any) -> DocumentRequested:
    """A 催告书 of the department that is going to decide on a transfer of the principal alone (template 2)."""
    terms = EnforcementDemandTerms(
        notice=EARLIER,
        purpose=DemandPurpose.TRANSFER,
        term_working_days=3,
        payment_channels=TERMS.payment_channels,
        hearing_working_days=3,
        notice_issued_by=OFFICE.name,
        transfer_fen=200_000,
    )
    fields = {"template_version": 2, "office": DEPARTMENT}
    return of_kind(DocumentKind.ENFORCEMENT_DEMAND, "文社人社催〔2026〕3号", terms, **(fields | changed))


def demand_before_the_court(**changed: Any) -> DocumentRequested:
    """A 催告书 before the court of the principal alone, where 40 yuan of late fee are owed too (template 3)."""
    asked = demand(DemandPurpose.COURT).enforcement_demand
    assert asked is not None
    terms = asked.model_copy(update={"transfer_fen": 200_000})
    return of_kind(DocumentKind.ENFORCEMENT_DEMAND, "文社催〔2026〕4号", terms, **({"template_version": 3} | changed))


def application_for(amount_fen: int = 200_000, **changed: Any) -> DocumentRequested:
    """A 划拨社会保险费申请书 for an amount of its own (template 2)."""
    asked = transfer_application()
    assert asked.transfer_application is not None
    terms = asked.transfer_application.model_copy(update={"amount_fen": amount_fen})
    return of_kind(asked.kind, asked.document_number, terms, **({"template_version": 2} | changed))


def transfer_decision(**changed: Any) -> DocumentRequested:
    """A 划拨社会保险费决定书 of the principal."""
    terms = TransferDecisionTerms(
        notice=EARLIER,
        notice_issued_by=OFFICE.name,
        demand_number="文社人社催〔2026〕3号",
        demand_served_on=date(2026, 12, 7),
        perform_by=date(2026, 12, 10),
        amount_fen=200_000,
        accounts=(BankAccount(bank="示例银行威海文登支行", account_name=UNIT_NAME),),
        remedies=TERMS.remedies,
    )
    fields = {"office": DEPARTMENT}
    return of_kind(DocumentKind.TRANSFER_DECISION, "文社人社划决〔2026〕1号", terms, **(fields | changed))


def agreement_on_the_principal(**changed: Any) -> DocumentRequested:
    """A 延期缴费协议 on the principal alone: 2,000 yuan in two parts (template 2)."""
    asked = agreement().deferral_agreement
    assert asked is not None
    parts = tuple(Instalment(due_on=part.due_on, amount_fen=100_000) for part in asked.instalments)
    terms = asked.model_copy(update={"instalments": parts})
    return of_kind(DocumentKind.DEFERRAL_AGREEMENT, "文社延〔2026〕1号", terms, **({"template_version": 2} | changed))


EVERY_KIND = {
    request.kind: request
    for request in (
        notice(line(), line(1)),
        demand(),
        transfer_application(),
        transfer_decision(),
        agreement(),
        claim(),
    )
}
"""A document of each kind."""
LATER_VERSIONS = (
    demand_of_the_department(),
    demand_before_the_court(),
    application_for(),
    agreement_on_the_principal(),
)
EVERY_TEMPLATE = {
    f"{request.kind}-{request.template_version}": request for request in (*EVERY_KIND.values(), *LATER_VERSIONS)
}
"""A document of each template."""
