"""What stands at the end of a window: what waits, notices and their gaps, reminders and what came of them, cards."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.arrears import ArrearsSettled, ReminderRequested
from schemas.cards import CardIssued, CardLost, CardSuspensionLifted, ReportKind
from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch, columns
from schemas.examples.values import sample
from schemas.fact import Fact
from schemas.ops import SETTLED_WITHIN_DAYS
from schemas.payment_notices import ComplianceGapFound, NoticeStage, PaymentNoticeChanged
from services.monitoring.window import SAMPLE_MS, WINDOW_MS
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.counting import NOON, paid, unit_code
from tests.services.monitoring.lives import NOON_MS, Life, tick, value
from tests.services.monitoring.samples import CODEC, arrears_fact, written
from tests.services.monitoring.test_alerts import entry

TODAY = date(2026, 11, 2)
PAID = "contribution-paid"


def said_of(*windows: Iterable[InputRecord]) -> list[OutputRecord]:
    """What is said of records given a window each."""
    life = Life()
    said = []
    for number, records in enumerate(windows):
        life.read([moved(record, NOON_MS + number * WINDOW_MS) for record in records])
        said += life.look({}, until_ms=NOON_MS + (number + 1) * WINDOW_MS)
    return said


def moved(record: InputRecord, by_ms: int) -> InputRecord:
    """A record whose append time is counted from the beginning of its window."""
    place = record.append_time_ms if record.append_time_ms < WINDOW_MS else 0
    return InputRecord(
        record.topic, record.partition, record.offset, by_ms + place, record.key, record.value, record.headers
    )


def of(kind: type[Fact], offset: int = 0, **changes: Any) -> InputRecord:
    return written(kind.model_validate(sample(kind, whole=True) | changes), offset)


def payment(offset: int, second: int) -> InputRecord:
    record = written(paid(offset, 100, f"pay-{offset}"), offset)
    return InputRecord(PAID, 0, offset, second * 1_000, record.key, record.value, ())


def decided(*offsets: int, record_offset: int = 0) -> InputRecord:
    entries = [entry(Outcome.DECIDED)._replace(offset=offset) for offset in offsets]
    rows = columns([each._asdict() for each in entries])
    batch = DecisionBatch(service="arrears", partition=0, release="1", first_number=0, previous_hash=b"", **rows)
    value = CODEC.encode("arrears-decisions", batch)
    return InputRecord("arrears-decisions", 0, record_offset, 0, b"0", value, ())


def backlog(said: list[OutputRecord], number: int) -> dict[str, int]:
    return value(said, "backlog/arrears/-/-", NOON_MS // WINDOW_MS + number)


def test_what_nobody_has_decided_waits_and_the_oldest_grows_older() -> None:
    said = said_of([payment(0, 10), payment(1, 40)], [])

    assert {"records": 2, "oldest_age_s": 50} == backlog(said, 0)

    said = said_of([payment(0, 10), payment(1, 40)], [decided(0)])

    assert {"records": 1, "oldest_age_s": 80} == backlog(said, 1)


def test_what_is_decided_does_not_wait() -> None:
    said = said_of([payment(0, 10), payment(1, 40)], [decided(0, 1)])

    assert {} == backlog(said, 1)


def test_records_close_to_each_other_are_told_apart_by_number_and_not_by_time() -> None:
    together = [payment(offset, 10 + offset * SAMPLE_MS // 2_000) for offset in range(2)]

    assert {"records": 1, "oldest_age_s": 50} == backlog(said_of([*together, decided(0)]), 0)


def notice(stage: NoticeStage, offset: int, number: int = 1) -> InputRecord:
    return of(PaymentNoticeChanged, offset, stage=stage, unit_code=unit_code(number), district="371003")


def paid_once_more(offset: int, fen: int, revision: int = 1, **more: Any) -> InputRecord:
    return written(
        paid(1, fen, more.pop("reference", "pay-1")).model_copy(update={"revision": revision, **more}), offset
    )


def test_a_payment_that_is_said_again_is_counted_once_and_a_correction_by_what_differs() -> None:
    said = said_of(
        [paid_once_more(0, 100), paid_once_more(1, 100), paid_once_more(2, 50, reference="pay-2")],
        [paid_once_more(3, 100), paid_once_more(4, 70, revision=2), paid_once_more(5, 100)],
    )
    first = NOON_MS // WINDOW_MS

    assert [{"payments": 2, "paid_fen": 150}, {"paid_fen": -30}] == [
        value(said, "payments/-/371003/-", first + number) for number in range(2)
    ]


def test_a_payment_that_is_taken_back_is_none_that_was_paid() -> None:
    said = said_of([paid_once_more(0, 100), paid_once_more(1, 100, reference="back-1", reverses="pay-1")])

    assert {"payments": 1, "paid_fen": 100, "reversals": 1, "reversed_fen": 100} == value(said, "payments/-/371003/-")


def test_notices_stand_in_their_stage_until_they_end() -> None:
    said = said_of(
        [notice(NoticeStage.ISSUED, 0), notice(NoticeStage.ISSUED, 1, 2)],
        [notice(NoticeStage.SERVED, 2), notice(NoticeStage.COMPLIED, 3, 2)],
        [notice(NoticeStage.OVERDUE, 4)],
    )
    first = NOON_MS // WINDOW_MS

    assert [{"issued": 2}, {"served": 1}, {"overdue": 1}] == [
        value(said, "notices-standing/-/371003/-", first + number) for number in range(3)
    ]
    assert {"served": 1, "complied": 1} == value(said, "notices/-/371003/-", first + 1)


def test_a_unit_without_a_notice_past_the_days_of_the_law_is_due_until_the_gap_is_closed() -> None:
    gap: dict[str, Any] = {"district": "371003", "closed_on": None, "closed_by": None}
    said = said_of(
        [of(ComplianceGapFound, 0, **gap)],
        [of(ComplianceGapFound, 1, **(gap | {"closed_on": TODAY, "closed_by": "served"}))],
    )
    first = NOON_MS // WINDOW_MS

    assert [{"due": 1}, {}] == [value(said, "notices-standing/-/371003/-", first + number) for number in range(2)]


def reminder(on: date) -> InputRecord:
    return of(ReminderRequested, 0, unit_code=unit_code(1), district="371003", occurred_on=on)


def settled(on: date) -> InputRecord:
    return written(arrears_fact(ArrearsSettled).model_copy(update={"occurred_on": on}), 0)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(SETTLED_WITHIN_DAYS, "settled_in_time"), (SETTLED_WITHIN_DAYS + 1, "open_after")],
)
def test_a_reminded_unit_settles_in_time_or_not(days: int, expected: str) -> None:
    said = said_of([reminder(TODAY)], [settled(TODAY + timedelta(days=days))])

    assert {expected: 1} == value(said, "reminders/-/371003/-", NOON_MS // WINDOW_MS + 1)


@pytest.mark.parametrize(
    ("days", "expected"), [(SETTLED_WITHIN_DAYS, {}), (SETTLED_WITHIN_DAYS + 1, {"open_after": 1})]
)
def test_a_reminded_unit_that_does_not_settle_is_told_when_the_days_are_over(
    days: int, expected: dict[str, int]
) -> None:
    later_ms = int((datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(days=days)).timestamp() * 1000)
    said = said_of([reminder(TODAY)], [tick(0, 0, said_at_ms=later_ms)])

    assert expected == value(said, "reminders/-/371003/-", NOON_MS // WINDOW_MS + 1)


def test_a_unit_that_settles_without_a_reminder_is_none_that_it_moved() -> None:
    assert {} == value(said_of([settled(TODAY)]), "reminders/-/371003/-")


def reported(minutes_ago: int, offset: int = 0, **more: Any) -> InputRecord:
    wanted = {"wants_instant_card": True, "reverses": None, "report_kind": ReportKind.WRITTEN} | more
    return of(CardLost, offset, reported_at=NOON - timedelta(minutes=minutes_ago), **wanted)


def issued(offset: int = 0) -> InputRecord:
    return of(CardIssued, offset, issued_at=NOON, outlet_key="outlet-wendeng-longshan", district="371003")


CARDS = "cards/-/371003/outlet-wendeng-longshan"


def test_a_card_is_counted_at_its_outlet_with_the_minutes_since_the_report() -> None:
    said = said_of([reported(25), issued()])

    assert {"issued": 1, "timed": 1, "minutes_sum": 25, "minutes_max": 25} == value(said, CARDS)


def test_a_card_is_timed_from_the_last_report_that_asked_for_one() -> None:
    said = said_of([reported(90), reported(25, 1), reported(10, 2, wants_instant_card=False), issued()])

    assert {"issued": 1, "timed": 1, "minutes_sum": 25, "minutes_max": 25} == value(said, CARDS)


def test_a_card_that_was_made_before_its_report_is_not_timed() -> None:
    assert {"issued": 1} == value(said_of([reported(-25), issued()]), CARDS)


def test_a_card_whose_report_was_lifted_is_not_timed() -> None:
    said = said_of([reported(25), of(CardSuspensionLifted, 0)], [issued()])

    assert {"issued": 1} == value(said, CARDS, NOON_MS // WINDOW_MS + 1)
