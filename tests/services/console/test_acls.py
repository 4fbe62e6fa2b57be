"""`shebao acls`: the table is listed without a broker, and compared with one that is found by the data of its sandbox."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas import access
from services.console.main import app
from tests.harness.stack import Stack
from tests.services.console.towns import Town, sentence_of


def test_the_table_is_listed_as_data(town: Town) -> None:
    shown = town.shebao("acls", "list", "--json")
    listed = [
        access.Grant(row["principal"], row["thing"], row["name"], row["right"]) for row in json.loads(shown.output)
    ]

    assert list(access.grants()) == listed


def test_one_accounts_rights_are_listed_for_people(town: Town) -> None:
    shown = town.shebao("acls", "list", "--account", "operators")

    assert shown.exit_code == 0
    assert "权限表：9 项，此外一律不许" in shown.output
    assert "tax" not in shown.output


def test_an_account_that_nobody_has_is_one_sentence(town: Town) -> None:
    shown = town.shebao("acls", "list", "--account", "nobody")

    assert shown.exit_code == 2
    assert "No account nobody is in the table; it has appraisal" in shown.output


@pytest.mark.parametrize("words", [("check",), ("apply",), ("apply", "--dry-run")])
def test_where_nobody_logs_in_there_are_no_rights_to_compare(words: tuple[str, ...], tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["acls", *words], env={"SHEBAO_SANDBOX_DATA_DIR": str(tmp_path)})

    assert (2, "") == (shown.exit_code, shown.stdout)
    assert "reached without a login, so there are no rights to compare or to give" in sentence_of(shown)


@pytest.mark.broker
def test_the_broker_is_found_by_its_data_and_holds_what_the_table_says(
    town: Town, secure_stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = secure_stack.settings
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SHEBAO_SANDBOX_KAFKA_PORT", str(settings.kafka_port))
    checked, applied = town.shebao("acls", "check"), town.shebao("acls", "apply")

    assert (0, 0) == (checked.exit_code, applied.exit_code), checked.output + applied.output
    assert f"{len(access.grants())} as the table says, 0 missing, 0 too much" in checked.output
    assert f"0 given, {len(access.grants())} present, 0 taken, 0 too much" in applied.output
