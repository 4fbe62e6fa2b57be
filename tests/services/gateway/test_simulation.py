"""The simulated feed: the same seed gives the same bytes, and all but the broken rows pass the gateway."""

from datetime import date
from pathlib import Path

import pytest

from schemas.vocabulary import District, citizen_number_is_valid, unit_code_is_valid
from services.gateway.rows import GoodRow, RowGate
from services.gateway.simulation.feed import Feed, FeedSize, read_plan
from services.runtime.sealing import development_vault

SAMPLE = Path(__file__).resolve().parents[3] / "examples" / "feed"
SMALL = FeedSize(units=60, months=6, applications=12, lost_cards=12, experts=20)
END = date(2026, 10, 31)


def made(seed: int, size: FeedSize = SMALL) -> Feed:
    feed = Feed(seed, END, size)
    feed.make()
    return feed


def written(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.*")) if file.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        made(seed).write(tmp_path / name)

    assert written(tmp_path / "one") == written(tmp_path / "same")
    assert written(tmp_path / "one") != written(tmp_path / "other")


def test_the_plan_can_be_read_again(tmp_path: Path) -> None:
    feed = made(1)
    feed.write(tmp_path)

    assert read_plan(tmp_path) == feed.plan()


def test_just_the_broken_rows_are_refused() -> None:
    feed = made(3)
    refused = [
        row["reference"]
        for phase in feed.plan().phases
        for name in phase.files
        for row in feed.files[name]
        if not isinstance(RowGate(development_vault, phase.at).check(row), GoodRow)
    ]

    assert {reference for reference in refused if reference and not reference.startswith("X-")} == {"有空 格"}


def test_without_broken_rows_nothing_is_refused() -> None:
    feed = made(3, FeedSize(units=60, months=6, applications=12, lost_cards=12, experts=20, broken=False))

    assert not [row for rows in feed.files.values() for row in rows if row["reference"].startswith("X-")]


@pytest.fixture(scope="module")
def sample() -> Feed:
    """The feed that is checked in under examples/, made anew."""
    return made(20261031, FeedSize())


def test_the_checked_in_sample_is_what_its_seed_gives(sample: Feed, tmp_path: Path) -> None:
    sample.write(tmp_path)

    assert written(tmp_path) == written(SAMPLE)


def test_the_sample_holds_what_the_demonstration_promises(sample: Feed) -> None:
    by_topic: dict[str, list[dict[str, str]]] = {}
    for rows in sample.files.values():
        for row in rows:
            by_topic.setdefault(row["topic"], []).append(row)
    good = [row for row in by_topic["unit-registered"] if not row["reference"].startswith("X-")]
    broken = [row for rows in by_topic.values() for row in rows if row["reference"].startswith("X-")]
    months = {row["month"] for row in by_topic["contribution-assessed"]}

    assert len({row["unit_code"] for row in good}) >= 500
    assert {row["district"] for row in good} == set(District)
    assert {f"{2024 + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}" for n in range(24)} <= months
    assert len(by_topic["appraisal-submitted"]) >= 30
    assert {3, 4} <= {row["specialties"].count(";") + 1 for row in by_topic["appraisal-submitted"]}
    assert len(by_topic["card-lost"]) >= 30
    assert len(broken) >= 20
    assert any(row["due_on"] <= "2019-12-31" for row in by_topic["contribution-missed"])
    assert any(row["reverses"] for row in by_topic["contribution-paid"])
    assert any(row["revision"] == "2" for row in by_topic["contribution-assessed"])


def test_codes_and_numbers_pass_their_checks_and_belong_to_nobody(sample: Feed) -> None:
    units = [row for row in sample.files["history/units.csv"] if not row["reference"].startswith("X-")]
    cards = [row for row in sample.files["week-1/lost-cards.csv"] if not row["reference"].startswith("X-")]

    assert all(unit_code_is_valid(row["unit_code"]) and row["unit_code"][8:10] == "YY" for row in units)
    assert all(
        citizen_number_is_valid(row["citizen_number"]) and row["citizen_number"][14:17] == "000" for row in cards
    )
    assert all(row["contact_email"].endswith(".example") for row in units if row["contact_email"])
