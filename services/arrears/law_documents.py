"""Registers and signs of the papers that follow a notice (催告书、划拨申请书、划拨决定书、延期缴费协议、债权申报书).

No law numbers them; 党政机关公文处理工作条例 9 gives every official document a 文号, so each kind of an office and year has
a register of its own, as the notices have. Signs are assumed.
"""

from datetime import date

from schemas.documents import DocumentKind
from schemas.vocabulary import Agency
from services.arrears.law_notice import CENTRE, OFFICE_SIGNS, TAX

OFFICIAL_DOCUMENTS = "党政机关公文处理工作条例 9"
DEPARTMENT = "department"
"""Who demands before a transfer, and decides it: the department of the same county (令13号 28; 令20号 19)."""

SERIES: dict[DocumentKind, dict[str, tuple[str, str]]] = {
    DocumentKind.TRANSFER_APPLICATION: {
        CENTRE: ("transfer-application", "社征划申"),
        TAX: ("transfer-application-tax", "税社划申"),
    },
    DocumentKind.ENFORCEMENT_DEMAND: {
        CENTRE: ("enforcement-demand", "社征催"),
        TAX: ("enforcement-demand-tax", "税社催"),
        DEPARTMENT: ("enforcement-demand-dept", "人社催"),
    },
    DocumentKind.TRANSFER_DECISION: {DEPARTMENT: ("transfer-decision", "人社划决")},
    DocumentKind.DEFERRAL_AGREEMENT: {
        CENTRE: ("deferral-agreement", "社征缓协"),
        TAX: ("deferral-agreement-tax", "税社缓协"),
    },
    DocumentKind.CLAIM_DECLARATION: {
        CENTRE: ("claim-declaration", "社征债申"),
        TAX: ("claim-declaration-tax", "税社债申"),
    },
}
"""Series of the register and its sign, by kind and by who issues."""


def paper_register_key(kind: DocumentKind, issuer: str, agency: Agency, dated_on: date) -> str:
    """Name the register that hands out the numbers of one kind of paper of an office and year."""
    return f"{agency.value}:{SERIES[kind][issuer][0]}:{dated_on.year}"


def paper_number(kind: DocumentKind, issuer: str, agency: Agency, dated_on: date, sequence_number: int) -> str:
    """Write a paper's number (文号): sign, year in 〔〕, sequence without leading zeros."""
    return f"{OFFICE_SIGNS[agency]}{SERIES[kind][issuer][1]}〔{dated_on.year}〕{sequence_number}号"
