"""The stages of our road are named by files and functions: the names must stay true when the runtime changes."""

import ast
from pathlib import Path

import aiokafka
import pytest

from benchmarks.sampling import STAGES, stage_of

ROOT = Path(__file__).resolve().parents[2]
RULES = [rule for rules in STAGES.values() for rule in rules]


def _places(rule: str) -> list[Path]:
    place = rule.partition(":")[0].removesuffix("*")
    bases = (ROOT, ROOT / "services", Path(aiokafka.__file__).parents[1])
    return [base / place for base in bases if (base / place).exists()]


@pytest.mark.parametrize("rule", RULES)
def test_a_stage_names_a_file_that_exists(rule: str) -> None:
    assert _places(rule)


@pytest.mark.parametrize("rule", [rule for rule in RULES if ":" in rule and not rule.endswith("*")])
def test_a_stage_names_a_function_that_exists(rule: str) -> None:
    tree = ast.parse(_places(rule)[0].read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert rule.partition(":")[2] in functions


def test_a_function_named_by_name_goes_before_its_file_and_its_folder() -> None:
    assert stage_of("/x/services/runtime/deciding.py", "_spoken") == "encode what was said"
    assert stage_of("/x/services/runtime/batch.py", "handle") == "batch and task"
    assert stage_of("/x/site-packages/aiokafka/producer/sender.py", "run") == "write and commit"
    assert stage_of("/x/site-packages/aiokafka/conn.py", "send") == "connections"
    assert stage_of("/x/asyncio/base_events.py", "run_once") is None
