"""Questions for the legal desk (法制机构): what no text in hand answers and no parameter sets.

What is disputed and can be set either way is a parameter (`LegalNumber.dispute`); a reading that follows from a status is told with it (`law_status_disputes`).
"""

from services.arrears import law_enforcement, law_status
from services.arrears.law_numbers import OpenQuestion

QUESTIONS = (
    OpenQuestion(
        "order-while-claims-are-declared",
        (law_status.LIQUIDATION_CLAIMS,),
        "清算组在申报债权期间不得对债权人进行清偿（公司法 235(3)），此间限期补缴通知、划拨是否应待申报期满；此间未补缴是否构成社会保险法 86 的逾期",
        "照常责令补缴、划拨、申请法院，同时向清算组申报",
        "0096",
    ),
    OpenQuestion(
        "court-demand-again",
        (law_enforcement.COURT_DEMAND, law_enforcement.COURT_REVIEW),
        "法院不予受理或者不准执行后再次申请，已送达的催告（行政强制法 54）是否仍然有效",
        "再次申请前重新催告，自送达之日起另计十个工作日",
        "0108",
    ),
    OpenQuestion(
        "instalments-in-a-bankruptcy",
        (law_status.SUSPENDED, law_enforcement.FREE_OF_LATE_FEE),
        "延期缴费协议的分期款，期限落在破产程序之内、而程序未经宣告即告终结的（或者受理被驳回的），应当何时缴纳",
        "破产期间不得个别清偿（企业破产法 16），不作违约；自程序终结之日起五个工作日内缴纳，其后各期不早于此日",
        "0098",
    ),
    OpenQuestion(
        "reviewer-and-court-of-a-notice",
        (law_enforcement.REVIEW, law_enforcement.LAWSUIT),
        "通知书、催告书所列行政复议机关和管辖法院是否正确",
        "按系统预置的机关名称印制，未经核实",
        "0092",
    ),
)
"""In the order in which they are told."""
