"""`make chaos` runs the client that is asked for: figures of the wrong one would go unnoticed."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FROM_OUTSIDE = {"MAKEFLAGS", "MFLAGS", "CLIENT"}
"""What a `make test CLIENT=…` around these tests hands on."""


@pytest.mark.parametrize(("asked", "client"), [((), "aiokafka"), (("CLIENT=confluent",), "confluent")])
def test_the_campaigns_run_on_the_client_that_was_asked_for(asked: tuple[str, ...], client: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    command = ["make", "-n", "chaos", *asked]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)

    assert f"tests.chaos.run --client {client} " in told.stdout
