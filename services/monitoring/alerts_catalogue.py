"""The alerts there are: what each is judged by, from which value on, and over how many windows. Data; `alerts.py` judges.

Each has its page in the runbooks under its own name. Thresholds are an office's measure, not the law's.
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.ops import Indicator


class Scope(StrEnum):
    """What an alert tells apart; over all else its values are added up."""

    SERVICE = "service"
    DISTRICT = "district"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert. Opened when what the last `windows` windows add up to (the largest of `…_max`) reaches `threshold`."""

    name: str
    indicator: Indicator
    value_names: tuple[str, ...]
    """Their sum is judged; the first names it."""
    threshold: int
    by: tuple[Scope, ...]
    sentence: str
    """What it says to an operator, in Chinese; `{value}` and `{threshold}` are filled in."""
    windows: int = 1
    closes_after: int = 3
    """Windows in a row below the threshold after which it is closed."""
    said_again_after: int = 10
    """Windows after which another value is said of one that stands."""

    def is_said_again(self, after: int) -> bool:
        """Tell whether another value is said so many windows after it was said last; also where it was said in a time yet to come."""
        return not 0 <= after < self.said_again_after

    @property
    def runbook(self) -> str:
        """Its page."""
        return f"docs/runbooks/{self.name}.md"


_SERVICE, _DISTRICT, _KIND = (Scope.SERVICE,), (Scope.DISTRICT,), (Scope.KIND,)

ALERTS: tuple[AlertRule, ...] = (
    AlertRule(
        "refusals-high",
        Indicator.DECISIONS,
        ("refused",),
        20,
        _SERVICE,
        "五分钟内拒收 {value} 条记录（达到 {threshold} 条即告警）",
        windows=5,
    ),
    AlertRule("cases-parked", Indicator.PARKED_CASES, ("cases",), 1, _SERVICE, "有 {value} 个案件已暂停，等待人工放行"),
    AlertRule(
        "effects-unclear",
        Indicator.UNCLEAR_EFFECTS,
        ("cases",),
        1,
        _SERVICE,
        "有 {value} 个案件的对外操作结果不明，等待核对",
    ),
    AlertRule(
        "records-waiting",
        Indicator.BACKLOG,
        ("oldest_age_s",),
        180,
        _SERVICE,
        "最早一条未处理记录已等待 {value} 秒（达到 {threshold} 秒即告警）",
    ),
    AlertRule(
        "backlog-large",
        Indicator.BACKLOG,
        ("records",),
        50_000,
        _SERVICE,
        "有 {value} 条记录尚未处理（达到 {threshold} 条即告警）",
    ),
    AlertRule(
        "notices-missing",
        Indicator.NOTICES_STANDING,
        ("due",),
        1,
        _DISTRICT,
        "有 {value} 个单位超过法定期限仍未发出限期补缴通知书",
        closes_after=1,
    ),
    AlertRule(
        "notices-overdue",
        Indicator.NOTICES_STANDING,
        ("overdue",),
        20,
        _DISTRICT,
        "有 {value} 份限期补缴通知书逾期仍未缴清（达到 {threshold} 份即告警）",
    ),
    AlertRule(
        "deliveries-failing",
        Indicator.DELIVERIES,
        ("failed", "unclear"),
        20,
        _KIND,
        "十五分钟内有 {value} 次送达未成功（达到 {threshold} 次即告警）",
        windows=15,
    ),
    AlertRule(
        "documents-failing",
        Indicator.DOCUMENTS,
        ("failed", "unknown"),
        1,
        _DISTRICT,
        "十五分钟内有 {value} 份文书制作未成功",
        windows=15,
    ),
    AlertRule(
        "panels-late",
        Indicator.PANELS,
        ("overdue",),
        1,
        _DISTRICT,
        "有 {value} 次鉴定安排超过法定期限",
        windows=60,
    ),
    AlertRule(
        "cards-slow",
        Indicator.CARDS,
        ("minutes_max",),
        120,
        _KIND,
        "一张新卡自挂失起用了 {value} 分钟（达到 {threshold} 分钟即告警）",
        windows=15,
    ),
    AlertRule(
        "records-unreadable",
        Indicator.UNREADABLE,
        ("records",),
        1,
        _KIND,
        "监控有 {value} 条记录无法读取",
        windows=15,
    ),
)
"""All alerts, each name once."""

BY_NAME = {rule.name: rule for rule in ALERTS}
"""Alerts by name."""
