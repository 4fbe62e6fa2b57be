"""What a signature costs: `python -m benchmarks.signatures`. CPU time of one process, on the memory twin, a record."""

import time
from collections.abc import Callable, Sequence

from services.runtime.memory import MemoryMesh
from services.runtime.overlay import Overlay
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.signatures import Producers, check_signature
from services.runtime.signing import development_key, development_published, signed
from tests.harness.counting import COUNTING, NOON, paid

RECORDS = 5_000
ROUNDS = 3
KEY = development_key("tax")


def mesh_of(*, with_key: bool) -> MemoryMesh:
    """A mesh that counts payments, with or without a key of the tax office."""
    mesh = MemoryMesh([COUNTING], NOON)
    if with_key:
        for word in development_published([KEY]):
            mesh.publish(word, source="/console")
        mesh.run()
    return mesh


def as_read(record: OutputRecord) -> InputRecord:
    """Give a record as a task reads it."""
    at_ms = int(NOON.timestamp() * 1000)
    return InputRecord(record.topic, record.partition, 0, at_ms, record.key, record.value, record.headers)


def least(work: Callable[[], None]) -> float:
    """Give the CPU microseconds a record of the fastest of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent) / RECORDS * 1e6


def decided_in_us(records: Sequence[OutputRecord], *, with_key: bool) -> float:
    """Decide all records once on new meshes, everything written down as a worker does."""
    meshes = [mesh_of(with_key=with_key) for _ in range(ROUNDS)]
    for mesh in meshes:
        for record in records:
            mesh.append(record)
    waiting = iter(meshes)
    return least(lambda: next(waiting).run())


def main() -> None:
    """Measure and print."""
    mesh = mesh_of(with_key=True)
    plain = [
        published(mesh.codec, paid(n % 500, 100, f"r-{n}"), f"id-{n}", "urn:weihai:tax", NOON, 12)
        for n in range(RECORDS)
    ]
    with_signature = [signed(mesh.codec, record, KEY, NOON) for record in plain]
    read, read_signed = [as_read(one) for one in plain], [as_read(one) for one in with_signature]
    known, nobody = (Producers(Overlay(one.shard("arrears", 0))) for one in (mesh, mesh_of(with_key=False)))

    def sign() -> None:
        for record in plain:
            signed(mesh.codec, record, KEY, NOON)

    def check(records: Sequence[InputRecord], producers: Producers) -> None:
        for record in records:
            try:
                check_signature(record, mesh.codec, producers)
            except RefusedAtDoor as refused:
                raise AssertionError(refused.refusal.code) from None

    print(f"sign a record            {least(sign):7.1f} µs")
    print(f"check a signature        {least(lambda: check(read_signed, known)):7.1f} µs")
    print(f"see that none is asked   {least(lambda: check(read, nobody)):7.1f} µs")
    print(f"decide, unsigned         {decided_in_us(plain, with_key=False):7.1f} µs")
    print(f"decide, signed           {decided_in_us(with_signature, with_key=True):7.1f} µs")


if __name__ == "__main__":
    main()
