"""`shebao acls`: the table is listed without a broker, and compared with one that is found by the data of its sandbox."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas import access
from services.console.commands.acls import lines_of_apply, lines_of_check
from services.console.main import app
from services.runtime.access_admin import AccessReport
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


REPORT = AccessReport(
    given=(access.Grant("arrears", access.Thing.TOPIC, "arrears-opened", access.Right.WRITE),),
    present=access.grants()[:2],
    surplus=("guest may read topic clock-ticked",),
    taken=("guest may read group guest",),
)


def test_what_a_comparison_found_is_told_in_chinese_and_then_in_english() -> None:
    assert [
        "缺少：arrears 写主题 arrears-opened。 Missing: arrears may write topic arrears-opened.",
        "多出一项权限。 Too much: guest may read topic clock-ticked.",
        "与权限表相符 2 项，缺少 1 项，多出 1 项。 2 as the table says, 1 missing, 1 too much.",
    ] == lines_of_check(REPORT)


@pytest.mark.parametrize(
    ("dry_run", "will_zh", "would_be"),
    [(False, "已", ""), (True, "将", "would be ")],
)
def test_what_was_given_and_taken_is_told_in_chinese_and_then_in_english(
    dry_run: bool, will_zh: str, would_be: str
) -> None:
    assert [
        f"{will_zh}授予：arrears 写主题 arrears-opened。 {would_be}given: arrears may write topic arrears-opened.",
        f"{will_zh}收回一项权限。 {would_be}taken: guest may read group guest.",
        "多出一项权限，收回请用 --take-surplus。 Too much: guest may read topic clock-ticked.",
        (
            f"{will_zh}授予 1 项，原有 2 项，{will_zh}收回 1 项，多出 1 项。"
            f" 1 {would_be}given, 2 present, 1 {would_be}taken, 1 too much."
        ),
    ] == lines_of_apply(REPORT, dry_run=dry_run)


@pytest.mark.broker
def test_the_broker_is_found_by_its_data_and_holds_what_the_table_says(
    town: Town, secure_stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = secure_stack.settings
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SHEBAO_SANDBOX_KAFKA_PORT", str(settings.kafka_port))
    checked, applied = town.shebao("acls", "check"), town.shebao("acls", "apply")

    assert (0, 0) == (checked.exit_code, applied.exit_code), checked.output + applied.output
    assert f"{len(access.grants())} as the table says, 0 missing, 0 too much." in checked.output
    assert f"0 given, {len(access.grants())} present, 0 taken, 0 too much." in applied.output
