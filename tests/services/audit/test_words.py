"""Facts as people read them in a timeline."""

from datetime import date

import pytest

from schemas.arrears import ArrearsChanged
from schemas.enforcement import EnforcementAct
from schemas.page import PageAct, PageActRecorded
from schemas.payment_notices import NoticeAct
from schemas.vocabulary import Agency, District
from services.audit.words import sentence
from tests.services.arrears.samples import paid
from tests.services.arrears.samples_enforcement import BEGUN_ON, Pursuit, order_for
from tests.services.arrears.samples_enforcement import act as enforcement_act
from tests.services.arrears.samples_notice import act as notice_act
from tests.services.arrears.samples_notice import in_arrears as noticed
from tests.services.notifications.samples import reminder


@pytest.mark.parametrize(
    ("step", "said"), [(0, "请求缴费到期预警，渠道：电话"), (1, "请求第 1 次提醒缴费，渠道：电话")]
)
def test_a_warning_before_the_due_date_is_not_called_a_reminder_by_number(step: int, said: str) -> None:
    fact = reminder().model_copy(update={"step": step})

    assert said == sentence(fact)


@pytest.mark.parametrize(
    ("paid_late_fen", "said"),
    [
        (0, "欠费变动：1 条，本金 100.00元，滞纳金 1.00元（计至 2026-11-01）"),
        (250, "欠费变动：1 条，本金 100.00元，滞纳金 1.00元（计至 2026-11-01），另有已缴条目尚欠滞纳金 2.50元"),
    ],
)
def test_late_fee_left_on_what_is_paid_is_told_where_there_is_some(paid_late_fen: int, said: str) -> None:
    fact = ArrearsChanged(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 11, 1),
        unit_code="91371002YYDBWQ2893",
        unit_name="某单位",
        as_of=date(2026, 11, 1),
        line_count=1,
        principal_fen=10_000,
        late_fee_fen=100,
        stock_principal_fen=0,
        late_fee_on_paid_lines_fen=paid_late_fen,
    )

    assert said == sentence(fact)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            {"act": PageAct.PROPOSED, "action": "redrive", "items": ("arrears/0/1",), "explanation": "已更正"},
            "页面操作：YW-001 提出申请（重投），欠费 arrears/0/1，理由：已更正",
        ),
        (
            {"act": PageAct.ACCESS_REFUSED, "action": "GET /trouble", "service": None, "code": "role-missing"},
            "页面操作：YW-001 被拒绝访问（GET /trouble），说明：您的岗位无权使用此功能",
        ),
        ({"act": PageAct.SIGNED_IN, "action": "sign-in", "service": None}, "页面操作：YW-001 登录"),
    ],
)
def test_an_act_of_the_page_is_told_in_words(act: dict[str, object], said: str) -> None:
    known = {"matter": "m-1", "person": "YW-001", "roles": "operator", "service": "arrears"}

    assert said == sentence(PageActRecorded.model_validate(known | act))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"act": NoticeAct.DRAW_UP, "ordinal": None},
            "征缴岗位就限期补缴通知书办理：拟制（编号 1）",
        ),
        (
            {"act": NoticeAct.WITHDRAW, "ordinal": 2},
            "征缴岗位就限期补缴通知书第 2 份办理：撤回（编号 1）",
        ),
    ],
)
def test_an_order_for_a_draft_names_no_notice_by_number(changed: dict[str, object], said: str) -> None:
    fact = notice_act(NoticeAct.DRAW_UP, date(2024, 3, 1), None, business_reference="1").model_copy(update=changed)

    assert said == sentence(fact)


def test_an_enforcement_that_ended_tells_of_no_next_step_and_of_late_fee_that_is_left() -> None:
    """1,000 yuan due on 15 December 2023, paid on 16 January: 32 days, 16.00 yuan."""
    pursuit = Pursuit()
    begun = sentence(pursuit.changed)
    pursuit.hear(paid(paid_on=BEGUN_ON))

    ended = sentence(pursuit.changed)
    assert "下一步" not in ended
    assert "欠缴本金 0.00元，滞纳金 16.00元（计至 2024-01-16）" in ended
    assert "；下一步：征收机构，期限 2024-01-23" in begun


def test_a_notice_that_was_served_tells_the_day_of_service_and_its_last_day() -> None:
    """Served on Monday 15 January 2024: five working days to Monday the 22nd; put off to 1 February."""
    started = noticed(date(2024, 1, 8)).on(date(2024, 1, 9))
    started.issue_and_serve(date(2024, 1, 9), date(2024, 1, 15))
    assert "2024-01-15 送达，补缴期限至 2024-01-22" in sentence(started.changes[-1])

    started.do(notice_act(NoticeAct.EXTEND, date(2024, 1, 16), extended_until=date(2024, 2, 1)))

    assert "补缴期限至 2024-01-22，延长至 2024-02-01" in sentence(started.changes[-1])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EnforcementAct.DEMAND_SERVED, "，交办制作文书（催告书，履行期限 6 个工作日），2024-01-19"),
        (EnforcementAct.TRANSFER_APPLIED, "，交办制作文书（划拨社会保险费申请书），2024-01-19"),
    ],
)
def test_an_order_for_a_paper_tells_which_and_the_term_of_a_demand(kind: EnforcementAct, said: str) -> None:
    order = order_for(enforcement_act(kind, date(2024, 1, 19)))
    assert order is not None

    assert said in sentence(order)
