"""How each indicator is shown: what it is called, which of its values go into which chart. Data; `measure_charts.py` draws.

Titles are texts of the page (`texts.py` has their English).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.ops import Indicator
from schemas.payment_notices import NoticeStage
from services.arrears.texts_notice import STAGE_NAMES
from services.page.store.answers_indicators import Split

FEN_A_YUAN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: a value of the records, in steps of `scale`, or for each of another value (`over`)."""

    title: str
    value: str
    scale: int = 1
    over: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines of one unit. `is_added`: they add up to something, so they are drawn one on the other."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How much of several values one of them is, over all the time that is shown."""

    title: str
    part: str
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator. `splits`: what tells its scopes apart; `first_split`: by which it is drawn where nothing is said."""

    title: str
    charts: tuple[Chart, ...]
    splits: tuple[Split, ...]
    first_split: Split = Split.NOTHING
    shares: tuple[Share, ...] = ()


_SERVICE, _DISTRICT, _KIND = (Split.SERVICE,), (Split.DISTRICT,), (Split.KIND,)


def _one(title: str, unit: str, value: str, *, is_added: bool = True) -> tuple[Chart, ...]:
    return (Chart(title, unit, (Line(title, value),), is_added),)


def _stages(*stages: NoticeStage) -> tuple[Line, ...]:
    return tuple(Line(STAGE_NAMES[stage], stage.replace("-", "_")) for stage in stages)


MEASURES: Mapping[Indicator, Measure] = {
    Indicator.DECISIONS: Measure(
        "决定速率",
        (
            Chart(
                "作出的决定",
                "条",
                (
                    Line("已决定", "decided"),
                    Line("先前已知", "already_known"),
                    Line("拒收", "refused"),
                    Line("暂停", "parked"),
                ),
                is_added=True,
            ),
        ),
        _SERVICE,
        shares=(Share("拒收占比", "refused", ("decided", "already_known", "refused", "parked")),),
    ),
    Indicator.BACKLOG: Measure(
        "积压",
        (
            *_one("尚未处理的记录", "条", "records", is_added=False),
            *_one("最早一条已等候", "秒", "oldest_age_s", is_added=False),
        ),
        _SERVICE,
        Split.SERVICE,
    ),
    Indicator.REASONS: Measure("决定的理由", _one("决定", "条", "entries"), (*_SERVICE, *_KIND), Split.KIND),
    Indicator.REFUSALS: Measure("拒收的原因", _one("拒收的记录", "条", "records"), (*_SERVICE, *_KIND), Split.KIND),
    Indicator.DEAD_LETTERS: Measure(
        "被拒收的记录", _one("被拒收的记录", "条", "records"), (*_SERVICE, *_KIND), Split.KIND
    ),
    Indicator.FACTS: Measure("说出的事实", _one("事实", "条", "facts"), (*_SERVICE, *_DISTRICT, *_KIND), Split.KIND),
    Indicator.PARKED_CASES: Measure(
        "暂停的案件", _one("暂停的案件", "件", "cases", is_added=False), _SERVICE, Split.SERVICE
    ),
    Indicator.UNCLEAR_EFFECTS: Measure(
        "结果不明的事项",
        (Chart("结果不明的事项", "件", (Line("结果不明的事项", "effects"), Line("结果不明的案件", "cases"))),),
        _SERVICE,
        Split.SERVICE,
    ),
    Indicator.REMINDERS: Measure(
        "提醒与缴清",
        (
            Chart("提醒的单位", "户", (Line("已提醒", "requested"),), is_added=True),
            Chart(
                "提醒之后",
                "户",
                (Line("七日内缴清", "settled_in_time"), Line("七日后仍欠", "open_after")),
                is_added=True,
            ),
        ),
        _DISTRICT,
        shares=(Share("七日内缴清占比", "settled_in_time", ("settled_in_time", "open_after")),),
    ),
    Indicator.NOTICES: Measure(
        "通知书办理",
        (
            Chart(
                "办到该阶段的通知书",
                "份",
                _stages(
                    NoticeStage.DRAWN_UP,
                    NoticeStage.APPROVED,
                    NoticeStage.ISSUED,
                    NoticeStage.SERVED,
                    NoticeStage.OVERDUE,
                    NoticeStage.COMPLIED,
                ),
            ),
            Chart("不再办理的通知书", "份", _stages(NoticeStage.CANCELLED, NoticeStage.WITHDRAWN)),
        ),
        _DISTRICT,
    ),
    Indicator.NOTICES_STANDING: Measure(
        "通知书现状",
        (
            Chart(
                "在该阶段的通知书",
                "份",
                _stages(
                    NoticeStage.DRAWN_UP,
                    NoticeStage.APPROVED,
                    NoticeStage.ISSUED,
                    NoticeStage.SERVED,
                    NoticeStage.OVERDUE,
                ),
            ),
            Chart("应发未发", "户", (Line("超过法定期限未发通知书", "due"),)),
        ),
        _DISTRICT,
    ),
    Indicator.ENFORCEMENT: Measure(
        "强制征缴", _one("进入该阶段", "件", "procedures"), (*_DISTRICT, *_KIND), Split.KIND
    ),
    Indicator.PAYMENTS: Measure(
        "缴费",
        (
            Chart("缴费笔数", "笔", (Line("缴费笔数", "payments"), Line("退回笔数", "reversals"))),
            Chart(
                "缴费金额",
                "元",
                (Line("缴费金额", "paid_fen", FEN_A_YUAN), Line("退回金额", "reversed_fen", FEN_A_YUAN)),
            ),
        ),
        _DISTRICT,
    ),
    Indicator.DELIVERIES: Measure(
        "送达",
        (
            Chart(
                "送达结果",
                "次",
                (Line("已送达", "delivered"), Line("未送达", "failed"), Line("结果不明", "unclear")),
                is_added=True,
            ),
        ),
        (*_DISTRICT, *_KIND),
        shares=(Share("送达占比", "delivered", ("delivered", "failed", "unclear")),),
    ),
    Indicator.DOCUMENTS: Measure(
        "文书制作",
        (
            Chart(
                "制作结果",
                "份",
                (Line("已制成", "done"), Line("未成功", "failed"), Line("结果不明", "unknown")),
                is_added=True,
            ),
        ),
        _DISTRICT,
        shares=(Share("制成占比", "done", ("done", "failed", "unknown")),),
    ),
    Indicator.PANELS: Measure(
        "鉴定排期与期限",
        (
            Chart(
                "排定的鉴定",
                "次",
                (Line("期限之内", "in_time"), Line("延长期限之内", "extended"), Line("超过期限", "overdue")),
                is_added=True,
            ),
        ),
        _DISTRICT,
        shares=(Share("期限之内占比", "in_time", ("in_time", "extended", "overdue")),),
    ),
    Indicator.CARDS: Measure(
        "即时制卡",
        (
            *_one("制成的卡", "张", "issued"),
            Chart("从挂失到新卡", "分钟", (Line("平均", "minutes_sum", over="timed"), Line("最长", "minutes_max"))),
        ),
        (*_DISTRICT, *_KIND),
        Split.KIND,
    ),
    Indicator.UNREADABLE: Measure("无法读取的记录", _one("无法读取的记录", "条", "records"), _KIND, Split.KIND),
}
"""Every indicator, in the order in which they are offered."""
