"""`shebao audit verify`, `export` and `key`, on a small mesh."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.topics import decisions_topic
from services.audit.findings import Kind
from services.audit.seal_file import read_seal_file, write_seal_file
from services.audit.seal_keys import SealKey, development_seal_key, public_entry
from services.audit.seals import seal_record
from services.console.seals_output import KIND_TEXTS
from services.runtime.records import InputRecord
from tests.services.console.towns import Town, sentence_of
from tests.services.gateway.rows_of import REGISTERED

DECISIONS = decisions_topic("arrears")


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHEBAO_SEAL_KEY", "SHEBAO_SEAL_PUBLIC_KEYS", "SHEBAO_BOOTSTRAP_SERVERS"):
        monkeypatch.delenv(name, raising=False)


def longest(town: Town) -> list[InputRecord]:
    """The decision records of the task of arrears that has most."""
    return max(town.twin.log[DECISIONS], key=len)


def test_a_sealed_mesh_verifies_and_shows_what_is_not_sealed_yet(indebted: Town) -> None:
    indebted.seal()
    all_sealed = indebted.shebao("audit", "verify")
    indebted.owe("2026-08")
    indebted.twin.run()
    with_more = indebted.shebao("audit", "verify", "arrears")

    assert (0, 0) == (all_sealed.exit_code, with_more.exit_code), all_sealed.output
    assert "核验通过" in all_sealed.output
    assert "其中 0 项尚未签封" in all_sealed.output
    assert "尚未签封（此段末尾若被截断，无从查知）" in with_more.output
    assert "欠费 arrears" in with_more.output
    assert "notifications" not in with_more.output


def test_a_changed_record_ends_with_one_and_says_where(indebted: Town) -> None:
    indebted.seal()
    records = longest(indebted)
    place = len(records) // 2
    record = records[place]
    value = (record.value or b"")[:-1] + b"\x09"
    records[place] = InputRecord(
        record.topic, record.partition, record.offset, record.append_time_ms, record.key, value, record.headers
    )
    shown = indebted.shebao("audit", "verify")
    (found,) = json.loads(indebted.shebao("audit", "verify", "--format", "json").stdout)["findings"]

    assert 1 == shown.exit_code
    assert f"记录被改动 {DECISIONS} 分区 {record.partition} 位移 {record.offset} 第" in shown.output
    assert "核验不通过：1 处" in shown.output
    assert ("changed", DECISIONS, record.partition, record.offset) == tuple(
        found[name] for name in ("kind", "topic", "partition", "offset")
    )


def test_json_tells_every_task_and_its_unsealed_span(indebted: Town) -> None:
    told = json.loads(indebted.shebao("audit", "verify", "arrears", "--format", "json").stdout)

    assert told["sound"]
    assert {None} == {task["sealed_number"] for task in told["tasks"]}
    assert [task["entries"] for task in told["tasks"]] == [task["unsealed_entries"] for task in told["tasks"]]


def test_a_verdict_that_rests_on_the_published_key_says_that_it_proves_nothing(indebted: Town) -> None:
    """An auditor who reaches a mesh through this machine, and named no public keys, would else trust what anybody can seal."""
    unsealed = indebted.shebao("audit", "verify")
    indebted.seal()
    sealed, told = indebted.shebao("audit", "verify"), indebted.shebao("audit", "verify", "--format", "json")

    assert (False, True) == ("不能作为证据" in unsealed.output, "不能作为证据" in sealed.output)
    assert ([development_seal_key().key_id], True) == tuple(
        json.loads(told.stdout)[name] for name in ("keys", "proves_nothing")
    )


def test_a_verdict_that_rests_on_an_own_key_names_it(
    indebted: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SealKey(bytes(range(32)))
    indebted.seal(key)
    path = tmp_path / "keys.json"
    path.write_text(f'{{"keys": [{public_entry(key, datetime(2026, 1, 1, tzinfo=UTC)).model_dump_json()}]}}')
    monkeypatch.setenv("SHEBAO_SEAL_PUBLIC_KEYS", str(path))
    shown, told = indebted.shebao("audit", "verify"), indebted.shebao("audit", "verify", "--format", "json")

    assert (0, False) == (shown.exit_code, "不能作为证据" in shown.output)
    assert ([key.key_id], False) == tuple(json.loads(told.stdout)[name] for name in ("keys", "proves_nothing"))


def test_exported_seals_find_a_tail_cut_together_with_its_seals(indebted: Town, tmp_path: Path) -> None:
    indebted.seal()
    path = tmp_path / "seals.jsonl"
    exported = indebted.shebao("audit", "export", str(path))
    root = exported.output.strip()[-64:]
    assert 0 == indebted.shebao("audit", "verify", "--seals", str(path), "--root", root).exit_code

    records = longest(indebted)
    del records[-1], indebted.twin.log["audit-seals"][records[0].partition][:]
    unarmed, armed = indebted.shebao("audit", "verify"), indebted.shebao("audit", "verify", "--seals", str(path))

    assert (0, 0, 1) == (exported.exit_code, unarmed.exit_code, armed.exit_code)
    assert json.loads(path.read_text().splitlines()[-1])["merkle_root"] == root
    assert "末尾被截断" in armed.output
    assert "导出的签封已不在主题中 导出文件" in armed.output


WITHOUT_SEALS, WITHOUT_ROOT = "没有用 --seals 与另存的签封比对", "没有给出另行抄存的总根（--root）"


def test_a_file_of_seals_that_lost_one_and_was_totalled_anew_is_told_by_its_root_and_else_that_it_is_not_proved(
    indebted: Town, tmp_path: Path
) -> None:
    indebted.seal()
    path, forged = tmp_path / "seals.jsonl", tmp_path / "forged.jsonl"
    root = indebted.shebao("audit", "export", str(path)).output.strip()[-64:]
    whole = read_seal_file(path)
    write_seal_file(forged, whole.seals[1:], whole.exported_at)
    seals = ("--seals", str(forged))
    alone, with_seals, with_root = (
        indebted.shebao("audit", "verify", *more) for more in ((), seals, (*seals, "--root", root))
    )

    assert (0, 0, 1) == (alone.exit_code, with_seals.exit_code, with_root.exit_code)
    assert [True, False, False] == [WITHOUT_SEALS in flat(one.output) for one in (alone, with_seals, with_root)]
    assert [False, True, False] == [WITHOUT_ROOT in flat(one.output) for one in (alone, with_seals, with_root)]


def test_json_says_what_is_not_proved(indebted: Town, tmp_path: Path) -> None:
    indebted.seal()
    path = tmp_path / "seals.jsonl"
    root = indebted.shebao("audit", "export", str(path)).output.strip()[-64:]
    asked = ((), ("--seals", str(path)), ("--seals", str(path), "--root", root))
    told = [json.loads(indebted.shebao("audit", "verify", "--format", "json", *more).stdout) for more in asked]

    assert [True, True, False] == [bool(one["not_proved"]) for one in told]


def flat(text: str) -> str:
    """A text without the breaks a terminal puts into it."""
    return "".join(text.split("\n"))


def test_another_root_is_told(indebted: Town, tmp_path: Path) -> None:
    indebted.seal()
    path = tmp_path / "seals.jsonl"
    indebted.shebao("audit", "export", str(path))
    shown = indebted.shebao("audit", "verify", "--seals", str(path), "--root", "00" * 32)

    assert 1 == shown.exit_code
    assert "导出的签封与所记总根不符" in shown.output


def test_seals_that_do_not_count_are_left_out_of_an_export_and_told(indebted: Town, tmp_path: Path) -> None:
    indebted.seal()
    indebted.shebao("audit", "export", str(tmp_path / "before.jsonl"))
    stranger = SealKey(bytes(32)).signed("arrears", 3, 1 << 40, 1, bytes(32), indebted.twin.clock)
    indebted.twin.append(seal_record(indebted.mesh.codec, stranger))
    shown = indebted.shebao("audit", "export", str(tmp_path / "after.jsonl"))

    assert 1 == shown.exit_code
    assert "1 个签封无效，未予导出" in shown.output
    before, after = ((tmp_path / name).read_text().splitlines()[:-1] for name in ("before.jsonl", "after.jsonl"))
    assert before == after


def test_the_public_half_of_a_key_is_shown_and_nothing_of_the_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = base64.b64encode(bytes(range(32))).decode()
    monkeypatch.setenv("SHEBAO_SEAL_KEY", secret)
    shown = town.shebao("audit", "key")
    told = json.loads(shown.stdout)

    assert SealKey(bytes(range(32))).key_id == told["key_id"]
    assert secret not in shown.output


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("verify", "taxes"), "There is no service taxes", 2),
        (("verify", "--root", "00"), "name their file with --seals", 2),
        (("verify", "--seals", "/nowhere", "--root", "abc"), "--root abc is no Merkle root", 2),
        (("verify", "--seals", "/nowhere"), "cannot be read as a file of seals", 2),
        (("export", "seals.jsonl"), "Nothing is sealed yet", 2),
        (("key",), "SHEBAO_SEAL_KEY is not set", 3),
    ],
)
def test_a_mistake_ends_in_one_sentence(town: Town, words: tuple[str, ...], said: str, code: int) -> None:
    shown = town.shebao("audit", *words)

    assert code == shown.exit_code
    assert said in sentence_of(shown)


def test_away_from_this_machine_public_keys_must_be_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_BOOTSTRAP_SERVERS", "kafka.weihai.example:9092")
    shown = town.shebao("audit", "verify")

    assert 3 == shown.exit_code
    assert "SHEBAO_SEAL_PUBLIC_KEYS is not set" in sentence_of(shown)


def test_a_broker_with_a_login_is_no_sandbox_although_it_is_reached_through_this_machine(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy stands before it. Its seals are not verified, and nothing is sealed for it, with keys that everybody has."""
    login = {"SECURITY": "SASL_SSL", "USER": "console", "PASSWORD": "secret-word"}
    for name, value in login.items():
        monkeypatch.setenv(f"SHEBAO_BROKER_{name}", value)
    for name in ("SHEBAO_VAULT", "SHEBAO_MASTER_KEYS", "SHEBAO_PERSON_SECRET", "SHEBAO_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHEBAO_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
    row = tmp_path / "units.ndjson"
    row.write_text(json.dumps({**REGISTERED, "topic": "unit-registered"}))
    verified, published = town.shebao("audit", "verify"), town.shebao("publish", str(row))

    assert (3, 3) == (verified.exit_code, published.exit_code)
    assert "SHEBAO_SEAL_PUBLIC_KEYS is not set" in sentence_of(verified)
    assert "is not set" in sentence_of(published)
    assert [] == town.twin.records("unit-registered")


def test_every_kind_of_finding_has_its_words() -> None:
    assert set(Kind) == set(KIND_TEXTS)
