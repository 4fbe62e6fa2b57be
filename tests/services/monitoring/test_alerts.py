"""Alerts: when they are opened, said again and closed, and that a following process goes on with them."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch, DecisionEntry, columns
from schemas.effects import EffectAttempted, EffectOutcome
from schemas.examples.values import sample
from schemas.notifications import DeliveryCompleted
from schemas.ops import AlertChange, Indicator, OpsAlert
from services.monitoring.alerts import AlertBook, Change
from services.monitoring.alerts_catalogue import ALERTS, BY_NAME, AlertRule, Scope
from services.monitoring.observing import FACTS
from services.monitoring.reading import HEARD
from services.monitoring.series import Series, Values
from services.monitoring.window import WINDOW_MS
from services.monitoring.windows import Closed
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.counting import NOON
from tests.services.monitoring.lives import NOON_MS, Life, alerts, value
from tests.services.monitoring.samples import CODEC, written

FIRST = NOON_MS // WINDOW_MS
RULE = AlertRule(
    "tea-cold", Indicator.PARKED_CASES, ("cases",), 5, (Scope.SERVICE,), "{value}", closes_after=2, said_again_after=3
)
LOOKS_BACK = replace(RULE, windows=3)
TEA = Series("parked-cases", "arrears")


def judged(rule: AlertRule, *values: int) -> list[Change]:
    """What is said of one alert, given a value a window."""
    book = AlertBook((rule,))
    return [change for number, cases in enumerate(values) for change in book.judge(number, {TEA: {"cases": cases}})]


def changes(rule: AlertRule, *values: int) -> list[tuple[int, str, int]]:
    return [(change.number, change.change.value, change.value) for change in judged(rule, *values)]


@pytest.mark.parametrize(("cases", "expected"), [(4, []), (5, [(0, "opened", 5)])])
def test_an_alert_is_opened_from_its_threshold_on(cases: int, expected: list[tuple[int, str, int]]) -> None:
    assert expected == changes(RULE, cases)


def test_an_alert_is_opened_once_and_closed_when_it_was_quiet_long_enough() -> None:
    assert [(0, "opened", 5), (4, "closed", 1)] == changes(RULE, 5, 5, 4, 4, 1)[:1] + changes(RULE, 5, 5, 5, 4, 1)[1:]


def test_one_window_below_the_threshold_closes_nothing() -> None:
    assert [(0, "opened", 5)] == changes(RULE, 5, 4, 5, 4, 5)


def test_another_value_is_said_again_after_a_while() -> None:
    assert [(0, "opened", 5), (3, "updated", 8), (6, "updated", 9)] == changes(RULE, 5, 6, 7, 8, 9, 9, 9, 9)


def test_a_rule_that_looks_back_adds_up_its_windows() -> None:
    assert [(2, "opened", 6)] == changes(LOOKS_BACK, 2, 2, 2, 2)


def test_a_rule_that_looks_back_forgets_what_lies_further_back() -> None:
    assert [] == changes(LOOKS_BACK, 4, 0, 0, 4, 0, 0)


def test_what_was_judged_in_a_time_yet_to_come_counts_for_nothing_now() -> None:
    book = AlertBook((LOOKS_BACK,))
    book.judge(2_000, {TEA: {"cases": 5}})
    found = [change for number in range(2) for change in book.judge(number, {})]

    assert [AlertChange.CLOSED] == [change.change for change in found]


def test_a_maximum_is_not_added_up() -> None:
    rule = replace(LOOKS_BACK, value_names=("minutes_max",))
    book = AlertBook((rule,))

    assert [] == [change for number in range(3) for change in book.judge(number, {TEA: {"minutes_max": 4}})]


def test_an_alert_that_opens_again_has_another_opening() -> None:
    said = judged(RULE, 5, 0, 0, 5, 0, 0)

    assert ["opened", "closed", "opened", "closed"] == [change.change for change in said]
    assert 2 == len({change.opening_id for change in said})
    assert 4 == len({change.alert_id for change in said})


def test_what_an_alert_does_not_tell_apart_is_added_up() -> None:
    values: dict[Series, Values] = {
        Series("deliveries", "", "371002", "telephone"): {"failed": 12, "delivered": 100},
        Series("deliveries", "", "371003", "telephone"): {"failed": 4, "unclear": 4},
        Series("deliveries", "", "371003", "email"): {"failed": 19},
    }
    said = AlertBook((BY_NAME["deliveries-failing"],)).judge(0, values)

    assert [("deliveries-failing/-/-/telephone", 20)] == [(change.scope.text, change.value) for change in said]


def test_an_alert_says_what_it_was_judged_by_and_where_to_read_on() -> None:
    life = Life()
    values = {Series("decisions", "arrears"): {"refused": 21}}
    (alert,) = alerts(life.teller.tell(Closed(FIRST, values, is_correction=False)))

    assert ("refusals-high", "arrears", AlertChange.OPENED) == (alert.alert, alert.service, alert.change)
    assert (Indicator.DECISIONS, "refused", 21, 20) == (
        alert.indicator,
        alert.value_name,
        alert.value,
        alert.threshold,
    )
    assert "docs/runbooks/refusals-high.md" == alert.runbook


def parked(cases: int, number: int) -> Closed:
    return Closed(number, {TEA: {"cases": cases}} if cases else {}, is_correction=False)


def told(life: Life, windows: Iterable[Closed]) -> list[OutputRecord]:
    return [record for closed in windows for record in life.teller.tell(closed)]


def revisions(said: Iterable[OutputRecord]) -> list[tuple[str, int]]:
    return [(alert.change.value, alert.revision) for alert in alerts(said)]


def test_a_following_process_goes_on_with_an_alert_that_stands() -> None:
    before = told(Life(rules=(RULE,)), [parked(5, FIRST), parked(5, FIRST + 1)])
    said = told(Life(before, (RULE,)), [parked(cases, FIRST + number) for number, cases in enumerate([5, 5, 0, 0])])

    assert ["closed"] == [change for change, _ in revisions(said)]
    assert alerts(before)[0].opening_id == alerts(said)[0].opening_id


def test_a_following_process_that_knows_less_of_the_log_goes_on_under_the_same_opening() -> None:
    before = told(Life(rules=(RULE,)), [parked(5, FIRST), parked(5, FIRST + 1)])
    said = told(Life(before, (RULE,)), [parked(5, FIRST + 1), parked(0, FIRST + 2), parked(0, FIRST + 3)])

    assert [("closed", 2)] == revisions(said)
    assert alerts(before)[0].opening_id == alerts(said)[0].opening_id


def test_a_following_process_closes_what_does_not_stand_any_more() -> None:
    before = told(Life(rules=(RULE,)), [parked(5, FIRST), parked(5, FIRST + 1)])
    said = told(Life(before, (RULE,)), [parked(0, FIRST + 2), parked(0, FIRST + 3)])

    assert [("closed", 2)] == revisions(said)
    assert (alerts(before)[0].series, 0) == (alerts(said)[0].series, alerts(said)[0].value)


def test_a_following_process_closes_what_nobody_judges_any_more() -> None:
    before = told(Life(rules=(RULE,)), [parked(5, FIRST), parked(5, FIRST + 1)])
    said = told(Life(before, ()), [parked(5, FIRST + 2)])

    assert [("closed", 2)] == revisions(said)


def test_names_are_distinct_and_every_sentence_can_be_filled_in() -> None:
    assert len(ALERTS) == len(BY_NAME)
    assert [] == [
        rule.name for rule in ALERTS if re.search(r"[{}]", rule.sentence.format(value=1, threshold=1)) is not None
    ]


def test_every_alert_can_be_said() -> None:
    said = []
    for rule in ALERTS:
        scope = Series(rule.indicator, "arrears", "371003", "telephone")
        closed = Closed(FIRST, {scope: {rule.value_names[0]: rule.threshold}}, is_correction=False)
        said += alerts(Life().teller.tell(closed))

    assert {rule.name for rule in ALERTS} <= {alert.alert for alert in said}
    assert {OpsAlert} == {type(alert) for alert in said}


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


def after(*batches: Iterable[DecisionEntry]) -> list[OutputRecord]:
    """What is said after decision records of one window."""
    life = Life()
    for offset, entries in enumerate(batches):
        batch = DecisionBatch(
            service="arrears",
            partition=4,
            release="1",
            first_number=0,
            previous_hash=b"",
            **columns([entry._asdict() for entry in entries]),
        )
        encoded = CODEC.encode("arrears-decisions", batch)
        life.read([InputRecord("arrears-decisions", 4, offset, NOON_MS, b"4", encoded, ())])
    return life.look({}, until_ms=NOON_MS + WINDOW_MS)


PARKS = entry(Outcome.PARKED, "rules-broken")
PARKS_AGAIN = entry(Outcome.PARKED, "rules-broken", "released")
RELEASES = entry(Outcome.DECIDED, "released", "command")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([PARKS], ["cases-parked"]),
        ([PARKS, PARKS], ["cases-parked"]),
        ([PARKS, entry(Outcome.DECIDED, "counted", "released"), RELEASES], []),
        ([PARKS, PARKS_AGAIN, RELEASES], ["cases-parked"]),
        ([PARKS, PARKS_AGAIN, RELEASES, entry(Outcome.DECIDED, "counted", "released"), RELEASES], []),
        ([PARKS, entry(Outcome.DECIDED, "released", "command", "case-2")], ["cases-parked"]),
    ],
)
def test_a_parked_case_is_an_alert_until_all_of_it_is_released(
    entries: list[DecisionEntry], expected: list[str]
) -> None:
    assert expected == [alert.alert for alert in alerts(after(entries))]


def outcome(offset: int, effect: str, result: str) -> InputRecord:
    fact = DeliveryCompleted.model_validate(
        sample(DeliveryCompleted, whole=True) | {"recipient_key": "case-1", "effect_id": effect, "outcome": result}
    )
    return written(fact, offset)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([("a", "unknown")], {"cases": 1, "effects": 1}),
        ([("a", "unknown"), ("a", "unknown")], {"cases": 1, "effects": 1}),
        ([("a", "unknown"), ("b", "unknown")], {"cases": 1, "effects": 2}),
        ([("a", "unknown"), ("b", "done")], {"cases": 1, "effects": 1}),
        ([("a", "unknown"), ("b", "unknown"), ("b", "failed")], {"cases": 1, "effects": 1}),
        ([("a", "unknown"), ("a", "done")], {}),
    ],
)
def test_an_unclear_effect_is_an_alert_until_that_effect_is_clear(
    outcomes: list[tuple[str, str]], expected: dict[str, int]
) -> None:
    life = Life()
    life.read([outcome(offset, *each) for offset, each in enumerate(outcomes)])
    said = life.look({}, until_ms=NOON_MS + WINDOW_MS)

    assert expected == value(said, "unclear-effects/deliveries/-/-")
    assert (["effects-unclear"] if expected else []) == [alert.alert for alert in alerts(said)]


def test_every_outcome_of_an_effect_is_heard() -> None:
    outcomes = {topic.fact for topic in HEARD if topic.fact is not None and issubclass(topic.fact, EffectOutcome)}

    assert {fact for fact in outcomes if not issubclass(fact, EffectAttempted)} <= FACTS.keys()


def test_what_is_said_names_no_case() -> None:
    assert not [record for record in after([PARKS]) if b"case-1" in (record.value or b"")]
