"""The contracts of import-linter do see a breach: each is broken once, in a small house built like ours."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT

PACKAGES = ("schemas", "services")


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """Our contracts over empty packages of the same names."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    folders = [path.parent for package in PACKAGES for path in (ROOT / package).glob("**/__init__.py")]
    for folder in folders:
        place = tmp_path / folder.relative_to(ROOT)
        place.mkdir(parents=True, exist_ok=True)
        (place / "__init__.py").touch()
    for room in ("events", "rules", "law", "texts", "worker"):
        module = tmp_path / "services/arrears" / f"{room}.py"
        module.touch()
    return tmp_path


def _linted(house: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=120, check=False)


def test_a_sound_house_passes(small_house: Path) -> None:
    linted = _linted(small_house)

    assert (0, "") == (linted.returncode, linted.stderr), linted.stdout


@pytest.mark.parametrize(
    ("module", "breach", "contract"),
    [
        ("schemas/topics.py", "import services.arrears", "Contracts know no service"),
        ("services/runtime/step.py", "import services.arrears", "The edges know the services"),
        ("services/arrears/worker.py", "import services.cards", "The edges know the services"),
        ("services/arrears/worker.py", "import services.console", "The edges know the services"),
        ("services/arrears/rules.py", "import services.runtime", "touch no machinery"),
        ("services/arrears/texts.py", "import asyncio", "touch no machinery"),
        ("services/pensions/__init__.py", "", "The edges know the services"),
    ],
)
def test_a_breach_is_seen(small_house: Path, module: str, breach: str, contract: str) -> None:
    path = small_house / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(breach)
    linted = _linted(small_house)
    verdicts = [line for line in linted.stdout.splitlines() if line.endswith((" BROKEN", " KEPT"))]

    assert linted.returncode != 0
    assert [] == [line for line in verdicts if contract in line and not line.endswith(" BROKEN")]
    assert said_of_breach(module) in linted.stdout + linted.stderr


def said_of_breach(module: str) -> str:
    """What the linter names in its sentence about a breach."""
    return module.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")


def test_every_contract_has_a_name() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]

    assert [] == [contract for contract in linter["contracts"] if not contract.get("name")]
