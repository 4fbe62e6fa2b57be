"""Who may do what at the broker: every right of every account, made from the inventory of topics; nothing else is allowed.

A service reads what it hears and writes what it says, and the topics of its own that come with it (commands, decisions, dead letters,
changelog). Everybody is named literally, and so is every topic: no wildcard, no prefix. The groups of the registry alone begin with a word. Who may manage the broker itself (topics, rights,
passwords) is not in the table: that is the administrator, and the brokers among themselves (decision 0084).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from schemas.topics import MONITORING, PAGE, PARTITIONS, SERVICES, TOPICS, Kind, Topic

CONSOLE = "console"
"""People who look: explanations, replays, inventories and verifications are computed from all topics. It writes nothing."""
CLOCK = "clock"
REGISTRY = "registry"
"""The schema registry, where it keeps its schemas in topics of its own, as in production."""
REGISTRY_TOPICS = ("kafkasql-journal", "kafkasql-snapshots", "registry-events")
"""They are the registry's, which makes them itself, and no part of the inventory."""
REGISTRY_GROUPS = "registry-"
"""How its groups begin: it takes a new one at each start, so as to read its journal from the beginning."""

ADMIN = "admin"
"""Makes topics, rights and passwords; the broker asks it nothing (a super user), so the table does not name it."""


class Right(StrEnum):
    """What may be done. Each includes to see that the thing is there; `write` to a transactional id is to use it."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    SEE_SETTINGS = "describe-configs"


class Thing(StrEnum):
    """What it may be done to, in the broker's terms."""

    TOPIC = "topic"
    GROUP = "group"
    GROUPS = "groups-that-begin-with"
    TRANSACTIONAL_ID = "transactional-id"


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One right of one account to one thing."""

    principal: str
    thing: Thing
    name: str
    right: Right

    def __str__(self) -> str:
        return f"{self.principal} may {self.right} {self.thing} {self.name}"


def grants(inventory: Iterable[Topic] = TOPICS) -> tuple[Grant, ...]:
    """Give the whole table, in order."""
    return tuple(sorted({*_of_topics(inventory), *_of_services(), *_of_clock(), *_of_monitoring(), *_of_registry()}))


def principals(inventory: Iterable[Topic] = TOPICS) -> tuple[str, ...]:
    """Name every account of the table; who says and hears nothing has none."""
    return tuple(sorted({grant.principal for grant in grants(inventory)}))


def transactional_ids(service: str) -> tuple[str, ...]:
    """Name what fences the owners of a service's tasks from each other: one id a partition number."""
    return tuple(f"{service}-{partition}" for partition in range(PARTITIONS))


def _of_topics(inventory: Iterable[Topic]) -> Iterator[Grant]:
    for topic in inventory:
        for writer in topic.producers:
            yield Grant(writer, Thing.TOPIC, topic.name, Right.WRITE)
        for reader in (*topic.consumers, *_lookers(topic)):
            yield Grant(reader, Thing.TOPIC, topic.name, Right.READ)


def _lookers(topic: Topic) -> tuple[str, ...]:
    """Who reads what was not said to them, so as to show it; of the seals the page shows nothing."""
    return (CONSOLE,) if topic.kind is Kind.SEALS else (CONSOLE, PAGE)


def _of_services() -> Iterator[Grant]:
    for service in SERVICES:
        yield Grant(service, Thing.GROUP, service, Right.READ)
        for name in transactional_ids(service):
            yield Grant(service, Thing.TRANSACTIONAL_ID, name, Right.WRITE)


def _of_clock() -> Iterator[Grant]:
    """It reads what it said: time never goes back, and what was published before is not published again."""
    yield Grant(CLOCK, Thing.TRANSACTIONAL_ID, CLOCK, Right.WRITE)
    for topic in TOPICS:
        if topic.owner == CLOCK:
            yield Grant(CLOCK, Thing.TOPIC, topic.name, Right.READ)


def _of_monitoring() -> Iterator[Grant]:
    yield Grant(MONITORING, Thing.GROUP, MONITORING, Right.READ)


def _of_registry() -> Iterator[Grant]:
    for name in REGISTRY_TOPICS:
        for right in Right:
            yield Grant(REGISTRY, Thing.TOPIC, name, right)
    yield Grant(REGISTRY, Thing.GROUPS, REGISTRY_GROUPS, Right.READ)
