"""The registry as a client meets it: answering, refusing, ailing, gone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from schemas.avro import avro_schema
from schemas.topics import BY_NAME, TOPICS
from services.runtime.codec import MAGIC, Codec
from services.runtime.errors import (
    NoAgreement,
    RegistryRefused,
    RegistryUnavailable,
    SchemaDisagreement,
    SchemaRefused,
    WillNotStart,
)
from services.runtime.refusals import RefusedAtDoor
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.registry_client import ATTEMPTS_MAX
from services.runtime.schema_push import push, versions_in
from services.sandbox import stack as sandbox
from services.sandbox.ports import free_port
from services.sandbox.settings import SandboxSettings, on_free_ports
from tests.harness.stack import Stack
from tests.schemas.changes import CASES, Case, contract, field

pytestmark = pytest.mark.asyncio

NOBODY = "http://127.0.0.1:1"
CARD_LOST = BY_NAME["card-lost"]
AVRO_ID = {"id": 7, "schema": '{"type": "record", "name": "A", "fields": []}'}
NOT_FOUND = {"error_code": 40403, "message": "Schema not found"}
WORKER_ENDS_S = 60

Answer = tuple[int, object]


@asynccontextmanager
async def ailing(*answers: Answer) -> AsyncIterator[str]:
    """Serve the given answers one after the other, the last for ever; give the address."""
    waiting = list(answers)

    async def handle(request: web.Request) -> web.Response:
        status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


def quick(url: str) -> RegistryClient:
    """A client that gives up soon."""
    return RegistryClient(url, answer_timeout_s=0.5, retry_wait_s=0.01)


@pytest_asyncio.fixture
async def client(stack: Stack) -> AsyncIterator[RegistryClient]:
    """A client of the real registry, which holds our contracts."""
    async with RegistryClient(stack.settings.registry_url) as found:
        yield found


async def test_a_fault_that_passes_is_tried_again() -> None:
    async with ailing((503, "busy"), (500, "oops"), (200, AVRO_ID)) as url, quick(url) as client:
        assert {"type": "record", "name": "A", "fields": []} == await client.schema_by_id(7)


@pytest.mark.parametrize(
    "answer",
    [
        (503, "busy"),
        (429, "slow down"),
        (404, "<html>no such page</html>"),
        (404, {"detail": "no such page"}),
        (200, "<html>welcome</html>"),
        (200, {"hello": "world"}),
        (302, ""),
        (400, {"error_code": 400, "message": "what?"}),
    ],
)
async def test_what_is_no_answer_of_a_registry_is_no_answer(answer: Answer) -> None:
    """A wrong address must never turn every record into a refused one."""
    async with ailing(answer) as url, quick(url) as client:
        with pytest.raises(RegistryUnavailable):
            await client.schema_by_id(7)


async def test_a_registry_that_says_no_such_id_has_answered() -> None:
    async with ailing((404, NOT_FOUND)) as url, quick(url) as client:
        assert await client.schema_by_id(7) is None


async def test_a_wrong_password_is_said_to_be_one() -> None:
    async with ailing((401, {"error_code": 40101, "message": "who?"})) as url, quick(url) as client:
        with pytest.raises(RegistryRefused, match="give this account the right"):
            await client.schema_by_id(7)


async def test_a_registry_that_hangs_is_given_up() -> None:
    connections: list[asyncio.StreamWriter] = []

    def never_answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)

    port = free_port()
    server = await asyncio.start_server(never_answer, "127.0.0.1", port)
    async with server, quick(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(RegistryUnavailable, match="ReadTimeout"):
            await client.schema_by_id(7)
        for writer in connections:
            writer.close()

    assert len(connections) == ATTEMPTS_MAX


async def test_a_schema_once_met_is_known_after_the_registry_went() -> None:
    async with ailing((200, AVRO_ID), (503, "gone")) as url, quick(url) as client:
        first = await client.schema_by_id(7)

        assert first == await client.schema_by_id(7)


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 7, "schema": "{}", "schemaType": "JSON"},
        {"id": 7, "schema": '"string"'},
        {"id": 7, "schema": "message M {}", "schemaType": "PROTOBUF"},
        {"id": 7, "schema": "not even JSON"},
        {"id": 7, "schema": AVRO_ID["schema"], "references": [{"name": "B", "subject": "b", "version": 1}]},
        {"id": 7, "schema": '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "Unheard"}]}'},
        {"id": 7, "schema": '{"type": "record", "name": "A", "fields": [{"name": "x"}]}'},
    ],
)
async def test_what_is_registered_but_no_contract_is_refused_as_anothers(answer: object) -> None:
    codec = Codec()
    assert CARD_LOST.fact is not None
    codec.agree(CARD_LOST.name, CARD_LOST.fact, 1)

    async with ailing((200, answer)) as url, quick(url) as client:
        await resolve(client, codec, [7])

    with pytest.raises(RefusedAtDoor) as refused:
        codec.decode(CARD_LOST.name, bytes([MAGIC, 0, 0, 0, 7]) + b"x")
    assert refused.value.refusal.code == "schema-of-another-subject"


async def test_without_registry_and_without_agreement_a_worker_does_not_start(tmp_path: Path) -> None:
    async with quick(NOBODY) as client:
        with pytest.raises(NoAgreement, match="no earlier agreement"):
            await agree(client, TOPICS, Codec(), tmp_path / "agreement.json")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"registry": "x", "schemas": {"a": 1}}', '{"registry": "x", "sche'])
async def test_a_damaged_agreement_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "agreement.json").write_text(text)

    async with quick(NOBODY) as client:
        with pytest.raises(NoAgreement, match="no earlier agreement"):
            await agree(client, TOPICS, Codec(), tmp_path / "agreement.json")


@pytest.mark.broker
async def test_a_worker_agrees_and_writes_under_the_registrys_ids(client: RegistryClient, tmp_path: Path) -> None:
    codec = Codec()
    await agree(client, TOPICS, codec, tmp_path / "deep" / "agreement.json")

    assert {topic.name for topic in TOPICS if topic.fact is not None} == set(codec.contracts)
    assert CARD_LOST.fact is not None
    schema_id = await client.id_of(CARD_LOST.subject, avro_schema(CARD_LOST.fact))
    assert codec.contracts[CARD_LOST.name].prefix == bytes([MAGIC]) + (schema_id or 0).to_bytes(4, "big")
    assert [tmp_path / "deep" / "agreement.json"] == list((tmp_path / "deep").iterdir())


@pytest.mark.broker
async def test_a_folder_that_cannot_be_written_is_said(client: RegistryClient, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")

    with pytest.raises(WillNotStart, match="SHEBAO_WORK_DIR"):
        await agree(client, [CARD_LOST], Codec(), tmp_path / "taken" / "agreement.json")


@pytest.mark.broker
async def test_a_disagreement_names_the_subject_and_the_cure(client: RegistryClient, tmp_path: Path) -> None:
    unknown = [replace(CARD_LOST, name="never-pushed"), replace(CARD_LOST, name="never-pushed-too")]

    with pytest.raises(SchemaDisagreement, match=r"never-pushed-too-value and 1 more.*shebao schemas push"):
        await agree(client, unknown, Codec(), tmp_path / "agreement.json")


@pytest.mark.broker
async def test_the_last_agreement_serves_while_the_registry_is_down(stack: Stack, tmp_path: Path) -> None:
    """The address stays the same and nobody answers there."""
    store, settings = tmp_path / "agreement.json", _own_registry(tmp_path)
    await sandbox.start(settings, parts=["registry"])
    try:
        async with RegistryClient(settings.registry_url) as client:
            await push(client)
            before = Codec()
            await agree(client, TOPICS, before, store)
        await sandbox.stop(settings)
        after = Codec()
        async with RegistryClient(settings.registry_url) as client:
            await agree(client, TOPICS, after, store)
            with pytest.raises(RegistryUnavailable):
                await resolve(client, after, [123_456])

        assert _prefixes(before) == _prefixes(after)
    finally:
        await sandbox.reset(settings)


@pytest.mark.broker
async def test_an_agreement_about_other_schemas_or_another_registry_does_not_serve(
    client: RegistryClient, tmp_path: Path
) -> None:
    store = tmp_path / "agreement.json"
    await agree(client, [CARD_LOST], Codec(), store)
    other = replace(CARD_LOST, fact=BY_NAME["card-found"].fact)

    async with quick(NOBODY) as gone:
        with pytest.raises(NoAgreement, match="was made with"):
            await agree(gone, [CARD_LOST], Codec(), store)
        store.write_text(store.read_text().replace(client.url, NOBODY))
        await agree(gone, [CARD_LOST], Codec(), store)
        with pytest.raises(NoAgreement, match="card-lost-value is newer"):
            await agree(gone, [other], Codec(), store)


@pytest.mark.broker
@pytest.mark.parametrize("schema_id", [0, 999_999, 2**31 - 1, 2**31, 2**32 - 1])
async def test_every_id_that_fits_the_prefix_gets_an_answer(client: RegistryClient, schema_id: int) -> None:
    """An id made up by a producer must not make a task wait for ever."""
    assert await client.schema_by_id(schema_id) is None


@pytest.mark.broker
async def test_an_id_resolves_to_what_its_writer_meant(client: RegistryClient) -> None:
    codec = Codec()
    assert CARD_LOST.fact is not None
    schema_id = await client.id_of(CARD_LOST.subject, avro_schema(CARD_LOST.fact))
    assert schema_id is not None

    await resolve(client, codec, [schema_id, 999_999])

    assert codec.writers[schema_id].name == "cn.weihai.shebao.CardLost"
    assert codec.writers[999_999].schema is None


@pytest.mark.broker
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_registry_refuses_what_we_say_breaks(client: RegistryClient, case: Case) -> None:
    """Both directions, against every version: FULL_TRANSITIVE. Where we are stricter it lets pass."""
    subject = f"test-{case.name.replace(' ', '-')}"
    await client.set_compatibility(subject, "FULL_TRANSITIVE")
    await client.register(subject, case.old_schema)

    accepted = await client.check(subject, case.new_schema)

    assert accepted == (not case.breaks or case.is_stricter_than_avro)


@pytest.mark.broker
async def test_an_incompatible_change_is_refused_by_the_registry_and_explained_by_us(client: RegistryClient) -> None:
    """Pushed as the next version of a real contract: nothing is registered, and the sentence says what breaks."""
    assert CARD_LOST.fact is not None
    ours = avro_schema(CARD_LOST.fact)
    broken = {**ours, "fields": [*ours["fields"], {"name": "colour", "type": "string"}]}

    with pytest.raises(SchemaRefused, match="card-lost-value is refused: colour was added without a default"):
        await push(client, {"card-lost": {1: ours, 2: broken}})

    assert (1,) == await client.versions("card-lost-value")


@pytest.mark.broker
async def test_a_compatible_change_becomes_the_next_version(client: RegistryClient) -> None:
    subject = "test-grown"
    await client.set_compatibility(subject, "FULL_TRANSITIVE")
    first = await client.register(subject, contract())
    second = await client.register(subject, contract(field(["null", "string"], default=None)))

    assert (1, 2) == await client.versions(subject)
    assert (first, second) == (
        await client.id_of(subject, contract()),
        await client.id_of(subject, contract(field(["null", "string"], default=None))),
    )


@pytest.mark.broker
async def test_pushing_again_changes_nothing(client: RegistryClient) -> None:
    first, second = await push(client), await push(client)

    assert (first.ids, 0) == (second.ids, second.registered)
    assert {topic.subject for topic in TOPICS if topic.fact is not None} == set(second.ids)
    assert "FULL_TRANSITIVE" == await client.compatibility(CARD_LOST.subject)


@pytest.mark.broker
async def test_what_was_pushed_can_be_read_back_for_a_check(client: RegistryClient) -> None:
    await push(client)
    held = await versions_in(client)

    assert CARD_LOST.fact is not None
    assert {1} == set(held["card-lost"]) == set(held["decision-batch"])


@pytest.mark.broker
async def test_a_worker_process_does_not_start_where_the_registry_disagrees(stack: Stack, tmp_path: Path) -> None:
    """An empty registry answers, and it does not hold our schemas: exit 3 and one sentence."""
    settings = _own_registry(tmp_path)
    await sandbox.start(settings, parts=["registry"])
    try:
        code, said = await _run_worker(stack, settings.registry_url, tmp_path)
    finally:
        await sandbox.reset(settings)

    assert code == 3
    assert "shebao schemas push" in said
    assert "Traceback" not in said


@pytest.mark.broker
async def test_a_worker_process_does_not_start_without_registry_and_agreement(stack: Stack, tmp_path: Path) -> None:
    code, said = await _run_worker(stack, NOBODY, tmp_path)

    assert code == 3
    assert "start the registry first" in said
    assert "Traceback" not in said


def _own_registry(folder: Path) -> SandboxSettings:
    return on_free_ports(folder / "data")


def _prefixes(codec: Codec) -> dict[str, bytes]:
    return {name: known.prefix for name, known in codec.contracts.items()}


async def _run_worker(stack: Stack, registry_url: str, folder: Path) -> tuple[int | None, str]:
    """Run a real worker to its end; give exit code and what it printed."""
    environment = {
        **os.environ,
        "SHEBAO_BOOTSTRAP_SERVERS": stack.settings.bootstrap_servers,
        "SHEBAO_REGISTRY_URL": registry_url,
        "SHEBAO_WORK_DIR": str(folder),
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.outlets", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(worker.communicate(), WORKER_ENDS_S)
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
    return worker.returncode, said.decode()
