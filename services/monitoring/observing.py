"""What each kind of record leaves in its window. Nothing here waits, asks a clock or writes.

A fact is counted by who says it, district and topic, whatever it is; those in `FACTS` tell more.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from schemas import topics
from schemas.appraisal_panels import PanelScheduled
from schemas.arrears import ArrearsSettled, ReminderRequested
from schemas.cards import CardIssuanceAbandoned, CardIssuanceCompleted, CardIssued, CardLost, CardSuspensionLifted
from schemas.decision import Outcome, legal_date
from schemas.decision_records import DecisionBatch
from schemas.documents import DocumentCompleted
from schemas.effects import EffectOutcome
from schemas.enforcement import EnforcementChanged
from schemas.fact import Fact
from schemas.mesh import ClockTicked
from schemas.notifications import DeliveryCompleted, NotificationDelivered, NotificationFailed, NotificationUnclear
from schemas.payment_notices import ComplianceGapFound, PaymentNoticeChanged
from services.monitoring.backlog import DECIDERS
from services.monitoring.counters import dead_code
from services.monitoring.movements import (
    CardMade,
    CardReported,
    CardReportEnded,
    DayCame,
    EffectCame,
    GapMoved,
    NoticeMoved,
    Reminded,
    Settled,
    Waited,
)
from services.monitoring.open_cases import RELEASES
from services.monitoring.payments import Payment
from services.monitoring.series import Series
from services.monitoring.window import Place, Window
from services.runtime.records import InputRecord

UNKNOWN = "unknown"
"""Outcome of an effect of which nobody knows what became."""
INPUTS = frozenset({"record"})
"""Kinds of entries that decide what stands in an input. Ticks, references and commands are not counted as waiting."""


def observe_decisions(window: Window, record: InputRecord, batch: DecisionBatch) -> None:
    """Count the entries of a decision record: by columns, since one holds hundreds."""
    service = topics.BY_NAME[record.topic].owner
    for outcome, count in Counter(batch.outcome).items():
        window.count(Series("decisions", service), outcome.replace("-", "_"), count)
    for (outcome, code), count in Counter(zip(batch.outcome, batch.code, strict=True)).items():
        window.count(Series("reasons", service, "", code), "entries", count)
        if outcome == Outcome.REFUSED:
            window.count(Series("refusals", service, "", code), "records", count)
    furthest: dict[str, int] = {}
    for kind, topic, offset in zip(batch.kind, batch.topic, batch.offset, strict=True):
        if kind in INPUTS:
            furthest[topic] = max(furthest.get(topic, -1), offset)
    for topic, offset in furthest.items():
        window.decide(service, Place(topic, batch.partition), offset + 1)
    _observe_waiting(window, record, batch)


def _observe_waiting(window: Window, record: InputRecord, batch: DecisionBatch) -> None:
    if RELEASES.isdisjoint(batch.code) and Outcome.PARKED not in batch.outcome:
        return
    for entry in batch.entries:
        if entry.outcome == Outcome.PARKED or entry.code in RELEASES:
            window.move(record, Waited(topics.BY_NAME[record.topic].owner, entry))


def observe_dead(window: Window, record: InputRecord) -> None:
    """Count a dead letter."""
    window.count(Series("dead-letters", topics.BY_NAME[record.topic].owner, "", dead_code(record)), "records")


def observe_unreadable(window: Window, record: InputRecord) -> None:
    """Count a record that cannot be read; in the inputs of services they refuse it, and tell it as a refusal."""
    if record.topic in DECIDERS:
        window.append(record)
    else:
        window.count(Series("unreadable", "", "", record.topic), "records")


def observe_fact(window: Window, record: InputRecord, fact: Fact) -> None:
    """Count a fact, and what it tells besides."""
    topic = topics.BY_NAME[record.topic]
    district = str(getattr(fact, "district", ""))
    window.count(Series("facts", topic.owner, district, topic.name), "facts")
    if topic.name in DECIDERS:
        window.append(record)
    tell = FACTS.get(type(fact))
    if tell is not None:
        tell(window, record, fact, district)


def observe_payment(window: Window, payment: Payment, news: Mapping[str, int]) -> None:
    """Count what is new of a payment."""
    for name, amount in news.items():
        window.count(Series("payments", "", payment.district), name, amount)


def _tick(window: Window, record: InputRecord, fact: ClockTicked, district: str) -> None:
    window.move(record, DayCame(legal_date(fact.now)))


def _reminder(window: Window, record: InputRecord, fact: ReminderRequested, district: str) -> None:
    window.move(record, Reminded(fact.unit_code, district, fact.occurred_on))


def _settled(window: Window, record: InputRecord, fact: ArrearsSettled, district: str) -> None:
    window.move(record, Settled(fact.unit_code, fact.occurred_on))


def _delivery(
    window: Window,
    record: InputRecord,
    fact: NotificationDelivered | NotificationFailed | NotificationUnclear,
    district: str,
) -> None:
    window.count(Series("deliveries", "", district, fact.channel), record.topic.removeprefix("notification-"))


def _notice(window: Window, record: InputRecord, fact: PaymentNoticeChanged, district: str) -> None:
    window.count(Series("notices", "", district), fact.stage.replace("-", "_"))
    window.move(record, NoticeMoved(fact.unit_code, fact.ordinal, district, fact.stage))


def _gap(window: Window, record: InputRecord, fact: ComplianceGapFound, district: str) -> None:
    window.move(record, GapMoved(fact.unit_code, district, fact.closed_on is None))


def _enforcement(window: Window, record: InputRecord, fact: EnforcementChanged, district: str) -> None:
    window.count(Series("enforcement", "", district, fact.stage), "procedures")


def _effect(window: Window, record: InputRecord, fact: EffectOutcome, district: str) -> None:
    case_key = str(getattr(fact, fact.key_field))
    service = topics.BY_NAME[record.topic].owner
    window.move(record, EffectCame(service, case_key, fact.effect_id, fact.outcome == UNKNOWN))


def _document(window: Window, record: InputRecord, fact: DocumentCompleted, district: str) -> None:
    _effect(window, record, fact, district)
    if fact.outcome in {"done", "failed", "unknown"}:  # an open vocabulary
        window.count(Series("documents", "", district), fact.outcome)


def _panel(window: Window, record: InputRecord, fact: PanelScheduled, district: str) -> None:
    window.count(Series("panels", "", district), fact.standing.replace("-", "_"))


def _card_lost(window: Window, record: InputRecord, fact: CardLost, district: str) -> None:
    if fact.wants_instant_card:
        window.move(record, CardReported(fact.person_key, fact.reported_at))


def _card_ended(
    window: Window, record: InputRecord, fact: CardSuspensionLifted | CardIssuanceAbandoned, district: str
) -> None:
    window.move(record, CardReportEnded(fact.person_key))


def _card_issued(window: Window, record: InputRecord, fact: CardIssued, district: str) -> None:
    window.move(record, CardMade(fact.person_key, fact.outlet_key, district, fact.issued_at))


Tell = Callable[[Window, InputRecord, Any, str], None]

FACTS: Mapping[type[Fact], Tell] = {
    ClockTicked: _tick,
    ReminderRequested: _reminder,
    ArrearsSettled: _settled,
    NotificationDelivered: _delivery,
    NotificationFailed: _delivery,
    NotificationUnclear: _delivery,
    PaymentNoticeChanged: _notice,
    ComplianceGapFound: _gap,
    EnforcementChanged: _enforcement,
    DeliveryCompleted: _effect,
    CardIssuanceCompleted: _effect,
    DocumentCompleted: _document,
    PanelScheduled: _panel,
    CardLost: _card_lost,
    CardSuspensionLifted: _card_ended,
    CardIssuanceAbandoned: _card_ended,
    CardIssued: _card_issued,
}
"""What a fact tells beside that it was said."""
