"""From records to rows, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.mesh import CommandIssued, EarlierValue, OriginalRecord, ParameterPublished
from schemas.outlets import OutletPublished
from schemas.topics import changelog_topic, commands_topic, dead_topic
from services.arrears.worker import SERVICE as ARREARS
from services.audit.all_services import ALL_SERVICES
from services.page.store import tables, tables_units
from services.page.store.changes import Changes, CountKey
from services.page.store.projection import Projection, Standing, places
from services.page.store.projection_units import NO_DEADLINE
from services.runtime.cases import META_KEY, TaskMeta, encode_struct
from services.runtime.codec import local_codec
from services.runtime.dead import dead_letter
from services.runtime.errors import NewerState, UnreadableState
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusals import RefusedAtDoor
from tests.harness.page_world import DEBTOR, World

NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
CODEC = local_codec()
CHANGELOG = changelog_topic("arrears")
NOTHING_HEARD = Standing()


def projected(*records: InputRecord, standing: Standing = NOTHING_HEARD) -> Changes:
    return Projection(CODEC, ALL_SERVICES).changes(records, standing)[0]


def arrived(record: OutputRecord, offset: int = 0) -> InputRecord:
    at_ms = int(NOW.timestamp() * 1000)
    return InputRecord(record.topic, record.partition, offset, at_ms, record.key, record.value, record.headers)


def state_of(mesh: World, case_key: str) -> list[InputRecord]:
    """What the changelog holds of a case, in order."""
    return [one for one in mesh.records if one.topic == CHANGELOG and one.key == case_key.encode()]


def refused(value: bytes, key: bytes = b"91371002YY8T7RBQ7W") -> dict[str, Any]:
    """The row of a dead letter of this content."""
    original = InputRecord("contribution-paid", 3, 7, 1, key, value, (("ce_id", b"id-1"), ("ce_source", b"urn:x")))
    letter = dead_letter("arrears", 3, original, RefusedAtDoor("undecodable").reason(), NOW)
    row: dict[str, Any] = projected(arrived(letter, 5)).inserted[tables.dead][0]
    return row


def test_of_a_key_of_a_changelog_the_last_value_counts(mesh: World) -> None:
    records = state_of(mesh, DEBTOR)
    changes = projected(*records)

    assert changes.cases == projected(records[-1]).cases
    assert (records[-1].offset + 1, records[-1].append_time_ms) == changes.positions[CHANGELOG, records[-1].partition]


def test_a_case_that_is_forgotten_takes_its_rows_along(mesh: World) -> None:
    gone = InputRecord(CHANGELOG, 4, 99, 1, DEBTOR.encode(), None, ())

    assert {("arrears", DEBTOR): None} == projected(*state_of(mesh, DEBTOR), gone).cases


def test_a_units_row_is_counted_to_the_meshs_day(mesh: World) -> None:
    """Five ten-thousandths of what is owed for each day from the day after the due date (社会保险法 86)."""
    state = state_of(mesh, DEBTOR)[-1]
    fees = {}
    for day in (7, 8):
        standing = Standing(datetime(2026, 11, day, 2, 0, tzinfo=UTC))
        unit = projected(state, standing=standing).cases["arrears", DEBTOR]
        assert unit is not None
        assert unit.unit is not None
        assert unit.unit.row is not None
        fees[day] = unit.unit.row["late_fee_fen"]
        principal_fen = unit.unit.row["principal_fen"]

    assert principal_fen * 5 / 10_000 == pytest.approx(fees[8] - fees[7], abs=2)


def test_a_tick_in_the_batch_says_which_day_it_is(mesh: World) -> None:
    tick = encode_struct(TaskMeta(last_tick=NOW))
    meta = InputRecord(CHANGELOG, 0, 0, 1, META_KEY.encode(), tick, ())
    _, standing = Projection(CODEC, ALL_SERVICES).changes([*state_of(mesh, DEBTOR), meta], Standing())

    assert date(2026, 11, 7) == standing.day


def test_the_day_never_goes_back() -> None:
    earlier = InputRecord(CHANGELOG, 0, 0, 1, META_KEY.encode(), encode_struct(TaskMeta(last_tick=NOW)), ())
    known = Standing(datetime(2026, 12, 1, tzinfo=UTC))

    assert known == Projection(CODEC, ALL_SERVICES).changes([earlier], known)[1]


@pytest.mark.parametrize(
    ("value", "effective_on", "earlier", "is_capped"),
    [
        ("on", date(2026, 11, 7), (), True),
        ("on", date(2026, 11, 8), (), False),
        ("off", date(2026, 11, 8), (EarlierValue(value="on", effective_on=date(2026, 1, 1)),), True),
        ("off", date(2026, 11, 7), (EarlierValue(value="on", effective_on=date(2026, 1, 1)),), False),
    ],
)
def test_a_cap_on_late_fees_holds_from_its_day_until_another_is_said(
    value: str, effective_on: date, earlier: tuple[EarlierValue, ...], *, is_capped: bool
) -> None:
    cap = ParameterPublished(name="late-fee-cap", value=value, effective_on=effective_on, earlier=earlier)

    assert is_capped == Standing(NOW, cap).is_capped


def test_late_fees_are_not_capped_while_nobody_says_so() -> None:
    assert not Standing(NOW).is_capped


def test_a_state_of_a_newer_release_is_not_guessed_at(mesh: World) -> None:
    newer = replace(ARREARS, state_version=ARREARS.state_version - 1)

    with pytest.raises(NewerState):
        Projection(CODEC, [newer]).changes(state_of(mesh, DEBTOR), Standing())


def test_a_changelog_that_cannot_be_read_stops_the_feeder() -> None:
    with pytest.raises(UnreadableState):
        projected(InputRecord(CHANGELOG, 0, 0, 1, b"91371002YY8T7RBQ7W", b"{", ()))


def test_ticks_leave_no_rows_but_their_position(mesh: World) -> None:
    changes = projected(*(one for one in mesh.records if one.topic == "clock-ticked"))

    assert {} == changes.inserted
    assert 12 == len(changes.positions)


def test_what_is_written_to_every_partition_is_read_from_the_first() -> None:
    assert [("outlet-published", 0)] == [place for place in places() if place[0] == "outlet-published"]
    assert 12 == len([place for place in places() if place[0] == "arrears-opened"])
    assert [] == [place for place in places() if place[0] == "audit-seals"]
    assert [("arrears-opened", 0), ("arrears-opened", 1)] == places({"arrears-opened": 2, "audit-seals": 2})


def test_records_are_counted_by_topic_and_minute(mesh: World) -> None:
    opened = [one for one in mesh.records if one.topic == "arrears-opened"]
    counted = projected(*opened).counted

    assert len(opened) == sum(counted.values())
    assert CountKey("arrears-opened", "", opened[0].append_time_ms // 60_000) in counted


def test_an_order_that_gives_a_dead_letter_back_is_kept_without_the_letter() -> None:
    original = OriginalRecord(
        topic="contribution-paid", partition=3, offset=7, append_time_ms=1, key=b"k", value=b"somebody's name"
    )
    order = CommandIssued(subject="k", action="redrive", issued_by="LI-001", explanation="mended", original=original)
    topic = commands_topic("arrears")
    changes = projected(arrived(published(CODEC, order, "order-1", "/console", NOW, 12, 3, topic), 2))
    (redriven,) = changes.inserted[tables.redriven]

    assert ("arrears", "contribution-paid", 3, 7) == tuple(
        redriven[name] for name in ("service", "topic", "from_partition", "from_offset")
    )
    assert '"original":null' in changes.inserted[tables.fact][0]["body"]


def test_of_what_nobody_can_read_only_the_shape_is_kept() -> None:
    row = refused('{"姓名": "王样例", "年龄": 40, "x": [1, 2]}'.encode())

    assert '[["姓名","文字，3"],["年龄","数字"],["x","列表，2"]]' == row["fields"]
    assert "王样例" not in str(row)


@pytest.mark.parametrize(
    "value", [b"", b"\x00\x00\x00\x00\x07abc", b"[" * 10_000, b"\xff\xfe", b'{"a":' + b"9" * 9_000]
)
def test_any_bytes_can_be_a_dead_letter(value: bytes) -> None:
    assert refused(value)["content"].startswith("无法读取")


def test_a_foreign_key_is_not_shown() -> None:
    assert "" == refused(b"", key="王样例".encode())["case_key"]


def test_a_dead_letter_that_no_service_wrote_is_left_out() -> None:
    assert {} == projected(InputRecord(dead_topic("arrears"), 0, 0, 1, None, b"x", ())).inserted


def test_a_lower_revision_never_takes_the_place_of_a_higher_one(mesh: World) -> None:
    record = next(one for one in mesh.records if one.topic == OutletPublished.topic and one.partition == 0)
    outlet: OutletPublished = CODEC.decode(record.topic, record.value or b"")
    said = [outlet.model_copy(update={"revision": number, "name": f"第{number}版"}) for number in (2, 3, 1)]
    records = [arrived(published(CODEC, one, "id", "urn:x", NOW, 12, 0), place) for place, one in enumerate(said)]
    (row,) = projected(*records).put[tables.outlet].values()

    assert row is not None
    assert ("第3版", 3) == (row["name"], row["revision"])


def test_what_is_due_is_told_of_a_unit(mesh: World) -> None:
    case = projected(state_of(mesh, DEBTOR)[-1]).cases["arrears", DEBTOR]

    assert case is not None
    assert {"assignment", "notice-due"} == {row["kind"] for row in case.rows[tables_units.due_item]}
    assert case.unit is not None
    assert case.unit.row is not None
    assert case.unit.row["deadline_on"] < NO_DEADLINE
