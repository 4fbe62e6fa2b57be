"""How far the store is behind is asked beside the feeding."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence

import pytest

from services.page.store.changes import Place
from services.page.store.looking import Looking
from tests.harness.page_store import RecordsLog

PLACE: Place = ("contribution-paid", 3)
FAR_AHEAD_S = 1e9
_turns = itertools.count(1)
pytestmark = pytest.mark.asyncio


class SlowLog(RecordsLog):
    """Answers when it is told to; `None`: not in time."""

    def __init__(self, answers: Sequence[int | None]) -> None:
        super().__init__([])
        self._answers = list(answers)
        self.may_answer = asyncio.Event()

    async def waiting(self) -> Mapping[Place, int]:
        """Count what is left."""
        await self.may_answer.wait()
        answer = self._answers.pop(0)
        if answer is None:
            raise TimeoutError
        return {PLACE: answer}


async def taken(look: Looking, times: int) -> list[Mapping[Place, int] | None]:
    """What so many turns of the feeding find, each with a look due."""
    found = []
    for _ in range(times):
        found.append(look.taken(FAR_AHEAD_S * next(_turns)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return found


async def test_feeding_goes_on_while_the_brokers_do_not_answer() -> None:
    log = SlowLog([7])
    look = Looking(log, 5.0)
    before = await taken(look, 3)
    log.may_answer.set()
    after = await taken(look, 2)
    await look.end()

    assert [None, None, None] == before
    assert {PLACE: 7} in after


async def test_an_answer_that_does_not_come_is_asked_for_again() -> None:
    log = SlowLog([None, 7])
    log.may_answer.set()
    look = Looking(log, 5.0)
    found = await taken(look, 3)
    await look.end()

    assert [None, None, {PLACE: 7}] == found


async def test_nothing_is_asked_before_its_time() -> None:
    log = SlowLog([7])
    log.may_answer.set()
    look = Looking(log, 1_000_000.0)
    found = [look.taken(0.0) for _ in range(3)]
    await look.end()

    assert [None, None, None] == found
