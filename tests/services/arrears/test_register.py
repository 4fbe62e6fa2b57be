"""A register of document numbers: consecutive, each once, over all units of an office, a series and a year."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested
from schemas.vocabulary import Agency
from services.arrears import law_notice
from services.arrears.rules import decide, next_timer
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import PLACE, at, context

KEY = "wendeng-sic:payment-notice:2024"


def asked(*wanted: int | None) -> list[int | None]:
    """The numbers a register gives, asked one after the other."""
    case: UnitCase | None = None
    given_numbers: list[int | None] = []
    for ordinal, number in enumerate(wanted, 1):
        request = DocumentNumberRequested(
            **PLACE, occurred_on=date(2024, 1, 8), register_key=KEY, ordinal=ordinal, wanted=number
        )
        decision = decide(case, request, context(at(date(2024, 1, 8))))
        case = decision.state
        (answer,) = decision.facts
        assert isinstance(answer, DocumentNumberGiven)
        given_numbers.append(answer.sequence_number)
    assert case is None or next_timer(case) is None
    return given_numbers


def test_numbers_are_consecutive_from_one() -> None:
    assert asked(None, None, None) == [1, 2, 3]


def test_a_number_taken_by_hand_is_left_out_later() -> None:
    assert asked(None, 3, None, None) == [1, 3, 2, 4]


def test_a_number_that_is_somebodys_is_not_given() -> None:
    assert asked(None, 5, 1, 5) == [1, 5, None, None]


@given(st.lists(st.none() | st.integers(1, 12), max_size=30))
def test_no_number_is_given_twice(wanted: list[int | None]) -> None:
    given_numbers = [number for number in asked(*wanted) if number is not None]

    assert len(set(given_numbers)) == len(given_numbers)


def test_a_document_number_is_written_as_the_standard_has_it() -> None:
    """GB/T 9704: the year in full in 〔〕, the sequence without leading zeros or 第."""
    number = law_notice.document_number(Agency.WENDENG, law_notice.CENTRE, date(2026, 3, 2), 123)

    assert number == "威文社征限补〔2026〕123号"


def test_each_office_and_year_has_a_register_of_its_own() -> None:
    keys = {
        law_notice.register_key(agency, authority, date(year, 1, 1))
        for agency in Agency
        for authority in law_notice.SERIES
        for year in (2025, 2026)
    }

    assert len(keys) == 5 * 2 * 2
