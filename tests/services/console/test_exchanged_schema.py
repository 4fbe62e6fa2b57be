"""A fact whose registry prefix was exchanged says something else with the same bytes; a replay tells."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.arrears import ArrearsOpened
from schemas.avro import avro_schema
from services.arrears.worker import SERVICE
from services.audit.replaying import replay_service
from services.console.memory_mesh import InMemoryMesh
from services.runtime.codec import MAGIC, PREFIX_BYTES
from services.runtime.records import InputRecord
from tests.services.console.towns import BEGIN, Town

OTHER_ID = 9_000
TOPIC = ArrearsOpened.topic


class Exchanged(InMemoryMesh):
    """The mesh of a town after somebody got at its disks: a fact names another schema."""

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        async for record in super().records(topics):
            behind = (record.value or b"")[PREFIX_BYTES:]
            named = bytes([MAGIC]) + OTHER_ID.to_bytes(4, "big") + behind
            yield replace(record, value=named) if record.topic == TOPIC else record


@pytest.fixture
def mesh() -> Exchanged:
    """Two amounts change places in the schema that the fact names."""
    town, mesh = Town(), Exchanged(BEGIN)
    town.register()
    town.owe()
    town.twin.run()
    mesh.twin = town.twin
    exchanged = {"principal_fen": "late_fee_fen", "late_fee_fen": "principal_fen"}
    schema: dict[str, Any] = json.loads(json.dumps(avro_schema(ArrearsOpened)))
    for field in schema["fields"]:
        field["name"] = exchanged.get(field["name"], field["name"])
    mesh.codec.learn(OTHER_ID, schema)
    return mesh


async def _as_it_reads(mesh: InMemoryMesh) -> list[ArrearsOpened]:
    return [mesh.codec.decode(TOPIC, record.value or b"") async for record in mesh.records([TOPIC])]


def test_a_fact_that_names_a_schema_no_release_kept_is_a_difference(mesh: Exchanged) -> None:
    (said,), (read,) = mesh.twin.facts(ArrearsOpened), asyncio.run(_as_it_reads(mesh))
    found = asyncio.run(replay_service(mesh, SERVICE))

    assert (said.principal_fen, said.late_fee_fen) == (read.late_fee_fen, read.principal_fen)
    assert [(f"said on {TOPIC}", "other bytes")] == [(one.what, one.then) for one in found.differences]
