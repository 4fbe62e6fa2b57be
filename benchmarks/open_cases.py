"""A hundred thousand open arrears cases in a changelog: each with 6 lines and 12 remembered ids.

A few cases are made by the arrears rules themselves; the others are their stored forms with other business
references and other remembered ids, so that nothing is shared and little compresses.
"""

import base64
import dataclasses
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

from benchmarks.feed import SOURCE, unit_code
from benchmarks.positions import caught_up
from schemas.contributions import ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.topics import PARTITIONS, changelog_topic
from schemas.vocabulary import Agency, District, Insurance
from services.arrears.worker import SERVICE as ARREARS
from services.runtime.batch import Batch
from services.runtime.cases import ENTRY_BYTES
from services.runtime.codec import Codec, local_codec
from services.runtime.publishing import published, upstream_id
from services.runtime.records import InputRecord, OutputRecord, partition_of
from services.runtime.service import Service
from services.runtime.shard import Shard

CASES = 100_000
LINES = 6
IDS = 12
PROTOTYPES = 200
SEED = 11
SEEN = re.compile(rb'"seen":"[^"]*"')


def restored_service(name: str) -> Service:
    """The arrears service under another name, so that it meets no state but its own."""
    return dataclasses.replace(ARREARS, name=name)


async def write_cases(bootstrap: str, name: str) -> int:
    """Fill the changelog of `name` as its own tasks would have; gives the bytes of state written."""
    service, topic = restored_service(name), changelog_topic(name)
    shares: dict[int, list[OutputRecord]] = defaultdict(list)
    for key, value in stored_cases(CASES):
        partition = partition_of(key, PARTITIONS)
        shares[partition].append(OutputRecord(topic, partition, key, value))
    for partition, records in shares.items():
        await caught_up(bootstrap, service, partition, records)
    return sum(len(record.value or b"") for records in shares.values() for record in records)


def stored_cases(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Give key and stored form of each case."""
    chance = random.Random(SEED)
    prototypes = _prototypes()
    for number in range(count):
        model = number % len(prototypes)
        stored = prototypes[model].replace(_mark(model), _mark(number))
        stored = stored.replace(unit_code(model).encode(), unit_code(number).encode())
        seen = base64.b64encode(chance.randbytes(IDS * ENTRY_BYTES))
        yield unit_code(number).encode(), SEEN.sub(b'"seen":"' + seen + b'"', stored)


def _mark(number: int) -> bytes:
    """What stands in every business reference of a unit, and nowhere else."""
    return f"unit{number:08d}".encode()


def _prototypes() -> list[bytes]:
    """Stored forms of cases as the rules leave them."""
    shard = Shard(dataclasses.replace(ARREARS, partitions=1), 0)
    codec = local_codec()
    forms = []
    for number in range(PROTOTYPES):
        batch = Batch(shard, codec)
        for record in _records(codec, number):
            batch.handle(record, None)
        assert batch.refused == 0
        batch.apply()
        case = shard.cases[unit_code(number)]
        assert len(case.state.lines) == LINES
        assert len(case.seen) == IDS * ENTRY_BYTES
        forms.append(shard.format.encode(case))
    return forms


def _records(codec: Codec, number: int) -> Iterator[InputRecord]:
    now = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    for offset, fact in enumerate(_facts(number)):
        event_id = upstream_id(SOURCE, f"{fact.topic}/{number}/{offset}", 1)
        record = published(codec, fact, event_id, SOURCE, now, partitions=1)
        yield InputRecord(fact.topic, 0, offset, int(now.timestamp() * 1000), record.key, record.value, record.headers)


def _facts(number: int) -> Iterator[Fact]:
    """Twelve facts of one unit: it registers, six lines are missed, five of them partly paid."""
    mark = _mark(number).decode()
    yield UnitRegistered(
        **_common(number), business_reference=f"reg/{mark}", unit_name=f"文登区试验制造有限公司{number}号"
    )
    for line in range(LINES):
        month, insurance = f"2026-{4 + line // 3:02d}", list(Insurance)[line % 3]
        due_on = date(2026, 5 + line // 3, 15)
        common = _common(number) | {"month": month, "insurance": insurance}
        yield ContributionMissed(
            **common, business_reference=f"miss/{mark}/{line}", assessed_fen=1_234_500 + line, due_on=due_on
        )
        if line:
            yield ContributionPaid(
                **common, business_reference=f"pay/{mark}/{line}", paid_fen=400_000 + number, paid_on=due_on
            )


def _common(number: int) -> dict[str, object]:
    return {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date(2026, 6, 20),
        "unit_code": unit_code(number),
    }
