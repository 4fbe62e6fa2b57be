"""Every example that is kept is tried as a producer and a worker would meet it: through Avro and the door."""

import io
import json

import fastavro
import pytest

from schemas.avro import avro_schema, fingerprint, parsed
from schemas.avro.versions import kept_versions
from schemas.contracts import CONTRACTS
from schemas.examples import FOLDER, Example, examples
from schemas.examples.wire import DoesNotFitError, avro_value, schema_as_written
from services.runtime.codec import MAGIC, Codec
from services.runtime.refusals import CODES, RefusedAtDoor

EXAMPLES = examples()
KEPT = kept_versions()
VALID = [example for example in EXAMPLES if example.code is None]
INVALID = [example for example in EXAMPLES if example.code is not None]
OUR_ID, WRITER_ID = 1, 2


def _named(example: Example) -> str:
    return f"{example.contract}-v{example.version}: {example.about}"


def _written(example: Example) -> tuple[dict[str, object], bytes]:
    """Write an example with its version's schema; where it does not fit, with the schema of a producer of its own."""
    schema = KEPT[example.contract][example.version]
    try:
        value = avro_value(schema, example.value)
    except DoesNotFitError:
        schema = schema_as_written(schema, example.value)
        value = avro_value(schema, example.value)
    buffer = io.BytesIO(bytes([MAGIC]) + WRITER_ID.to_bytes(4, "big"))
    buffer.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(buffer, parsed(schema), value)
    return schema, buffer.getvalue()


def _read(example: Example) -> object:
    codec = _codec(example)
    schema, record = _written(example)
    codec.learn(WRITER_ID, schema)
    return codec.decode(example.contract, record)


def _codec(example: Example) -> Codec:
    """A codec that knows the example's contract alone."""
    codec = Codec()
    codec.agree(example.contract, CONTRACTS[example.contract], OUR_ID)
    return codec


@pytest.mark.parametrize("example", VALID, ids=_named)
def test_a_valid_example_of_any_version_is_read(example: Example) -> None:
    assert CONTRACTS[example.contract].model_validate(_read(example)) is not None


@pytest.mark.parametrize("example", VALID, ids=_named)
def test_a_valid_example_survives_the_road_unchanged(example: Example) -> None:
    """JSON, model, Avro, model."""
    model = CONTRACTS[example.contract]
    codec, topic = _codec(example), example.contract
    fact = model.model_validate_json(json.dumps(example.value))

    assert fact == codec.decode(topic, codec.encode(topic, fact))


@pytest.mark.parametrize("example", INVALID, ids=_named)
def test_an_invalid_example_is_refused_under_its_code(example: Example) -> None:
    with pytest.raises(RefusedAtDoor) as refused:
        _read(example)

    assert example.code == refused.value.refusal.code


def test_every_code_that_an_example_names_is_documented() -> None:
    assert set() == {example.code for example in INVALID} - set(CODES)


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_version_of_every_contract_has_examples_of_both_kinds(name: str) -> None:
    for number in KEPT[name]:
        mine = [example for example in EXAMPLES if (example.contract, example.version) == (name, number)]

        assert any(example.code is None for example in mine)
        assert any(example.code is not None for example in mine)


def test_no_example_is_of_a_contract_or_version_that_nobody_keeps() -> None:
    kept = {(name, number) for name, versions in KEPT.items() for number in versions}

    assert set() == {(example.contract, example.version) for example in EXAMPLES} - kept


def test_every_file_among_the_examples_is_read() -> None:
    files = {(file.parent.name, file.name) for file in FOLDER.glob("*/*.json")}
    read = {
        (example.contract, f"v{example.version}.{'valid' if example.code is None else 'invalid'}.json")
        for example in EXAMPLES
    }

    assert files == read


def test_the_schema_that_examples_are_written_with_is_the_one_that_is_kept() -> None:
    """A gate against a loader that quietly reads something else."""
    for example in VALID[:3]:
        schema, _ = _written(example)
        assert fingerprint(avro_schema(CONTRACTS[example.contract])) == fingerprint(schema)
