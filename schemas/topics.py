"""The inventory of topics: what travels where, who says it, who hears it, how long it is kept.

Topics, ACLs, AsyncAPI, the catalogue and the map are all generated from this one list; house tests keep it
in step with what each service declares in its `events.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from schemas import (
    appraisal,
    arrears,
    audit,
    cards,
    contributions,
    decision_records,
    documents,
    enforcement,
    mesh,
    notifications,
    officers,
    ops,
    outlets,
    page,
    payment_notices,
    producers,
    settlements,
    succession,
    unit_status,
)
from schemas.fact import Fact, Sealed

PARTITIONS = 12
"""Partition count of every topic of the mesh. Keys hash to it: it can never change on a living mesh."""

RECORD_BYTES_MAX = 1024 * 1024
"""Largest record a fact topic is meant to carry; a larger one is refused by the worker."""
BROKER_BYTES_MAX = 4 * 1024 * 1024
"""Largest record the broker takes on a fact topic."""
DEAD_BYTES_MAX = 8 * 1024 * 1024
"""Dead letters carry the original and its coordinates, so they may be larger."""


class Kind(StrEnum):
    """What a topic is for."""

    FACT = "fact"
    BROADCAST = "broadcast"
    COMMANDS = "commands"
    DECISIONS = "decisions"
    DEAD = "dead"
    CHANGELOG = "changelog"
    SEALS = "seals"
    OPS = "ops"
    """What monitoring says: of windows and services, never of a case."""


class Sensitivity(StrEnum):
    """How careful a reader has to be; sensitive content inside is always sealed."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention_days` None = kept for ever. `fact` None = not a contract (dead letters, changelog)."""

    name: str
    kind: Kind
    fact: type[Fact] | type[decision_records.DecisionBatch] | type[audit.DecisionsSealed] | None
    owner: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    key: str
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    retention_days: int | None = None
    partitions: int = PARTITIONS

    @property
    def subject(self) -> str:
        """The registry subject of its values (TopicNameStrategy)."""
        return f"{self.name}-value"

    @property
    def is_upstream(self) -> bool:
        """Tell whether systems outside the mesh write it."""
        return self.owner in UPSTREAM

    @property
    def is_of_a_service(self) -> bool:
        """Tell whether a deciding service or effect shell writes it; all else is unpacked by the broker (decision 0070)."""
        return self.owner in SERVICES

    @property
    def bytes_max(self) -> int:
        """Largest record the broker takes here. What a service hears is well below what a dead letter may hold."""
        return DEAD_BYTES_MAX if self.kind in (Kind.DEAD, Kind.CHANGELOG) else BROKER_BYTES_MAX


UPSTREAM = (
    "tax",
    "payroll",
    "appraisal-window",
    "card-hotline",
    "outlet-ledger",
    "market-regulation",
    "collection-desk",
)
"""Systems outside the mesh that publish facts."""

SERVICES = ("arrears", "documents", "notifications", "deliveries", "appraisal", "cards", "card-printing", "outlets")
"""Deciding services and effect shells: each has its own commands, decisions, dead letters and changelog."""

OPERATORS = "operators"
"""People at the console; they write commands."""

PAGE = "page"
"""The page of operators: writes what people did there, and the commands that two of them agreed on."""


MONITORING = "monitoring"
"""It hears every fact: what a service has not decided yet shows only in what it is given."""


def _said(fact: type[Fact], owner: str, *consumers: str, personal: bool = False) -> Topic:
    consumers = tuple(dict.fromkeys((*consumers, MONITORING)))
    sensitivity = Sensitivity.PERSONAL if personal or _is_of_a_person(fact) else Sensitivity.INTERNAL
    kind = Kind.BROADCAST if fact.broadcast else Kind.FACT
    return Topic(fact.topic, kind, fact, owner, (owner,), consumers, fact.key_field, sensitivity)


def _is_of_a_person(fact: type[Fact]) -> bool:
    """Tell whether a fact names a person or carries something sealed."""
    fields = fact.model_fields
    return "person_key" in fields or any(Sealed in get_args(field.annotation) for field in fields.values())


FACTS = (
    _said(contributions.UnitRegistered, "tax", "arrears"),
    _said(contributions.ContributionAssessed, "tax", "arrears"),
    _said(contributions.ContributionMissed, "tax", "arrears"),
    _said(contributions.ContributionPaid, "tax", "arrears"),
    _said(arrears.ArrearsOpened, "arrears", "monitoring"),
    _said(arrears.ArrearsChanged, "arrears", "monitoring"),
    _said(arrears.ArrearsSettled, "arrears", "monitoring"),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in payment_notices.TRAFFIC),
    _said(arrears.ReminderRequested, "arrears", "notifications"),
    _said(arrears.ReminderCancelled, "arrears", "notifications"),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in officers.TRAFFIC),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in documents.TRAFFIC),
    _said(notifications.DeliveryRequested, "notifications", "deliveries", personal=True),
    _said(notifications.DeliveryWithdrawn, "notifications", "deliveries"),
    _said(notifications.DeliveryQueued, "deliveries", "deliveries"),
    _said(notifications.DeliveryAttempted, "deliveries", "deliveries"),
    _said(notifications.DeliveryCompleted, "deliveries", "notifications"),
    _said(notifications.NotificationDelivered, "notifications", "arrears", "monitoring"),
    _said(notifications.NotificationFailed, "notifications", "arrears", "monitoring"),
    _said(notifications.NotificationUnclear, "notifications", "monitoring"),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in settlements.TRAFFIC),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in unit_status.TRAFFIC),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in succession.TRAFFIC),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in enforcement.TRAFFIC),
    *(_said(fact, owner, *consumers, personal=True) for fact, owner, consumers in appraisal.TRAFFIC),
    *(_said(fact, owner, *consumers, personal=True) for fact, owner, consumers in cards.TRAFFIC),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in outlets.TRAFFIC),
    _said(mesh.ClockTicked, "clock", *SERVICES),
    _said(mesh.CalendarPublished, "clock", *SERVICES),
    _said(mesh.ParameterPublished, "clock", *SERVICES),
    *(_said(fact, owner, *consumers) for fact, owner, consumers in page.TRAFFIC),
    _said(producers.ProducerKeyPublished, OPERATORS, "arrears", "appraisal", "cards", "outlets"),
)
"""Every fact that is said, with its one owner and its hearers."""


def commands_topic(service: str) -> str:
    """Name the topic of operators' commands to a service."""
    return f"{service}-commands"


def decisions_topic(service: str) -> str:
    """Name the topic of a service's decision records."""
    return f"{service}-decisions"


def dead_topic(service: str) -> str:
    """Name the topic of what a service refused."""
    return f"{service}-dead"


def changelog_topic(service: str) -> str:
    """Name the compacted topic of a service's state."""
    return f"{service}-changelog"


def _own_topics(service: str) -> tuple[Topic, ...]:
    return (
        Topic(
            commands_topic(service),
            Kind.COMMANDS,
            mesh.CommandIssued,
            OPERATORS,
            (OPERATORS, PAGE),
            (service,),
            "subject",
        ),
        Topic(
            decisions_topic(service),
            Kind.DECISIONS,
            decision_records.DecisionBatch,
            service,
            (service,),
            (service, "audit", "monitoring", "console"),
            "partition",
        ),
        Topic(
            dead_topic(service),
            Kind.DEAD,
            None,
            service,
            (service,),
            ("console", "monitoring"),
            "as the original",
            Sensitivity.PERSONAL,
        ),
        Topic(changelog_topic(service), Kind.CHANGELOG, None, service, (service,), (service, "console"), "case key"),
    )


AUDIT_SEALS = "audit-seals"
"""Name of the topic of signed chain heads."""

SEALS = Topic(
    AUDIT_SEALS, Kind.SEALS, audit.DecisionsSealed, "audit", ("audit",), ("audit", "console"), "service-partition"
)
"""Seals of every task, each on the partition number of its task."""

OPS = tuple(
    Topic(
        fact.topic,
        Kind.OPS,
        fact,
        MONITORING,
        (MONITORING,),
        (MONITORING, "console"),
        fact.key_field,
        retention_days=ops.OPS_DAYS_KEPT,
    )
    for fact in (ops.OpsIndicator, ops.OpsAlert)
)
"""What monitoring says; it reads the newest of it as it starts, so as to say nothing twice."""

TOPICS: tuple[Topic, ...] = (*FACTS, *(topic for service in SERVICES for topic in _own_topics(service)), SEALS, *OPS)
"""All topics of the mesh."""

BY_NAME = {topic.name: topic for topic in TOPICS}
"""Topics by name."""
