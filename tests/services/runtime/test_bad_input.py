"""Each bad record is refused under its own code, lands in the dead letters whole, and the stream goes on."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.dead import split_dead
from services.runtime.door import KEY_FORMAT, is_key
from services.runtime.memory import MemoryMesh
from services.runtime.records import OutputRecord
from tests.harness.bad_records import (
    KINDS,
    OTHER_TYPE,
    OTHER_TYPE_ID,
    TOPIC,
    UNKNOWN_ID,
    BadRecords,
    producer_keys,
    with_headers,
)
from tests.harness.counting import COUNTING, NOON, paid, unit_code


@pytest.fixture
def mesh() -> MemoryMesh:
    mesh = MemoryMesh([COUNTING], NOON)
    mesh.codec.learn(OTHER_TYPE_ID, OTHER_TYPE)
    mesh.codec.learn(UNKNOWN_ID, None)
    for key in producer_keys():
        mesh.publish(key, source="/console")
    return mesh


def good(mesh: MemoryMesh, reference: str = "good-1") -> OutputRecord:
    return BadRecords(mesh.codec, NOON).good(reference)


def made(mesh: MemoryMesh, kind: str) -> OutputRecord:
    return BadRecords(mesh.codec, NOON).all()[kind]


@pytest.mark.parametrize("case", KINDS)
def test_a_bad_record_is_refused_under_its_code_and_kept_whole(mesh: MemoryMesh, case: str) -> None:
    bad = made(mesh, case)

    mesh.append(bad)
    mesh.run()

    letter = mesh.dead("arrears")[0]
    original, why = split_dead(letter.headers)
    assert case.split(" ", maxsplit=1)[0] == why["code"]
    assert (bad.key, bad.value, bad.headers) == (letter.key, letter.value, original)
    assert (bad.topic, str(bad.partition), "0") == (why["topic"], why["partition"], why["offset"])


@pytest.mark.parametrize("case", KINDS)
def test_good_records_around_a_bad_one_are_decided(mesh: MemoryMesh, case: str) -> None:
    mesh.append(good(mesh, "before"))
    mesh.append(made(mesh, case))
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
    other = good(mesh)._replace(value=mesh.codec.encode(TOPIC, paid(1, 101, "good-1")))
    mesh.append(BadRecords(mesh.codec, NOON).signed(other))
    mesh.run()

    assert ["counted", "duplicate-id-other-content"] == mesh.codes("arrears", unit_code(1))
    assert 1 == len(mesh.dead("arrears"))


def test_a_fact_exactly_24_hours_ahead_is_taken(mesh: MemoryMesh) -> None:
    ahead = with_headers(good(mesh), ce_time=(NOON + timedelta(hours=24)).isoformat().encode())
    mesh.append(BadRecords(mesh.codec, NOON).signed(ahead))
    mesh.run()

    assert ["counted"] == mesh.codes("arrears", unit_code(1))


def test_a_record_of_exactly_one_mebibyte_is_not_too_large(mesh: MemoryMesh) -> None:
    record = good(mesh)
    others = len(record.key or b"") + sum(len(name) + len(value or b"") for name, value in record.headers)
    mesh.append(record._replace(value=b"x" * (1024 * 1024 - others)))
    mesh.run()

    assert "undecodable" == split_dead(mesh.dead("arrears")[0].headers)[1]["code"]


@given(
    st.binary(max_size=3)
    | st.from_regex(KEY_FORMAT, fullmatch=True)
    | st.integers(98, 102).map(lambda size: b"7" * size)
)
def test_a_key_is_told_by_its_pattern_alone(key: bytes) -> None:
    assert is_key(key) == (KEY_FORMAT.fullmatch(key) is not None)
