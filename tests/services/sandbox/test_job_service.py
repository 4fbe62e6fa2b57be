from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.sandbox.calls import CALL_TASKS, call_outcome
from services.sandbox.job_service import ID_LENGTH_MAX, create_app
from services.sandbox.printer import PRINT_JOBS, card_serial

Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def printer(tmp_path: Path) -> AsyncIterator[Client]:
    async with TestClient(TestServer(create_app(PRINT_JOBS, tmp_path))) as client:
        yield client


@pytest.mark.asyncio
async def test_a_print_job_is_created_once_and_then_only_told_again(printer: Client) -> None:
    job = {"job_id": "job-1", "outlet": "wendeng-01"}

    first = await printer.post("/print-jobs", json=job)
    second = await printer.post("/print-jobs", json=job)
    shown = await printer.get("/print-jobs/job-1")

    expected = {"job_id": "job-1", "status": "printed", "card_serial": card_serial("job-1")}
    assert (first.status, await first.json()) == (201, expected)
    assert (second.status, await second.json()) == (200, expected)
    assert (shown.status, await shown.json()) == (200, expected)


@pytest.mark.asyncio
async def test_a_job_nobody_asked_for_is_not_found(printer: Client) -> None:
    assert (await printer.get("/print-jobs/unheard-of")).status == 404


@pytest.mark.asyncio
async def test_the_same_id_with_another_request_is_refused(printer: Client) -> None:
    await printer.post("/print-jobs", json={"job_id": "job-1", "outlet": "a"})

    assert (await printer.post("/print-jobs", json={"job_id": "job-1", "outlet": "b"})).status == 409


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b'"job-1"', b"{}", b'{"job_id": 1}', b'{"job_id": ""}', b'{"job_id": null}'],
)
async def test_a_request_that_cannot_be_read_is_refused_and_leaves_no_job(printer: Client, body: bytes) -> None:
    assert (await printer.post("/print-jobs", data=body)).status == 400
    assert await (await printer.get("/print-jobs")).json() == []


@pytest.mark.asyncio
async def test_an_id_may_be_200_characters_long_and_not_longer(printer: Client) -> None:
    assert (await printer.post("/print-jobs", json={"job_id": "j" * ID_LENGTH_MAX})).status == 201
    assert (await printer.post("/print-jobs", json={"job_id": "j" * (ID_LENGTH_MAX + 1)})).status == 400


@pytest.mark.asyncio
async def test_a_lost_answer_is_found_by_asking_again(tmp_path: Path) -> None:
    async with TestClient(TestServer(create_app(CALL_TASKS, tmp_path, unclear_percent=100))) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.post("/call-tasks", json={"task_id": "t-1"})
        shown = await client.get("/call-tasks/t-1")
        repeated = await client.post("/call-tasks", json={"task_id": "t-1"})

        expected = {"task_id": "t-1", "status": "done", "outcome": call_outcome("t-1")}
        assert await shown.json() == await repeated.json() == expected
        assert repeated.status == 200
