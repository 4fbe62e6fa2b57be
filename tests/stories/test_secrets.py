"""What a run leaves in its logs, arguments and environments: no password, no key, and nothing that names a person."""

import asyncio
import csv
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from stdnum.cn import ric

from schemas.notifications import DeliveryCompleted
from services.console.broker_mesh import BrokerMesh
from services.console.commands.demo import SAMPLE_FEED
from services.console.first_facts import tell_outlets
from services.gateway.publish import RowPublisher
from services.gateway.rows import RowGate
from services.runtime.memory import MemoryMesh
from services.runtime.sealing import development_vault
from services.sandbox.logins import accounts, connection_as
from services.sandbox.processes import known_daemons
from services.sandbox.settings import SandboxSettings
from tests.harness.stack import Stack

pytestmark = pytest.mark.broker

FEED_BEGINS = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
FILES = [SAMPLE_FEED / "history" / "units.csv", *sorted((SAMPLE_FEED / "week-1").glob("*.csv"))]
OF_PERSONS = ("citizen_number", "card_number", "holder_name", "name", "contact_phone", "contact_email", "diagnosis")
CITIZEN, OLD_CITIZEN, LANDLINE = "371081197504040001", "371081750404001", "0631-5230017"
"""Whom the records name that somebody sent in clear."""


def of_persons() -> set[str]:
    """Everything in the feed that names a person, or reaches one."""
    rows = [row for file in FILES for row in csv.DictReader(file.read_text("utf-8").splitlines())]
    found = {row.get(column) or "" for row in rows for column in OF_PERSONS}
    return {value for value in found if len(value) > 1} | {CITIZEN, OLD_CITIZEN, LANDLINE, LANDLINE.replace("-", "")}


def is_citizens(number: str) -> bool:
    """Tell whether the check digit is right; the place is not asked for, since old numbers name places that are no more."""
    return bool(ric.calc_check_digit(number[:-1]) == number[-1])


def secrets_of(settings: SandboxSettings) -> set[str]:
    """Every password, and every line of every private key."""
    passwords = [connection_as(settings, name).password for name in accounts()]
    keys = [line for file in settings.secrets_dir.glob("broker-*.pem") for line in file.read_text().splitlines()]
    return {
        *(password.get_secret_value() for password in passwords if password is not None),
        *(line for line in keys if not line.startswith("-----")),
    }


async def publish(stack: Stack, rejected: Path, now: datetime) -> int:
    async with BrokerMesh(stack.people_settings()) as mesh:
        await tell_outlets(mesh, now, 4)
        publisher = RowPublisher(mesh, mesh.codec, RowGate(development_vault, now, ""), now, rejected_dir=rejected)
        reports = [await publisher.publish(file) for file in FILES]
    return sum(report.published.total() for report in reports)


@pytest.fixture(scope="module")
def a_run(secure_stack: Stack, secure_mesh: MemoryMesh, tmp_path_factory: pytest.TempPathFactory) -> SandboxSettings:
    """What the stories left, the sample feed's first week, some of it in clear where it must not be; with `make secure` a day more."""
    settings = secure_stack.settings
    secure_mesh.tick(FEED_BEGINS)
    assert asyncio.run(publish(secure_stack, tmp_path_factory.mktemp("rejected"), FEED_BEGINS)) > 500
    in_clear = f'{{"citizen_number": "{CITIZEN}", "was": "{OLD_CITIZEN}", "phone": "{LANDLINE}"}}'.encode()
    for key in (CITIZEN.encode(), b"91371002YY8T7RBQ7W", None):
        secure_mesh.append_raw(
            "card-lost",
            3,
            key,
            in_clear,
            (("ce_subject", CITIZEN.encode()), ("ce_source", f"/{OLD_CITIZEN}/{LANDLINE}".encode())),
        )
    if os.environ.get("SHEBAO_TEST_SECURE") == "all":
        secure_mesh.run_timers_until(FEED_BEGINS + timedelta(days=1))
        assert secure_mesh.facts(DeliveryCompleted)
        assert secure_mesh.dead("cards")
    return settings


def logs(settings: SandboxSettings) -> dict[str, str]:
    found = {file.name: file.read_text("utf-8", errors="replace") for file in settings.log_dir.glob("*.log*")}
    assert {"kafka-1.log", "registry.log"} < set(found)
    assert len(found) > 9
    return found


def test_no_log_holds_what_names_a_person_or_reaches_one(a_run: SandboxSettings) -> None:
    assert [] == [(name, value) for name, log in logs(a_run).items() for value in of_persons() if value in log]


def test_no_log_holds_any_number_that_could_be_a_citizens(a_run: SandboxSettings) -> None:
    numbers = {
        (name, number) for name, log in logs(a_run).items() for number in re.findall(r"(?<!\w)\d{17}[\dX](?!\w)", log)
    }

    assert [] == sorted((name, number) for name, number in numbers if is_citizens(number))


def test_no_log_holds_a_password_or_a_key(a_run: SandboxSettings) -> None:
    assert [] == sorted(name for name, log in logs(a_run).items() if any(secret in log for secret in secrets_of(a_run)))


def test_no_process_was_started_with_a_password_among_its_arguments_or_in_its_environment(
    a_run: SandboxSettings,
) -> None:
    folders = (a_run.run_dir, a_run.run_dir / "test-workers")
    daemons = [daemon for folder in folders for daemon in known_daemons(folder, a_run.log_dir)]
    processes = [psutil.Process(process.pid) for daemon in daemons if (process := daemon.process())]
    told = [repr((process.cmdline(), process.environ())) for process in processes]

    assert len(told) >= 10
    assert [] == [text for text in told if any(secret in text for secret in secrets_of(a_run))]


def test_every_password_is_searched_for(a_run: SandboxSettings, tmp_path: Path) -> None:
    """The search itself sees one that was put there on purpose."""
    password = connection_as(a_run, "arrears").password
    assert password is not None
    forged = f'{{"event": "logged in", "password": "{password.get_secret_value()}", "citizen": "{CITIZEN}"}}'

    assert any(secret in forged for secret in secrets_of(a_run))
    assert any(value in forged for value in of_persons())
    assert is_citizens(CITIZEN)
