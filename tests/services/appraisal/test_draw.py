"""The draw: blind, repeatable, checkable."""

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.draw import ANY_SPECIALTY, Seated, draw_panel, pool_version, ranked, seed_of

ROOT = Path(__file__).parents[3]
SPECIALTIES = ("burns", "neurology", "ophthalmology", "orthopaedics")

pools = st.dictionaries(
    st.integers(0, 40).map(lambda number: f"expert-{number:04d}"),
    st.lists(st.sampled_from(SPECIALTIES), min_size=1, max_size=3, unique=True).map(tuple),
    max_size=9,
)
needs = st.lists(st.sampled_from(SPECIALTIES), min_size=1, max_size=3, unique=True)


@given(pools, needs, st.sampled_from([3, 5]), st.text(max_size=5))
def test_a_panel_has_the_right_count_and_a_seat_for_each_specialty(
    pool: dict[str, tuple[str, ...]], needed: list[str], size: int, seed: str
) -> None:
    panel = draw_panel(seed, needed, size, pool)

    if panel:
        assert len({seated.expert_key for seated in panel}) == size
        assert [seated.specialty for seated in panel if seated.specialty] == sorted(needed)
        assert all(_fits(seated, pool, needed) for seated in panel)


@given(pools, needs, st.sampled_from([3, 5]), st.text(max_size=5))
def test_a_panel_is_drawn_whenever_one_exists(
    pool: dict[str, tuple[str, ...]], needed: list[str], size: int, seed: str
) -> None:
    related = [key for key in sorted(pool) if set(pool[key]) & set(needed)]
    exists = any(_can_be_seated(chosen, pool, needed) for chosen in combinations(related, size))

    assert bool(draw_panel(seed, needed, size, pool)) is exists


@given(pools, needs, st.randoms(use_true_random=False))
def test_the_order_in_which_experts_are_listed_does_not_matter(
    pool: dict[str, tuple[str, ...]], needed: list[str], chance: object
) -> None:
    turned = dict(sorted(pool.items(), reverse=True))

    assert draw_panel("seed", needed, 3, pool) == draw_panel("seed", needed[::-1], 3, turned)


def test_the_luckiest_ranks_win_where_nothing_else_is_needed() -> None:
    pool = {f"expert-{number:04d}": ("burns",) for number in range(10)}

    assert {seated.expert_key for seated in draw_panel("s", ["burns"], 3, pool)} == set(ranked("s", pool)[:3])


def test_an_expert_of_two_specialties_gives_way_to_fill_both_seats() -> None:
    pool = {"expert-1": ("burns", "neurology"), "expert-2": ("burns",), "expert-3": ("burns",)}

    for seed in "abcdefgh":
        by_seat = {seated.specialty: seated.expert_key for seated in draw_panel(seed, ["burns", "neurology"], 3, pool)}

        assert by_seat["neurology"] == "expert-1"


def test_over_many_seeds_every_expert_is_drawn_about_equally_often() -> None:
    pool = {f"expert-{number:04d}": ("burns",) for number in range(10)}
    drawn = [seated.expert_key for n in range(2_000) for seated in draw_panel(f"seed {n}", ["burns"], 3, pool)]

    assert all(500 < drawn.count(key) < 700 for key in pool)


def test_more_specialties_than_seats_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        draw_panel("s", SPECIALTIES, 3, {})


def test_the_pool_version_changes_with_any_revision_and_only_then() -> None:
    assert pool_version({"expert-1": 1, "expert-2": 1}) == pool_version({"expert-2": 1, "expert-1": 1})
    assert pool_version({"expert-1": 1, "expert-2": 1}) != pool_version({"expert-1": 1, "expert-2": 2})


def test_the_documented_steps_give_the_seed_that_anybody_can_reckon() -> None:
    """`printf 'LD-1|event-1|v' | sha256sum`"""
    assert seed_of("LD-1", "event-1", "v") == "85eae1d9827072fc82b0872f40733dd38ac9e32b4e47d207cbd1c166773a244b"


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_the_same_inputs_give_the_same_panel_under_any_hash_seed(hash_seed: str) -> None:
    pool = {f"expert-{number:04d}": SPECIALTIES[number % 3 : number % 3 + 2] for number in range(30)}
    script = (
        "from services.appraisal.draw import draw_panel\n"
        f"print([tuple(map(str, seated)) for seated in draw_panel('seed', {{'burns', 'neurology'}}, 5, {pool!r})])\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )

    here = [tuple(map(str, seated)) for seated in draw_panel("seed", ["neurology", "burns"], 5, pool)]

    assert ran.stdout.strip() == str(here)


def _fits(seated: Seated, pool: dict[str, tuple[str, ...]], needed: list[str]) -> bool:
    own = pool[seated.expert_key]
    return seated.specialty in own or (seated.specialty == ANY_SPECIALTY and bool(set(own) & set(needed)))


def _can_be_seated(chosen: tuple[str, ...], pool: dict[str, tuple[str, ...]], needed: list[str]) -> bool:
    """Try every way of giving the needed specialties to the chosen, one each."""
    if not needed:
        return True
    first, rest = needed[0], needed[1:]
    return any(
        first in pool[key] and _can_be_seated(tuple(other for other in chosen if other != key), pool, rest)
        for key in chosen
    )
