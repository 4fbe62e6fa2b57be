"""The same reports in any order, with repeats, end in the same standing of each card."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.cards import CardFound, CardLost, ReportKind
from services.cards.rules.state import CardCase
from tests.services.cards.samples import CARD, OTHER_CARD, TEMPORARY, WRITTEN, context, decision, found, lost

HOURS = st.integers(0, 9).map(lambda hour: f"2024-01-08 0{hour}:00")
CARDS = st.sampled_from([CARD, OTHER_CARD])
REFERENCES = ("a", "b", "c", "d")


@st.composite
def histories(draw: st.DrawFn) -> list[CardLost | CardFound]:
    """Reports under up to four references, each of one card, some corrected or taken back; cards found."""
    facts: list[CardLost | CardFound] = []
    for reference in draw(st.lists(st.sampled_from(REFERENCES), unique=True)):
        card, wants = draw(CARDS), draw(st.booleans())
        for revision in range(1, draw(st.integers(1, 2)) + 1):
            kind = draw(st.sampled_from([TEMPORARY, TEMPORARY, WRITTEN]))
            facts.append(lost(kind, reference, draw(HOURS), wants=wants, card=card, revision=revision))
        if draw(st.booleans()):
            facts.append(lost(TEMPORARY, f"undo-{reference}", reverses=reference))
    references = draw(st.lists(st.sampled_from(["x", "y"]), unique=True))
    return [*facts, *(found(reference, draw(HOURS), draw(CARDS)) for reference in references)]


def standings(facts: list[CardLost | CardFound]) -> dict[str, tuple[ReportKind, object]]:
    case: CardCase | None = None
    for fact in facts:
        case = decision(case, fact, context("2024-01-08 12:00")).state
    cards = {} if case is None else case.cards
    return {key: (card.suspended, card.lapses_at) for key, card in sorted(cards.items()) if card.suspended is not None}


@settings(max_examples=300)
@given(histories(), st.data())
def test_the_same_reports_in_any_order_with_repeats_suspend_the_same_cards(
    facts: list[CardLost | CardFound], data: st.DataObject
) -> None:
    if not facts:
        return
    repeats = data.draw(st.lists(st.sampled_from(facts), max_size=4))
    mixed = data.draw(st.permutations([*facts, *repeats]))

    assert standings(mixed) == standings(facts)
