"""How many mixed arrears facts one worker decides a second: door, rules, step, and all that is written, in one process, no broker.

Facts of four kinds in the proportions and the order of half a year's business: units register, each month lines are assessed, most are
paid in time, some late, some are missed. Each is recorded at noon of its own day. Everything of the road is in it but the client: records in, decoded and checked, decided, encoded, chained; what the broker and
its transactions cost stands in `runtime_events_per_s`.
"""

import gc
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from time import perf_counter, process_time

from benchmarks.feed import SOURCE, unit_code
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import CaseFact
from schemas.vocabulary import Agency, District, Insurance
from services.arrears.worker import SERVICE as ARREARS
from services.runtime.batch import Batch
from services.runtime.codec import Codec, local_codec
from services.runtime.publishing import published, upstream_id
from services.runtime.records import InputRecord
from services.runtime.shard import Shard
from services.runtime.worker import collect_garbage_rarely

FACTS, UNITS, LINES = 60_000, 3_000, 10
"""Twenty facts a unit: its registration, ten lines assessed, seven paid in time, one late, two missed."""
RECORDS_A_BATCH = 2_000
SEED = 20_261_127


@dataclass(frozen=True, slots=True)
class Decided:
    """What was seen: facts decided, seconds on the clock and of this process, and what they said."""

    facts: int
    seconds: float
    cpu_s: float
    said: int

    @property
    def per_s(self) -> float:
        """Facts a second."""
        return self.facts / self.seconds


def mixed_facts(units: int = UNITS) -> list[CaseFact]:
    """Make the facts of all units, day by day, those of a day in an order drawn at random."""
    chance = random.Random(SEED)
    facts = [fact for number in range(units) for fact in _unit_facts(number)]
    return sorted(facts, key=lambda fact: (fact.occurred_on, chance.random()))


def recorded_at(fact: CaseFact) -> datetime:
    """When a fact reaches the broker: at noon of its day."""
    return datetime.combine(fact.occurred_on, time(4), UTC)


def mixed_records(codec: Codec, facts: Sequence[CaseFact]) -> list[InputRecord]:
    """Give the facts as one task reads them."""
    records, offsets = [], dict[str, int]()
    for fact in facts:
        at = recorded_at(fact)
        reference = f"{fact.topic}/{getattr(fact, 'business_reference', '')}"
        record = published(codec, fact, upstream_id(SOURCE, reference, 1), SOURCE, at, partitions=1)
        offset = offsets.setdefault(fact.topic, 0)
        offsets[fact.topic] += 1
        at_ms = int(at.timestamp() * 1000)
        records.append(InputRecord(fact.topic, 0, offset, at_ms, record.key, record.value, record.headers))
    return records


def measured(facts: int = FACTS) -> Decided:
    """Decide the facts once; garbage is looked for as rarely as a worker does it."""
    codec = local_codec()
    records = mixed_records(codec, mixed_facts(facts // 20))
    shard = Shard(replace(ARREARS, partitions=1), 0)
    usual = gc.get_threshold()
    collect_garbage_rarely()
    said, began, cpu = 0, perf_counter(), process_time()
    for start in range(0, len(records), RECORDS_A_BATCH):
        batch = Batch(shard, codec)
        for record in records[start : start + RECORDS_A_BATCH]:
            batch.handle(record, None)
        assert batch.refused == 0
        said += len(batch.spoken())
        batch.outputs()
        batch.apply()
    took, took_cpu = perf_counter() - began, process_time() - cpu
    gc.set_threshold(*usual)
    gc.unfreeze()
    return Decided(len(records), took, took_cpu, said)


def _unit_facts(number: int) -> Iterator[CaseFact]:
    place = {"district": District.WENDENG, "agency": Agency.WENDENG, "unit_code": unit_code(number)}
    yield UnitRegistered(
        **place,
        occurred_on=date(2026, 1, 5),
        business_reference=f"reg/{number}",
        unit_name=f"文登区试验制造有限公司{number}号",
    )
    for line in range(LINES):
        month = 4 + line // 2
        common = {**place, "month": f"2026-{month:02d}", "insurance": list(Insurance)[line % 2]}
        due_on = date(2026, month + 1, 15)
        yield ContributionAssessed(
            **common,
            occurred_on=date(2026, month + 1, 3),
            business_reference=f"ass/{number}/{line}",
            assessed_fen=1_234_500 + line,
            due_on=due_on,
        )
        reference = f"{number}/{line}"
        if line in (3, 7):
            yield ContributionMissed(
                **common,
                occurred_on=date(2026, month + 1, 18),
                business_reference=f"miss/{reference}",
                assessed_fen=1_234_500 + line,
                due_on=due_on,
            )
        elif line != LINES - 1:
            paid_on = date(2026, month + 1, 25 if line == 5 else 10)
            yield ContributionPaid(
                **common,
                occurred_on=paid_on,
                business_reference=f"pay/{reference}",
                paid_fen=1_234_500 + line,
                paid_on=paid_on,
            )
