"""What monitoring says for operators: indicators of one window each (运行指标), and alerts (运行告警).

Nothing here decides anything, and nothing names a case or a person. All of it is computed from the log and can be computed
again: a record's id is made of what it is about, so whoever hears one twice knows it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.fact import Fact
from schemas.vocabulary import District, EventId, Revision, ShortText

VALUES_MAX = 50
SETTLED_WITHIN_DAYS = 7
"""Days after a reminder within which a unit that settles is counted as one whom it moved; an office's measure, not the law's."""
ValueName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""Name of one number of an indicator, its unit last: `records`, `oldest_age_s`."""
AlertName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")]
"""Name of an alert, which is also the name of its runbook."""


class Indicator(StrEnum):
    """What is measured. A flow is counted over its window; a standing is as it was when its window ended."""

    DECISIONS = "decisions"
    """Flow, by service: decision entries `decided`, `already_known`, `refused`, `parked`."""
    REASONS = "reasons"
    """Flow, by service and reason code (`kind`): `entries`."""
    REFUSALS = "refusals"
    """Flow, by service and code of the refusal (`kind`): `records`, from the decision entries."""
    DEAD_LETTERS = "dead-letters"
    """Flow, by service and code (`kind`): `records` written to the dead letters."""
    FACTS = "facts"
    """Flow, by who said it (`service`), district and topic (`kind`): `facts`."""
    BACKLOG = "backlog"
    """Standing, by service: `records` read by nobody yet, and `oldest_age_s`, the age of the oldest of them."""
    PARKED_CASES = "parked-cases"
    """Standing, by service: `cases`."""
    UNCLEAR_EFFECTS = "unclear-effects"
    """Standing, by service: `effects` of which nobody knows what became, and the `cases` they are of."""
    DELIVERIES = "deliveries"
    """Flow, by district and channel (`kind`): `delivered`, `failed`, `unclear`."""
    REMINDERS = "reminders"
    """Flow, by district: units reminded (`requested`), and when it is known of them, `settled_in_time` within `SETTLED_WITHIN_DAYS`, or `open_after`."""
    NOTICES = "notices"
    """Flow, by district: notices that came to a stage (`drawn_up`, `approved`, `issued`, `served`, `overdue` …)."""
    NOTICES_STANDING = "notices-standing"
    """Standing, by district: notices in a stage, and `due`: units past the law's days without one."""
    ENFORCEMENT = "enforcement"
    """Flow, by district and stage (`kind`): `procedures` that came to it."""
    PAYMENTS = "payments"
    """Flow, by district: `payments` said by the tax office, and `paid_fen`, each once however often it is said; a correction adds what
    differs. Those that take one back are `reversals` and `reversed_fen`."""
    DOCUMENTS = "documents"
    """Flow, by district: documents `done`, `failed`, `unknown`."""
    PANELS = "panels"
    """Flow, by district: sittings fixed, by how their day stands to the time limit (`in_time`, `extended`, `overdue`)."""
    CARDS = "cards"
    """Flow, by district and outlet (`kind`): `issued`, and the minutes from report to card (`minutes_sum`, `minutes_max`, `timed`)."""
    UNREADABLE = "unreadable"
    """Flow, by topic (`kind`): `records` that monitoring could not read."""


STANDINGS = frozenset(
    {Indicator.BACKLOG, Indicator.PARKED_CASES, Indicator.UNCLEAR_EFFECTS, Indicator.NOTICES_STANDING}
)
"""Indicators of how it stands at the end of a window; the values of all others are counted in it and may be added up over time."""
LARGEST = ("_max", "oldest_age_s")
"""Endings of values that are the largest met: of several windows or scopes the largest counts, never the sum."""


def series_of(indicator: str, service: str | None, district: str | None, kind: str | None) -> str:
    """Name what is measured and of what, `-` where nothing: `decisions/arrears/-/-`."""
    return "/".join((indicator, service or "-", district or "-", kind or "-"))


class OpsFact(Fact):
    """What both have: the series, which is also the key, so that what is said of it stays in order."""

    key_field: ClassVar[str] = "series"

    series: Annotated[str, Field(min_length=1, max_length=400)]
    """Name and scope in one: `<name>/<service>/<district>/<kind>`, `-` where nothing."""
    service: ShortText | None = None
    district: District | None = None
    kind: ShortText | None = None
    """What else it is split by: a reason code, topic, channel, stage or outlet."""
    revision: Revision = 1

    def _is_its_own(self, name: str) -> bool:
        return self.series == series_of(name, self.service, self.district, self.kind)


class OpsIndicator(OpsFact):
    """What was measured of one scope in one window of the brokers' append time (运行指标).

    The highest `revision` of a series and window holds: records that were read late correct it. `indicator_id` is the
    version-5 UUID of series, window and revision. A window in which nothing happened is not said.
    """

    topic: ClassVar[str] = "ops-indicator"

    indicator_id: EventId
    indicator: Indicator
    window_starts_at: datetime
    window_ends_at: datetime
    """First instant after the window."""
    values: Annotated[dict[ValueName, int], Field(min_length=1, max_length=VALUES_MAX)]

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        """Refuse a series that is not made of its parts, and a window that ends before it begins."""
        if not self._is_its_own(self.indicator):
            raise ValueError("the series is not made of indicator and scope")
        if self.window_ends_at <= self.window_starts_at:
            raise ValueError("the window ends before it begins")
        return self


class AlertChange(StrEnum):
    """What became of an alert."""

    OPENED = "opened"
    UPDATED = "updated"
    """It still stands, with another value."""
    CLOSED = "closed"


class OpsAlert(OpsFact):
    """An alert was opened, has another value, or was closed (运行告警).

    `opening_id` is the same from opening to closing: the version-5 UUID of series and `opened_at`; `alert_id` is that of
    this one record: of opening and revision, 1 for the opening.
    """

    topic: ClassVar[str] = "ops-alert"

    alert_id: EventId
    opening_id: EventId
    alert: AlertName
    change: AlertChange
    indicator: Indicator
    """What it is judged by, and by which of its values."""
    value_name: ValueName
    value: int
    threshold: int
    """From this value on it is opened."""
    opened_at: datetime
    """End of the window by which it was opened."""
    judged_at: datetime
    """End of the window by which this was said."""
    runbook: Annotated[str, Field(pattern=r"^docs/runbooks/[a-z0-9-]+\.md$")]
    """Page that says what it means, what to look at and what to do."""

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        """Refuse a series that is not made of its parts, and a judgement before the opening."""
        if not self._is_its_own(self.alert):
            raise ValueError("the series is not made of alert and scope")
        if self.judged_at < self.opened_at:
            raise ValueError("the alert was judged before it was opened")
        return self


OPS_DAYS_KEPT = 400
"""Days for which the brokers keep indicators and alerts: a year can be held against the one before."""
