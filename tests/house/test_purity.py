"""Rules, law, texts and events touch nothing, whatever they import on the way; so do the runtime's pure parts."""

import ast

import pytest

from tests.house.purity import ALLOWED, impurities
from tests.house.services_here import deciding_folders
from tests.house.sources import ROOT, module_of, path_of, reached_from, tree_of

PURE_ROOMS = ("events", "rules", "law", "texts")
PURE_RUNTIME = (
    "batch",
    "cases",
    "codec",
    "commands",
    "dead",
    "deciding",
    "door",
    "effect_cases",
    "effect_texts",
    "effects",
    "entries",
    "envelope",
    "errors",
    "kept",
    "ledger",
    "memory",
    "merge",
    "outcomes",
    "overlay",
    "publishing",
    "records",
    "refusal_count",
    "refusals",
    "replay",
    "service",
    "shard",
    "signatures",
    "signing",
    "step",
    "watched",
    "writer_schemas",
)
"""The road a record is decided on: worker, memory twin and replay all walk it."""
ALLOWED_RUNTIME = (
    *ALLOWED,
    "schemas",
    "binascii",  # arithmetic
    "io",  # a buffer in memory; `open` is caught as a call
    "fastavro",
    "aiokafka.partitioner",  # murmur2: arithmetic
    *(f"services.runtime.{name}" for name in PURE_RUNTIME),
)


def _room_modules(folder: str) -> list[str]:
    paths = [*(ROOT / "services" / folder).glob("*.py"), *(ROOT / "services" / folder).glob("*/__init__.py")]
    modules = [module_of(path) for path in paths]
    return [module for module in modules if module.split(".")[2:] and _is_pure_room(module.split(".")[2])]


def _is_pure_room(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}_") for room in PURE_ROOMS)


@pytest.mark.parametrize("folder", deciding_folders())
def test_what_rules_reach_in_their_own_service_is_pure(folder: str) -> None:
    own = f"services.{folder}"
    reached = reached_from(_room_modules(folder), (own,))
    faults = [f"{module}:{fault}" for module in reached for fault in _faults(module, (own, "schemas"))]

    assert f"{own}.rules" in reached
    assert [] == faults


def test_the_contracts_that_rules_reach_are_pure() -> None:
    rooms = [module for folder in deciding_folders() for module in _room_modules(folder)]
    reached = [module for module in reached_from(rooms, ("services", "schemas")) if module.startswith("schemas")]
    faults = [f"{module}:{fault}" for module in reached for fault in _faults(module, ("schemas",))]

    assert {"schemas.decision", "schemas.vocabulary", "schemas.calendar"} <= set(reached)
    assert [] == faults


@pytest.mark.parametrize("name", PURE_RUNTIME)
def test_the_road_of_a_decision_is_pure(name: str) -> None:
    path = path_of(f"services.runtime.{name}")
    assert path is not None
    waits = "waits for something" if name == "effects" else "-"  # the port's protocol says `async`; nothing is run
    faults = [fault for fault in impurities(tree_of(path), ALLOWED_RUNTIME) if waits not in fault]

    assert [] == faults


def _faults(module: str, ours: tuple[str, ...]) -> list[str]:
    path = path_of(module)
    assert path is not None
    return impurities(tree_of(path), (*ALLOWED, *ours))


@pytest.mark.parametrize(
    "broken",
    [
        "import random",
        "import os.path",
        "import logging",
        "import asyncio",
        "import time",
        "from uuid import uuid4",
        "from services.runtime.step import step_fact",
        "def late():\n    import socket",
        "from .worker import main",
        "at = datetime.now(UTC)",
        "on = date.today()",
        "at = instant.astimezone()",
        "at = datetime.fromtimestamp(0)",
        "name = hash('a')",
        "print('a')",
        "text = open('a').read()",
        "async def decide(): ...",
        "for one in {1, 2}: pass",
        "for one in set(many): pass",
        "names = [one for one in {two for two in many}]",
        "def f(kinds: frozenset[str]):\n    return tuple(kinds)",
        "def f(kinds: set[str]):\n    return kinds.pop()",
        "def f(a, b):\n    left = set(a) - set(b)\n    return ','.join(left)",
        "def f(a):\n    kinds = {one for one in a}\n    return {one: 1 for one in kinds}",
        "class A:\n    days: frozenset[int]\ndef f(a):\n    return [*a.days]",
    ],
)
def test_a_breach_is_seen(broken: str) -> None:
    assert [] != impurities(ast.parse(broken))


@pytest.mark.parametrize(
    "sound",
    [
        "from datetime import date\nday = date(2024, 1, 1)",
        "at = context.now",
        "at = datetime.fromtimestamp(0, UTC)",
        "for one in sorted({1, 2}): pass",
        "def f(a):\n    kinds = set(a)\n    return sorted(one for one in kinds), len(kinds), 'x' in kinds",
        "for one in {'a': 1}: pass",
        "def f(a):\n    return {one for one in set(a)}",
    ],
)
def test_what_is_sound_passes(sound: str) -> None:
    assert [] == impurities(ast.parse(sound))
