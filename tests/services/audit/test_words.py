"""Facts as people read them in a timeline."""

from datetime import date

import pytest

from schemas.arrears import ArrearsChanged
from schemas.vocabulary import Agency, District
from services.audit.words import sentence
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
