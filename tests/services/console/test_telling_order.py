"""Decisions are told causes first, each task in its own order, and time never goes back along a chain."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.audit.telling_order import Told, in_order

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
OUTLETS, CARDS = ("outlets", 1), ("cards", 7)


def told(task: tuple[str, int], number: int, cause: str, *said: str, minutes: int = 0, appended: int = 0) -> Told:
    at = NOON + timedelta(minutes=minutes)
    return Told(task, number, at, NOON + timedelta(seconds=appended), (cause,), said)


def test_a_cause_comes_before_what_it_caused_though_the_clock_of_its_task_was_ahead() -> None:
    asked = told(CARDS, 0, "report", "asked", minutes=5)
    answered = told(OUTLETS, 0, "asked", "answered")

    assert [(1, asked.at), (0, asked.at)] == in_order([answered, asked])


def test_a_task_is_told_in_its_own_order() -> None:
    assert [1, 0] == [place for place, _ in in_order([told(CARDS, 4, "b"), told(CARDS, 3, "a", appended=9)])]


def test_what_nothing_binds_is_told_by_time_then_by_append_time() -> None:
    free = [told(CARDS, 0, "a", minutes=2), told(OUTLETS, 0, "b", appended=2), told(("clock", 0), 0, "c", appended=1)]

    assert [2, 1, 0] == [place for place, _ in in_order(free)]


def test_an_altered_log_in_which_two_decisions_caused_each_other_is_told_all_the_same() -> None:
    circle = [told(CARDS, 0, "egg", "hen"), told(OUTLETS, 0, "hen", "egg"), told(("clock", 0), 0, "c")]

    assert {0, 1, 2} == {place for place, _ in in_order(circle)}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 9)), max_size=25), st.randoms())
def test_in_any_order_of_arrival_no_effect_is_told_before_its_cause(shape: list[tuple[int, int, int]], shuffle) -> None:  # type: ignore[no-untyped-def]  # hypothesis names no type for it
    """Each decision reads what an earlier one said; tasks are numbered as they go."""
    made = [
        told((f"task-{task}", 0), place, f"fact-{max(place - back - 1, -1)}", f"fact-{place}", minutes=minutes)
        for place, (task, back, minutes) in enumerate(shape)
    ]
    shuffled = list(made)
    shuffle.shuffle(shuffled)
    found = [(shuffled[place], at) for place, at in in_order(shuffled)]

    seen: set[str] = set()
    for one, at in found:
        assert set(one.causes) <= seen | {"fact--1"}
        assert at >= one.at
        seen.update(one.said)
    assert sorted(at for _, at in found) == [at for _, at in found]
