"""`shebao down`, `status`, `up` on a sandbox of which only a worker was started."""

import asyncio
import io
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.console.commands.sandbox import show_until_stopped
from services.console.main import app
from services.sandbox.mesh import Mesh
from services.sandbox.processes import Daemon
from services.sandbox.settings import SandboxSettings, on_free_ports

ENDS_S_MAX = 30.0


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SandboxSettings:
    """A sandbox without servers: its worker lives or has ended because nobody listens; both have to be told of."""
    settings = on_free_ports(tmp_path / "data")
    for name in ("data_dir", "kafka_port", "registry_port", "worker_port"):
        monkeypatch.setenv(f"SHEBAO_SANDBOX_{name.upper()}", str(getattr(settings, name)))
    return settings


def test_down_tells_of_workers_and_of_those_only_that_were_started(sandbox: SandboxSettings) -> None:
    Mesh(sandbox)._workers["arrears"].start()
    shown = CliRunner().invoke(app, ["down"])

    assert 0 == shown.exit_code
    assert ["arrears: 停止", "arrears: 已停止"] == shown.output.splitlines()[:2]
    assert "cards" not in shown.output


def test_a_second_down_has_nobody_to_tell_of(sandbox: SandboxSettings) -> None:
    shown = CliRunner().invoke(app, ["down"])

    assert (0, [f"{sandbox.data_dir} 中没有已启动的服务，无须停止。"]) == (shown.exit_code, shown.output.splitlines())


@pytest.mark.asyncio
async def test_what_runs_in_the_foreground_ends_when_it_is_stopped_from_another_terminal(
    sandbox: SandboxSettings,
) -> None:
    server = Daemon("kafka", [sys.executable, "-c", "import time; time.sleep(60)"], sandbox.run_dir, sandbox.log_dir)
    server.start()
    up = asyncio.create_task(show_until_stopped(Mesh(sandbox, workers=()), Console(file=io.StringIO())))
    down = await asyncio.to_thread(CliRunner().invoke, app, ["down"])

    await asyncio.wait_for(up, ENDS_S_MAX)

    assert "kafka: 已停止" in down.output


def test_every_worker_writes_its_log_where_the_sandbox_keeps_logs(sandbox: SandboxSettings) -> None:
    daemon = Mesh(sandbox)._workers["clock"]

    assert str(daemon.log_file.resolve()) == daemon._environment["SHEBAO_LOG_FILE"]
