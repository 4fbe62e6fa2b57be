"""`shebao replay` where traces are collected: it is seen as what it is, and a collector that is away changes nothing of it."""

import asyncio

import pytest

from tests.harness.otlp import Receiver
from tests.services.console.towns import UNIT, Town

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]

ENDPOINT = "SHEBAO_TRACES_ENDPOINT"
NOBODY = "http://127.0.0.1:9/v1/traces"


@pytest.fixture(scope="module")
def owing() -> Town:
    """Made before any loop runs."""
    town = Town()
    town.register()
    town.owe()
    town.twin.run()
    return town


async def replayed(town: Town) -> tuple[int, str]:
    """Exit code and output; the command runs a loop of its own, the receiver answers in this one."""
    shown = await asyncio.to_thread(town.shebao, "replay", "arrears")
    return shown.exit_code, shown.output


async def test_a_replays_spans_are_linked_to_the_decisions_and_follow_from_none(
    owing: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Receiver() as receiver:
        monkeypatch.setenv(ENDPOINT, receiver.endpoint)
        code, _ = await replayed(owing)
    spans = receiver.spans

    assert 0 == code
    assert len(owing.twin.codes("arrears", UNIT)) == len([span for span in spans if "shebao.case" in span.attributes])
    assert [] == [span for span in spans if span.parent or len(span.links) != 1]
    assert 1 == len({span.trace for span in spans})
    assert 0 == len({span.trace for span in spans} & {trace for span in spans for trace, _ in span.links})


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_replay_says_the_same_where_the_collector_hangs_or_is_away(
    owing: Town, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    expected = await replayed(owing)
    async with Receiver(is_hanging=True) as receiver:
        monkeypatch.setenv(ENDPOINT, receiver.endpoint if is_there else NOBODY)
        seen = await replayed(owing)

    assert expected == seen
    assert (0, is_there) == (seen[0], receiver.asked.is_set())
