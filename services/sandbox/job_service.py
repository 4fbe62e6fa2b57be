"""The web interface that the card printer and the call-task list share: POST is idempotent, GET reconciles.

`POST /<path>` answers 201 when the job was done just now, 200 with the same answer when it was done before,
409 when its id was used for another request, 400 for a request that cannot be read. `GET /<path>/<id>`
answers 200 or 404, `GET /<path>` lists the latest jobs.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from services.sandbox.job_store import Answer, Job, JobConflictError, JobStore
from services.sandbox.loopback import LOOPBACK

REQUEST_BYTES_MAX = 64 * 1024
ID_LENGTH_MAX = 200
LISTED_MAX = 1000

_STORE: web.AppKey[JobStore] = web.AppKey("store", JobStore)


class Work(Protocol):
    """What a simulator does with a job."""

    def __call__(self, job_id: str, request: Mapping[str, Any]) -> Answer:
        """Answer a job; the same for the same job."""


@dataclass(frozen=True)
class JobKind:
    """What a simulator does: its path, the field that carries the idempotency key, and its work."""

    path: str
    id_field: str
    work: Work
    """Gets the job's id and its request."""


def share_of(job_id: str, salt: str) -> float:
    """A number from 0 up to 1 that belongs to this id for ever: the simulators' only source of chance."""
    digest = hashlib.sha256(f"{salt}:{job_id}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / (1 << 56)


def create_app(kind: JobKind, folder: Path, unclear_percent: int = 0) -> web.Application:
    """The application of one simulator, its jobs in `folder`.

    For `unclear_percent` of the ids the first POST is done and its answer lost (the connection closes), as
    when a network fails at the worst moment; a GET or a second POST then tells what became of it.
    """
    app = web.Application(client_max_size=REQUEST_BYTES_MAX)
    handlers = _Handlers(kind, unclear_percent)

    async def keep_store(app: web.Application) -> AsyncIterator[None]:
        app[_STORE] = JobStore(folder / f"{kind.path}.ndjson")
        yield
        app[_STORE].close()

    app.cleanup_ctx.append(keep_store)
    app.router.add_get("/health", handlers.health)
    app.router.add_post(f"/{kind.path}", handlers.submit)
    app.router.add_get(f"/{kind.path}", handlers.list_latest)
    app.router.add_get(f"/{kind.path}/{{job_id}}", handlers.show)
    return app


def serve(kind: JobKind) -> None:
    """Run the simulator on loopback, as the command line says, until it is asked to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--unclear-percent", type=int, default=0)
    options = parser.parse_args()
    app = create_app(kind, options.folder, options.unclear_percent)
    web.run_app(app, host=LOOPBACK, port=options.port, access_log=None, print=None)


class _Handlers:
    def __init__(self, kind: JobKind, unclear_percent: int) -> None:
        self._kind = kind
        self._unclear_percent = unclear_percent

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "up"})

    async def submit(self, request: web.Request) -> web.StreamResponse:
        document = await self._read(request)
        job_id: str = document[self._kind.id_field]
        try:
            # Shielded: when the caller goes away in the middle, the job is still written down whole.
            job, is_new = await asyncio.shield(
                request.app[_STORE].do_once(job_id, document, partial(self._kind.work, request=document))
            )
        except JobConflictError:
            return web.json_response({"error": f"{job_id} was used for another request"}, status=409)
        if is_new and share_of(job_id, "answer-lost") * 100 < self._unclear_percent:
            return _lose_answer(request)
        return web.json_response(self._body(job), status=201 if is_new else 200)

    async def show(self, request: web.Request) -> web.Response:
        job = request.app[_STORE].find(request.match_info["job_id"])
        if job is None:
            return web.json_response({"error": "no such job"}, status=404)
        return web.json_response(self._body(job))

    async def list_latest(self, request: web.Request) -> web.Response:
        store = request.app[_STORE]
        latest = list(store)[-LISTED_MAX:]
        return web.json_response([{**self._body(job), "request": job.request} for job in latest])

    def _body(self, job: Job) -> dict[str, Any]:
        return {self._kind.id_field: job.job_id, **job.answer}

    async def _read(self, request: web.Request) -> dict[str, Any]:
        try:
            document = json.loads(await request.read())
        except ValueError:
            raise _bad_request("the body is not JSON") from None
        job_id = document.get(self._kind.id_field) if isinstance(document, dict) else None
        if not isinstance(job_id, str) or not 0 < len(job_id) <= ID_LENGTH_MAX:
            raise _bad_request(f"{self._kind.id_field} must be a text of 1 to {ID_LENGTH_MAX} characters")
        return dict(document)


def _bad_request(reason: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": reason}), content_type="application/json")


def _lose_answer(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
