"""The 13 outlets of the pilot, as the newsletter lists them."""

from datetime import date

from schemas.vocabulary import District
from services.outlets.directory import ASSUMED, ASSUMED_BLANKS, OUTLETS, initial_stock, published_outlets
from services.outlets.rules_state import blanks_on_hand
from services.outlets.texts import REASON_TEXTS
from tests.services.outlets.samples import taken


def test_there_are_thirteen_outlets_each_with_its_own_key_name_and_telephone() -> None:
    assert len(OUTLETS) == 13
    for field in ("key", "name", "address", "telephone"):
        assert len({getattr(outlet, field) for outlet in OUTLETS}) == 13


def test_every_district_has_an_outlet_but_none_is_made_up() -> None:
    assert {outlet.district for outlet in OUTLETS} == set(District)


def test_names_addresses_and_telephones_are_the_newsletter_s_word_for_word() -> None:
    lines = {(outlet.name, outlet.address, outlet.telephone) for outlet in OUTLETS}

    assert ("文登支行营业部", "文登市龙山路27号（三联家电对面）", "0631-8451473") in lines
    assert ("海滨路分理处", "威海市环翠区胶州路7号（威海市人力资源和社会保障局院内）", "0631-5671107") in lines


def test_what_nobody_confirmed_is_marked_as_assumed() -> None:
    for fact in published_outlets():
        assert (
            set(fact.assumed)
            == set(ASSUMED)
            == {
                "latitude_microdeg",
                "longitude_microdeg",
                "sessions",
                "makes_cards",
            }
        )


def test_every_outlet_lies_in_weihai() -> None:
    for outlet in OUTLETS:
        assert 36_600_000 < outlet.latitude_microdeg < 37_700_000
        assert 121_100_000 < outlet.longitude_microdeg < 122_800_000


def test_the_first_stock_is_one_delivery_an_outlet_and_the_same_when_given_again() -> None:
    facts = initial_stock(date(2024, 1, 2))

    assert facts == initial_stock(date(2024, 1, 2))
    assert {fact.outlet_key for fact in facts} == {outlet.key for outlet in OUTLETS}
    assert blanks_on_hand(taken(facts[:1])) == ASSUMED_BLANKS


def test_reason_texts_are_written() -> None:
    assert all(REASON_TEXTS.values())
