import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from services.sandbox import ports
from services.sandbox.errors import PortInUseError, SandboxError, StartError
from services.sandbox.ports import free_port, keep_to_share, refuse_taken_ports
from services.sandbox.processes import Daemon, known_daemons

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORES_TERM = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
FAILS = [sys.executable, "-c", "print('no such setting: colour'); raise SystemExit(3)"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that the sandbox did not start."""
    with subprocess.Popen(SLEEPS) as process:
        yield process
        process.kill()


def daemon_of(tmp_path: Path, command: list[str], fingerprint: str = "") -> Daemon:
    return Daemon("server", command, tmp_path / "run", tmp_path / "logs", fingerprint=fingerprint)


async def immediately() -> bool:
    return True


async def never() -> bool:
    return False


def write_run_file(daemon: Daemon, pid: int, create_time: float, command: list[str]) -> None:
    daemon.run_file.parent.mkdir(parents=True, exist_ok=True)
    document = {"pid": pid, "create_time": create_time, "command": command, "fingerprint": ""}
    daemon.run_file.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.asyncio
async def test_a_started_server_runs_until_it_is_stopped(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, SLEEPS)

    daemon.start()
    await daemon.wait_ready(immediately, 5.0)
    process = daemon.process()
    await daemon.stop(5.0)

    assert process is not None
    assert not process.is_running()
    assert known_daemons(tmp_path / "run", tmp_path / "logs") == []


@pytest.mark.asyncio
async def test_another_program_finds_and_stops_what_was_started(tmp_path: Path) -> None:
    daemon_of(tmp_path, SLEEPS).start()

    (found,) = known_daemons(tmp_path / "run", tmp_path / "logs")

    assert found.is_running()
    await found.stop(5.0)
    assert not found.is_running()


@pytest.mark.asyncio
async def test_a_process_with_the_same_number_born_later_is_never_touched(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    daemon = daemon_of(tmp_path, SLEEPS)
    write_run_file(daemon, stranger.pid, psutil.Process(stranger.pid).create_time() - 60, SLEEPS)

    assert not daemon.is_running()
    daemon.pause()
    await daemon.kill_hard()
    await daemon.stop(1.0)
    assert stranger.poll() is None
    assert psutil.Process(stranger.pid).status() != psutil.STATUS_STOPPED


@pytest.mark.asyncio
async def test_a_process_that_runs_another_command_is_never_touched(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    daemon = daemon_of(tmp_path, SLEEPS)
    write_run_file(daemon, stranger.pid, psutil.Process(stranger.pid).create_time(), ["java", "kafka.Kafka"])

    assert not daemon.is_running()
    await daemon.stop(1.0)
    assert stranger.poll() is None


@pytest.mark.asyncio
async def test_a_server_that_does_not_listen_to_the_request_to_end_is_killed(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, IGNORES_TERM)
    daemon.start()

    async def is_deaf() -> bool:
        return "deaf" in daemon.log_tail()

    await daemon.wait_ready(is_deaf, 10.0)
    await daemon.stop(0.2)

    assert not daemon.is_running()


@pytest.mark.asyncio
async def test_a_frozen_server_can_go_on_and_can_be_stopped(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, SLEEPS)
    daemon.start()
    process = daemon.process()
    assert process is not None

    async def is_frozen() -> bool:
        return bool(process.status() == psutil.STATUS_STOPPED)

    async def is_awake() -> bool:
        return not await is_frozen()

    daemon.pause()
    await daemon.wait_ready(is_frozen, 5.0)
    daemon.resume()
    await daemon.wait_ready(is_awake, 5.0)
    daemon.pause()
    await daemon.stop(5.0)

    assert not process.is_running()


@pytest.mark.asyncio
async def test_a_server_that_ends_while_starting_is_quoted(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, FAILS)
    daemon.start()

    with pytest.raises(StartError, match=r"server ended while starting; its log .*\nno such setting: colour"):
        await daemon.wait_ready(never, 10.0)


@pytest.mark.asyncio
async def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, SLEEPS)
    daemon.start()

    with pytest.raises(StartError, match="server did not answer within 0 s"):
        await daemon.wait_ready(never, 0.1)
    await daemon.stop(5.0)


@pytest.mark.asyncio
async def test_a_server_that_runs_with_other_settings_is_not_taken_for_the_same(tmp_path: Path) -> None:
    daemon_of(tmp_path, SLEEPS, "port 1").start()
    daemon = daemon_of(tmp_path, SLEEPS, "port 2")

    with pytest.raises(SandboxError, match="server runs already, with other settings: stop the sandbox first"):
        daemon.refuse_other_configuration()
    await daemon.stop(5.0)


def test_a_port_that_somebody_holds_is_refused_with_the_setting_to_change() -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]

        with pytest.raises(PortInUseError, match=rf"kafka-1 needs port {port} on 127.0.0.1.*SHEBAO_SANDBOX_KAFKA_PORT"):
            refuse_taken_ports("kafka-1", {"kafka_port": port})


def test_a_free_port_is_not_refused() -> None:
    refuse_taken_ports("kafka-1", {"kafka_port": free_port()})


def test_processes_that_keep_to_their_shares_never_hand_out_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_mine", ports._mine)  # given back when the test ends
    keep_to_share(0, 2)
    first = {free_port(neighbours=1) for _ in range(50)}
    keep_to_share(1, 2)
    second = {free_port() for _ in range(50)}

    assert max(first) + 1 < min(second)
