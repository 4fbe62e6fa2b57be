"""By what the inventory is broken down: cohorts, and bands of amount and age. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Cohort(StrEnum):
    """Which of the campaign's lists a line belongs to: due up to 2019-12-31, or from 2020-01-01 on."""

    STOCK = "stock"
    NEW = "new"


COHORT_NAMES_ZH = {Cohort.STOCK: "2019年底前", Cohort.NEW: "2020年后新发生"}


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open span of values, `low` counted in, `high` not; None = without end. Amounts in fen, ages in days."""

    name: str
    name_zh: str
    low: int
    high: int | None

    def __contains__(self, value: int) -> bool:
        return self.low <= value and (self.high is None or value < self.high)


AMOUNT_BANDS = (
    Band("under-10k-yuan", "不满1万元", 0, 1_000_000),
    Band("10k-to-50k-yuan", "1万元以上不满5万元", 1_000_000, 5_000_000),
    Band("50k-to-200k-yuan", "5万元以上不满20万元", 5_000_000, 20_000_000),
    Band("200k-to-1m-yuan", "20万元以上不满100万元", 20_000_000, 100_000_000),
    Band("over-1m-yuan", "100万元以上", 100_000_000, None),
)
"""By a unit's principal. Assumed: the newsletter asks for the structure (结构状况) and gives no bands."""

AGE_BANDS = (
    Band("up-to-30-days", "30日以内", 0, 31),
    Band("31-to-90-days", "31日至90日", 31, 91),
    Band("91-to-365-days", "91日至365日", 91, 366),
    Band("1-to-2-years", "366日至730日", 366, 731),
    Band("over-2-years", "超过730日", 731, None),
)
"""By the days since a unit's oldest due date. Assumed, but for two years: the limit of a fine (行政处罚法 36)."""


def band_of(value: int, bands: Sequence[Band]) -> Band:
    """Give the band a value lies in; the bands meet, so its low end tells."""
    for band in reversed(bands):
        if band.low <= value:
            return band
    return bands[0]
