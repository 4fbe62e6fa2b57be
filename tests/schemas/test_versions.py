"""Versions of contracts: which file a change goes to, what a release fixes, and that old records stay readable."""

import io
import json
from pathlib import Path
from typing import ClassVar

import fastavro
import pytest

from schemas.avro import avro_schema, fingerprint, parsed, schema_text, without_docs
from schemas.avro.shapes import names_in, normalised
from schemas.avro.versions import (
    altered_releases,
    current_number,
    kept_versions,
    release_text,
    released,
    released_versions,
    schema_files,
)
from schemas.contracts import CONTRACTS, TOPICS_OF, contract_name
from schemas.examples import examples
from schemas.examples.wire import avro_value
from schemas.fact import Fact, Wire
from schemas.titles import TITLES_ZH
from services.runtime.codec import Codec


class CardLost(Fact):
    """A card was lost, first version."""

    topic: ClassVar[str] = "card-lost"
    key_field: ClassVar[str] = "person_key"

    person_key: str


class GrownCardLost(CardLost):
    """A card was lost, with an optional field more."""

    reported_by: str | None = None


GrownCardLost.__name__ = "CardLost"  # all versions of a contract have one name
NAME = "card-lost"
VALID = {example.contract: example for example in reversed(examples()) if example.code is None}


def _write(folder: Path, model: type[Wire]) -> set[str]:
    for file, text in schema_files({NAME: model}, folder).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return {file.name for file in (folder / NAME).iterdir()}


def _release(folder: Path) -> None:
    (folder / "released.json").write_text(release_text(folder), encoding="utf-8")


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_newest_file_is_the_models_schema(name: str) -> None:
    kept = kept_versions()[name]

    assert avro_schema(CONTRACTS[name]) == kept[max(kept)]


def test_there_is_no_schema_without_a_contract() -> None:
    assert set(CONTRACTS) == set(kept_versions())


def test_no_released_version_was_altered() -> None:
    assert [] == altered_releases()


def test_every_contract_has_a_chinese_name_and_no_other_has() -> None:
    assert set(CONTRACTS) == set(TITLES_ZH)


def test_a_contract_is_called_as_its_topic() -> None:
    different = {
        topic.name
        for name, topics in TOPICS_OF.items()
        for topic in topics
        if topic.name != name and not topic.name.endswith(("-commands", "-decisions", "-seals"))
    }

    assert set() == different


def test_a_change_before_the_release_rewrites_the_version(tmp_path: Path) -> None:
    assert {"v1.avsc"} == _write(tmp_path, CardLost)
    assert {"v1.avsc"} == _write(tmp_path, GrownCardLost)

    assert avro_schema(GrownCardLost) == kept_versions(tmp_path)[NAME][1]


def test_a_change_after_the_release_makes_the_next_version(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)
    _release(tmp_path)

    assert {"v1.avsc", "v2.avsc"} == _write(tmp_path, GrownCardLost)
    assert avro_schema(CardLost) == kept_versions(tmp_path)[NAME][1]
    assert {1} == set(released_versions(tmp_path)[NAME])


def test_other_words_alone_make_no_version(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)
    _release(tmp_path)
    reworded = {**avro_schema(CardLost), "doc": "Said otherwise."}

    assert fingerprint(avro_schema(CardLost)) == fingerprint(reworded)
    assert current_number(NAME, CardLost, {1: reworded}, released(tmp_path)) == 1


def test_an_altered_release_is_seen(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)
    _release(tmp_path)
    (tmp_path / NAME / "v1.avsc").write_text(schema_text(GrownCardLost), encoding="utf-8")

    assert ["card-lost v1"] == altered_releases(tmp_path)


def test_a_lost_release_is_seen(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)
    _release(tmp_path)
    (tmp_path / NAME / "v1.avsc").unlink()

    assert ["card-lost v1"] == altered_releases(tmp_path)


def test_a_contract_withdrawn_before_its_release_leaves_no_file(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)

    assert {} == schema_files({}, tmp_path)


def test_a_released_contract_that_is_withdrawn_stays_kept(tmp_path: Path) -> None:
    _write(tmp_path, CardLost)
    _release(tmp_path)

    assert {tmp_path / NAME / "v1.avsc"} == set(schema_files({}, tmp_path))


def test_an_old_record_is_read_after_the_contract_grew() -> None:
    codec = Codec()
    codec.agree(NAME, CardLost, 1)
    old_record = codec.encode(NAME, CardLost(person_key="p1"))
    codec.agree(NAME, GrownCardLost, 2)

    assert GrownCardLost(person_key="p1") == codec.decode(NAME, old_record)


def test_a_new_record_is_read_by_a_worker_of_the_release_before() -> None:
    codec = Codec()
    codec.agree(NAME, GrownCardLost, 2)
    new_record = codec.encode(NAME, GrownCardLost(person_key="p1", reported_by="p2"))
    codec.agree(NAME, CardLost, 1)

    assert CardLost(person_key="p1") == codec.decode(NAME, new_record)


@pytest.mark.parametrize("name", CONTRACTS)
def test_an_old_example_decodes_after_an_optional_field_was_added(name: str) -> None:
    """Every contract in turn grows a field at its end; what was written before is read, the field takes its default."""
    old = avro_schema(CONTRACTS[name])
    grown = {**old, "fields": [*old["fields"], {"name": "added", "type": ["null", "string"], "default": None}]}
    value = avro_value(old, VALID[name].value)
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed(old), value)
    buffer.seek(0)

    read = fastavro.schemaless_reader(buffer, parsed(old), parsed(grown))

    assert isinstance(read, dict)
    assert read.pop("added", "missing") is None
    assert CONTRACTS[name].model_validate(read) is not None


@pytest.mark.parametrize("name", CONTRACTS)
def test_names_in_a_schema_are_defined_once(name: str) -> None:
    text = json.dumps(without_docs(normalised(avro_schema(CONTRACTS[name]))))

    for full_name in names_in(normalised(avro_schema(CONTRACTS[name]))):
        assert text.count(f'"name": "{full_name}"') == 1


def test_a_contract_is_named_in_kebab_case() -> None:
    assert contract_name(CardLost) == "card-lost"
