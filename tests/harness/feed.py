"""A random but seeded feed of contributions for load: payments, misses, repeats, a few bad records."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count, islice

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
REPEATED_OF = 10_000
"""A repeat is of one of the last so many records."""


def contribution_feed(codec: Codec, records: int, chance: random.Random) -> list[OutputRecord]:
    """Make some records of `contributions`."""
    return list(islice(contributions(codec, chance), records))


def contributions(codec: Codec, chance: random.Random, units: int = UNITS) -> Iterator[OutputRecord]:
    """Say records without end: units register, lines are assessed, missed, paid; one in 200 repeats, one in 500 is junk."""
    lately: deque[OutputRecord] = deque(maxlen=REPEATED_OF)
    for number in range(units):
        lately.append(_record(codec, registered(number)))
        yield lately[-1]
    for number in count(units):
        draw = chance.random()
        if draw < 0.005:
            yield chance.choice(lately)
        elif draw < 0.007:
            yield chance.choice(lately)._replace(value=chance.randbytes(40))
        else:
            lately.append(_record(codec, _line(chance, number, units)))
            yield lately[-1]


def _record(codec: Codec, fact: Fact) -> OutputRecord:
    reference, revision = str(getattr(fact, "business_reference", "")), int(getattr(fact, "revision", 1))
    event_id = upstream_id(SOURCE, f"{fact.topic}/{reference}", revision)
    return published(codec, fact, event_id, SOURCE, datetime.now(UTC), PARTITIONS)


def registered(number: int) -> UnitRegistered:
    """Give the registration of the `number`th unit."""
    return UnitRegistered(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2020, 1, 2),
        business_reference=f"reg/{number}",
        unit_code=unit_code(number),
        unit_name=f"文登试验厂{number}号",
    )


def _line(chance: random.Random, number: int, units: int) -> Fact:
    month = f"{chance.choice((2024, 2025, 2026))}-{chance.randint(1, 9):02d}"
    common = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": date.fromisoformat(f"{month}-28"),
        "unit_code": unit_code(chance.randrange(units)),
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
