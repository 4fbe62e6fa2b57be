"""What a codec remembers of schema ids: for good those that mean something, for a while those somebody made up."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from schemas.avro import avro_schema
from schemas.contributions import ContributionPaid
from services.runtime import codec as codec_module
from services.runtime.codec import MAGIC, Codec, local_codec
from services.runtime.registry import RegistryClient, resolve
from services.sandbox.ports import free_port

NOT_FOUND = {"error_code": 40403, "message": "Schema not found"}
MADE_UP = 700_000


class KnowsNothing:
    """A registry that answers every question with its own 404, and counts the questions."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{free_port()}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path.rpartition("/")[2])
        return web.json_response(NOT_FOUND, status=404)


@pytest_asyncio.fixture
async def registry() -> AsyncIterator[KnowsNothing]:
    found = KnowsNothing()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(found.url.rpartition(":")[2])).start()
    yield found
    await runner.cleanup()


def under(schema_id: int) -> bytes:
    return bytes([MAGIC]) + schema_id.to_bytes(4, "big") + b"content"


async def ask_as_a_task_does(codec: Codec, url: str, values: list[bytes]) -> None:
    now_s = time.monotonic()
    unknown = {found for value in values if (found := codec.unknown_id(value, now_s)) is not None}
    async with RegistryClient(url) as client:
        await resolve(client, codec, sorted(unknown))


@pytest.mark.asyncio
async def test_a_made_up_id_is_asked_once_however_many_records_bear_it(registry: KnowsNothing) -> None:
    codec = local_codec()

    for _ in range(20):
        await ask_as_a_task_does(codec, registry.url, [under(MADE_UP)] * 500)

    assert [str(MADE_UP)] == registry.asked


@pytest.mark.asyncio
async def test_a_made_up_id_is_asked_again_once_its_time_is_over(
    registry: KnowsNothing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender may have registered the schema since."""
    codec = local_codec()
    await ask_as_a_task_does(codec, registry.url, [under(MADE_UP)])

    monkeypatch.setattr(codec_module, "UNKNOWN_REMEMBERED_S", -1.0)
    await ask_as_a_task_does(codec, registry.url, [under(MADE_UP)])

    assert [str(MADE_UP)] * 2 == registry.asked


def test_of_made_up_ids_only_the_latest_are_remembered_and_of_agreed_ones_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec_module, "UNKNOWN_IDS_MAX", 3)
    codec = local_codec()
    agreed = set(codec.writers)

    for number in range(10):
        codec.learn(MADE_UP + number, None)

    assert agreed | {MADE_UP + 7, MADE_UP + 8, MADE_UP + 9} == set(codec.writers)


def test_a_schema_that_was_met_is_never_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that was asked for too early, and has been registered since."""
    monkeypatch.setattr(codec_module, "UNKNOWN_IDS_MAX", 1)
    codec = local_codec()
    codec.learn(MADE_UP, None)
    codec.learn(MADE_UP, avro_schema(ContributionPaid))

    for number in range(1, 10):
        codec.learn(MADE_UP + number, None)

    assert codec.unknown_id(under(MADE_UP)) is None
    assert "cn.weihai.shebao.ContributionPaid" == codec.writers[MADE_UP].name
