import os
import socket
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import psutil
import pytest

from services.sandbox import stack
from services.sandbox.errors import PortInUseError, SandboxError
from services.sandbox.printer import card_serial
from services.sandbox.processes import known_daemons
from services.sandbox.progress import Phase, Progress
from services.sandbox.settings import SandboxSettings
from services.sandbox.simulators import SIMULATORS, Simulator


def listening_addresses(pid: int) -> set[str]:
    connections = psutil.Process(pid).net_connections(kind="inet")
    return {connection.laddr.ip for connection in connections if connection.status == psutil.CONN_LISTEN}


@pytest.mark.asyncio
async def test_simulators_start_are_told_of_and_stop(settings: SandboxSettings) -> None:
    told: list[Progress] = []
    told_again: list[Progress] = []

    await stack.start(settings, told.append, SIMULATORS)
    running = stack.status(settings)
    await stack.start(settings, told_again.append, SIMULATORS)
    again = stack.status(settings)
    addresses = {address for part in running if part.pid for address in listening_addresses(part.pid)}
    await stack.stop(settings)

    assert {(name, phase) for name in SIMULATORS for phase in (Phase.STARTING, Phase.READY)} == {
        (progress.name, progress.phase) for progress in told
    }
    assert {(name, Phase.RUNNING) for name in SIMULATORS} == {(one.name, one.phase) for one in told_again}
    assert [part.name for part in running if part.running] == ["calls", "printer", "smtp"]
    assert again == running
    assert addresses == {"127.0.0.1"}
    assert stack.status(settings) == []


@pytest.mark.asyncio
async def test_a_port_of_somebody_else_stops_the_start_and_leaves_nothing_half_started(
    settings: SandboxSettings,
) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", settings.calls_port))
        stranger.listen()

        with pytest.raises(PortInUseError, match="SHEBAO_SANDBOX_CALLS_PORT"):
            await stack.start(settings, parts=SIMULATORS)

    assert stack.status(settings) == []


@pytest.mark.asyncio
async def test_a_start_that_fails_leaves_running_what_ran_before(settings: SandboxSettings) -> None:
    await stack.start(settings, parts=["printer"])
    moved = settings.model_copy(update={"printer_port": settings.calls_port})

    with pytest.raises(SandboxError, match="printer runs already, with other settings"):
        await stack.start(moved, parts=["printer", "smtp"])
    names = [part.name for part in stack.status(settings) if part.running]
    await stack.stop(settings)

    assert names == ["printer"]


@pytest.mark.asyncio
async def test_an_unknown_part_is_refused(settings: SandboxSettings) -> None:
    with pytest.raises(SandboxError, match="no part fax"):
        await stack.start(settings, parts=["fax"])


@pytest.mark.asyncio
async def test_reset_stops_everything_and_removes_the_data_only(settings: SandboxSettings) -> None:
    await stack.start(settings, parts=["printer"])
    (daemon,) = known_daemons(settings.run_dir, settings.log_dir)
    process = daemon.process()
    assert process is not None

    await stack.reset(settings)

    assert not process.is_running()
    assert not settings.data_dir.exists()
    assert settings.data_dir.parent.exists()


@pytest.mark.asyncio
async def test_reset_does_not_remove_a_folder_that_is_somebody_elses(settings: SandboxSettings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "thesis.txt").write_text("years of work", encoding="utf-8")

    with pytest.raises(SandboxError, match="was not made by the sandbox"):
        await stack.reset(settings)
    with pytest.raises(SandboxError, match="holds files that are not the sandbox's"):
        await stack.start(settings, parts=["printer"])

    assert (settings.data_dir / "thesis.txt").exists()


@pytest.mark.asyncio
async def test_a_printer_that_is_killed_prints_no_card_twice(settings: SandboxSettings) -> None:
    printer = Simulator("printer", settings)
    await printer.start()
    async with httpx.AsyncClient(base_url=settings.printer_url, trust_env=False) as client:
        for number in range(20):
            answer = await client.post("/print-jobs", json={"job_id": f"job-{number}"})
            assert answer.status_code == 201
        await printer.daemon.kill_hard()

    await printer.start()
    async with httpx.AsyncClient(base_url=settings.printer_url, trust_env=False) as client:
        repeated = [await client.post("/print-jobs", json={"job_id": f"job-{number}"}) for number in range(20)]
        jobs = (await client.get("/print-jobs")).json()
    await printer.stop()

    assert {answer.status_code for answer in repeated} == {200}
    assert [answer.json()["card_serial"] for answer in repeated] == [card_serial(f"job-{n}") for n in range(20)]
    assert len(jobs) == 20


@pytest.mark.asyncio
async def test_a_mail_lies_in_the_folder_before_its_sender_is_told(settings: SandboxSettings) -> None:
    mail = EmailMessage()
    mail["From"] = "notice@shebao.example"
    mail["To"] = "unit@example.com"
    mail["Subject"] = "社会保险费欠费提醒"
    mail.set_content("贵单位 2024 年 3 月养老保险费尚未缴纳。\n.\n请尽快办理。")
    server = Simulator("smtp", settings)
    await server.start()

    await aiosmtplib.send(mail, hostname="127.0.0.1", port=settings.smtp_port, use_tls=False, start_tls=False)
    (raw,) = settings.mail_dir.glob("*.eml")
    (text,) = settings.mail_dir.glob("*.txt")
    await server.stop()

    kept = message_from_bytes(raw.read_bytes(), policy=policy.default)
    assert kept["Subject"] == "社会保险费欠费提醒"
    assert kept.get_content().splitlines() == mail.get_content().splitlines()
    assert "贵单位 2024 年 3 月养老保险费尚未缴纳。" in text.read_text(encoding="utf-8")
    assert "Delivered-To: unit@example.com" in text.read_text(encoding="utf-8")
    assert sorted(path.suffix for path in settings.mail_dir.iterdir()) == [".eml", ".txt"]


def test_the_plain_door_says_what_runs_in_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "SHEBAO_SANDBOX_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "services.sandbox"]
    quiet = subprocess.run([*command, "status"], capture_output=True, text=True, env=environment, check=True)
    wrong = subprocess.run(
        [*command, "status"],
        capture_output=True,
        text=True,
        env={**environment, "SHEBAO_SANDBOX_BROKERS": "2"},
        check=False,
    )

    assert quiet.stdout == "Nothing was started.\n"
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "SHEBAO_SANDBOX_BROKERS 的值不正确。 SHEBAO_SANDBOX_BROKERS is '2', but must be 1 or 3.\n",
    )
