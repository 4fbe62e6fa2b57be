"""The page of legal numbers is made from the code, and a stale one fails the check."""

from pathlib import Path

import pytest

from services.console import legal_page


def test_the_page_is_fresh() -> None:
    assert 0 == legal_page.main(["--check"])


def test_a_stale_page_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(legal_page, "PAGE", tmp_path / "legal-numbers.md")

    missing = legal_page.main(["--check"])
    written = legal_page.main([])

    assert (legal_page.EXIT_STALE, 0, 0) == (missing, written, legal_page.main(["--check"]))
    assert "legal-numbers.md is stale" in capsys.readouterr().err


def test_both_rates_of_the_late_fee_stand_on_it_with_their_dates() -> None:
    rows = [line for line in legal_page.text().splitlines() if line.startswith("| late-fee-rate |")]

    assert [True, True] == ["to 2011-06-30 | A" in rows[0], "from 2011-07-01 | A" in rows[1]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account-share-of-pension", "28.57 (percent)"),
        ("night-from", "22:00 (time of day)"),
        ("reminder-time", "09:00 (time of day)"),
        ("senior-from", "20,000,000 (fen)"),
    ],
)
def test_a_value_is_written_as_its_unit_is_read(name: str, value: str) -> None:
    row = next(line for line in legal_page.text().splitlines() if line.startswith(f"| {name} |"))

    assert value == row.split(" | ")[1]
