"""Each bad record is refused under its own code, lands in the dead letters whole, and the stream goes on."""

import io
from datetime import timedelta
from typing import Any

import fastavro
import pytest

from schemas.arrears import ArrearsChanged
from schemas.avro import parsed
from schemas.contributions import ContributionMissed, ContributionPaid
from services.runtime.dead import split_dead
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import Header, OutputRecord, partition_of
from tests.harness.counting import COUNTING, NOON, paid, unit_code

TOPIC = ContributionPaid.topic
KEY = unit_code(1).encode()
PLACE = partition_of(KEY, 12)


@pytest.fixture
def mesh() -> MemoryMesh:
    return MemoryMesh([COUNTING], NOON)


def good(mesh: MemoryMesh, reference: str = "good-1") -> OutputRecord:
    return published(mesh.codec, paid(1, 100, reference), f"id-{reference}", "urn:weihai:tax", NOON, 12)


def forged(mesh: MemoryMesh, topic: str = TOPIC, **fields: Any) -> OutputRecord:
    """A record whose Avro is sound and whose content the model would not make."""
    record = good(mesh, "forged-1")
    plain = paid(1, 100, "forged-1").model_dump() | fields
    if topic == ContributionMissed.topic:
        plain = {name: value for name, value in plain.items() if not name.startswith("paid")}
        plain |= {"assessed_fen": 100, "due_on": fields["due_on"]}
    headers = tuple((name, value.replace(TOPIC.encode(), topic.encode())) for name, value in record.headers if value)
    return record._replace(topic=topic, value=mesh.codec.encode_plain(topic, plain), headers=headers)


def with_headers(record: OutputRecord, **changed: bytes | None) -> OutputRecord:
    headers: tuple[Header, ...] = tuple(
        (name, changed.get(name.replace("-", "_"), value)) for name, value in record.headers
    )
    return record._replace(headers=headers)


def other_type(mesh: MemoryMesh) -> bytes:
    """Avro of the right name whose amount is text."""
    schema = {
        "type": "record",
        "name": "ContributionPaid",
        "namespace": "cn.weihai.shebao",
        "fields": [{"name": "paid_fen", "type": "string"}],
    }
    mesh.codec.learn(9_000, schema)
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed(schema), {"paid_fen": "much"})
    return b"\x00" + (9_000).to_bytes(4, "big") + buffer.getvalue()


def unknown_id(mesh: MemoryMesh) -> bytes:
    mesh.codec.learn(9_999, None)
    return b"\x00" + (9_999).to_bytes(4, "big") + b"abc"


BAD = {
    "undecodable": lambda mesh: good(mesh)._replace(value=b"not avro at all"),
    "undecodable (cut)": lambda mesh: good(mesh)._replace(value=(good(mesh).value or b"")[:-9]),
    "undecodable (too long)": lambda mesh: good(mesh)._replace(value=(good(mesh).value or b"") + b"!"),
    "schema-id-unknown": lambda mesh: good(mesh)._replace(value=unknown_id(mesh)),
    "schema-of-another-subject": lambda mesh: good(mesh)._replace(
        value=mesh.codec.encode("arrears-changed", _changed())
    ),
    "type-wrong": lambda mesh: good(mesh)._replace(value=other_type(mesh)),
    "unit-code-invalid": lambda mesh: forged(mesh, unit_code="913710030000000010"),
    "amount-out-of-range": lambda mesh: forged(mesh, paid_fen=-1),
    "amount-out-of-range (high)": lambda mesh: forged(mesh, paid_fen=10**12 + 1),
    "month-invalid": lambda mesh: forged(mesh, month="2026-13"),
    "due-before-month": lambda mesh: forged(
        mesh, ContributionMissed.topic, due_on=paid(1, 1, "x").occurred_on.replace(month=8)
    ),
    "fact-in-the-future": lambda mesh: with_headers(
        good(mesh), ce_time=(NOON + timedelta(hours=24, seconds=1)).isoformat().encode()
    ),
    "value-null": lambda mesh: good(mesh)._replace(value=None),
    "key-null": lambda mesh: good(mesh)._replace(key=None),
    "key-foreign": lambda mesh: good(mesh)._replace(key=b"\xff\xfe"),
    "key-not-subject": lambda mesh: good(mesh)._replace(key=unit_code(2).encode()),
    "partition-wrong": lambda mesh: good(mesh)._replace(partition=(PLACE + 1) % 12),
    "record-too-large": lambda mesh: good(mesh)._replace(value=b"x" * (1024 * 1024 + 1)),
    "envelope-invalid": lambda mesh: with_headers(good(mesh), ce_id=b""),
    "envelope-invalid (null)": lambda mesh: with_headers(good(mesh), ce_source=None),
    "envelope-invalid (time)": lambda mesh: with_headers(good(mesh), ce_time=b"yesterday"),
    "type-of-another-topic": lambda mesh: with_headers(good(mesh), ce_type=b"cn.weihai.shebao.card-lost"),
}


def _changed() -> Any:
    mesh = MemoryMesh([COUNTING], NOON)
    mesh.publish(paid(1, 1, "a"))
    mesh.run()
    return mesh.facts(ArrearsChanged)[0]


@pytest.mark.parametrize("case", BAD)
def test_a_bad_record_is_refused_under_its_code_and_kept_whole(mesh: MemoryMesh, case: str) -> None:
    bad = BAD[case](mesh)

    mesh.append(bad)
    mesh.run()

    letter = mesh.dead("arrears")[0]
    original, why = split_dead(letter.headers)
    assert case.split(" ", maxsplit=1)[0] == why["code"]
    assert (bad.key, bad.value, bad.headers) == (letter.key, letter.value, original)
    assert (bad.topic, str(bad.partition), "0") == (why["topic"], why["partition"], why["offset"])


@pytest.mark.parametrize("case", BAD)
def test_good_records_around_a_bad_one_are_decided(mesh: MemoryMesh, case: str) -> None:
    mesh.append(good(mesh, "before"))
    mesh.append(BAD[case](mesh))
    mesh.append(good(mesh, "after"))
    mesh.run()

    assert "200" == str(mesh.state("arrears", unit_code(1)).total_fen)  # type: ignore[attr-defined]
    assert 1 == len(mesh.dead("arrears"))


def test_the_same_id_with_the_same_content_is_already_known(mesh: MemoryMesh) -> None:
    mesh.append(good(mesh))
    mesh.append(good(mesh))
    mesh.run()

    assert ["counted", "repeat"] == mesh.codes("arrears", unit_code(1))


def test_the_same_id_with_other_content_is_refused(mesh: MemoryMesh) -> None:
    mesh.append(good(mesh))
    mesh.append(good(mesh)._replace(value=mesh.codec.encode(TOPIC, paid(1, 101, "good-1"))))
    mesh.run()

    assert ["counted", "duplicate-id-other-content"] == mesh.codes("arrears", unit_code(1))
    assert 1 == len(mesh.dead("arrears"))


def test_a_fact_exactly_24_hours_ahead_is_taken(mesh: MemoryMesh) -> None:
    mesh.append(with_headers(good(mesh), ce_time=(NOON + timedelta(hours=24)).isoformat().encode()))
    mesh.run()

    assert ["counted"] == mesh.codes("arrears", unit_code(1))


def test_a_record_of_exactly_one_mebibyte_is_not_too_large(mesh: MemoryMesh) -> None:
    record = good(mesh)
    others = len(record.key or b"") + sum(len(name) + len(value or b"") for name, value in record.headers)
    mesh.append(record._replace(value=b"x" * (1024 * 1024 - others)))
    mesh.run()

    assert "undecodable" == split_dead(mesh.dead("arrears")[0].headers)[1]["code"]
