"""How many records one monitoring worker takes in a second: fetched, handed on by Faust, decoded, put in their windows, said.

What lies there is what a mesh says: of a hundred records sixty are payments given to a service, thirty-eight are facts it says, one is a
decision record of sixty entries, one a dead letter; and a tick for each minute of it. Without a registry, since the codec knows all ids.

Run alone: `python -m benchmarks.monitoring`; `--profile` shows where the worker's time goes.
"""

import argparse
import asyncio
import dataclasses
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.broker import create_topics, private_broker, write
from benchmarks.feed import SOURCE, full_record, payments, unit_code
from benchmarks.processes import Process, running
from schemas.arrears import ArrearsChanged, ReminderRequested
from schemas.decision import Reason
from schemas.decision_records import DecisionBatch, DecisionEntry, columns
from schemas.examples.values import sample
from schemas.fact import Fact
from schemas.mesh import ClockTicked
from schemas.notifications import NotificationDelivered
from schemas.payment_notices import PaymentNoticeChanged
from schemas.topics import OPS, PARTITIONS
from services.monitoring.reading import HEARD
from services.runtime.codec import Codec, local_codec
from services.runtime.dead import dead_letter
from services.runtime.publishing import published, published_everywhere
from services.runtime.records import InputRecord, OutputRecord

HUNDREDS, UNITS = 1_200, 12_500
ENTRIES = 60
SAID = ((ArrearsChanged, 24), (ReminderRequested, 5), (NotificationDelivered, 5), (PaymentNoticeChanged, 4))
"""Facts of a hundred records that a service says, with how many."""
START_S_MAX, DRAIN_S_MAX = 60.0, 180.0


@dataclasses.dataclass(frozen=True, slots=True)
class Monitored:
    """What was seen: records taken in, seconds on the clock and of the process, records said."""

    records: int
    seconds: float
    cpu_s: float

    @property
    def per_s(self) -> float:
        """Records a second."""
        return self.records / self.seconds


def backlog(codec: Codec) -> Iterator[OutputRecord]:
    """Make what monitoring reads."""
    paid = [full_record(codec, fact) for fact in payments(HUNDREDS * 60, UNITS)]
    now = datetime.now(UTC)
    offsets = [0] * PARTITIONS
    for hundred in range(HUNDREDS):
        given = paid[hundred * 60 : (hundred + 1) * 60]
        yield from given
        yield from _said(codec, hundred, now)
        partition = hundred % PARTITIONS
        yield _decisions(codec, partition, offsets[partition], now)
        offsets[partition] += 1
        refused = InputRecord(given[0].topic, partition, hundred, 0, given[0].key, b"junk", given[0].headers)
        yield dead_letter("arrears", partition, refused, Reason("undecodable"), now)
    for number in range(2):
        yield from published_everywhere(codec, ClockTicked(now=now), f"tick-{number}", SOURCE, now, PARTITIONS)


def _said(codec: Codec, hundred: int, now: datetime) -> Iterator[OutputRecord]:
    for kind, count in SAID:
        for number in range(count):
            code = unit_code((hundred * count + number) % UNITS)
            yield published(codec, _fact(kind, code), f"{kind.topic}-{hundred}-{number}", SOURCE, now, PARTITIONS)


def _fact(kind: type[Fact], code: str) -> Fact:
    return kind.model_validate(sample(kind, whole=True) | {kind.key_field: code})


def _decisions(codec: Codec, partition: int, number: int, now: datetime) -> OutputRecord:
    entry = DecisionEntry(
        kind="record",
        topic="contribution-paid",
        offset=0,
        event_id="3f2b8c1e-7a64-5d0b-9e57-1c8f0a2d4b6e",
        case_key=unit_code(1),
        outcome="decided",
        code="payment-counted",
        paragraphs=("社会保险法 60",),
        values={"payments": "1"},
        now=now,
        input_digest=bytes(12),
        state_before=bytes(16),
        state_after=bytes(16),
        said=("3f2b8c1e-7a64-5d0b-9e57-1c8f0a2d4b6e",),
    )
    rows = [entry._replace(offset=number * ENTRIES + place)._asdict() for place in range(ENTRIES)]
    batch = DecisionBatch(
        service="arrears",
        partition=partition,
        release="1",
        first_number=number * ENTRIES,
        previous_hash=bytes(32),
        **columns(rows),
    )
    return OutputRecord("arrears-decisions", partition, b"%d" % partition, codec.encode("arrears-decisions", batch))


async def measured(*, is_profiled: bool = False) -> Monitored:
    """On a broker of its own: write the backlog, start a worker over it, and wait until it has taken in all of it."""
    records = list(backlog(local_codec()))
    async with private_broker() as bootstrap:
        await create_topics(bootstrap, [topic.name for topic in (*HEARD, *OPS)])
        await write(bootstrap, records)
        command = [sys.executable, "-m", "benchmarks.monitoring_worker", "--bootstrap", bootstrap]
        command += ["--records", str(len(records)), *(["--profile"] if is_profiled else [])]
        with running("monitoring", command) as process:
            told = await _drained(process)
            await process.end()
    return Monitored(len(records), told["seconds"], told["cpu_s"])


async def _drained(process: Process) -> dict[str, float]:
    await process.wait_told("begun", START_S_MAX)
    return await process.wait_told("counted", DRAIN_S_MAX)


async def _main(*, is_profiled: bool) -> None:
    seen = await measured(is_profiled=is_profiled)
    print(f"{seen.records:,} records in {seen.seconds:.1f} s ({seen.cpu_s:.1f} s of CPU): {seen.per_s:,.0f} a second")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true")
    asyncio.run(_main(is_profiled=parser.parse_args().profile))
