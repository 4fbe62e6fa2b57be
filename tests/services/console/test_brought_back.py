"""An auditor's replay holds what operators brought back against the topics in which it is said to have stood."""

from datetime import UTC, datetime

import pytest

from schemas.mesh import CommandIssued, OriginalHeader, OriginalRecord
from schemas.topics import commands_topic
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord, partition_of
from tests.harness.letters import original_in
from tests.services.console.test_mending import BECAUSE, unregistered
from tests.services.console.towns import TAX, UNIT, Town

PLACE = partition_of(UNIT.encode(), 12)
BEFORE_ANY_KEY_MS = int(datetime(2019, 12, 31, tzinfo=UTC).timestamp() * 1000)
NOTHING_THERE = 77


def ordered(town: Town, original: OriginalRecord) -> None:
    """An operator writes an order by hand, as whoever has that account can."""
    order = CommandIssued(
        subject=UNIT, action="redrive", issued_by="李爱华", explanation="更正后重投", original=original
    )
    topic, codec, clock = commands_topic("arrears"), town.mesh.codec, town.twin.clock
    town.twin.append(published(codec, order, f"order-{original.offset}", "/console", clock, 12, PLACE, topic))
    town.twin.run()


def made_up(town: Town) -> OutputRecord:
    """A payment that the tax office never said, without a signature."""
    return published(town.mesh.codec, town.payment("2026-09", 1_000_000), "id-made-up", TAX, town.twin.clock, 12)


def enclosed(record: OutputRecord, offset: int, append_time_ms: int) -> OriginalRecord:
    headers = tuple(OriginalHeader(name=name, value=value) for name, value in record.headers)
    return OriginalRecord(
        topic=record.topic,
        partition=PLACE,
        offset=offset,
        append_time_ms=append_time_ms,
        key=record.key,
        value=record.value,
        headers=headers,
    )


def test_a_replay_names_a_payment_that_an_order_made_up(indebted: Town) -> None:
    """It bears a date before the system had to sign, so every task takes it."""
    ordered(indebted, enclosed(made_up(indebted), NOTHING_THERE, BEFORE_ANY_KEY_MS))
    shown = indebted.shebao("replay", "arrears")

    assert "redriven" in indebted.twin.codes("arrears", UNIT)
    assert 1 == shown.exit_code
    assert f"contribution-paid {PLACE}/{NOTHING_THERE}（arrears 分区 {PLACE}" in shown.output


@pytest.mark.parametrize(
    "changed",
    [{"append_time_ms": BEFORE_ANY_KEY_MS}, {"value": b"\x00other"}, {"headers": ()}, {"offset": NOTHING_THERE}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_replay_names_an_order_that_says_otherwise_what_stood_there(town: Town, changed: dict[str, object]) -> None:
    unregistered(town)
    (letter,) = town.twin.dead("arrears")
    ordered(town, original_in(letter).model_copy(update=changed))

    assert 1 == town.shebao("replay", "arrears").exit_code


def test_a_record_that_stood_where_the_order_says_is_nobodys_invention(town: Town) -> None:
    unregistered(town)
    town.register()
    town.twin.run()
    town.shebao("dead", "redrive", "--code", "unit-unknown", "--apply", *BECAUSE)
    shown = town.shebao("replay", "arrears")

    assert "redriven" in town.twin.codes("arrears", UNIT)
    assert 0 == shown.exit_code


def test_a_record_of_a_wrong_partition_is_looked_for_where_it_stood(town: Town) -> None:
    town.register()
    town.twin.run()
    stray = town.twin.signer.signed(town.mesh.codec, made_up(town), town.twin.clock)
    stored = town.twin.append(stray._replace(partition=(PLACE + 1) % 12))
    town.twin.run()
    shown = town.shebao("dead", "redrive", "--code", "partition-wrong", "--apply", *BECAUSE)

    assert ["partition-wrong"] == [code(letter) for letter in town.twin.dead("arrears")]
    assert (0, (PLACE + 1) % 12) == (shown.exit_code, stored.partition)
    assert 0 == town.shebao("replay", "arrears").exit_code


def code(letter: InputRecord) -> str:
    return (dict(letter.headers)["dead_code"] or b"").decode()
