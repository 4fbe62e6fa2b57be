"""A question is answered from one moment, whatever is written meanwhile."""

import asyncio

from sqlalchemy import func, select

from services.page.store import tables
from services.page.store.database import Database
from tests.harness.page_store import RecordsLog, feeder_of
from tests.harness.page_world import World


def test_what_is_written_while_a_question_is_answered_is_in_the_next_answer(address: str, mesh: World) -> None:
    facts = select(func.count()).select_from(tables.fact)

    async def counts() -> tuple[int, int, int]:
        async with Database(address) as database:
            feeder = feeder_of(database, mesh.codec, RecordsLog(mesh.records, 2_000))
            await feeder.open()
            await feeder.step(0)
            async with database.reading() as moment:
                first = await moment.scalar(facts)
                await feeder.step(0)
                second = await moment.scalar(facts)
            async with database.reading() as moment:
                return first or 0, second or 0, await moment.scalar(facts) or 0

    first, second, later = asyncio.run(counts())

    assert first == second
    assert first < later
