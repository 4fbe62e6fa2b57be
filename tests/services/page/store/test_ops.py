"""Alerts of monitoring as the page shows them: as they were said last."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.fact import Fact
from schemas.ops import AlertChange, Indicator, OpsAlert, series_of
from schemas.vocabulary import District
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import WHOLE, Access
from services.page.store.database import Database
from services.page.store.store import Store
from services.runtime.codec import local_codec
from services.runtime.publishing import published
from services.runtime.records import InputRecord
from tests.harness.page_store import fed

OPENED = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
CODEC = local_codec()
ELSEWHERE = Access(frozenset({District.HUANCUI.value}))


def alert(revision: int, change: AlertChange, value: int, district: District | None = None) -> OpsAlert:
    return OpsAlert(
        series=series_of("old-backlog", None, district, None),
        district=district,
        revision=revision,
        alert_id=f"alert-{district}-{revision}",
        opening_id=f"opening-{district}",
        alert="old-backlog",
        change=change,
        indicator=Indicator.BACKLOG,
        value_name="oldest_age_s",
        value=value,
        threshold=60,
        opened_at=OPENED,
        judged_at=OPENED + timedelta(minutes=revision),
        runbook="docs/runbooks/old-backlog.md",
    )


def log_of(facts: Sequence[Fact]) -> list[InputRecord]:
    offsets: dict[tuple[str, int], int] = {}
    records: list[InputRecord] = []
    for fact in facts:
        one = published(CODEC, fact, f"id-{len(records)}", "/monitoring", OPENED, 12)
        offset = offsets[one.topic, one.partition] = offsets.get((one.topic, one.partition), -1) + 1
        records.append(InputRecord(one.topic, one.partition, offset, 1, one.key, one.value, one.headers))
    return records


def junk() -> list[InputRecord]:
    """What somebody wrote where monitoring speaks."""
    values = (b"no indicator", None, CODEC.encode("ops-alert", alert(1, AlertChange.OPENED, 1))[:-3])
    topics = ("ops-indicator", "ops-alert")
    return [
        InputRecord(topic, 11, offset, 1, b"junk", value, ()) for topic in topics for offset, value in enumerate(values)
    ]


def answers(address: str, facts: Sequence[Fact]) -> Any:
    """Alerts that stand, seen from everywhere and from elsewhere; all alerts."""

    async def asked() -> Any:
        async with Database(address) as database:
            await fed(database, CODEC, [*junk(), *log_of(facts)], portion=2)
            store = Store(database, ALL_SERVICES)
            everything = await store.alerts(WHOLE, only_open=False)
            return await store.alerts(WHOLE), await store.alerts(ELSEWHERE), everything

    return asyncio.run(asked())


def test_an_alert_stands_until_it_is_closed(address: str) -> None:
    opened, updated = alert(1, AlertChange.OPENED, 70), alert(2, AlertChange.UPDATED, 90)
    of_wendeng, closed = alert(1, AlertChange.OPENED, 61, District.WENDENG), alert(3, AlertChange.CLOSED, 5)
    standing, elsewhere, _ = answers(address, [opened, of_wendeng, updated])
    after, _, everything = answers(address, [opened, of_wendeng, updated, closed])

    assert {("", 90), ("371003", 61)} == {(one.district, one.value) for one in standing}
    assert [("", 90)] == [(one.district, one.value) for one in elsewhere]
    assert ["371003"] == [one.district for one in after]
    assert [True, False] == [one.is_open for one in everything]
