"""The schema registry, spoken to through the Confluent-compatible interface (Apicurio, Confluent's own, Karapace).

What counts as an answer: a JSON body of the registry's own making. A bare 404 from something else that listens on
that port is no answer, else a wrong address would turn every record into a refused one.
"""

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from schemas.avro import AvroSchema
from services.runtime.errors import RegistryRefused, RegistryUnavailable, SchemaRefused

ATTEMPTS_MAX = 3
CONNECT_TIMEOUT_S = 2.0
ANSWER_TIMEOUT_S = 10.0
RETRY_WAIT_S = 0.2
REQUESTS_AT_ONCE_MAX = 8
CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"

_NOT_FOUND = 404
_REFUSED_SCHEMA = (409, 422)
_REFUSED_US = (401, 403)
_TOO_MANY, _SERVER_FAULT = 429, 500

T = TypeVar("T")

NOT_A_CONTRACT: AvroSchema = {"type": "record", "name": "NotAContract", "fields": []}
"""Stands for whatever is registered but cannot be one of our contracts."""


class RegistryClient:
    """An async client; use it as a context manager. Schemas met by id are remembered for the client's life.

    Every request is tried at most `ATTEMPTS_MAX` times within bounded waits; then `RegistryUnavailable`. All
    requests may be repeated: registering what is registered already answers its id.
    """

    def __init__(
        self, url: str, answer_timeout_s: float = ANSWER_TIMEOUT_S, retry_wait_s: float = RETRY_WAIT_S
    ) -> None:
        self.url = url.rstrip("/")
        self._retry_wait_s = retry_wait_s
        self._by_id: dict[int, AvroSchema] = {}
        self._slots = asyncio.Semaphore(REQUESTS_AT_ONCE_MAX)
        # trust_env: the registry is inside the mesh; a proxy named in the environment is for the world outside.
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(answer_timeout_s, connect=CONNECT_TIMEOUT_S, pool=None),
            headers={"Content-Type": CONTENT_TYPE, "Accept": f"{CONTENT_TYPE}, application/json"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def schema_by_id(self, schema_id: int) -> AvroSchema | None:
        """Give the schema of an id; None when the registry answers that it has none.

        What is registered there but is no Avro record of its own (JSON Schema, Protobuf, a bare type, a schema
        that refers to others) is given as a record that no contract has, so that it is refused as another's.
        """
        if schema_id in self._by_id:
            return self._by_id[schema_id]
        answer = await self._ask("GET", f"/schemas/ids/{schema_id}")
        if answer is None:
            return None
        self._by_id[schema_id] = self._record_of(answer)
        return self._by_id[schema_id]

    async def id_of(self, subject: str, schema: Mapping[str, Any]) -> int | None:
        """Give the id under which a subject holds exactly this schema; None when it does not hold it."""
        answer = await self._ask("POST", f"/subjects/{subject}", _body(schema))
        return None if answer is None else self._part(answer, "id", int)

    async def register(self, subject: str, schema: Mapping[str, Any]) -> int:
        """Register a schema and give its id; `SchemaRefused` when it is incompatible or no valid schema."""
        answer = await self._ask("POST", f"/subjects/{subject}/versions", _body(schema))
        if answer is None:
            raise self._no_registry(f"it cannot register {subject}")
        return self._part(answer, "id", int)

    async def subjects(self) -> frozenset[str]:
        """Give the names of all subjects."""
        answer = await self._ask("GET", "/subjects")
        if not isinstance(answer, list):
            raise self._no_registry("an answer without subjects")
        return frozenset(answer)

    async def versions(self, subject: str) -> tuple[int, ...]:
        """Give the version numbers of a subject, oldest first; empty when there is no such subject."""
        answer = await self._ask("GET", f"/subjects/{subject}/versions")
        if not isinstance(answer, list | None):
            raise self._no_registry("an answer without version numbers")
        return tuple(answer or ())

    async def version(self, subject: str, number: int) -> AvroSchema | None:
        """Give one version of a subject."""
        answer = await self._ask("GET", f"/subjects/{subject}/versions/{number}")
        return None if answer is None else self._record_of(answer)

    async def set_compatibility(self, subject: str, level: str) -> None:
        """Say which changes a subject may see, e.g. `FULL_TRANSITIVE`; it need not exist yet."""
        await self._ask("PUT", f"/config/{subject}", {"compatibility": level})

    async def compatibility(self, subject: str) -> str | None:
        """Give the level set for a subject; None when none is set."""
        answer = await self._ask("GET", f"/config/{subject}")
        return None if answer is None else self._part(answer, "compatibilityLevel", str)

    async def check(self, subject: str, schema: Mapping[str, Any]) -> bool:
        """Ask whether a schema could be registered now; a new subject takes any."""
        path = f"/compatibility/subjects/{subject}/versions"
        answer = await self._ask("POST", path, _body(schema))
        return answer is None or self._part(answer, "is_compatible", bool)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give the JSON of an answer, None for the registry's own 404."""
        problem = ""
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                await asyncio.sleep(self._retry_wait_s * 2**attempt)
            try:
                async with self._slots:
                    response = await self._http.request(method, self.url + path, json=body)
            except httpx.HTTPError as error:
                problem = f"{type(error).__name__} {error}".strip()
                continue
            if response.status_code == _TOO_MANY or response.status_code >= _SERVER_FAULT:
                problem = f"status {response.status_code}"
                continue
            return self._answer(path, response)
        raise RegistryUnavailable(
            f"{self.url} 上的模式注册中心没有应答，请稍后再试。",
            f"The registry at {self.url} does not answer: {problem}.",
        )

    def _answer(self, path: str, response: httpx.Response) -> Any:
        if response.status_code in _REFUSED_US:
            raise RegistryRefused(
                f"{self.url} 上的模式注册中心不允许本账号访问，请授予读写模式的权限。",
                f"The registry at {self.url} refuses us (status {response.status_code}): give this account the right "
                f"to read and write schemas.",
            )
        content = _json(response)
        if response.is_success and content is not None:
            return content
        if isinstance(content, dict) and "error_code" in content:
            if response.status_code == _NOT_FOUND:
                return None
            if response.status_code in _REFUSED_SCHEMA:
                raise SchemaRefused(
                    f"模式注册中心拒绝登记 {path}。",
                    f"The registry refuses {path}: {content.get('message', 'it does not say why')}",
                )
        raise self._no_registry(f"status {response.status_code} to {path}")

    def _part(self, answer: Any, name: str, kind: type[T]) -> T:
        if not isinstance(answer, dict) or not isinstance(answer.get(name), kind):
            raise self._no_registry(f"an answer without {name}")
        found: T = answer[name]
        return found

    def _record_of(self, answer: Any) -> AvroSchema:
        text = self._part(answer, "schema", str)
        if answer.get("schemaType", "AVRO") != "AVRO" or answer.get("references"):
            return NOT_A_CONTRACT
        try:
            schema = json.loads(text)
        except (ValueError, RecursionError):
            return NOT_A_CONTRACT
        return schema if isinstance(schema, dict) and schema.get("type") == "record" else NOT_A_CONTRACT

    def _no_registry(self, problem: str) -> RegistryUnavailable:
        return RegistryUnavailable(
            f"{self.url} 上应答的不是模式注册中心。", f"What answers at {self.url} is no schema registry: {problem}."
        )


def _body(schema: Mapping[str, Any]) -> dict[str, str]:
    return {"schema": json.dumps(schema, ensure_ascii=False), "schemaType": "AVRO"}


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
