"""Words on the papers that follow a notice: who issues them, how to pay, what is handed over with them (Chinese)."""

from schemas.vocabulary import Agency
from services.arrears import texts_notice
from services.arrears.law_documents import DEPARTMENT
from services.arrears.texts_notice import OfficeWords

DEPARTMENTS = {
    agency: OfficeWords(
        f"{place}人力资源和社会保障局", texts_notice.CENTRE_HOTLINE, f"{place}人民政府", texts_notice.COURTS[agency]
    )
    for agency, (place, _) in texts_notice.PLACES.items()
}
"""社会保险行政部门 of each place. Assumed: the newsletter's time had bureaus of this name; the legal desk confirms court and reviewer."""

DEPARTMENT_DESK = "社会保险基金监督岗位"
DEPARTMENT_CHANNEL = "缴入社会保险费征收机构规定的收入户"
APPLICATION_ATTACHMENTS = ("《社会保险费限期补缴通知书》及送达回证", "存款账户查询结果")
CLAIM_EVIDENCE = ("社会保险费核定、缴费记录", "《社会保险费限期补缴通知书》及送达回证（已送达的）")
COURT_UNNAMED, ADMINISTRATOR_UNNAMED, CASE_UNNUMBERED = "审理破产案件的人民法院", "＿＿＿＿＿＿", "（待填）"
"""Where nobody has said it yet: the desk fills it in by hand."""


def office(issuer: str, agency: Agency) -> OfficeWords:
    """Give who issues a paper: the department, or who collects."""
    return DEPARTMENTS[agency] if issuer == DEPARTMENT else texts_notice.OFFICES[issuer][agency]


def desk(issuer: str) -> str:
    """Give the desk of who issues a paper."""
    return DEPARTMENT_DESK if issuer == DEPARTMENT else texts_notice.DESK
