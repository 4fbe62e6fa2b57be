"""Pages of state diagrams: drawn from the table, stale ones named."""

from pathlib import Path

import pytest

from schemas.transitions import START, StateMachine, Transition
from services.console import state_diagrams

MANY = [f"s{number}" for number in range(9)]


def machine(*moves: tuple[str, str, str]) -> StateMachine:
    stages = {name: f"阶段{name}" for name in [*MANY, "rest", "end"]}
    triggers = {"go": "前进", "stop": "停止", "again": "继续"}
    table = tuple(Transition(stage, on, to, ("too-early",) if on == "go" else ()) for stage, on, to in moves)
    return StateMachine("small", "A small one", stages, triggers, {"end": "到此为止"}, table)


def test_the_pages_in_the_repository_are_those_of_the_tables() -> None:
    assert [] == state_diagrams.stale(state_diagrams.pages())


def test_an_arrow_carries_the_name_of_what_moves() -> None:
    drawn = state_diagrams.diagram(machine((START, "go", "s0"), ("s0", "go", "s1"), ("s1", "stop", "end")))

    assert "        s0 --> s1: 前进" in drawn
    assert "    [*] --> s0: 前进" in drawn
    assert "    s1 --> end: 停止" in drawn
    assert "    end --> [*]" in drawn


def test_what_nearly_all_stages_share_is_drawn_once() -> None:
    """Mermaid draws no arrow from a state into itself, so what such an arrow leads to stands outside."""
    moves = [*((name, "stop", "rest") for name in MANY), *(("rest", "again", name) for name in MANY)]
    drawn = state_diagrams.diagram(machine(*moves))

    assert ["    live --> rest: 停止", "    rest --> live: 继续"] == [line for line in drawn if "-->" in line][:2]
    assert '    state "阶段rest" as rest' in drawn


def test_a_move_that_changes_nothing_is_in_the_table_alone() -> None:
    page = state_diagrams.page(machine((START, "go", "s0"), ("s0", "go", "s0")))

    assert "| `go` 前进 | `s0` | as before | `too-early` |" in page
    assert "s0 --> s0" not in page


def test_a_page_that_differs_is_stale_and_one_of_no_machine_is_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_diagrams, "ROOT", tmp_path)
    monkeypatch.setattr(state_diagrams, "FOLDER", tmp_path)
    (tmp_path / "old.md").write_text("x", encoding="utf-8")
    files = state_diagrams.pages([machine((START, "go", "s0"))])

    assert ["small.md is stale", "old.md belongs to no machine"] == state_diagrams.stale(files)
    assert 1 == state_diagrams.main(["--check"])
    assert 0 == state_diagrams.main([])
    assert 0 == state_diagrams.main(["--check"])
    assert 1 == state_diagrams.main(["--else"])
