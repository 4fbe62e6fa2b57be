"""Hostile records on the memory twin: thousands of each seed, in seconds."""

from collections.abc import Iterable

import pytest

from services.console.all_services import ALL_SERVICES
from services.runtime.memory import MemoryMesh
from tests.fuzz.hostile import END_OF_TIME, SAMPLE, SAMPLE_SEED, Hostile, Hostiles
from tests.fuzz.judging import Topics, judged
from tests.fuzz.others_schemas import BAD, GOOD
from tests.fuzz.values import BEGIN

RECORDS = 2_500
AT_ONCE = 50
NO_HALT = 1 << 60
"""What a halt and its end do is tried elsewhere; here every record is to be met."""
FIRST_ID = 900_100


def mesh_and_hostiles(seed: int) -> tuple[MemoryMesh, Hostiles]:
    mesh = MemoryMesh(ALL_SERVICES, BEGIN, refusals_max=NO_HALT)
    ids = {name: FIRST_ID + number for number, name in enumerate((*BAD, *GOOD))}
    for name, (schema, _) in BAD.items():
        mesh.codec.learn(ids[name], schema)
    for name, schema in GOOD.items():
        mesh.codec.learn(ids[name], schema)
    return mesh, Hostiles(mesh.codec, seed, ids)


def feed(mesh: MemoryMesh, records: Iterable[Hostile]) -> None:
    for hostile in records:
        if hostile.is_text:  # what else there is only a broker can hold: tests/fuzz/test_on_broker.py
            mesh.append(hostile.as_output())
        if hostile.number % AT_ONCE == 0:
            mesh.run()
    mesh.run()


@pytest.mark.parametrize(("seed", "first"), [(20_261_126, 0), (42, END_OF_TIME)])
def test_every_hostile_record_becomes_one_decision_with_a_reason(seed: int, first: int) -> None:
    mesh, hostiles = mesh_and_hostiles(seed)

    feed(mesh, (hostiles.record(number) for number in range(first, first + RECORDS)))

    for service in ALL_SERVICES:
        records = [record for topic in Topics.wanted(service) for record in mesh.records(topic)]
        verdict = judged(Topics(service, records), mesh.codec)
        verdict.assert_clean()
        assert verdict.outcomes["decided"] > 0 < verdict.outcomes["refused"]


def test_a_seed_and_an_index_give_the_same_record_again() -> None:
    _, one = mesh_and_hostiles(7)
    _, other = mesh_and_hostiles(7)

    assert [one.record(number) for number in range(200)] == [other.record(number) for number in range(199, -1, -1)][
        ::-1
    ]


@pytest.mark.parametrize(("seed", "numbers"), [(1, range(RECORDS)), (SAMPLE_SEED, SAMPLE)])
def test_a_feed_reaches_every_input_on_every_layer(seed: int, numbers: range) -> None:
    _, hostiles = mesh_and_hostiles(seed)
    made = [hostiles.record(number) for number in numbers]

    assert 9 == len({hostile.layer for hostile in made})
    assert {topic.name for topic in hostiles.inputs} == {hostile.topic for hostile in made}
