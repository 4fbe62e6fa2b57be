"""`shebao schemas`, `shebao topics`: what a changed contract breaks is said before it is made, and never passed over."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.avro import versions
from services.console.commands.contracts import lines_of_topics
from services.console.main import COMMANDS, app
from services.console.main import _loaded as loaded
from services.runtime.topic_admin import Difference, TopicReport
from tests.harness.stack import Stack
from tests.services.console.towns import Town

ROOT = Path(__file__).resolve().parents[3]
WORDS = {
    "acls": ("list", "check", "apply"),
    "topics": ("apply",),
    "schemas": ("check", "push"),
    "dead": ("list", "show", "redrive"),
}


@pytest.mark.parametrize(("group", "word"), [(group, word) for group, words in WORDS.items() for word in words])
def test_every_word_of_a_group_can_be_reached(town: Town, group: str, word: str) -> None:
    shown = town.shebao(group, word, "--help")

    assert shown.exit_code == 0
    assert f"{group} {word}" in shown.output


def test_a_group_with_one_word_still_is_a_group() -> None:
    groups = [word for word in COMMANDS if hasattr(loaded(word), "commands")]

    groups_there = [
        "acls",
        "audit",
        "dead",
        "documents",
        "inventory",
        "keys",
        "parked",
        "producers",
        "schemas",
        "topics",
    ]
    assert sorted(groups) == groups_there


def test_the_contracts_as_they_are_agree_with_every_version_kept(town: Town) -> None:
    kept = sum(len(numbers) for numbers in versions.kept_versions().values())
    shown = town.shebao("schemas", "check")

    assert shown.exit_code == 0
    assert f"与保留的 {kept} 个版本比对：全部兼容。" in shown.output
    assert f"contracts compared with {kept} kept versions: compatible." in shown.output
    assert kept >= 53


def copied(folder: Path) -> Path:
    """A copy of the contracts, with what is kept of them."""
    return shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=shutil.ignore_patterns("__pycache__"))


def checked_after(folder: Path, module: str, before: str, after: str) -> subprocess.CompletedProcess[str]:
    """Change one line of a copy of the contracts, and run the command on it as a user would."""
    file = copied(folder) / module
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    return checked(folder)


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `shebao schemas check` on the contracts of a folder."""
    return subprocess.run(
        [sys.executable, "-c", "from services.console.main import main; main()", "schemas", "check"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_where_nothing_is_kept_nothing_was_checked(tmp_path: Path) -> None:
    for kept in (copied(tmp_path) / "avro").glob("*/v*.avsc"):
        kept.unlink()
    done = checked(tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert "Nothing was compared" in done.stderr


@pytest.mark.parametrize(
    ("module", "before", "after", "said"),
    [
        (
            "contributions.py",
            "    unit_name: ShortText\n",
            "    unit_full_name: ShortText\n",
            "unit-registered, against v1: unit_name seems to be renamed unit_full_name",
        ),
        (
            "contributions.py",
            "    unit_name: ShortText\n",
            "    unit_name: ShortText\n    legal_form: ShortText\n",
            "unit-registered, against v1: legal_form was added without a default",
        ),
        (
            "contributions.py",
            "    unit_name: ShortText\n",
            "    unit_name: AmountFen\n",
            "unit-registered, against v1: unit_name changed from string to long",
        ),
        (
            "appraisal_terms.py",
            '    IDENTITY_DOCUMENT = "identity-document"\n',
            "",
            "appraisal-submitted, against v1: materials[] may not be identity-document any more",
        ),
    ],
    ids=["a field renamed", "a required field more", "another type", "a value of an enum less"],
)
def test_a_change_that_breaks_is_told_with_whom_it_hits(
    tmp_path: Path, module: str, before: str, after: str, said: str
) -> None:
    done = checked_after(tmp_path, module, before, after)

    assert (1, "") == (done.returncode, done.stderr)
    (line,) = [line for line in done.stdout.splitlines() if said in line]
    chinese = done.stdout.splitlines()[done.stdout.splitlines().index(line) - 1]
    assert line.startswith("    [breaks]")
    assert chinese.startswith("【不兼容】")
    assert re.search(r"; hits [a-z, -]*(arrears|appraisal)", line)
    assert re.search(r"有 \d+ 处改动不得作出。 .* may not be made", done.stdout.splitlines()[-1])


def test_an_optional_field_more_may_be_made(tmp_path: Path) -> None:
    line = "    unit_name: ShortText\n"
    done = checked_after(tmp_path, "contributions.py", line, f"{line}    legal_form: ShortText | None = None\n")

    assert 0 == done.returncode
    assert "[safe] unit-registered, against v1: legal_form was added with a default" in done.stdout


def test_a_value_more_is_a_caution_about_the_order_of_upgrades(tmp_path: Path) -> None:
    line = '    IDENTITY_DOCUMENT = "identity-document"\n'
    done = checked_after(tmp_path, "appraisal_terms.py", line, f'{line}    X_RAY = "x-ray"\n')

    assert 0 == done.returncode
    assert "[caution] appraisal-submitted, against v1: materials[] may be x-ray from now on" in done.stdout


def test_what_was_created_and_what_differs_is_told_in_chinese_and_then_in_english() -> None:
    differs = Difference("card-lost", "retention.ms", "-1", "604800000")
    report = TopicReport(("arrears-opened",), ("card-lost", "card-found"), (differs,), ("other", "topics"))

    assert [
        "将建立：arrears-opened",
        "主题 card-lost 的 retention.ms 与清单不符。 card-lost: retention.ms is 604800000, the inventory says -1.",
        "不属于本网格：other、topics",
        "将建立 1 个主题，原有 2 个，设置与清单不符 1 处。 1 would be created, 2 present, 1 differences.",
    ] == lines_of_topics(report, dry_run=True)


@pytest.mark.broker
def test_topics_and_schemas_are_applied_and_pushed_to_a_real_mesh(stack: Stack) -> None:
    settings = stack.settings
    environment = {"SHEBAO_BOOTSTRAP_SERVERS": settings.bootstrap_servers, "SHEBAO_REGISTRY_URL": settings.registry_url}
    topics = CliRunner().invoke(app, ["topics", "apply"], env=environment)
    pushed = CliRunner().invoke(app, ["schemas", "push"], env=environment)
    checked = CliRunner().invoke(app, ["schemas", "check", "--registry"], env=environment)

    assert (topics.exit_code, pushed.exit_code, checked.exit_code) == (0, 0, 0), topics.output + pushed.output
    assert "0 created" in topics.output
    assert "0 differences" in topics.output
    assert "FULL_TRANSITIVE; 0 versions were new" in pushed.output
    assert f"Against {settings.registry_url}:" in checked.output
