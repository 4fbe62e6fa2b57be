"""`python -m tests.harness.hashed_run FEED FOLDER`: play a feed in memory, decide it all again, print a digest a topic.

Run under two hash seeds by `tests/services/runtime/test_hash_seeds.py`: what hangs on set order shows as another digest.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

from schemas.topics import TOPICS, decisions_topic
from services.console.all_services import ALL_SERVICES
from services.console.demo.script import Demonstration, plan_of
from services.console.memory_mesh import InMemoryMesh
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord
from services.runtime.replay import TaskReplay


def digests(mesh: MemoryMesh) -> dict[str, str]:
    """For each topic: a digest of key, value and headers of all its records, in their order."""
    found = {}
    for topic in TOPICS:
        records = mesh.records(topic.name)
        seen = [(record.partition, record.key, record.value, record.headers) for record in records]
        if seen:
            found[topic.name] = hashlib.sha256(repr(seen).encode()).hexdigest()
    return found


def differences(mesh: MemoryMesh) -> list[str]:
    """What comes out otherwise when every task decides its inputs again."""
    found: list[str] = []
    for service in ALL_SERVICES:
        for partition in range(mesh.partitions):
            inputs = {topic: _of(mesh, topic, partition) for topic in service.inputs}
            replay = TaskReplay(service, partition, mesh.codec, inputs, None)
            report = replay.run(_of(mesh, decisions_topic(service.name), partition))
            found += [str(difference) for difference in report.differences]
    return found


def _of(mesh: MemoryMesh, topic: str, partition: int) -> list[InputRecord]:
    return [record for record in mesh.records(topic) if record.partition == partition]


def main() -> None:
    """Play, decide again, print."""
    feed, folder = Path(sys.argv[1]), Path(sys.argv[2])
    mesh = InMemoryMesh(plan_of(feed).begins_at)
    asyncio.run(Demonstration(mesh, feed, folder, lambda _: None).play())
    sys.stdout.write(json.dumps({"digests": digests(mesh.twin), "differences": differences(mesh.twin)}))


if __name__ == "__main__":
    main()
