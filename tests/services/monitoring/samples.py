"""Records as monitoring meets them."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.arrears import ArrearsFact
from schemas.fact import Fact
from schemas.notifications import NotificationFact
from schemas.vocabulary import Agency, Channel, District
from services.monitoring.counters import Counters
from services.monitoring.reading import Reader
from services.runtime.codec import local_codec
from services.runtime.records import InputRecord
from tests.harness.counting import NOON, unit_code

CODEC = local_codec()
COMMON: dict[str, Any] = {
    "district": District.WENDENG,
    "agency": Agency.WENDENG,
    "occurred_on": date(2026, 11, 2),
}


def counted(records: Iterable[InputRecord]) -> Counters:
    """Read records as an agent does."""
    reader = Reader(CODEC, "http://127.0.0.1:9/unused")

    asyncio.run(reader.read(records))
    return reader.counters


def written(fact: Fact, offset: int, partition: int = 0) -> InputRecord:
    """A fact as it stands in its topic."""
    value = CODEC.encode(fact.topic, fact)
    return InputRecord(fact.topic, partition, offset, int(NOON.timestamp() * 1000), b"key", value, ())


def arrears_fact(kind: type[ArrearsFact]) -> ArrearsFact:
    """Where a unit's arrears stand."""
    amounts = {"line_count": 1, "principal_fen": 100, "late_fee_fen": 0, "stock_principal_fen": 0}
    return kind(**COMMON, **amounts, unit_code=unit_code(1), unit_name="文登试验厂", as_of=date(2026, 11, 2))


def notification(kind: type[NotificationFact]) -> NotificationFact:
    """What became of a notice."""
    return kind(
        **COMMON, recipient_key="91", notice_id="n-1", channel=Channel.TELEPHONE, detail_code="no-answer", at=NOON
    )
