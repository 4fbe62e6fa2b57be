"""Draw every state machine that stands as a table: `python -m services.console.state_diagrams [--check]`.

One page a machine in docs/generated/states: a Mermaid diagram, every move with its guards, and why each final stage is the
end. `--check` writes nothing and fails when a page is stale or left over.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from schemas.transitions import START, StateMachine, Transition
from services.arrears.machines import MACHINES as OF_ARREARS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "generated" / "states"
MACHINES: tuple[StateMachine, ...] = OF_ARREARS
"""Every machine that is drawn."""
EXIT_STALE = 1
COMMON_MIN = 8
"""A trigger that does the same in so many stages is drawn once, from all stages that are under way."""
LIVE = "live"
TRIGGERS_A_LABEL_MAX = 3


def pages(machines: Iterable[StateMachine] = MACHINES) -> dict[Path, str]:
    """Give every page as it should stand."""
    return {FOLDER / f"{machine.name}.md": page(machine) for machine in machines}


def page(machine: StateMachine) -> str:
    """Write one machine's page."""
    return "\n".join(
        [
            f"# {machine.title}",
            "Generated from the table that the rules decide by. What the diagram draws from *under way* is possible in the",
            "stages that the table below names; what leaves the stage as it is stands in the table alone.",
            "",
            "```mermaid",
            *diagram(machine),
            "```",
            "",
            "## Every move",
            "| trigger | from | to | may object |",
            "|---|---|---|---|",
            *_rows(machine),
            "",
            "## Why it ends",
            "| stage | | |",
            "|---|---|---|",
            *(f"| `{stage}` | {machine.stages[stage]} | {why} |" for stage, why in machine.final.items()),
            "",
        ]
    )


def diagram(machine: StateMachine) -> list[str]:
    """Write the Mermaid lines: stages under way inside one, moves that many of them share drawn from it once.

    What such a move leads to, or comes from, stands outside: Mermaid draws no arrow from a state into itself.
    """
    drawn = _arrows(machine)
    apart = {stage for arrow in drawn if LIVE in arrow for stage in arrow}
    live = [stage for stage in machine.stages if stage not in machine.final and stage not in apart]
    others = [stage for stage in machine.stages if stage not in live]
    inside = [
        f"    {_id(stage)} --> {_id(to)}: {label}" for (stage, to), label in drawn.items() if {stage, to} <= set(live)
    ]
    outside = [
        f"{_id(stage)} --> {_id(to)}: {label}" for (stage, to), label in drawn.items() if not {stage, to} <= set(live)
    ]
    return [
        "stateDiagram-v2",
        f'    state "under way" as {LIVE} {{',
        *(f"    {line}" for line in (f'    state "{machine.stages[stage]}" as {_id(stage)}' for stage in live)),
        *(f"    {line}" for line in inside),
        "    }",
        *(f'    state "{machine.stages[stage]}" as {_id(stage)}' for stage in others),
        *(f"    {line}" for line in outside),
        *(f"    {_id(stage)} --> [*]" for stage in machine.final),
    ]


def _arrows(machine: StateMachine) -> Mapping[tuple[str, str], str]:
    """From, to, and the names of what moves; a self-loop is not drawn."""
    moves = [move for move in machine.transitions if move.stage != move.to]
    found: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        stage = LIVE if _is_common(moves, move, "to") else move.stage
        to = LIVE if _is_common(moves, move, "stage") else move.to
        names = found.setdefault((stage, to), [])
        if machine.triggers[move.on] not in names:
            names.append(machine.triggers[move.on])
    return {arrow: _label(names) for arrow, names in found.items() if arrow[0] != arrow[1]}


def _is_common(moves: Sequence[Transition], move: Transition, same: str) -> bool:
    """Tell whether a trigger does this from (or to) so many stages that it is drawn once."""
    alike = [one for one in moves if one.on == move.on and getattr(one, same) == getattr(move, same)]
    return len(alike) >= COMMON_MIN


def _label(names: Sequence[str]) -> str:
    more = len(names) - TRIGGERS_A_LABEL_MAX
    return "、".join(names[:TRIGGERS_A_LABEL_MAX]) + (f"等{len(names)}项" if more > 0 else "")


def _id(stage: str) -> str:
    return "[*]" if stage == START else stage.replace("-", "_")


def _rows(machine: StateMachine) -> Iterable[str]:
    """Every move once: what starts in several stages and ends alike is one row."""
    origins: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for move in machine.transitions:
        to = "as before" if move.to == move.stage else f"`{move.to}`"
        origins.setdefault((move.on, to, move.guards), []).append(f"`{move.stage}`" if move.stage else "(none)")
    targets: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (on, to, guards), stages in origins.items():
        targets.setdefault((on, tuple(stages), guards), []).append(to)
    for (on, stages_from, guards), stages_to in targets.items():
        objections = ", ".join(f"`{guard}`" for guard in guards)
        moves = f"{', '.join(stages_from)} | {', '.join(stages_to)}"
        yield f"| `{on}` {machine.triggers[on]} | {moves} | {objections} |"


def stale(files: Mapping[Path, str]) -> list[str]:
    """Name every page that is missing, differs, or belongs to no machine."""
    found = [
        f"{_shown(file)} is stale"
        for file, text in files.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    return found + [
        f"{_shown(file)} belongs to no machine" for file in sorted(FOLDER.glob("*.md")) if file not in files
    ]


def main(arguments: Sequence[str]) -> int:
    """Run; give the exit code."""
    files = pages()
    if list(arguments) == ["--check"]:
        found = [*stale(files)]
        sys.stderr.write("".join(f"{line}\n" for line in [*found, "say `make generate`"]) if found else "")
        return EXIT_STALE if found else 0
    if arguments:
        sys.stderr.write("say nothing or --check\n")
        return EXIT_STALE
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.md"):
        if file not in files:
            file.unlink()
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(files)} state diagrams\n")
    return 0


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
