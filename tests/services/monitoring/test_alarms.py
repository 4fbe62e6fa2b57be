"""Alarms: which stand when, and that each is told once."""

from collections.abc import Iterable

import pytest

from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch, DecisionEntry, columns
from services.monitoring.alarms import PARKED, REFUSALS, UNCLEAR, AlarmBook, AlarmKey, standing_alarms
from services.monitoring.counters import MINUTE_MS, Counters
from services.monitoring.open_cases import OPEN_CASES_MAX
from services.runtime.records import InputRecord
from tests.harness.counting import NOON

NOON_MS = int(NOON.timestamp() * 1000)
REFUSALS_MAX = 3


def entry(outcome: Outcome, code: str = "some-code", kind: str = "record", case_key: str = "case-1") -> DecisionEntry:
    return DecisionEntry(
        kind=kind,
        topic="contribution-paid",
        offset=0,
        event_id="e",
        case_key=case_key,
        outcome=outcome,
        code=code,
        paragraphs=(),
        values={},
        now=NOON,
        input_digest=b"",
        state_before=b"",
        state_after=b"",
        said=(),
    )


def after(*batches: Iterable[DecisionEntry], at_ms: int = NOON_MS) -> Counters:
    counters = Counters()
    for offset, entries in enumerate(batches):
        record = InputRecord("arrears-decisions", 4, offset, at_ms, b"4", b"", ())
        batch = DecisionBatch(
            service="arrears",
            partition=4,
            release="1",
            first_number=0,
            previous_hash=b"",
            **columns([entry._asdict() for entry in entries]),
        )
        counters.observe(record, batch)
    return counters


def kinds(counters: Counters, now_ms: int = NOON_MS) -> list[str]:
    return [key.kind for key in standing_alarms(counters, now_ms, REFUSALS_MAX)]


@pytest.mark.parametrize(("refused", "expected"), [(2, []), (3, [REFUSALS])])
def test_refusals_are_an_alarm_from_the_threshold_on(refused: int, expected: list[str]) -> None:
    assert expected == kinds(after([entry(Outcome.REFUSED)] * refused))


@pytest.mark.parametrize(("minutes_later", "expected"), [(4, [REFUSALS]), (5, [])])
def test_refusals_are_an_alarm_for_five_minutes(minutes_later: int, expected: list[str]) -> None:
    assert expected == kinds(after([entry(Outcome.REFUSED)] * 3), NOON_MS + minutes_later * MINUTE_MS)


PARKS = entry(Outcome.PARKED, "rules-broken")
PARKS_AGAIN = entry(Outcome.PARKED, "rules-broken", "released")
RELEASES = entry(Outcome.DECIDED, "released", "command")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([PARKS], [PARKED]),
        ([PARKS, PARKS], [PARKED]),
        ([PARKS, entry(Outcome.DECIDED, "counted", "released"), RELEASES], []),
        ([PARKS, PARKS_AGAIN, RELEASES], [PARKED]),
        ([PARKS, PARKS_AGAIN, RELEASES, entry(Outcome.DECIDED, "counted", "released"), RELEASES], []),
        ([PARKS, entry(Outcome.DECIDED, "released", "command", "case-2")], [PARKED]),
    ],
)
def test_a_parked_case_is_an_alarm_until_all_of_it_is_released(
    entries: list[DecisionEntry], expected: list[str]
) -> None:
    assert expected == kinds(after(entries))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["effect-unclear"], [UNCLEAR]),
        (["effect-overdue"], [UNCLEAR]),
        (["effect-unclear", "effect-reconciling"], [UNCLEAR]),
        (["effect-unclear", "effect-reconciling", "effect-done"], []),
        (["effect-overdue", "effect-failed"], []),
    ],
)
def test_an_unclear_effect_is_an_alarm_until_it_is_clear(codes: list[str], expected: list[str]) -> None:
    assert expected == kinds(after([entry(Outcome.DECIDED, code) for code in codes]))


def test_an_alarm_names_the_decision_record_and_not_the_case() -> None:
    found = standing_alarms(after([entry(Outcome.DECIDED)], [PARKS]), NOON_MS, REFUSALS_MAX)

    assert [AlarmKey(PARKED, "arrears", "4@1")] == list(found)
    assert "case-1" not in str(found)


def test_more_cases_than_are_remembered_are_counted() -> None:
    parks = [entry(Outcome.PARKED, case_key=f"case-{number}") for number in range(OPEN_CASES_MAX + 2)]
    found = standing_alarms(after(*([one] for one in parks)), NOON_MS, REFUSALS_MAX)

    assert OPEN_CASES_MAX + 1 == len(found)
    assert "2 more than are listed" == found[AlarmKey(PARKED, "")]


def test_an_alarm_is_told_once_when_raised_and_once_when_passed() -> None:
    book, key = AlarmBook(), AlarmKey(REFUSALS, "arrears")

    assert ({key: "3 refused"}, {}) == book.turn({key: "3 refused"})
    assert ({}, {}) == book.turn({key: "4 refused"})
    assert ({}, {key: "4 refused"}) == book.turn({})
