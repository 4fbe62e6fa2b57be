"""A user's mistake, a file that is not there, a mesh that does not answer: one sentence, exit 2, never a traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from typer.testing import CliRunner, Result

from services.console.connection import mesh_settings
from services.console.main import app
from services.console.mistakes import sentence
from services.runtime.errors import TaskMustRestart, UserMistake
from services.sandbox.settings import SandboxSettings
from tests.harness.stack import free_port
from tests.services.console.towns import Town, sentence_of

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = "examples/feed/history/units.csv"
SO = UserMistake("如此。", "So.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("up", "--brokers", "2"), "--brokers is 2, but must be 1 or 3."),
        (("simulate", "/proc/x"), "/proc/x: No such file or directory."),
        (("simulate", "x", "--end", "0001-01-31"), "--end is 0001-01-31, but must be between"),
        (("simulate", "x", "--end", "9999-12-31"), "--end is 9999-12-31, but must be between"),
        (("inventory", "--format", "csv", "--output", "/nodir/x"), "/nodir/x: No such file or directory."),
        (("inventory", "--format", "xlsx", "--output", "/nodir/x"), "/nodir/x: No such file or directory."),
        (("inventory", "--format", "json", "--output", "/proc"), "/proc: Is a directory."),
        (("publish", SAMPLE, "--said-at", "9999-12-31T23:59"), "is no time between"),
        (("publish", SAMPLE, "--source", "the tax office"), "--source must have no blanks"),
        (("demo", "--memory", "--feed", "/dev/null"), "Not a directory"),
        (("explain", " "), "Say which case"),
    ],
)
def test_what_cannot_be_ends_in_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    shown = town.shebao(*words)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SHEBAO_BATCH_RECORDS_MAX", "0", "greater than or equal to 1"),
        ("SHEBAO_BOOTSTRAP_SERVERS", "kafka", "must be HOST:PORT"),
        ("SHEBAO_BOOTSTRAP_SERVERS", "kafka:x", "must be HOST:PORT"),
        ("SHEBAO_REGISTRY_URL", "http://[::bad", "must be an address"),
        ("SHEBAO_SANDBOX_KAFKA_PORT", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_named(setting: str, value: str, said: str) -> None:
    shown = CliRunner().invoke(app, ["inventory"], env={setting: value})

    assert shown.exit_code == 2
    assert sentence_of(shown).startswith(setting)
    assert said in sentence_of(shown)


@pytest.mark.parametrize("worker", ["arrears", "clock", "monitoring"])
@pytest.mark.parametrize(("setting", "value"), [("SHEBAO_HEALTH_PORT", "abc"), ("SHEBAO_LOG_LEVEL", "loud")])
def test_a_worker_with_a_wrong_setting_will_not_start(worker: str, setting: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"services.{worker}"],
        env=os.environ | {"PYTHONPATH": str(ROOT), setting: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (3, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith(f"{setting} 的设置不正确。 {setting}: ")
    assert 1 == len(done.stderr.splitlines())


def without_mesh(folder: Path, *words: str) -> Result:
    """Run a command where neither broker nor registry listens; the ports are given as the sandbox's."""
    ports = {"KAFKA_PORT": free_port(neighbours=1), "REGISTRY_PORT": free_port()}
    environment = {f"SHEBAO_SANDBOX_{name}": str(port) for name, port in ports.items()}
    return CliRunner().invoke(app, list(words), env={**environment, "SHEBAO_SANDBOX_DATA_DIR": str(folder / "data")})


@pytest.mark.parametrize(
    "words",
    [
        ("inventory",),
        ("dead", "list"),
        ("parked", "list"),
        ("publish", SAMPLE),
        ("explain", "91371002YY8T7RBQ7W"),
        ("topics", "apply"),
        ("schemas", "push"),
        ("schemas", "check", "--registry"),
    ],
)
def test_without_a_mesh_one_sentence_names_the_cure_and_nothing_else_is_printed(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    shown = without_mesh(tmp_path, *words)

    assert (2, "") == (shown.exit_code, shown.stdout)
    assert sentence_of(shown).endswith("start the mesh with `shebao up`.")
    assert str(tmp_path) not in shown.stderr


def test_aiokafka_does_not_speak_before_us(tmp_path: Path) -> None:
    """In a process of its own: a test runner has handlers for logs that a user's terminal has not."""
    port = str(free_port(neighbours=1))
    done = subprocess.run(
        [sys.executable, "-c", "from services.console.main import main; main()", "topics", "apply"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "SHEBAO_SANDBOX_KAFKA_PORT": port},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (2, "") == (done.returncode, done.stdout)
    assert (
        f"127.0.0.1:{port} 上的 Kafka 没有应答，请用 `shebao up` 启动。 No broker answers at 127.0.0.1:{port}: start the mesh with `shebao up`.\n"
        == done.stderr
    )


def test_the_console_follows_the_ports_of_the_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHEBAO_SANDBOX_KAFKA_PORT", "21000")
    monkeypatch.setenv("SHEBAO_SANDBOX_REGISTRY_PORT", "21001")
    monkeypatch.setenv("SHEBAO_SANDBOX_BROKERS", "3")
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(tmp_path))
    found = mesh_settings()

    assert "127.0.0.1:21000,127.0.0.1:21002,127.0.0.1:21004" == found.bootstrap_servers
    assert "http://127.0.0.1:21001/apis/ccompat/v7" == found.registry_url
    assert tmp_path / "workers" == found.work_dir


def test_what_is_named_for_the_mesh_goes_before_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_SANDBOX_KAFKA_PORT", "21000")
    monkeypatch.setenv("SHEBAO_BOOTSTRAP_SERVERS", "kafka.weihai.example:9092")

    assert "kafka.weihai.example:9092" == mesh_settings().bootstrap_servers


def test_a_sandbox_that_was_started_here_is_meant_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHEBAO_BOOTSTRAP_SERVERS", "kafka.weihai.example:9092")

    assert "127.0.0.1:22000" == mesh_settings(SandboxSettings(kafka_port=22000)).bootstrap_servers


def test_what_was_raised_side_by_side_is_told_too() -> None:
    assert "如此。 So." == sentence(ExceptionGroup("two", [SO, UserMistake("亦然。", "And so.")]))


def test_a_task_that_restarts_by_itself_is_told_as_logs_have_it() -> None:
    assert "no progress" == sentence(TaskMustRestart("no progress"))


@pytest.mark.parametrize("bug", [ZeroDivisionError(), ExceptionGroup("two", [SO, KeyError("x")])])
def test_a_bug_is_not_dressed_up_as_a_mistake(bug: Exception) -> None:
    assert sentence(bug) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "x"),
            "没有此文件或文件夹。 x: No such file or directory.",
        ),
        (OSError(errno.ELOOP, "Too many links", "x"), "操作系统不允许。 x: Too many links."),
        (
            KafkaError("gone"),
            "询问 Kafka 时出错，请先看 `shebao status`，再试一次。 The broker failed while it was asked",
        ),
    ],
)
def test_what_the_system_and_kafka_refuse_is_said_in_both_languages_too(error: Exception, said: str) -> None:
    assert str(sentence(error)).startswith(said)
