"""Ticks that find nothing due share a transaction: how long a task holds them back for company."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import timedelta
from typing import cast

import pytest

from schemas.mesh import ClockTicked
from services.runtime.broker import Broker, Place
from services.runtime.codec import local_codec
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.task import Task, TaskHealth
from services.runtime.turns import Turns
from tests.harness.counting import COUNTING, NOON

CODEC = local_codec()


def tick(offset: int, at_s: float) -> InputRecord:
    now = NOON + timedelta(seconds=at_s)
    said = published(CODEC, ClockTicked(now=now), f"tick-{offset}", "/clock", now, 12, 0)
    appended_ms = int(now.timestamp() * 1000)
    return InputRecord(said.topic, 0, offset, appended_ms, said.key, said.value, said.headers)


class Script:
    """Reader and writer of one task: gives a tick at each of some seconds, then looks on for a while, then stops it."""

    def __init__(self, ticks_at_s: Sequence[float], until_s: float) -> None:
        self._turns = sorted(
            {(at_s, True) for at_s in ticks_at_s} | {(half / 2, False) for half in range(int(until_s * 2))}
        )
        self._ticks = 0
        self.now_s = 0.0
        self.commits: list[tuple[float, int]] = []
        self._positions: dict[str, int] = {}
        """When, and behind which tick."""
        self.task = self._task()

    def _task(self) -> Task:
        async def nothing_to_learn(*_: object) -> None:
            raise AssertionError("no schema here is unknown")

        return Task(
            COUNTING,
            0,
            cast("Broker", self),
            CODEC,
            MeshSettings(),
            nothing_to_learn,
            lambda *_: None,
            TaskHealth(),
            Turns(),
            lambda: self.now_s,
        )

    def writer(self, _: int) -> "Script":
        return self

    def reader(self, _: int) -> "Script":
        return self

    async def open(self, *_: object) -> None:
        """Both the writer's and the reader's."""

    async def close(self) -> None:
        """Both."""

    async def last_end(self) -> None:
        """Nobody knows: there was none."""

    async def committed(self) -> dict[str, int]:
        return self._positions

    async def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        nothing: list[tuple[str, bytes | None]] = []
        for record in nothing:
            yield record

    async def fetch(self, *_: object) -> list[InputRecord]:
        if not self._turns:
            self.task.stop()
            return []
        self.now_s, is_tick = self._turns.pop(0)
        self._ticks += is_tick
        return [tick(self._ticks - 1, self.now_s)] if is_tick else []

    async def position(self, topic: str) -> int:
        return self._ticks if topic == ClockTicked.topic else 0

    def heard_ends(self) -> dict[str, int]:
        return {}

    async def last_decision(self) -> None:
        """Nothing was decided before."""

    async def unfinished(self) -> tuple[()]:
        """Nothing was left open."""
        return ()

    async def is_left_open(self) -> bool:
        """Nothing was."""
        return False

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        return dict.fromkeys(places, 0)

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        return dict.fromkeys(places, 0)

    async def stable_ends(self) -> dict[str, int]:
        return {ClockTicked.topic: self._ticks}

    async def commit(self, _: Sequence[OutputRecord], positions: Mapping[str, int]) -> dict[Place, int]:
        self._positions |= positions
        self.commits.append((self.now_s, positions[ClockTicked.topic]))
        return {}


def commits(*ticks_at_s: float, until_s: float) -> list[tuple[float, int]]:
    script = Script(ticks_at_s, until_s)
    asyncio.run(script.task.run())
    return script.commits


def test_a_tick_alone_is_written_down_a_second_later() -> None:
    assert [(1.5, 1)] == commits(0.25, until_s=3.0)


def test_ticks_that_follow_within_a_second_are_written_down_together() -> None:
    assert [(3.0, 3)] == commits(0.25, 1.1, 2.0, until_s=4.0)


def test_a_tick_after_more_than_a_second_is_written_down_apart() -> None:
    assert [(1.5, 1), (3.0, 2)] == commits(0.25, 1.75, until_s=4.0)


def test_ticks_without_end_are_written_down_every_ten_seconds() -> None:
    every_half = [0.25 + number / 2 for number in range(30)]
    written = commits(*every_half, until_s=14.0)

    assert 10.25 == pytest.approx(written[0][0], abs=0.3)
    assert 30 == written[-1][1]
    assert 2 == len(written)


def test_what_is_held_is_written_down_when_the_task_stops() -> None:
    assert [(0.5, 1)] == commits(0.25, until_s=1.0)
