"""Who answers for the arrears of a unit that is gone, and what may be written off, each on its paragraph; the paragraphs are in `law_status`."""

from dataclasses import dataclass

from schemas.insolvency_acts import WriteOffGround
from schemas.unit_status import DeregistrationWay, Liable
from services.arrears.law_status import (
    ADDITIONAL_DISTRIBUTION,
    BY_REGISTRAR,
    COMPANY_DIVISION,
    COMPANY_MERGER,
    CONCLUDED,
    DIVISION,
    FALSE_REPORT,
    LIQUIDATION_GROUP,
    LIQUIDATORS_LIABLE,
    MERGER,
    NOT_ANNOUNCED,
    PLAN_BINDS,
    PLAN_CUTS,
    SIMPLE_DEREGISTRATION,
    WITHOUT_LIQUIDATION,
    WRITE_OFF,
)

LIABLE: dict[DeregistrationWay, tuple[Liable, tuple[str, ...]]] = {
    DeregistrationWay.LIQUIDATED: (Liable.LIQUIDATORS, (LIQUIDATORS_LIABLE, NOT_ANNOUNCED)),
    DeregistrationWay.SIMPLE: (Liable.PROMISORS, (SIMPLE_DEREGISTRATION,)),
    DeregistrationWay.WITHOUT_LIQUIDATION: (Liable.SHAREHOLDERS, (WITHOUT_LIQUIDATION,)),
    DeregistrationWay.FALSE_REPORT: (Liable.SHAREHOLDERS, (FALSE_REPORT,)),
    DeregistrationWay.BY_REGISTRAR: (Liable.LIQUIDATION_OBLIGORS, (BY_REGISTRAR, LIQUIDATION_GROUP)),
    DeregistrationWay.AFTER_BANKRUPTCY: (Liable.ESTATE, (ADDITIONAL_DISTRIBUTION,)),
    DeregistrationWay.MERGED: (Liable.SUCCESSOR, (MERGER, COMPANY_MERGER)),
    DeregistrationWay.DIVIDED: (Liable.SUCCESSORS_JOINTLY, (DIVISION, COMPANY_DIVISION)),
}
"""Who answers for a deregistered unit's arrears, and on what paragraph. Where the liquidation group told a known creditor nothing,
its members answer (公司法司法解释（二） 11(2)); simple deregistration: 全体股东承诺不实, 连带责任 (公司法 240(3)). A unit that was merged or divided is gone,
and its debts are not: they are its successors' own, jointly after a division. What creditors may have agreed otherwise (民法典 67(2), 公司法 223)
is not for a fund's claim: 社会保险费不得减免 (征缴暂行条例 12)."""


@dataclass(frozen=True, slots=True)
class WriteOffRule:
    """What a write-off's ground may cut, and the paragraphs its decision may name; () = the decision's own."""

    cuts_principal: bool
    paragraphs: tuple[str, ...]


WRITE_OFF_RULES = {
    WriteOffGround.BANKRUPTCY_CONCLUDED: WriteOffRule(cuts_principal=True, paragraphs=(CONCLUDED, WRITE_OFF)),
    WriteOffGround.REORGANISATION_PLAN: WriteOffRule(cuts_principal=False, paragraphs=(PLAN_BINDS, PLAN_CUTS)),
    WriteOffGround.AUTHORITY_DECISION: WriteOffRule(cuts_principal=True, paragraphs=()),
}
"""征缴暂行条例 12: 社会保险费不得减免. No national rule was found for units that are gone without bankruptcy: such a decision names
its own paragraph, and answers for it."""
