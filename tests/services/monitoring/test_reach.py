"""A recount reads partitions side by side in time; and the newest of what was said is where it goes on from."""

from aiokafka import TopicPartition

from schemas.ops import OpsIndicator
from services.monitoring.reach import REACH_MS, Reach
from services.monitoring.series import Series
from services.monitoring.tail import said_in
from services.monitoring.telling import Teller
from services.monitoring.window import WINDOW_MS
from services.monitoring.windows import Closed
from services.runtime.records import InputRecord
from tests.services.monitoring.lives import NOON_MS, as_read
from tests.services.monitoring.samples import CODEC

ONE, TWO, IDLE = (TopicPartition("topic", number) for number in range(3))
ALL = {ONE, TWO, IDLE}
FIRST = NOON_MS // WINDOW_MS


def begun() -> Reach:
    reach = Reach()
    reach.begin({ONE: 0, TWO: 0, IDLE: 7}, {ONE: 100, TWO: 100, IDLE: 7})
    reach.read(TWO, 10, NOON_MS)
    return reach


def test_a_partition_waits_for_those_far_behind_it() -> None:
    reach = begun()
    reach.read(ONE, 50, NOON_MS + REACH_MS)

    assert ALL == reach.of(ALL)

    reach.read(ONE, 60, NOON_MS + REACH_MS + 1)

    assert ALL - {ONE} == reach.of(ALL)


def test_partitions_that_were_read_to_their_end_hold_nobody_up() -> None:
    reach = begun()
    reach.read(ONE, 100, NOON_MS + 2 * REACH_MS)
    reach.pass_over(TWO, 100)

    assert ALL == reach.of(ALL)
    assert [] == reach.behind()


def told(windows: int) -> list[InputRecord]:
    """Indicators of one series, a window each: they stand on one partition."""
    teller = Teller(CODEC)
    closed = [
        Closed(FIRST + number, {Series("decisions", "arrears"): {"decided": number + 1}}, is_correction=False)
        for number in range(windows)
    ]
    return as_read(record for one in closed for record in teller.tell(one))


def test_of_windows_before_the_newest_records_nothing_is_said_again() -> None:
    said, _ = said_in(told(5)[3:], CODEC, newest_max=2)
    values = {Series("decisions", "arrears"): {"decided": 99}}

    assert [] == said.revised(FIRST + 2, values)
    assert [] == said.revised(FIRST + 3, values)
    assert [2] == [revision for _, revision, _ in said.revised(FIRST + 4, values)]


def test_where_all_that_was_said_before_was_taken_away_the_rest_is_said() -> None:
    said, _ = said_in(told(5)[3:], CODEC)
    values = {Series("decisions", "arrears"): {"decided": 3}}

    assert [1] == [revision for _, revision, _ in said.revised(FIRST + 2, values)]


def test_where_all_that_was_said_is_read_every_window_is_compared() -> None:
    said, _ = said_in(told(5), CODEC)

    assert 0 == said.from_number
    assert FIRST + 4 == said.through_number


def test_what_is_gone_from_a_window_is_said_to_be_nothing() -> None:
    said, _ = said_in(told(1), CODEC)

    assert [(Series("decisions", "arrears"), 2, {"decided": 0})] == said.revised(FIRST, {})


def test_the_highest_revision_holds_whatever_order_it_is_read_in() -> None:
    teller, series = Teller(CODEC), Series("decisions", "arrears")
    records = [
        record
        for count in (1, 2)
        for record in teller.tell(Closed(FIRST, {series: {"decided": count}}, is_correction=count == 2))
    ]
    said, _ = said_in(as_read(reversed(records)), CODEC)

    assert {FIRST: {series: (2, {"decided": 2})}} == said.indicators
    assert {OpsIndicator.topic} == {record.topic for record in records}
