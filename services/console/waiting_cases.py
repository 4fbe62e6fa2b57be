"""What waits for people: parked cases and halted tasks."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.audit.reading import MeshReader, shards
from services.runtime.cases import Halt
from services.runtime.effect_cases import EffectCase, Status
from services.runtime.service import Service


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A case whose records wait because handling one of them failed."""

    service: Service
    partition: int
    case_key: str
    records: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HaltedTask:
    """A task that reads nothing but commands until somebody resumes it."""

    service: Service
    partition: int
    halt: Halt


async def parked_cases(reader: MeshReader, services: Iterable[Service]) -> list[ParkedCase]:
    """Every parked case, by service and key."""
    found = []
    for service in services:
        for partition, shard in (await shards(reader, service)).items():
            for case_key, waiting in sorted(shard.parked.items()):
                topics = tuple(dict.fromkeys(waiting[number].topic for number in sorted(waiting)))
                found.append(ParkedCase(service, partition, case_key, len(waiting), topics))
    return found


async def unclear_effects(reader: MeshReader, service: Service, partition: int, case_key: str) -> int:
    """Count a case's effects of which nobody knows what became: what `reconcile` would ask the provider about."""
    case = (await shards(reader, service))[partition].cases.get(case_key)
    if case is None or not isinstance(case.state, EffectCase):
        return 0
    return sum(effect.status is Status.UNKNOWN for effect in case.state.open.values())


async def halted_tasks(reader: MeshReader, services: Iterable[Service]) -> list[HaltedTask]:
    """Every halted task, by service and partition."""
    found = []
    for service in services:
        for partition, shard in (await shards(reader, service)).items():
            if shard.meta.halted is not None:
                found.append(HaltedTask(service, partition, shard.meta.halted))
    return found
