"""How many blanks an outlet has, whatever the order in which it became known."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.decision import Outcome
from schemas.outlets import StockKind
from services.outlets.law import STOCKINGS_MAX
from services.outlets.rules_state import balance, blanks_free, blanks_on_hand
from tests.services.outlets.samples import decision, request, stocked, taken, used

COUNTED = StockKind.COUNTED


def test_deliveries_add_up() -> None:
    assert blanks_on_hand(taken([stocked(3, "a"), stocked(4, "b")])) == 7


def test_a_count_replaces_what_was_known_of_earlier_days() -> None:
    case = taken([stocked(100, "a", on="2024-01-02"), stocked(7, "c", COUNTED, on="2024-01-03")])

    assert blanks_on_hand(case) == 7


def test_what_comes_on_the_day_of_the_count_counts_after_it() -> None:
    """Counts are taken before opening."""
    case = taken([stocked(7, "c", COUNTED, on="2024-01-08"), stocked(5, "a", on="2024-01-08"), request(), used()])

    assert blanks_on_hand(case) == 11


def test_what_came_the_day_before_the_count_is_in_it() -> None:
    case = taken([stocked(7, "c", COUNTED, on="2024-01-08"), stocked(5, "a", on="2024-01-07")])

    assert blanks_on_hand(case) == 7


def test_the_highest_revision_holds() -> None:
    assert blanks_on_hand(taken([stocked(9, revision=2), stocked(5, revision=1)])) == 9


def test_a_repeat_is_known() -> None:
    again = decision(taken([stocked(5)]), stocked(5))

    assert again.reason.outcome is Outcome.ALREADY_KNOWN


def test_an_equal_revision_with_other_content_is_refused() -> None:
    conflict = decision(taken([stocked(5)]), stocked(6))

    assert (conflict.reason.code, conflict.reason.outcome) == ("revision-conflict", Outcome.REFUSED)


def test_a_delivery_taken_back_does_not_count_whichever_came_first() -> None:
    taking_back = stocked(0, "undo", reverses="a")

    assert blanks_on_hand(taken([stocked(5, "a"), taking_back])) == 0
    assert blanks_on_hand(taken([taking_back, stocked(5, "a")])) == 0


def test_a_count_below_what_is_reserved_is_said_and_nothing_is_free() -> None:
    case = taken([stocked(2), request("r-1"), request("r-2")])
    made = decision(case, stocked(1, "c", COUNTED, on="2024-01-08"))

    assert made.reason.code == "blanks-counted-short"
    assert made.state is not None
    assert (blanks_on_hand(made.state), blanks_free(made.state)) == (1, 0)


def test_stock_facts_are_not_remembered_without_bound() -> None:
    case = taken(stocked(1, f"d-{number}") for number in range(STOCKINGS_MAX))

    assert decision(case, stocked(1, "one-more")).reason.code == "too-many-stockings"


def test_a_count_makes_room_for_more_stock_facts() -> None:
    case = taken(stocked(1, f"d-{number}") for number in range(STOCKINGS_MAX))
    after = decision(case, stocked(500, "c", COUNTED, on="2024-01-05"))

    assert after.reason.code == "blanks-counted"
    assert after.state is not None
    assert len(after.state.stockings) == 1


DAYS = st.integers(2, 12).map(lambda day: f"2024-01-{day:02d}")
FACTS = st.lists(
    st.one_of(
        st.builds(
            stocked,
            st.integers(0, 9),
            st.sampled_from(["a", "b", "c", "d"]),
            st.sampled_from(list(StockKind)),
            DAYS,
            revision=st.integers(1, 3),
        ),
        st.builds(lambda reference: stocked(0, f"undo-{reference}", reverses=reference), st.sampled_from("ab")),
        st.builds(used, st.sampled_from(["r-1", "r-2", "r-3"]), st.just("2024-01-08")),
    ),
    max_size=14,
    unique_by=lambda fact: (
        fact.topic,
        getattr(fact, "business_reference", ""),
        getattr(fact, "revision", 0),
        getattr(fact, "reservation_id", ""),
    ),
)


@given(FACTS, st.data())
def test_the_same_facts_in_any_order_with_repeats_give_the_same_stock(facts: list[object], data: st.DataObject) -> None:
    if not facts:
        return
    repeats = data.draw(st.lists(st.sampled_from(facts), max_size=4))
    mixed = data.draw(st.permutations([*facts, *repeats]))

    assert balance(taken(mixed)) == balance(taken(facts))
    assert blanks_free(taken(mixed)) >= 0
