"""What was committed is looked after until its markers have come, and nothing is written behind what has none."""

from collections.abc import Collection

import pytest
from aiokafka.errors import KafkaConnectionError

from services.runtime.broker import Place, TaskReader
from services.runtime.errors import TaskMustRestart
from services.runtime.standing import OTHERS_OPEN_S_MAX, STANDS_S_MAX, Standing

pytestmark = pytest.mark.asyncio

CHANGELOG, SAID = ("arrears-changelog", 3), ("arrears-changed", 7)
POSITIONS = {"contribution-paid": 5}


class Log:
    """The places of a task, each at the end that is written and the one that stands; `now_s` runs as it is asked."""

    def __init__(self, *looks: dict[Place, int], group: dict[str, int] | None = None, silent: int = 0) -> None:
        self._looks, self._silent = list(looks), silent
        self._group = POSITIONS if group is None else group
        self.asked = 0

    def now_s(self) -> float:
        return float(self.asked)

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        if self._silent:
            self._silent -= 1
            raise KafkaConnectionError("away")
        return dict.fromkeys(places, 10)

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        self.asked += 1
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        return {place: look.get(place, 10) for place in places}

    async def committed(self) -> dict[str, int]:
        return self._group


def looking(log: Log, monkeypatch: pytest.MonkeyPatch, first: int | None = 9) -> Standing:
    monkeypatch.setattr("services.runtime.standing.LOOK_S", 0)
    monkeypatch.setattr("services.runtime.standing.LOOK_AGAIN_S", 0)
    reader: TaskReader = log  # type: ignore[assignment]  # the part of it that is asked
    standing = Standing(reader, "arrears", 3, log.now_s)
    standing.committed({CHANGELOG, SAID}, {} if first is None else {SAID: first}, POSITIONS)
    return standing


async def test_before_the_first_commit_nothing_is_waited_for() -> None:
    reader: TaskReader = Log({})  # type: ignore[assignment]
    standing = Standing(reader, "arrears", 3)

    await standing.until_it_stands()
    standing.check()
    await standing.close()


async def test_what_has_all_its_markers_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({})

    await looking(log, monkeypatch).until_it_stands()

    assert 1 == log.asked


async def test_markers_that_come_late_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({CHANGELOG: 8, SAID: 9}, {SAID: 9}, {})

    await looking(log, monkeypatch).until_it_stands()

    assert 3 == log.asked


@pytest.mark.parametrize("place", [CHANGELOG, SAID])
async def test_behind_a_place_whose_marker_does_not_come_nothing_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log({place: 9})
    standing = looking(log, monkeypatch)

    with pytest.raises(TaskMustRestart, match=f"{place[0]}-{place[1]}"):
        await standing.until_it_stands()
    with pytest.raises(TaskMustRestart):
        standing.check()
    assert log.asked == STANDS_S_MAX + 1


@pytest.mark.parametrize(("first", "stable"), [(9, 8), (None, 9), (None, 8)])
async def test_what_another_has_open_in_a_topic_of_facts_is_not_waited_for(
    first: int | None, stable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies before our first record; a client that does not tell which that is cannot say whose it is."""
    log = Log({SAID: stable})
    standing = looking(log, monkeypatch, first)

    await standing.until_it_stands()
    await standing.look_at_others()

    assert 2 == log.asked


async def test_what_is_open_longer_than_any_transaction_may_be_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({SAID: 8})
    standing = looking(log, monkeypatch)
    await standing.until_it_stands()

    log.asked = int(OTHERS_OPEN_S_MAX) - 1
    await standing.look_at_others()
    with pytest.raises(TaskMustRestart, match="arrears-changed-7"):
        await standing.look_at_others()


async def test_behind_our_first_record_ours_has_ended_though_another_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({SAID: 9})
    standing = looking(log, monkeypatch, first=8)

    await standing.until_it_stands()
    log.asked = 100
    await standing.look_at_others()

    assert 100 == log.asked, "nothing was left to look at"


async def test_positions_that_the_group_does_not_take_do_not_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TaskMustRestart, match="contribution-paid"):
        await looking(Log({}, group={"contribution-paid": 4}), monkeypatch).until_it_stands()


async def test_a_broker_that_is_silent_says_nothing_about_markers(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({}, silent=3)

    await looking(log, monkeypatch).until_it_stands()

    assert 1 == log.asked


async def test_closed_nobody_looks_any_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log({CHANGELOG: 8})
    standing = looking(log, monkeypatch)

    await standing.close()
    standing.check()

    assert log.asked <= 1
