"""What monitoring says of a mesh in memory: its own reader, windows and words, without a broker and without Faust."""

from services.monitoring.reading import HEARD, Reader
from services.monitoring.telling import Teller
from services.runtime.memory import MemoryMesh

UNUSED_REGISTRY = "http://127.0.0.1:9/unused"


async def monitored(twin: MemoryMesh) -> None:
    """Let monitoring read all that stands in a twin's log, and append there what it measured of the windows that are over."""
    reader, teller = Reader(twin.codec, UNUSED_REGISTRY), Teller(twin.codec)
    names = {topic.name for topic in HEARD}
    found = [record for name, places in twin.log.items() if name in names for place in places for record in place]
    await reader.read(sorted(found, key=lambda one: (one.append_time_ms, one.topic, one.partition, one.offset)))
    for closed in reader.windows.close(int(twin.clock.timestamp() * 1_000)):
        for record in teller.tell(closed):
            twin.append(record)
