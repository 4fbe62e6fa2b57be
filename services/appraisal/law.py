"""Every number of the appraisal, with its paragraph and its dates of force.

Decree 55 (人社部、国家卫生健康委令第55号) replaced decree 21 on 2025-07-01 and also governs appraisals not
finished by then (令55 39), so the law is chosen by the day of the decision, not of the application.
"""

import calendar as months
from dataclasses import dataclass
from datetime import date, time, timedelta

from schemas.appraisal import Material

REGULATION = "工伤保险条例"
DECREE_55 = "劳动能力鉴定管理办法（令55号）"
DECREE_21 = "工伤职工劳动能力鉴定管理办法（令21号）"
CIVIL_CODE = "民法典"
NEWSLETTER = "文登区社保中心小报"
OFFICE = "鉴定办公室内部规则（假定）"

APPLY_TO_CITY = f"{REGULATION} 23"
RANDOM_PANEL = f"{REGULATION} 25(1)"
TIME_LIMIT = f"{REGULATION} 25(2)"
RECUSAL = f"{REGULATION} 27"
REVIEW_AFTER_A_YEAR = f"{REGULATION} 28"
EXPERT_CONDITIONS = f"{REGULATION} 24"
GRADES = f"{REGULATION} 22"
LAST_DAY_OFF = f"{CIVIL_CODE} 203"
REVIEW = "行政复议法 20"
LAWSUIT = "行政诉讼法 46"
LOCAL_CONDITIONS = f"{NEWSLETTER} 鉴定条件"
LOCAL_SCOPE = f"{NEWSLETTER} 受理范围"

REVIEW_DAYS = 60
"""To apply for administrative reconsideration, from knowing of the act (行政复议法 20).

工伤保险条例 55 names the remedies against a refusal to take in a *recognition* (工伤认定); for the appraisal no text does, so the general law
holds (行政复议法 2, 11(15); 行政诉讼法 2, 12(12)). A conclusion is another matter: 再次鉴定 before the province (工伤保险条例 26). Whether an
express refusal counts as 未履行法定职责, against which reconsideration comes first (行政复议法 23(1)(3)), is the legal desk's to confirm.
"""
LAWSUIT_MONTHS = 6
"""To sue before the people's court, from knowing of the act (行政诉讼法 46; since 2015-05-01)."""

CITY_CODE = "371000"
"""Weihai (威海市), the city with districts whose committee this is (工伤保险条例 23)."""

LOCAL_CONDITIONS_PARAMETER = "appraisal-local-conditions"
"""Published parameter: `warn` (default) or `strict`; the three conditions are local, the law has none of them."""
LOCAL_CONDITIONS_WARN = "warn"
LOCAL_CONDITIONS_STRICT = "strict"

RECOGNITION_MONTHS = 6
"""收到工伤认定结论满六个月 (newsletter, condition 2): local."""
REVIEW_MONTHS = 12
"""自劳动能力鉴定结论作出之日起1年后 (工伤保险条例 28; 令55 20, 21)."""
PANEL_SMALL, PANEL_LARGE = 3, 5
"""随机抽取3名或者5名相关专家 (工伤保险条例 25(1); 令55 11). The law does not say when which."""


@dataclass(frozen=True, slots=True)
class AppraisalLaw:
    """The procedure in force from a day: numbers of days, papers, and what changed between the decrees."""

    name: str
    in_force_from: date
    corrections_working_days: int
    """一次性告知补正 within so many working days of receipt (令21 9; 令55 10)."""
    conclusion_days: int
    extension_days: int
    """60 + 30 calendar days from receipt (工伤保险条例 25(2); 令21 9; 令55 10)."""
    delivery_days: int
    """Conclusion delivered within so many days (令21 15: 20; 令55 17: 15)."""
    reappraisal_days: int
    """再次鉴定 asked of the province within so many days (工伤保险条例 26; 令55 19)."""
    materials: tuple[Material, ...]
    """Papers that must be there (工伤保险条例 23; 令55 9: what offices can share may not be asked again)."""
    training_required: bool
    """Experts need 培训合格 (令55 24)."""
    relatives_for_non_work: bool
    """Close relatives may apply on behalf in non-work cases too (令55 8; the newsletter names unit and worker only)."""
    abandonment: bool
    """Papers not brought in time: 视为放弃当次申请 (令55 10)."""
    corrections_paragraph: str
    extension_paragraph: str
    """The grounds of an extension: 伤病情复杂、涉及专业较多 (令55 10)."""
    materials_paragraph: str
    delivery_paragraph: str


LAW_21 = AppraisalLaw(
    name=DECREE_21,
    in_force_from=date(2014, 4, 1),
    corrections_working_days=5,
    conclusion_days=60,
    extension_days=30,
    delivery_days=20,
    reappraisal_days=15,
    materials=(
        Material.APPLICATION_FORM,
        Material.MEDICAL_RECORDS,
        Material.IDENTITY_DOCUMENT,
        Material.RECOGNITION_DECISION,
    ),
    training_required=False,
    relatives_for_non_work=False,
    abandonment=False,
    corrections_paragraph=f"{DECREE_21} 9",
    extension_paragraph=f"{DECREE_21} 9",
    materials_paragraph=APPLY_TO_CITY,
    delivery_paragraph=f"{DECREE_21} 15",
)
LAW_55 = AppraisalLaw(
    name=DECREE_55,
    in_force_from=date(2025, 7, 1),
    corrections_working_days=5,
    conclusion_days=60,
    extension_days=30,
    delivery_days=15,
    reappraisal_days=15,
    materials=(Material.APPLICATION_FORM, Material.MEDICAL_RECORDS, Material.IDENTITY_DOCUMENT),
    training_required=True,
    relatives_for_non_work=True,
    abandonment=True,
    corrections_paragraph=f"{DECREE_55} 10",
    extension_paragraph=f"{DECREE_55} 10",
    materials_paragraph=f"{DECREE_55} 9",
    delivery_paragraph=f"{DECREE_55} 17",
)
LAWS = (LAW_21, LAW_55)
"""In order of force; before the first, the first is used."""


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """Rules of the committee's office from a day on. Assumed: the newsletter and the law give none of these."""

    in_force_from: date
    notice_ahead_working_days: int
    """提前通知 (令55 12 gives no number): working days between the booking and the sitting."""
    sitting_weekdays: tuple[int, ...]
    """Weekdays (Monday 0) on which panels sit, where they are working days."""
    slots: tuple[time, ...]
    """Starts of sittings within the service hours 08:30–12:00, 13:30–17:30."""
    rooms: int
    """Sittings side by side in one slot."""
    expert_sittings_a_day_max: int
    horizon_days: int
    """How far beyond the first possible day a sitting is looked for."""
    corrections_working_days: int
    """合理期限 for bringing missing papers (令55 10 gives no number)."""
    kept_days: int
    """Days a closed application stays in the case, so that repeats and late corrections meet it."""
    place: str
    small_panel_specialties_max: int
    """Up to so many specialties a panel of 3, above it 5 (涉及专业较多)."""

    @property
    def capacity_a_day(self) -> int:
        """Sittings that fit in one day."""
        return len(self.slots) * self.rooms


OFFICE_RULES = (
    OfficeRules(
        in_force_from=date(2014, 4, 1),
        notice_ahead_working_days=5,
        sitting_weekdays=(1, 3),
        slots=(time(9), time(9, 40), time(10, 20), time(11), time(14), time(14, 40), time(15, 20), time(16)),
        rooms=2,
        expert_sittings_a_day_max=6,
        horizon_days=180,
        corrections_working_days=15,
        kept_days=1_096,
        place="威海市政务服务中心（塔山中路317号）2楼",
        small_panel_specialties_max=3,
    ),
)
"""In order of force; before the first, the first is used."""


def law_on(day: date) -> AppraisalLaw:
    """Give the procedure in force on a day."""
    return [law for law in LAWS if law.in_force_from <= day or law is LAWS[0]][-1]


def office_on(day: date) -> OfficeRules:
    """Give the office's rules in force on a day."""
    return [office for office in OFFICE_RULES if office.in_force_from <= day or office is OFFICE_RULES[0]][-1]


def panel_size(specialty_count: int, office: OfficeRules) -> int:
    """Give 3, or 5 where many specialties are concerned (工伤保险条例 25(1); the threshold is the office's)."""
    return PANEL_SMALL if specialty_count <= office.small_panel_specialties_max else PANEL_LARGE


def months_later(day: date, count: int) -> date:
    """Give the corresponding day `count` months on, or that month's last day where there is none (民法典 202)."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def last_day(received_on: date, days: int) -> date:
    """Give the last day of a period of days; the first day is not counted (民法典 201)."""
    return received_on + timedelta(days=days)
