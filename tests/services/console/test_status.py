"""The table of workers, and which keys the console uses."""

from pathlib import Path

import pytest
from rich.console import Console

from services.console.status_output import Rates, as_table
from services.console.vault import console_vault, is_on_this_machine
from services.runtime.errors import WillNotStart
from services.runtime.sealing import development_vault
from services.sandbox.mesh import WorkerStatus


def task(**changed: object) -> dict[str, object]:
    return {
        "service": "arrears",
        "partition": 3,
        "state": "running",
        "records": 10,
        "lag": 7,
        "cases": 5,
        "refused": 2,
        "parked": 1,
        "halted": "",
        "waiting_for": "",
    } | changed


def worker(*tasks: dict[str, object], running: bool = True, alive: bool = True) -> WorkerStatus:
    return WorkerStatus("arrears", running, {"alive": alive, "tasks": list(tasks)})


def shown(status: WorkerStatus) -> str:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(as_table([status], Rates()))
    return capture.get()


def test_a_worker_is_shown_with_the_sums_of_its_tasks() -> None:
    row = shown(worker(task(), task(partition=4))).splitlines()[-2]

    assert [cell.strip() for cell in row.strip("│").split("│")] == ["arrears", "2", "0", "14", "10", "4", "2", "正常"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (WorkerStatus("arrears", False, None), "未运行"),
        (worker(task(), running=False), "由另一目录启动"),
        (WorkerStatus("arrears", True, None), "未应答"),
        (worker(task(halted="contribution-paid from urn:weihai:tax")), "分区 3 停办"),
        (worker(task(waiting_for="registry")), "等候 registry"),
        (worker(task(state="opening")), "1 个任务正在打开"),
        (worker(task(), alive=False), "无进展"),
        (WorkerStatus("audit", True, {"alive": True, "tasks": [], "refused": [{}, {}]}), "2 个任务停止签封"),
    ],
)
def test_what_needs_a_person_is_named(status: WorkerStatus, words: str) -> None:
    assert words in shown(status)


def test_a_worker_that_began_anew_has_no_negative_rate() -> None:
    rates = Rates()
    rates.of([worker(task(records=100))])

    assert rates.of([worker(task(records=1))])["arrears"] == 0.0


@pytest.mark.parametrize(
    ("servers", "is_here"),
    [
        ("127.0.0.1:19092", True),
        ("127.0.0.1:19092,localhost:19094", True),
        ("127.0.0.1:19092,kafka.weihai.example:9092", False),
        ("127.0.0.1.example:9092", False),
    ],
)
def test_only_loopback_is_this_machine(servers: str, is_here: bool) -> None:
    assert is_on_this_machine(servers) is is_here


def test_the_published_keys_serve_a_sandbox_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SHEBAO_VAULT", "SHEBAO_PERSON_SECRET", "SHEBAO_BOOTSTRAP_SERVERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(tmp_path))
    assert console_vault().card_key("W00000001") == development_vault().card_key("W00000001")

    monkeypatch.setenv("SHEBAO_BOOTSTRAP_SERVERS", "kafka.weihai.example:9092")
    with pytest.raises(WillNotStart, match="SHEBAO_VAULT is not set"):
        console_vault()
