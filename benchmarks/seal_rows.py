"""How long publishing takes with a vault in a file: `python -m benchmarks.seal_rows [units] [months]`.

A feed is checked, sealed and encoded as `shebao publish` does it, and written nowhere: once with keys made from public
words (no vault), once with a new vault in a file (every key made), once with the same vault again (every key found).
Then the vault alone: sealing and opening for one subject after another, rotating and rewrapping all.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from schemas.fact import Sealed
from schemas.sealed_fields import Compartment
from services.gateway.publish import RowPublisher
from services.gateway.rows import RowGate
from services.gateway.simulation.feed import Feed, FeedSize, read_plan
from services.runtime.codec import local_codec
from services.runtime.records import OutputRecord
from services.runtime.sealing import CONTACT_PHONE, Opener, Vault, development_persons, development_vault
from services.runtime.vault import keeping
from services.runtime.vault.acts import Actor
from services.runtime.vault.database import VaultDatabase, create
from services.runtime.vault.masters import MasterRing, grown, ring_keys
from services.runtime.vault.store import StoredVault

SUBJECTS = 10_000
END = date(2026, 10, 31)


class Nowhere:
    """A sink that counts."""

    def __init__(self) -> None:
        self.count = 0

    async def append(self, records: Sequence[OutputRecord]) -> None:
        self.count += len(records)


class Took(NamedTuple):
    """Seconds by the clock, and of the processor: the machine may be busy with other things."""

    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        return f"{self.wall_s:.2f} s ({self.cpu_s:.2f} s of CPU)"

    def of_each(self) -> str:
        return f"{self.wall_s / SUBJECTS * 1e6:.0f} µs ({self.cpu_s / SUBJECTS * 1e6:.0f} µs of CPU) a value"


def measured(work: Callable[[], object]) -> Took:
    began, began_cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began, time.process_time() - began_cpu)


def publish(folder: Path, vault: Vault) -> int:
    sink, codec, plan = Nowhere(), local_codec(), read_plan(folder)
    for phase in plan.phases:
        for name in phase.files:
            publisher = RowPublisher(sink, codec, RowGate(lambda: vault, phase.at), phase.at, rejected_dir=folder)
            asyncio.run(publisher.publish(folder / name))
    return sink.count


def main() -> None:
    units, months = (int(word) for word in (*sys.argv[1:], "500", "24")[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed = Feed(1, END, FeedSize(units=units, months=months))
        feed.make()
        feed.write(folder / "feed")
        ring = grown("", Compartment)
        create(folder / "keys.sqlite")
        stored = StoredVault(VaultDatabase(folder / "keys.sqlite"), MasterRing(ring_keys(ring)))
        vault = Vault(stored, development_persons())
        for title, used in (("no vault", development_vault()), ("new vault", vault), ("same vault again", vault)):
            count = 0

            def work(used: Vault = used) -> None:
                nonlocal count
                count = publish(folder / "feed", used)

            took = measured(work)
            print(f"{title:20} {count:,} records in {took}")
        print(f"keys made            {sum(one.keys for one in keeping.status(stored)):,}")
        alone(stored, vault, ring, folder)


def alone(stored: StoredVault, vault: Vault, ring: str, folder: Path) -> None:
    day, subjects = date(2026, 11, 2), [f"subject-{number}" for number in range(SUBJECTS)]
    sealed: list[Sealed] = []

    def seal() -> None:
        sealed[:] = [vault.seal("0631-8451473", subject, CONTACT_PHONE, day) for subject in subjects]
        vault.keep()

    opener = Opener(stored, "deliveries")
    actor = Actor("benchmark", "benchmark", datetime.now(UTC), "measured")
    print(f"seal, making keys    {measured(seal).of_each()}")
    print(f"seal, keys there     {measured(seal).of_each()}")
    took = measured(
        lambda: [opener.open(one, subject, CONTACT_PHONE) for one, subject in zip(sealed, subjects, strict=True)]
    )
    print(f"open                 {took.of_each()}")
    print(f"rotate all           {measured(lambda: keeping.rotate_data(stored, actor))}")
    stored.masters = MasterRing(ring_keys(grown(ring, Compartment)))
    print(f"rewrap all           {measured(lambda: keeping.rotate_master(stored, actor))}")
    count = sum(one.keys for one in keeping.status(stored))
    print(f"the vault's file     {(folder / 'keys.sqlite').stat().st_size / 2**20:.1f} MiB for {count:,} keys")


if __name__ == "__main__":
    main()
