"""A random but seeded feed of contributions for load: payments, misses, repeats, a few bad records."""

import random
from datetime import UTC, date, datetime

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.codec import Codec
from services.runtime.publishing import published, upstream_id
from services.runtime.records import OutputRecord
from tests.harness.counting import unit_code

UNITS = 2_000
SOURCE = "urn:weihai:tax"
PARTITIONS = 12


def contribution_feed(codec: Codec, count: int, chance: random.Random) -> list[OutputRecord]:
    """Make `count` records: units register, lines are assessed, missed, paid; one in 200 repeats, one in 500 is junk."""
    records = [_record(codec, _registered(number)) for number in range(UNITS)]
    while len(records) < count:
        draw = chance.random()
        if draw < 0.005:
            records.append(chance.choice(records))
        elif draw < 0.007:
            junk = chance.choice(records)
            records.append(junk._replace(value=chance.randbytes(40)))
        else:
            records.append(_record(codec, _line(chance, len(records))))
    return records[:count]


def _record(codec: Codec, fact: Fact) -> OutputRecord:
    reference, revision = str(getattr(fact, "business_reference", "")), int(getattr(fact, "revision", 1))
    event_id = upstream_id(SOURCE, f"{fact.topic}/{reference}", revision)
    return published(codec, fact, event_id, SOURCE, datetime.now(UTC), PARTITIONS)


def _registered(number: int) -> UnitRegistered:
    return UnitRegistered(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2020, 1, 2),
        business_reference=f"reg/{number}",
        unit_code=unit_code(number),
        unit_name=f"文登试验厂{number}号",
    )


def _line(chance: random.Random, number: int) -> Fact:
    month = f"{chance.choice((2024, 2025, 2026))}-{chance.randint(1, 9):02d}"
    common = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date.fromisoformat(f"{month}-28"),
        "unit_code": unit_code(chance.randrange(UNITS)),
        "month": month,
        "insurance": chance.choice(list(Insurance)),
    }
    amount = chance.randint(1, 500_000)
    kind = chance.random()
    if kind < 0.5:
        reference = f"pay/{number}"
        return ContributionPaid(
            **common, business_reference=reference, paid_fen=amount, paid_on=date.fromisoformat(f"{month}-20")
        )
    assessed = {"assessed_fen": amount, "due_on": date.fromisoformat(f"{month}-15")}
    if kind < 0.8:
        return ContributionAssessed(**common, **assessed, business_reference=f"ass/{number}")
    return ContributionMissed(**common, **assessed, business_reference=f"miss/{number}")
