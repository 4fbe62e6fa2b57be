"""Windows: what they add up to, when they are over, what corrects them; and that a rebuilt process says the same."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.arrears import ArrearsOpened, ArrearsSettled
from schemas.examples.values import sample
from schemas.ops import AlertChange
from schemas.outlets import OutletPublished
from services.monitoring.series import Series
from services.monitoring.window import SERIES_MAX, WINDOW_MS, Window
from services.monitoring.windows import CORRECTED_WINDOWS, Windows
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, OutputRecord, partition_of
from tests.harness.counting import COUNTING, NOON, paid, unit_code
from tests.services.monitoring.lives import (
    NOON_MS,
    Life,
    alerts,
    heard,
    holding,
    indicators,
    log_of,
    tick,
    value,
)
from tests.services.monitoring.samples import arrears_fact, written

OPENED, SETTLED = "facts/arrears/371003/arrears-opened", "facts/arrears/371003/arrears-settled"
MINUTES = 8
DAY_MINUTES, DAY_MS = 1_440, 86_400_000


def at(record: InputRecord, at_ms: int, offset: int = 0) -> InputRecord:
    return InputRecord(record.topic, record.partition, offset, at_ms, record.key, record.value, record.headers)


def opened(minute: float, offset: int = 0) -> InputRecord:
    return at(written(arrears_fact(ArrearsOpened), offset), NOON_MS + int(minute * WINDOW_MS), offset)


@cache
def worked() -> list[InputRecord]:
    """Eight minutes of a mesh that decides payments, knows one before, refuses some and parks one."""
    mesh = MemoryMesh([COUNTING], NOON)
    for minute in range(MINUTES):
        mesh.clock = NOON + timedelta(minutes=minute)
        mesh.tick(mesh.clock)
        for number in range(12):
            mesh.publish(paid(number, 100, f"pay-{minute}-{number}"))
        mesh.run()
        mesh.clock += timedelta(seconds=20)
        if minute in {2, 3}:
            for _ in range(15):
                key = unit_code(1).encode()
                mesh.append_raw("contribution-paid", partition_of(key, 12), key, b"junk")
        if minute == 4:
            mesh.publish(paid(31, 13, "bug"))
        mesh.run()
    mesh.clock = NOON + timedelta(minutes=MINUTES)
    mesh.tick(mesh.clock)
    return heard(mesh.log)


@cache
def said_by_one_life() -> list[OutputRecord]:
    life = Life()
    life.read(worked())
    return life.look(log_of(worked()))


def test_a_window_is_said_when_a_tick_after_its_end_was_read_and_all_before_it() -> None:
    life = Life()
    records = [opened(0), tick(NOON_MS + WINDOW_MS - 1, 0)]
    life.read(records)

    assert [] == life.look(log_of(records))

    life.read([tick(NOON_MS + WINDOW_MS, 1)])

    assert {"facts": 1} == value(life.look(log_of(records)), OPENED)


def test_a_partition_that_is_behind_keeps_its_windows_open() -> None:
    life, unread = Life(), opened(0.5, 1)
    records = [opened(0), tick(NOON_MS + 3 * WINDOW_MS, 0)]
    life.read(records)

    assert [] == life.look(log_of([*records, unread]))

    life.read([unread])

    assert {"facts": 2} == value(life.look(log_of([*records, unread])), OPENED)


def test_a_clock_that_jumps_closes_nothing_before_the_broker_took_a_later_tick() -> None:
    life = Life()
    records = [opened(0), tick(NOON_MS + 1_000, 0, said_at_ms=NOON_MS + 10**10)]
    life.read(records)

    assert [] == life.look(log_of(records))


def test_a_broker_whose_clock_is_a_day_ahead_of_the_others_closes_nothing_early() -> None:
    records = [
        opened(0),
        *[tick(NOON_MS + WINDOW_MS - 1, 0, partition) for partition in range(2)],
        tick(NOON_MS + DAY_MS, 0, 2),
    ]
    life = Life()
    life.read(records)

    assert [] == life.look(log_of(records))


def test_brokers_whose_clocks_were_all_a_day_ahead_and_are_right_again_are_counted_on() -> None:
    life, records, said = Life(), list[InputRecord](), list[OutputRecord]()
    junk = InputRecord("arrears-decisions", 0, 0, NOON_MS + DAY_MS + 2 * WINDOW_MS, b"0", b"junk", ())
    minutes = (0, 1, DAY_MINUTES + 2, DAY_MINUTES + 3, DAY_MINUTES + 4, *range(5, 12))
    for offset, minute in enumerate(minutes):
        new = [opened(minute, offset), *([junk] if minute == DAY_MINUTES + 2 else [])]
        new.append(tick(NOON_MS + minute * WINDOW_MS + 1, offset))
        life.read(new)
        records += new
        said += life.look(log_of(records))
    counted = {number - NOON_MS // WINDOW_MS for series, number in holding(said) if series == OPENED}

    assert {0, 1, *range(6, 11)} == {number for number in counted if number < DAY_MINUTES}
    assert [("records-unreadable", AlertChange.OPENED), ("records-unreadable", AlertChange.CLOSED)] == [
        (one.alert, one.change) for one in alerts(said)
    ]


def test_a_broker_whose_clock_jumped_and_came_back_loses_nothing() -> None:
    life = Life()
    jumped = [opened(0), tick(NOON_MS + 10**9, 0), tick(NOON_MS + WINDOW_MS, 1)]
    life.read(jumped)
    said = life.look(log_of(jumped))
    later = [*jumped, opened(0.5, 1), opened(1.5, 2), tick(NOON_MS + 2 * WINDOW_MS, 2)]
    life.read(later)
    said += life.look(log_of(later))

    assert [{"facts": 2}, {"facts": 1}] == [value(said, OPENED, NOON_MS // WINDOW_MS + later) for later in (0, 1)]
    assert 0 == life.reader.windows.too_late


@pytest.mark.parametrize(
    ("windows_later", "facts", "too_late"), [(CORRECTED_WINDOWS, 2, 0), (CORRECTED_WINDOWS + 1, 1, 1)]
)
def test_a_late_record_corrects_its_window_for_a_while_and_is_counted_afterwards(
    windows_later: int, facts: int, too_late: int
) -> None:
    life = Life()
    life.read([opened(0)])
    said = life.look({}, until_ms=NOON_MS + WINDOW_MS)
    life.read([tick(NOON_MS + windows_later * WINDOW_MS, 0)])
    said += life.look({}, until_ms=NOON_MS + (windows_later + 1) * WINDOW_MS)
    life.read([opened(0.5, 1)])
    said += life.look({}, until_ms=NOON_MS + (windows_later + 1) * WINDOW_MS)

    assert {"facts": facts} == value(said, OPENED)
    assert (too_late, 1 - too_late) == (life.reader.windows.too_late, life.reader.windows.corrected)
    assert list(range(1, facts + 1)) == [one.revision for one in indicators(said) if one.series == OPENED]


def test_a_correction_says_only_what_it_changes() -> None:
    life = Life()
    settled = at(written(arrears_fact(ArrearsSettled), 0), NOON_MS)
    life.read([opened(0), settled])
    life.look({}, until_ms=NOON_MS + WINDOW_MS)
    life.read([opened(0.5, 1)])

    assert [OPENED] == [one.series for one in indicators(life.look({}, until_ms=NOON_MS + WINDOW_MS))]


def test_records_read_twice_are_counted_once() -> None:
    life = Life()
    life.read([*worked(), *worked(), *reversed(worked())])

    assert said_by_one_life() == life.look(log_of(worked()))


def test_what_stands_on_every_partition_is_counted_once() -> None:
    outlet = OutletPublished.model_validate(sample(OutletPublished, whole=True))
    life = Life()
    life.read([at(written(outlet, 0, partition), NOON_MS) for partition in range(12)])
    said = life.look({}, until_ms=NOON_MS + WINDOW_MS)

    assert [{"facts": 1}] == [one.values for one in indicators(said)]


def test_what_cannot_be_read_is_counted_on_whichever_partition_it_stands() -> None:
    life = Life()
    life.read([InputRecord(OutletPublished.topic, place, 0, NOON_MS, b"key", b"junk", ()) for place in (0, 3)])
    said = life.look({}, until_ms=NOON_MS + WINDOW_MS)

    assert {"records": 2} == value(said, f"unreadable/-/-/{OutletPublished.topic}")
    assert {(OutletPublished.topic, "undecodable"): 2} == life.reader.counters.unreadable


def test_eight_minutes_of_a_mesh_add_up() -> None:
    held = holding(said_by_one_life())
    first = NOON_MS // WINDOW_MS

    assert [{"decided": 24}, {"decided": 24, "refused": 15}] == [
        held["decisions/arrears/-/-", first + minute] for minute in (0, 2)
    ]
    assert {"records": 15} == held["refusals/arrears/-/undecodable", first + 2]
    assert {"records": 15} == held["dead-letters/arrears/-/undecodable", first + 3]
    assert {"facts": 12} == held["facts/tax/371003/contribution-paid", first]
    assert {"payments": 12, "paid_fen": 1_200} == held["payments/-/371003/-", first]
    assert {"cases": 1} == held["parked-cases/arrears/-/-", first + 7]
    assert ("parked-cases/arrears/-/-", first + 3) not in held
    assert not [series for series, _ in held if series.startswith(("backlog", "unreadable"))]


def delivered(choice: st.DataObject, records: list[InputRecord]) -> list[InputRecord]:
    """The records in an order in which a consumer may get them: partitions mixed, each in its own order."""
    waiting = log_of(records)
    places = choice.draw(st.permutations([(record.topic, record.partition) for record in records]))
    waiting = {place: list(kept) for place, kept in waiting.items()}
    return [waiting[place].pop(0) for place in places]


@settings(max_examples=15)
@given(st.data())
def test_processes_killed_at_any_time_say_what_one_life_says(choice: st.DataObject) -> None:
    """Each life begins from nothing but what was said before, and is killed in the middle of a window, or of telling it."""
    said: list[OutputRecord] = []
    for lives_left in reversed(range(3)):
        life = Life(said)
        until_ms = (
            NOON_MS + (MINUTES + 1) * WINDOW_MS
            if not lives_left
            else choice.draw(st.integers(NOON_MS, NOON_MS + MINUTES * WINDOW_MS))
        )
        there = [record for record in worked() if record.append_time_ms <= until_ms]
        order = delivered(choice, there)
        cut = choice.draw(st.integers(0, len(order)))
        life.read(order[:cut])
        told = life.look(log_of(there))
        life.read(order[cut:])
        told += life.look(log_of(there)) + life.look(log_of(there))
        said += told[: choice.draw(st.integers(0, len(told)))] if lives_left else told

    assert holding(said_by_one_life()) == holding(said)
    assert {one.indicator_id for one in indicators(said_by_one_life())} == {
        one.indicator_id for one in indicators(said)
    }
    assert len(indicators(said)) == len({one.indicator_id for one in indicators(said)})
    assert [one.alert_id for one in alerts(said_by_one_life())] == [one.alert_id for one in alerts(said)]


@settings(max_examples=15)
@given(st.data())
def test_records_that_become_visible_late_leave_what_a_rebuilt_process_says(choice: st.DataObject) -> None:
    """Transactions that stay open hide records whose time has come: the corrected windows are the rebuilt ones."""
    hidden = choice.draw(st.lists(st.sampled_from(worked()), max_size=20, unique=True))
    places = {(record.topic, record.partition) for record in hidden}
    life = Life()
    at_once = [record for record in worked() if (record.topic, record.partition) not in places]
    life.read(delivered(choice, at_once))
    said = life.look(log_of(at_once))
    life.read(record for record in worked() if (record.topic, record.partition) in places)
    said += life.look(log_of(worked())) + life.look(log_of(worked()))

    assert holding(said_by_one_life()) == holding(said)


def test_wiped_and_rebuilt_the_closed_windows_are_the_same_bytes() -> None:
    again = Life()
    again.read(sorted(worked(), key=lambda record: (record.partition, record.topic, record.offset)))

    assert said_by_one_life() == again.look(log_of(worked()))


def test_a_process_that_follows_another_says_nothing_twice() -> None:
    life = Life(said_by_one_life())
    life.read(worked())

    assert [] == life.look(log_of(worked()))


def test_a_window_that_is_gone_from_the_log_is_said_to_be_nothing() -> None:
    first = Life()
    first.read([opened(0), opened(1, 1)])
    said = first.look({}, until_ms=NOON_MS + 2 * WINDOW_MS)
    life = Life(said)
    life.read([opened(1, 1), opened(2, 2)])
    again = life.look({}, until_ms=NOON_MS + 3 * WINDOW_MS)

    assert [{}, {"facts": 1}, {"facts": 1}] == [
        value([*said, *again], OPENED, NOON_MS // WINDOW_MS + number) for number in range(3)
    ]
    assert [2, 1] == [one.revision for one in indicators(again) if one.series == OPENED]


def test_an_indicator_that_cannot_be_read_is_said_again() -> None:
    broken = said_by_one_life()[0]
    life = Life([broken._replace(value=b"junk"), *said_by_one_life()[1:]])
    life.read(worked())

    assert [broken] == life.look(log_of(worked()))
    assert 1 == life.unreadable


def test_series_are_bounded_and_none_is_lost() -> None:
    window = Window(0)
    for number in range(SERIES_MAX + 10):
        window.count(Series("reasons", "arrears", "", f"code-{number}"), "entries")

    assert SERIES_MAX + 1 == len(window.flows)
    assert SERIES_MAX + 10 == sum(values["entries"] for values in window.flows.values())


def test_windows_are_forgotten_when_nothing_corrects_them_any_more() -> None:
    windows = Windows()
    for number in range(1_000):
        windows.of(number * WINDOW_MS)
    list(windows.close(1_000 * WINDOW_MS))

    assert (0, CORRECTED_WINDOWS + 1) == (len(windows.open), len(windows.closed))
