"""`python -m benchmarks.inventory`: the inventory of 100,000 units, the rate of `--known-on`, the rate of mixed arrears facts.

The inventory is read from a changelog on a broker of its own, as the command reads it; the rebuilding and the deciding run on what this
process holds in memory, so that their rates are those of the code. It prints what was seen; `make bench` has the same figures.
"""

import argparse
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

import uvloop

from benchmarks import arrears_facts
from benchmarks.broker import create_topics, private_broker, write
from benchmarks.feed import SOURCE
from benchmarks.open_cases import CASES, stored_cases
from benchmarks.verify_decisions import BrokerLog
from schemas.topics import PARTITIONS, changelog_topic
from services.arrears.worker import SERVICE as ARREARS
from services.audit.arrears import inventory_in_force, inventory_known
from services.console.memory_mesh import InMemoryMesh
from services.runtime.codec import local_codec
from services.runtime.memory import MemoryMesh
from services.runtime.records import OutputRecord, partition_of

CHANGELOG = changelog_topic(ARREARS.name)
DAY = date(2026, 11, 2)
BEGIN = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
REBUILT_UNITS = 2_000


@dataclass(frozen=True, slots=True)
class Timed:
    """So many things in so many seconds, on the clock and of this process."""

    count: int
    seconds: float
    cpu_s: float

    @property
    def per_s(self) -> float:
        """Things a second."""
        return self.count / self.seconds


async def drawn(bootstrap: str, rounds: int = 2) -> Timed:
    """Draw the current inventory of 100,000 units from their changelog; the best of some rounds. Of a past day it would read the log too."""
    await create_topics(bootstrap, [], [CHANGELOG])
    cases = stored_cases(CASES)
    await write(bootstrap, [OutputRecord(CHANGELOG, partition_of(key, PARTITIONS), key, value) for key, value in cases])
    log = BrokerLog(bootstrap, local_codec())
    seen = []
    for _ in range(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        found = await inventory_in_force(log)
        assert found.inventory.total.units == CASES
        seen.append(Timed(CASES, time.perf_counter() - began, time.process_time() - cpu))
    return min(seen, key=lambda one: one.seconds)


async def rebuilt(units: int = REBUILT_UNITS) -> Timed:
    """Decide the log of some units again, as `--known-on` does it; entries a second."""
    mesh = InMemoryMesh(BEGIN)
    mesh.twin = MemoryMesh([ARREARS], BEGIN)
    for fact in arrears_facts.mixed_facts(units):
        mesh.twin.clock = arrears_facts.recorded_at(fact)
        mesh.twin.publish(fact, SOURCE)
    mesh.twin.run()
    entries = [0]

    def told(left: int, count: int) -> None:
        entries[0] = count

    began, cpu = time.perf_counter(), time.process_time()
    await inventory_known(mesh, DAY, told=told)
    return Timed(entries[0], time.perf_counter() - began, time.process_time() - cpu)


def _tell(what: str, seen: Timed, unit: str) -> None:
    print(
        f"{what}: {seen.count:,} {unit} in {seen.seconds:.2f} s ({seen.cpu_s:.2f} s of CPU), "
        f"{seen.per_s:,.0f} a second, {seen.count / seen.cpu_s:,.0f} a second of CPU"
    )


async def main_async(*, without_broker: bool) -> None:
    """Measure all, tell all."""
    decided = arrears_facts.measured()
    _tell(
        "mixed arrears facts", Timed(decided.facts, decided.seconds, decided.cpu_s), f"facts, saying {decided.said:,},"
    )
    _tell("--known-on", await rebuilt(), "entries")
    if not without_broker:
        async with private_broker() as bootstrap:
            _tell("the inventory", await drawn(bootstrap), "units")


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-broker", action="store_true", help="leave the inventory of 100,000 units out")
    uvloop.run(main_async(without_broker=parser.parse_args().without_broker))


if __name__ == "__main__":
    main()
