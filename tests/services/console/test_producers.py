"""`shebao producers` and signing at the console: made, published, rotated, ended; private halves show nowhere."""

import json
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from services.console.commands.demo import SAMPLE_FEED
from services.runtime.errors import WillNotStart
from services.runtime.publishing import published
from services.runtime.signing import development_key
from services.runtime.signing_keys import signer_from_environment
from tests.services.console.towns import Town, sentence_of

ON = ("--authority", "威税函〔2026〕9号", "--by", "王芳", "--apply")
DEVELOPMENT = development_key("tax").key_id


@pytest.fixture
def made(town: Town, tmp_path: Path) -> Path:
    """A key of the tax office; its public half lies beside it."""
    file = tmp_path / "tax.key"
    assert town.shebao("producers", "new", str(file), "--system", "tax").exit_code == 0
    return file


def public(made: Path) -> str:
    return str(made.with_name("tax.key.public"))


def named(made: Path) -> str:
    return str(json.loads(Path(public(made)).read_text())["key_id"])


def report(town: Town, folder: Path) -> int:
    """A file of the card hotline and one of the tax office are published; gives how many records were refused."""
    before = len(town.twin.dead("arrears"))
    file = folder / "paid.csv"
    file.write_text(
        "topic,reference,occurred_on,district,unit_code,month,insurance,paid_fen,paid_on\n"
        f"contribution-paid,JF-{before}-{town.twin.clock:%d%H%M},2026-11-02,371003,11371000004359918E,2026-09,pension,100,2026-11-02\n"
    )
    shown = town.shebao("publish", str(file), "--said-at", town.twin.clock.isoformat())
    assert shown.exit_code == 0, shown.output
    return len(town.twin.dead("arrears")) - before


def test_a_private_key_is_its_owners_alone_and_shows_nowhere(town: Town, made: Path) -> None:
    secret = json.loads(made.read_text())["private_key"]
    shown = town.shebao("producers", "publish", public(made), *ON).output + town.shebao("producers", "list").output

    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert secret not in shown + Path(public(made)).read_text()


def test_a_key_is_first_only_told(town: Town, made: Path) -> None:
    shown = town.shebao("producers", "publish", public(made), *ON[:-1])

    assert "仅为预演" in shown.output
    assert named(made) not in town.shebao("producers", "list").output


def test_a_key_is_published_listed_and_ended(town: Town, made: Path) -> None:
    published = town.shebao("producers", "publish", public(made), "--begins", "2026-11-01T08:00", *ON)
    ended = town.shebao("producers", "end", named(made), "--at", "2026-11-01T09:00", "--because", "遗失", *ON)
    listed = town.shebao("producers", "list").output

    assert (0, 0) == (published.exit_code, ended.exit_code)
    assert "已失效，遗失" in listed


def test_a_file_is_signed_with_the_key_of_the_environment(
    town: Town, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEBAO_SIGNING_KEY_FILE", str(made))
    before = report(town, tmp_path)
    town.shebao("producers", "publish", public(made), "--begins", "2026-11-01T08:00", *ON)
    after = report(town, tmp_path)

    assert (1, 0) == (before, after)
    assert "signing-key-unknown" in town.shebao("dead", "list").output


def test_a_key_is_rotated_without_a_record_refused(
    town: Town, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.shebao("producers", "publish", public(made), "--begins", "2026-11-01T08:00", *ON)
    at = town.twin.clock + timedelta(hours=1)
    town.shebao("producers", "end", DEVELOPMENT, "--at", at.isoformat(), "--because", "更换", *ON)
    old_in_force = report(town, tmp_path)
    town.twin.tick(at)
    old_ended = report(town, tmp_path)
    monkeypatch.setenv("SHEBAO_SIGNING_KEY_FILE", str(made))
    new = report(town, tmp_path)

    assert (0, 1, 0) == (old_in_force, old_ended, new)


def test_unsigned_records_of_a_system_with_a_key_are_refused(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEBAO_SIGNING_KEY", "unsigned")

    assert 1 == report(town, tmp_path)
    assert "signature-missing" in town.shebao("dead", "list").output


def test_another_systems_rows_are_not_signed_with_this_key(
    town: Town, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEBAO_SIGNING_KEY_FILE", str(made))
    cards = shutil.copy(SAMPLE_FEED / "week-1" / "lost-cards.csv", tmp_path)
    shown = town.shebao("publish", str(cards), "--said-at", "2026-11-03T09:30")

    assert shown.exit_code == 2
    assert "card-lost from urn:weihai:card-hotline belongs to card-hotline" in sentence_of(shown)


def test_a_redrive_is_offered_once_the_key_is_published(
    town: Town, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEBAO_SIGNING_KEY_FILE", str(made))
    report(town, tmp_path)
    (name,) = [word for word in town.shebao("dead", "list").output.split() if word.startswith("arrears/")]
    before = town.shebao("dead", "show", name).output
    town.shebao("producers", "publish", public(made), "--begins", "2026-11-01T08:00", *ON)

    assert "不能重投：signing-key-unknown" in before
    assert "可以重投" in town.shebao("dead", "show", name).output


def test_an_explanation_names_the_key_where_it_is_asked_to(indebted: Town) -> None:
    told = indebted.shebao("explain", "11371000004359918E", "--signatures").output
    plain = json.loads(indebted.shebao("explain", "11371000004359918E", "--format", "json").output)

    assert f"签名：{DEVELOPMENT} 2026-11-02T01:00:00Z" in told
    assert "签名" not in indebted.shebao("explain", "11371000004359918E").output
    assert f"{DEVELOPMENT} 2026-11-02T01:00:00Z" == plain["moments"][0]["signed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("producers", "end", "s1-0", "--because", "x", *ON), "There is no key s1-0"),
        (("producers", "end", DEVELOPMENT, *ON), "give --because"),
        (("producers", "end", DEVELOPMENT, "--at", "2019-12-31", "--because", "x", *ON), "cannot end before that"),
        (("producers", "new", "here", "--system", "tea-room"), "There is no upstream system tea-room"),
        (("producers", "publish", "pyproject.toml", *ON), "is no public key of a producer"),
    ],
)
def test_a_mistake_is_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    shown = town.shebao(*words)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)


def test_a_key_is_not_published_twice(town: Town, made: Path) -> None:
    town.shebao("producers", "publish", public(made), *ON)

    assert "was published before" in sentence_of(town.shebao("producers", "publish", public(made), *ON))


def test_a_public_half_that_was_changed_is_refused(town: Town, made: Path) -> None:
    file = Path(public(made))
    file.write_text(file.read_text().replace("urn:weihai:tax", "urn:weihai:payroll"))

    assert "not made of what stands in it" in sentence_of(town.shebao("producers", "publish", str(file), *ON))


@pytest.mark.parametrize("text", ["secret!", '{"system": "tax", "source": "x", "private_key": "secret!"}'])
def test_a_signing_key_that_cannot_be_used_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(WillNotStart, match="SHEBAO_SIGNING_KEY holds no signing key") as error:
        signer_from_environment({"SHEBAO_SIGNING_KEY": text})

    assert "secret!" not in str(error.value)


def test_the_first_key_of_a_system_begins_when_every_task_knows_it(town: Town, made: Path) -> None:
    town.twin.log.pop("producer-key-published")
    too_early = sentence_of(town.shebao("producers", "publish", public(made), "--begins", "2026-11-02T09:10", *ON))
    published = town.shebao("producers", "publish", public(made), *ON).output.replace("\n", "")

    assert "may begin at 2026-11-02 09:15 at the earliest" in too_early
    assert "自 2026-11-02 09:15 起有效" in published


def forge(town: Town) -> None:
    """Somebody takes the id of a genuine record and says another amount under it, before the genuine one arrives."""
    good = published(town.twin.codec, town.payment("2026-09", 777_700), "forged", "urn:weihai:tax", town.twin.clock, 12)
    headers = tuple((name, b"genuine" if name == "ce_id" else value) for name, value in good.headers)
    town.twin.append(good._replace(headers=headers))
    town.twin.publish(town.payment("2026-09", 100), event_id="genuine")
    town.twin.run()


def test_an_explanation_is_not_led_astray_by_a_forged_record_under_a_genuine_id(indebted: Town) -> None:
    forge(indebted)
    told = indebted.shebao("explain", "11371000004359918E").output.replace("\n", "").replace(" ", "")
    plain = json.loads(indebted.shebao("explain", "11371000004359918E", "--format", "json").output)

    assert "已拒收：2026-11-02缴纳2026-09养老7,777.00元" in told
    assert "上游记录没有签名" in plain["refused"][0]
    assert [] == plain["waiting"]
    assert ["1.00元"] == [part.split(" ")[4].split("（")[0] for part in _came(plain) if "缴纳" in part]


def _came(plain: dict[str, list[dict[str, str]]]) -> list[str]:
    return [moment["came"] for moment in plain["moments"]]
