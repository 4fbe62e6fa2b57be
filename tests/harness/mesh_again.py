"""A mesh in memory that goes on from where another stands: what takes long to reach is reached once a process."""

import copy
from collections.abc import Iterator

from services.runtime.memory import MemoryMesh
from services.runtime.shard import Shard


def again(mesh: MemoryMesh) -> MemoryMesh:
    """Give a mesh that stands where this one stands; whatever happens on it, this one stays. What never changes they share."""
    return copy.deepcopy(mesh, {id(shared): shared for shared in _unchanging(mesh)})


def _unchanging(mesh: MemoryMesh) -> Iterator[object]:
    yield from (*mesh.services.values(), *mesh.ports.values(), mesh.signer, mesh._watch)
    yield from (*mesh.codec.contracts.values(), *mesh.codec.writers.values())
    for partitions in mesh.log.values():
        for records in partitions:
            yield from records
    for service in mesh.services.values():
        for partition in range(mesh.partitions):
            yield from _of_shard(mesh.shard(service.name, partition))


def _of_shard(shard: Shard) -> Iterator[object]:
    yield from (shard.format, shard.calendar)
    for facts in shard.references.values():
        yield from facts.values()
