"""A restored case is the case that was stored, and its days are one object where they are equal."""

from dataclasses import replace
from datetime import date

from services.arrears.rules_state import UnitCase
from services.arrears.worker import SERVICE
from services.runtime.cases import Case, CaseFormat
from services.runtime.shard import Shard
from tests.services.arrears.samples import UNIT, assessed, desk, missed, paid, registered

TODAY = date(2024, 1, 8)


def test_a_restored_case_is_the_stored_one_and_equal_days_are_one() -> None:
    stored = CaseFormat(SERVICE).encode(Case(_owing(), sequence=5))
    shard = Shard(replace(SERVICE, partitions=1), 0)

    shard.restore(UNIT, stored)

    restored = shard.cases[UNIT]
    days = [
        day
        for line in restored.state.lines.values()
        for day in (
            *(day for record in line.records for day in (record.on, record.occurred_on)),
            line.due_on,
            line.fee_through,
            line.found_on,
        )
        if day is not None
    ]
    assert stored == shard.format.encode(restored)
    assert len({id(day) for day in days}) == len(set(days)) < len(days)


def test_a_case_of_which_only_what_waits_is_known_is_restored() -> None:
    stored = CaseFormat(SERVICE).encode(Case(None, parked=1, parked_next=1))
    shard = Shard(replace(SERVICE, partitions=1), 0)

    shard.restore(UNIT, stored)

    assert stored == shard.format.encode(shard.cases[UNIT])


def _owing() -> UnitCase:
    """Two lines owed, one of them partly paid."""
    later = missed("M-2", month="2023-12", due_on=date(2024, 1, 4))
    case = desk(registered(), missed(), assessed(), paid(paid_fen=40_000), later, today=TODAY).case
    assert case is not None
    return case
