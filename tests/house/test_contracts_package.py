"""The contracts, built a second time for outside producers, stand on their own."""

import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

from schemas.avro import avro_schema, fingerprint
from schemas.contracts import CONTRACTS
from tests.house.sources import ROOT

PACKAGING = ROOT / "packaging" / "contracts"
LOOK = """
import importlib, json, pkgutil, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
for barred in ("services", "schemas", "msgspec", "aiokafka", "structlog"):
    sys.modules[barred] = None
import shebao_contracts
for module in pkgutil.walk_packages(shebao_contracts.__path__, "shebao_contracts."):
    importlib.import_module(module.name)
from shebao_contracts.avro import avro_schema, fingerprint
from shebao_contracts.contracts import CONTRACTS
print(json.dumps({name: fingerprint(avro_schema(model)) for name, model in CONTRACTS.items()}))
"""
SIGN = """
import json, sys
from datetime import datetime
from importlib.resources import files
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from shebao_contracts.signing import SigningKey
vector = json.loads(files("shebao_contracts.examples").joinpath("signature.json").read_text(encoding="utf-8"))
key = SigningKey(bytes.fromhex(vector["private_key"]), vector["system"], vector["source"])
expected = {name: text.encode() for name, text in vector["signature_headers"].items()}
headers = [(name, text.encode()) for name, text in vector["headers"].items()]
signed_at = datetime.fromisoformat(vector["signature_headers"]["ce_signedat"])
value, schema = bytes.fromhex(vector["value"]), vector["schema_fingerprint"]
print(dict(key.signature_headers(headers, vector["key"].encode(), value, schema, signed_at)) == expected)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without asking any registry."""
    folder = tmp_path_factory.mktemp("contracts")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=PACKAGING, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("shebao_contracts-*.whl"))


def test_the_contracts_work_without_the_mesh(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-I", "-S", "-c", LOOK, str(tmp_path), sysconfig.get_path("purelib")]
    looked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    ours = {name: fingerprint(avro_schema(model)) for name, model in CONTRACTS.items()}

    assert looked.returncode == 0, looked.stderr
    assert repr(ours).replace("'", '"') == looked.stdout.strip()


def test_an_outside_producer_signs_as_the_test_vector_says(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-I", "-S", "-c", SIGN, str(tmp_path), sysconfig.get_path("purelib")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert ("True", "") == (ran.stdout.strip(), ran.stderr)


def test_the_example_of_the_readme_runs(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", (PACKAGING / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    begin = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {sysconfig.get_path('purelib')!r}]\n"
    command = [sys.executable, "-I", "-S", "-c", begin + example + "print(topic.name, topic.key, schema['name'])"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert ("contribution-missed unit_code ContributionMissed", "") == (ran.stdout.strip(), ran.stderr)


def test_the_contracts_carry_their_schemas_and_no_tools(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    schemas = {name.split("/")[2] for name in names if name.startswith("shebao_contracts/avro/") and ".avsc" in name}

    assert set(CONTRACTS) <= schemas
    assert "shebao_contracts/py.typed" in names
    assert [] == [name for name in names if name.startswith(("schemas", "services")) or "generate" in name]


def test_the_contracts_have_the_version_of_the_mesh() -> None:
    versions = {
        tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"]
        for path in (ROOT / "pyproject.toml", PACKAGING / "pyproject.toml")
    }

    assert 1 == len(versions)
