"""A sandbox on ports that nobody holds, and what is left of one that the tests made."""

from pathlib import Path

import pytest

from services.sandbox.mesh import WORKERS
from services.sandbox.settings import SandboxSettings, free_ports, on_free_ports
from tests.harness.stack import Stack


@pytest.mark.parametrize("brokers", [1, 3])
def test_no_port_of_a_sandbox_stands_in_anothers_way(brokers: int, tmp_path: Path) -> None:
    taken: list[int] = []
    for name in ("one", "other"):
        settings = on_free_ports(tmp_path / name, brokers)
        ports = settings.model_dump(include=set(free_ports()) - {"kafka_port", "worker_port"})
        taken += [*ports.values(), *range(settings.worker_port, settings.worker_port + len(WORKERS) + 1)]
        for number in range(1, brokers + 1):
            taken += [settings.broker_port(number), settings.controller_port(number)]

    assert sorted(set(taken)) == sorted(taken)


def test_every_port_of_the_settings_is_chosen() -> None:
    every = {name for name in SandboxSettings.model_fields if name.endswith("_port")}

    assert every - {"login_port"} == set(free_ports())


@pytest.mark.asyncio
async def test_a_stack_leaves_no_folder_behind() -> None:
    stack = Stack()
    folder = stack.settings.data_dir.parent
    assert folder.exists()

    await stack.stop()

    assert not folder.exists()
