"""`shebao keys`, and what everybody sees of a mesh once somebody's keys are erased."""

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.effects import EffectRequest
from schemas.notifications import DeliveryCompleted, DeliveryRequested
from schemas.topics import decisions_topic
from services.console.main import app
from services.notifications.call_list import OUTCOMES
from services.runtime.effects import DONE, FAILED, Attempt
from services.runtime.errors import CannotOpen, Erased
from services.runtime.sealing import CONTACT_PHONE, opener_from_environment, vault_from_environment
from services.runtime.vault.erasures import journal_of
from tests.services.console.towns import Town, sentence_of
from tests.services.gateway.rows_of import CITIZEN, REGISTERED, UNIT

PHONE = "0631-0000001"
SHOWN = "063*****0001"


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault and a ring in files, as on a real machine."""
    path = tmp_path / "vault" / "keys.sqlite"
    monkeypatch.setenv("SHEBAO_VAULT", str(path))
    monkeypatch.setenv("SHEBAO_MASTER_KEYS_FILE", str(tmp_path / "masters" / "ring.json"))
    monkeypatch.setenv("SHEBAO_PERSON_SECRET", "development")
    assert 0 == keys("init").exit_code
    return path


def keys(*words: str, account: str = "li") -> Result:
    """Run it from somebody's account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.console.commands.keys.account_name", lambda: account)
        return CliRunner().invoke(app, ["keys", *words])


def number_of(result: Result) -> str:
    assert 0 == result.exit_code, result.output
    return result.output.split("申请 ")[-1].split()[0]


def erase(subject: str) -> None:
    """Two people, each with their reason."""
    asked = keys("erase", subject, "--authority", "个人信息保护法 47", "--because", "本人申请", "--by", "李", "--apply")
    done = keys("confirm", number_of(asked), "--because", "已核对", "--by", "王", "--apply", account="wang")
    assert 0 == done.exit_code, done.output


def calling(request: EffectRequest, is_lookup: bool) -> Attempt:
    """A call desk that dials what it can open, as the real port of deliveries does."""
    assert isinstance(request, DeliveryRequested)
    assert request.contact is not None
    with closing(opener_from_environment("deliveries")) as opener:
        try:
            assert PHONE == opener.open(request.contact, request.recipient_key, CONTACT_PHONE)
        except Erased:
            return Attempt(FAILED, "contact-erased")
        except CannotOpen:
            return Attempt(FAILED, "contact-unreadable")
    return Attempt(DONE, OUTCOMES["answered"].detail_code, request.effect_id)


@pytest.fixture
def reminded(town: Town, tmp_path: Path) -> Town:
    """A unit whose row was published with its telephone in clear, that owes, and was called."""
    town.twin.ports["deliveries"] = calling
    publish(town, tmp_path)
    town.owe()
    town.twin.run()
    town.pass_days(1)
    return town


@pytest.fixture
def kept(vault: Path) -> None:
    """The unit's telephone was sealed, no more."""
    with closing(vault_from_environment()) as sealer:
        sealer.seal(PHONE, UNIT, CONTACT_PHONE, date(2026, 11, 2))
        sealer.keep()


def publish(town: Town, folder: Path, **changed: str) -> Result:
    row: Mapping[str, object] = {**REGISTERED, "contact_email": "", **changed}
    path = folder / "units.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(row))
        writer.writeheader()
        writer.writerow(row)
    return town.shebao("publish", str(path), "--said-at", "2026-11-02T09:30")


def test_after_an_erasure_the_mesh_explains_replays_and_verifies_as_before(reminded: Town, tmp_path: Path) -> None:
    """Only the content is gone: facts, decisions, amounts, the chain and its seals stand."""
    reminded.seal()
    decided = [
        record.value for name in reminded.twin.services for record in reminded.twin.records(decisions_topic(name))
    ]
    inventory = reminded.shebao("inventory", "--format", "json")
    assert f"联系电话 {SHOWN}（编号 DJ-1）" in reminded.shebao("explain", UNIT).output

    erase(UNIT)

    told = reminded.shebao("explain", UNIT)
    assert 0 == told.exit_code
    assert "联系电话 （已删除）（编号 DJ-1）" in told.output
    assert "社会保险法" in told.output
    assert SHOWN not in told.output
    assert "（已删除）" == json.loads(reminded.shebao("explain", UNIT, "--format", "json").stdout)["sealed"][0]["shown"]
    assert inventory.stdout == reminded.shebao("inventory", "--format", "json").stdout
    assert 0 == reminded.shebao("replay", "all").exit_code
    verified = reminded.shebao("audit", "verify")
    assert (0, True) == (verified.exit_code, "其中 0 项尚未签封" in verified.output)
    assert decided == [
        record.value for name in reminded.twin.services for record in reminded.twin.records(decisions_topic(name))
    ]


def test_whoever_was_erased_is_not_called_any_more_and_the_notice_says_why(reminded: Town) -> None:
    assert {"answered"} == {done.detail_code for done in reminded.twin.facts(DeliveryCompleted, UNIT)}
    erase(UNIT)

    reminded.pass_days(45)

    later = [done.detail_code for done in reminded.twin.facts(DeliveryCompleted, UNIT)][1:]
    assert "contact-erased" in later
    assert "answered" not in later
    assert "联系方式已依法删除" in reminded.shebao("explain", UNIT).output
    assert 0 == reminded.shebao("replay", "all").exit_code


def test_a_row_published_again_is_a_repeat_after_both_rotations(reminded: Town, tmp_path: Path) -> None:
    assert 0 == keys("rotate", "--all", "--because", "年度轮换", "--apply").exit_code
    assert 0 == keys("add-master", "--apply").exit_code
    assert 0 == keys("rotate-master", "--because", "年度轮换", "--apply").exit_code

    publish(reminded, tmp_path)

    assert "repeat" == reminded.twin.codes("arrears", UNIT)[-1]
    assert SHOWN in reminded.shebao("explain", UNIT).output


def test_what_was_erased_does_not_come_back_by_publishing_the_old_file(reminded: Town, tmp_path: Path) -> None:
    erase(UNIT)

    without = publish(reminded, tmp_path, contact_phone="", revision="2")
    again = publish(reminded, tmp_path)

    assert 0 == without.exit_code
    assert "unit-updated" == reminded.twin.codes("arrears", UNIT)[-1]
    assert 1 == again.exit_code
    assert "已依法删除" in (tmp_path / "units.csv.rejected.csv").read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("kept")
def test_an_order_is_a_dry_run_until_it_is_applied() -> None:
    for words in (("rotate", UNIT), ("rotate-master",), ("erase", UNIT), ("add-master",)):
        shown = keys(*words)
        assert 0 == shown.exit_code, shown.output
        assert "仅为预演" in shown.output

    assert "密钥操作记录：0 项" in keys("log").output
    assert "已删除" not in keys("show", UNIT).output


@pytest.mark.usefixtures("kept")
def test_every_act_is_recorded_with_who_why_and_on_what_authority() -> None:
    assert 0 == keys("rotate", UNIT, "--because", "人员变动", "--by", "赵", "--apply").exit_code
    erase(UNIT)

    log = keys("log").output

    for word in (
        "密钥操作记录：3 项",
        "数据密钥轮换",
        "申请删除",
        "已删除",
        "李",
        "王",
        "赵",
        "人员变动",
        "个人信息保护法",
    ):
        assert word in log
    assert "记录首尾相连" in log
    assert "已删除（操作 3）" in keys("show", UNIT).output


@pytest.mark.usefixtures("kept")
def test_an_erasure_that_the_journal_has_lost_is_told(vault: Path) -> None:
    """Nothing else would keep an older vault, brought back, from having the keys again."""
    erase(UNIT)
    whole = keys("log")
    journal_of(vault).unlink()
    lost = keys("log")

    assert (0, 1) == (whole.exit_code, lost.exit_code)
    assert ("没有第" in whole.output, "没有第 2 项删除" in lost.output) == (False, True)


@pytest.mark.usefixtures("kept")
def test_one_person_alone_erases_nothing() -> None:
    asked = keys("erase", UNIT, "--authority", "个人信息保护法 47", "--because", "本人申请", "--by", "李", "--apply")

    same = keys("confirm", number_of(asked), "--because", "已核对", "--by", "李", "--apply", account="wang")
    renamed = keys("confirm", number_of(asked), "--because", "已核对", "--by", "王", "--apply")

    assert (
        2,
        f"申请 {number_of(asked)} 由 李 提出，须由另一人确认。 Request {number_of(asked)} was made by 李: somebody else must confirm it.",
    ) == (
        same.exit_code,
        sentence_of(same),
    )
    assert "from the account li: confirm it from another one" in sentence_of(renamed)
    assert "等候第二人确认的申请：1 项" in keys("status").output
    assert "已删除" not in keys("show", UNIT).output


@pytest.mark.usefixtures("kept")
def test_status_counts_keys_by_master_and_marks_old_ones() -> None:
    before = keys("status").output
    assert 0 == keys("add-master", "--apply").exit_code

    assert "（旧）" not in before
    assert "m-contact-1-" in before
    assert "（旧）" in keys("status").output
    assert "重新包裹 1 个数据密钥" in keys("rotate-master").output


def test_findings_are_erased_only_where_they_are_named(vault: Path) -> None:
    """The appraisal's file is kept by law."""
    assert "联系方式、姓名" in keys("erase", CITIZEN).output
    assert "诊断结论" not in keys("erase", CITIZEN).output
    assert "诊断结论" in keys("erase", CITIZEN, "--compartment", "finding").output
    assert CITIZEN not in keys("erase", CITIZEN).output


def test_the_ring_of_a_service_holds_its_own_compartments_only(tmp_path: Path) -> None:
    written = keys("ring", "deliveries", str(tmp_path / "deliveries.json"))
    nobody = keys("ring", "arrears", str(tmp_path / "arrears.json"))

    assert 0 == written.exit_code
    ring = json.loads((tmp_path / "deliveries.json").read_text())
    assert {"contact"} == {one["compartment"] for one in ring["keys"]}
    assert 0o600 == (tmp_path / "deliveries.json").stat().st_mode & 0o777
    assert not any(one["key"] in written.output for one in ring["keys"])
    assert "arrears may open nothing" in sentence_of(nobody)


@pytest.fixture
def _gone(vault: Path) -> Iterator[None]:
    shutil.move(vault, vault.with_suffix(".away"))
    yield
    assert not vault.exists(), "nobody makes a vault in passing"


@pytest.mark.usefixtures("_gone")
def test_without_its_vault_the_mesh_is_explained_all_the_same_and_nothing_is_sealed(town: Town, tmp_path: Path) -> None:
    town.register()
    town.twin.run()

    assert "联系电话 （密钥库不可用）" in town.shebao("explain", UNIT).output
    assert "There is no vault at" in sentence_of(publish(town, tmp_path))
    assert 3 == publish(town, tmp_path).exit_code


def test_a_value_of_another_vault_is_said_to_be_unreadable(town: Town) -> None:
    town.register()
    town.twin.run()

    assert "联系电话 （无法解密）" in town.shebao("explain", UNIT).output


@pytest.mark.usefixtures("kept")
def test_a_readmission_is_asked_for_only_of_what_was_erased() -> None:
    nothing = keys("readmit", UNIT, "--authority", "x", "--because", "x", "--by", "李", "--apply")
    erase(UNIT)
    asked = keys("readmit", UNIT, "--authority", "本人重新登记", "--because", "x", "--by", "李", "--apply")
    assert 0 == keys("confirm", number_of(asked), "--because", "x", "--by", "王", "--apply", account="wang").exit_code

    assert "Nothing of this subject was erased." in sentence_of(nothing)
    assert ["1", "2"] == re.findall(r"联系方式 │ +(\d) │", keys("show", UNIT).output)


def test_whoever_asks_to_erase_what_was_never_sealed_is_told_so() -> None:
    assert f"{UNIT} 名下没有任何密封内容，请核对编号。" in keys("erase", UNIT).output
