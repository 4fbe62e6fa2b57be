"""The events of the benchmark: the same payments for every contender, seeded, keyed by unit."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime

from stdnum.cn import uscc

from schemas.contributions import ContributionPaid
from schemas.topics import PARTITIONS
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.codec import Codec
from services.runtime.publishing import published, upstream_id
from services.runtime.records import OutputRecord

JSON_TOPIC = "bench-paid"
"""The payments as JSON values without envelope, as the peers read them."""
SOURCE = "urn:weihai:tax"
SEED = 20_261_123


def unit_code(number: int) -> str:
    """A valid, made-up credit code of an enterprise in Wendeng."""
    body = f"91371003{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def payments(count: int, units: int) -> list[ContributionPaid]:
    """Make payments of units drawn at random; the same ones each time."""
    chance = random.Random(SEED)
    codes = [unit_code(number) for number in range(units)]
    insurances = list(Insurance)
    return [payment(f"pay/{number}", chance.choice(codes), chance.choice(insurances)) for number in range(count)]


def payment(reference: str, code: str, insurance: Insurance) -> ContributionPaid:
    """One payment of one unit."""
    return ContributionPaid(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 10, 10),
        business_reference=reference,
        unit_code=code,
        month="2026-09",
        insurance=insurance,
        paid_fen=123_456,
        paid_on=date(2026, 10, 10),
    )


def full_record(codec: Codec, fact: ContributionPaid) -> OutputRecord:
    """A payment as the mesh carries it: Avro, envelope, key, partition."""
    event_id = upstream_id(SOURCE, fact.business_reference, fact.revision)
    return published(codec, fact, event_id, SOURCE, datetime.now(UTC), PARTITIONS)


def both_forms(codec: Codec, facts: Sequence[ContributionPaid]) -> list[OutputRecord]:
    """Each payment twice: as the mesh carries it, and as JSON for the peers, on the same partition under the same key."""
    records = []
    for fact in facts:
        full = full_record(codec, fact)
        records.append(full)
        records.append(OutputRecord(JSON_TOPIC, full.partition, full.key, fact.model_dump_json().encode()))
    return records
