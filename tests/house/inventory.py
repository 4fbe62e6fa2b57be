"""The inventory of topics against what services say and hear."""

from collections.abc import Collection, Iterable

from schemas.topics import OPERATORS, SERVICES, UPSTREAM, Kind, Topic
from services.runtime.service import Service
from tests.house.services_here import EDGES

PARTIES = frozenset({*SERVICES, *UPSTREAM, *EDGES, OPERATORS})
"""Whoever may say or hear something."""

READ_WHILE_OPENING = (Kind.CHANGELOG, Kind.DECISIONS)
"""What a service reads of its own as a task begins: no inputs."""


def topic_faults(topics: Iterable[Topic], parties: Collection[str] = PARTIES) -> list[str]:
    """Say which topics nobody writes or reads, and which name somebody who does not exist."""
    faults = []
    for topic in topics:
        if not topic.producers:
            faults.append(f"{topic.name} has no producer")
        if not topic.consumers:
            faults.append(f"{topic.name} has no consumer")
        if topic.owner not in topic.producers:
            faults.append(f"{topic.name} is not written by its owner {topic.owner}")
        strangers = {topic.owner, *topic.producers, *topic.consumers} - set(parties)
        faults += [f"{topic.name} names {name}, who does not exist" for name in sorted(strangers)]
    return faults


def service_faults(topics: Iterable[Topic], services: Iterable[Service]) -> list[str]:
    """Say where the inventory and what a service declares differ, either way."""
    listed, faults = {topic.name: topic for topic in topics}, []
    for service in services:
        said = {fact.topic for fact in service.says}
        meant = {topic.name for topic in listed.values() if topic.owner == service.name and _is_fact(topic)}
        faults += [f"{service.name} says {name}, the inventory does not" for name in sorted(said - meant)]
        faults += [f"the inventory has {service.name} say {name}, it does not" for name in sorted(meant - said)]
        heard = set(service.inputs)
        meant = {topic.name for topic in listed.values() if service.name in topic.consumers} - {
            topic.name for topic in listed.values() if topic.kind in READ_WHILE_OPENING
        }
        faults += [f"{service.name} hears {name}, the inventory does not know" for name in sorted(heard - meant)]
        faults += [f"the inventory has {service.name} hear {name}, it does not" for name in sorted(meant - heard)]
    return faults


def _is_fact(topic: Topic) -> bool:
    return topic.kind in (Kind.FACT, Kind.BROADCAST)
