"""`shebao publish`, `simulate`, and the command line itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from schemas.arrears import ArrearsOpened
from schemas.topics import FACTS
from services.audit import words
from services.console.main import COMMANDS
from tests.services.console.towns import UNIT, Town, sentence_of
from tests.services.gateway.rows_of import ASSESSED, REGISTERED


def lines(path: Path, *rows: dict[str, str]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def publish(town: Town, path: str) -> Result:
    return town.shebao("publish", path, "--said-at", "2026-11-02T09:00")


def test_a_published_file_is_decided(town: Town, tmp_path: Path) -> None:
    shown = publish(town, lines(tmp_path / "a.ndjson", REGISTERED, ASSESSED))

    assert shown.exit_code == 0
    assert [fact.unit_code for fact in town.twin.facts(ArrearsOpened)] == [UNIT]


def test_publishing_it_again_changes_nothing(town: Town, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.ndjson", REGISTERED, ASSESSED)
    publish(town, path)
    before = town.twin.state("arrears", UNIT)
    publish(town, path)

    assert town.twin.state("arrears", UNIT) == before
    assert town.twin.codes("arrears", UNIT)[-2:] == ["repeat", "repeat"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "topic,reference,unit_code\n"), ("b.csv", "reference,unit_code\n\n,\n"), ("a.ndjson", "\n")],
)
def test_a_file_without_rows_is_said_to_have_none(town: Town, tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    shown = publish(town, str(path))

    assert (2, "") == (shown.exit_code, shown.stdout)
    assert f"{path} has no rows: nothing was published." in sentence_of(shown)


def test_a_rejected_row_makes_the_exit_code_one_and_is_named(town: Town, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.ndjson", REGISTERED, {**ASSESSED, "month": "2026-13"})
    shown = publish(town, path)

    assert shown.exit_code == 1
    assert "month-invalid" in shown.output
    assert Path(f"{path}.rejected.csv").exists()


def test_a_simulated_feed_can_be_published(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    made = town.shebao("simulate", str(folder), "--units", "20", "--months", "2", "--applications", "6", "--no-broken")
    shown = publish(town, str(folder / "history" / "units.csv"))

    assert (made.exit_code, shown.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("publish", "no-such-file.csv"), "no-such-file.csv is not a file"),
        (("publish", "pyproject.toml", "--topic", "arrears-opened"), "There is no upstream topic arrears-opened"),
        (("simulate", "tests", "--end", "2026-10-31"), "is not an empty folder"),
        (("simulate", "x", "--end", "soon"), "soon is not a date"),
        (("publish", "pyproject.toml", "--said-at", "noon"), "noon is not a time"),
        (("demo", "--memory", "--feed", "tests"), "holds no feed"),
    ],
)
def test_a_mistake_ends_in_one_sentence(town: Town, arguments: tuple[str, ...], said: str) -> None:
    shown = town.shebao(*arguments)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)


def test_every_word_of_the_command_line_can_be_asked_for_help(town: Town) -> None:
    top = town.shebao("--help")

    for word in COMMANDS:
        shown = town.shebao(word, "--help")
        assert shown.exit_code == 0, word
        assert word in top.output


def test_a_mistyped_word_is_refused_without_a_traceback(town: Town) -> None:
    shown = town.shebao("explane")

    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


def test_help_is_quick_because_it_loads_no_service() -> None:
    """What help imports is what it costs; measuring seconds would depend on the machine."""
    code = (
        "import sys; import services.console.main; print([m for m in sys.modules if m.startswith('services.arrears')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


def test_every_fact_can_be_said_in_chinese() -> None:
    assert {topic.name for topic in FACTS} == set(words.SENTENCES)
