"""The auditing worker does not start with keys that cannot serve, and says why in one sentence."""

import os
import subprocess
import sys

import pytest

UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "SHEBAO_SEAL_KEY is not set"),
        ({"SHEBAO_SEAL_KEY": "development"}, "SHEBAO_SEAL_PUBLIC_KEYS is not set"),
        ({"SHEBAO_SEAL_KEY": UNKNOWN, "SHEBAO_SEAL_PUBLIC_KEYS": "development"}, "nobody could verify the seals"),
    ],
)
def test_a_key_that_cannot_serve_ends_with_three(keys: dict[str, str], said: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SHEBAO_SEAL_")}
    command = [sys.executable, "-m", "services.audit"]
    done = subprocess.run(command, env=bare | keys, capture_output=True, text=True, timeout=60, check=False)

    assert 3 == done.returncode
    assert said in done.stderr.strip().splitlines()[-1]
    assert UNKNOWN not in done.stderr + done.stdout
