import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from schemas import asyncapi
from schemas.avro import avro_schema
from schemas.contracts import CONTRACTS
from schemas.signing import SIGNATURE_HEADERS
from schemas.topics import TOPICS, Kind
from services.runtime.envelope import REQUIRED, Envelope, headers_of

NOON = datetime(2024, 3, 15, 4, tzinfo=UTC)
OFFICIAL = Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json"


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    """The official JSON Schema of AsyncAPI 3.0.0."""
    return Draft7Validator(json.loads(OFFICIAL.read_text(encoding="utf-8")))


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asyncapi.text())
    return found


def test_the_document_is_valid_by_the_official_schema(official: Draft7Validator, document: dict[str, Any]) -> None:
    assert [] == [error.message for error in official.iter_errors(document)]


@pytest.mark.parametrize("part", ["asyncapi", "info"])
def test_the_official_schema_refuses_a_document_without(
    official: Draft7Validator, document: dict[str, Any], part: str
) -> None:
    del document[part]

    assert not official.is_valid(document)


def test_the_official_schema_refuses_a_binding_it_does_not_know(
    official: Draft7Validator, document: dict[str, Any]
) -> None:
    document["channels"]["card-lost"]["bindings"]["kafka"]["colour"] = "red"

    assert not official.is_valid(document)


def test_every_topic_but_the_changelogs_is_a_channel(document: dict[str, Any]) -> None:
    assert {topic.name for topic in TOPICS if topic.kind is not Kind.CHANGELOG} == set(document["channels"])


def test_everybody_who_says_or_hears_something_has_an_operation(document: dict[str, Any]) -> None:
    expected = {
        f"{who}.{action}.{topic.name}"
        for topic in TOPICS
        if topic.kind is not Kind.CHANGELOG
        for action, parties in (("send", topic.producers), ("receive", topic.consumers))
        for who in parties
    }

    assert expected == set(document["operations"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert [] == [reference for reference in _references(document) if not _exists(document, reference)]


def test_payloads_are_the_avro_schemas(document: dict[str, Any]) -> None:
    payloads = {name: message.get("payload") for name, message in document["components"]["messages"].items()}

    for name, model in CONTRACTS.items():
        assert avro_schema(model) == payloads[name]["schema"]


def test_the_headers_are_those_of_the_envelope(document: dict[str, Any]) -> None:
    written = {name for name, _ in headers_of("card-lost", Envelope("1", "/x", "y", NOON, "1", "1", 1, "00"))}
    messages = document["components"]["messages"]
    headers = messages["card-lost"]["headers"]

    assert written | set(SIGNATURE_HEADERS) == set(headers["properties"])
    assert written == set(messages["card-issued"]["headers"]["properties"])
    assert list(REQUIRED) == headers["required"]


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for value in part.values() for found in _references(value)]
    return [found for value in part for found in _references(value)] if isinstance(part, list) else []


def _exists(document: dict[str, Any], reference: str) -> bool:
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if step not in place:
            return False
        place = place[step]
    return True
