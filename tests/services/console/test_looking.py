"""`shebao inventory`, `explain`, `replay`."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Collection, Iterable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from schemas.contributions import ContributionAssessed
from schemas.outlets import CardReserved
from services.runtime.records import InputRecord
from tests.services.console.towns import NAME, UNIT, Town, sentence_of


def test_the_inventory_shows_totals_structure_and_list(indebted: Town) -> None:
    shown = indebted.shebao("inventory")

    assert shown.exit_code == 0
    for words in (
        "1 个单位，1 条",
        "本金 10,000.00元",
        "2020年后新发生",
        "文登区",
        "30日以内",
        UNIT,
        NAME,
    ):
        assert words in shown.output


def test_the_late_fee_is_counted_to_the_day_asked_for(indebted: Town) -> None:
    days = {"2026-10-15": 0, "2026-10-16": 500, "2026-10-17": 1_000}

    for day, late_fee_fen in days.items():
        found = json.loads(indebted.shebao("inventory", "--format", "json", "--in-force-on", day).stdout)
        assert found["total"]["late_fee_fen"] == late_fee_fen


def test_the_list_can_be_taken_away_as_csv(indebted: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    shown = indebted.shebao("inventory", "--format", "csv", "--output", str(path))

    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert shown.exit_code == 0
    assert (row["统一社会信用代码"], row["单位名称"], row["本金（元）"]) == (UNIT, NAME, "10000.00")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_list_can_be_taken_away_as_xlsx(indebted: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    shown = indebted.shebao("inventory", "--format", "xlsx", "--output", str(path))

    book = load_workbook(path)
    assert shown.exit_code == 0
    assert book.sheetnames == ["底数", "结构", "清单"]
    assert [cell.value for cell in book["清单"][5]][:2] == [UNIT, NAME]
    assert book["底数"]["D5"].value == 10_000


def test_csv_json_and_xlsx_name_the_same_units(indebted: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    indebted.shebao("inventory", "--format", "xlsx", "--output", str(path))
    as_json = json.loads(indebted.shebao("inventory", "--format", "json").stdout)
    as_csv = list(csv.reader(io.StringIO(indebted.shebao("inventory", "--format", "csv").stdout)))

    assert [row["unit_code"] for row in as_json["rows"]] == [row[0] for row in as_csv[1:]]
    assert [row[0] for row in as_csv[1:]] == [row[0].value for row in load_workbook(path)["清单"].iter_rows(min_row=5)]


def test_the_list_can_be_of_one_district(indebted: Town) -> None:
    def units(district: str) -> list[str]:
        found = json.loads(indebted.shebao("inventory", "--format", "json", "--district", district).stdout)
        return [row["unit_code"] for row in found["rows"]]

    assert (units("371003"), units("371002")) == ([UNIT], [])


def test_a_case_is_explained_with_what_came_the_reason_the_paragraph_and_what_followed(indebted: Town) -> None:
    shown = indebted.shebao("explain", UNIT)

    assert shown.exit_code == 0
    for words in (
        f"单位登记：{NAME}",
        "核定 2026-09 养老应缴 10,000.00元",
        "发现欠费，立案",
        "社会保险法 86",
        "→ 欠费立案：1 条，本金 10,000.00元",
        "【通知】请求第 1 次提醒缴费",
        "【送达】",
    ):
        assert words in shown.output
    assert "{" not in shown.output


def test_what_happened_is_told_in_its_order(indebted: Town) -> None:
    indebted.pay()
    indebted.twin.run()
    told = json.loads(indebted.shebao("explain", UNIT, "--format", "json").stdout)["moments"]

    services = [moment["service"] for moment in told]
    codes = [moment["code"] for moment in told if moment["service"] == "arrears"]
    assert codes[0] == "unit-registered"
    assert codes[-1] == "arrears-settled"
    assert services.index("notifications") < services.index("deliveries")
    ids_told: set[str] = set()
    for moment in told:
        assert (
            moment["kind"] != "record"
            or not moment["source"].startswith("/services/")
            or moment["event_id"] in ids_told
        )
        ids_told.update(moment["said"])
        ids_told.update(one["event_id"] for one in told if one["topic"] == "delivery-attempted")


def test_a_shared_case_is_told_forwards_and_whole(losses: Town) -> None:
    """An outlet's story runs through many persons' cases: no effect before its cause, nothing named by offset alone."""
    told = json.loads(losses.shebao("explain", "outlet-wendeng", "--format", "json").stdout)["moments"]

    said_at = {fact: place for place, moment in enumerate(told) for fact in moment["said"]}
    backwards = [moment["came"] for place, moment in enumerate(told) if said_at.get(moment["event_id"], -1) >= place]
    codes = [moment["code"] for moment in told if moment["service"] == "outlets"]
    answers = [place for place, moment in enumerate(told) if moment["topic"] == "card-issuance-attempted"]
    assert [] == backwards
    assert codes.index("blanks-delivered") < codes.index("reserved") < codes.index("used")
    assert min(answers) > min(place for place, moment in enumerate(told) if moment["code"] == "reserved")
    assert [] == [moment["came"] for moment in told if "位移" in moment["came"] or "已不在主题" in moment["came"]]
    assert sorted(moment["at"] for moment in told) == [moment["at"] for moment in told]


def test_what_all_tasks_were_told_alike_is_told_once_a_service(losses: Town) -> None:
    shown = losses.shebao("explain", "outlet-wendeng")

    assert 2 == shown.output.count("公布网点 文登支行营业部")


def test_a_code_may_be_written_in_small_letters(indebted: Town) -> None:
    shown = indebted.shebao("explain", UNIT.lower())

    assert shown.exit_code == 0
    assert shown.output.startswith(f"案件 {UNIT}")


@pytest.mark.parametrize("number", ["37108119900307000x", "37108119900307000X"])
def test_a_citizen_number_is_looked_up_and_never_printed(losses: Town, number: str) -> None:
    shown = losses.shebao("explain", number)

    assert shown.exit_code == 2
    assert "Nobody has ever heard" in sentence_of(shown)
    assert number[:17] not in shown.output + shown.stderr


def test_a_case_may_be_asked_for_by_business_reference(indebted: Town) -> None:
    by_reference = indebted.shebao("explain", "HD-2026-09", "--format", "json")

    assert json.loads(by_reference.stdout)["case"] == UNIT


def test_short_cuts_runs_of_the_same_decision(indebted: Town) -> None:
    for month in ("2026-04", "2026-05", "2026-06", "2026-07"):
        indebted.owe(month)
        indebted.twin.run()

    assert "同样的决定另有 2 项" in indebted.shebao("explain", UNIT, "--short").output
    assert "同样的决定" not in indebted.shebao("explain", UNIT).output


def test_a_replay_that_agrees_ends_with_zero(indebted: Town) -> None:
    shown = indebted.shebao("replay", "all")

    assert shown.exit_code == 0
    assert "重演一致" in shown.output


def test_a_replay_that_differs_ends_with_one_and_says_where(indebted: Town) -> None:
    place = indebted.twin.log[ContributionAssessed.topic]
    (partition,) = [number for number, records in enumerate(place) if records]
    other = indebted.mesh.codec.decode(ContributionAssessed.topic, place[partition][0].value or b"")
    changed = other.model_copy(update={"assessed_fen": 999})
    # Somebody alters the log behind the mesh's back.
    altered = place[partition][0].__class__(
        **{name: getattr(place[partition][0], name) for name in place[partition][0].__struct_fields__}
        | {"value": indebted.mesh.codec.encode(ContributionAssessed.topic, changed)}
    )
    place[partition][0] = altered
    shown = indebted.shebao("replay", "arrears")

    assert shown.exit_code == 1
    assert "重演结果不一致" in shown.output
    assert UNIT in shown.output
    assert indebted.shebao("replay", "arrears", "--case", UNIT).exit_code == 1


def test_a_fact_that_no_decision_explains_is_a_difference(indebted: Town) -> None:
    (said,) = indebted.twin.records("arrears-opened")
    indebted.twin.append_raw(said.topic, said.partition, said.key, said.value, (("ce_id", b"from-nowhere"),))
    shown = indebted.shebao("replay", "arrears")

    assert shown.exit_code == 1
    assert "无出处：arrears-opened from-nowhere" in shown.output


def compared(town: Town, *words: str) -> tuple[int, int]:
    """The decisions and the records that a replay says it compared, added up over its table and as the verdict has them."""
    shown = town.shebao("replay", *words)
    verdict = re.search(r"重演一致：([\d,]+) 项决定、([\d,]+) 条", shown.output)
    assert shown.exit_code == 0, shown.output
    assert verdict is not None
    return int(verdict[1].replace(",", "")), int(verdict[2].replace(",", ""))


def test_a_replay_counts_only_what_it_compared(indebted: Town) -> None:
    all_of_it = compared(indebted, "arrears")
    of_case = compared(indebted, "arrears", "--case", UNIT)
    later = compared(indebted, "arrears", "--since", "2026-11-03")

    earlier = compared(indebted, "arrears", "--until", "2026-11-02")

    assert all_of_it == (earlier[0] + later[0], earlier[1] + later[1])
    codes = indebted.twin.codes("arrears", UNIT)
    assert len(codes) == of_case[0] < all_of_it[0]
    assert 0 < later[0] < all_of_it[0]
    assert of_case[1] == all_of_it[1]


@pytest.mark.parametrize(
    "words",
    [
        ("arrears", "--case", "nothing"),
        ("arrears", "--case", "91371002YYUHHH2G4A"),
        ("all", "--since", "2030-01-01"),
        ("all", "--until", "2020-01-01"),
        ("arrears", "--case", UNIT, "--since", "2030-01-01"),
    ],
)
def test_where_nothing_was_compared_nothing_is_called_identical(indebted: Town, words: tuple[str, ...]) -> None:
    shown = indebted.shebao("replay", *words)

    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "Nothing was compared" in sentence_of(shown)


def test_a_record_of_the_case_that_no_decision_explains_is_a_difference(indebted: Town) -> None:
    (said,) = indebted.twin.records("arrears-opened")
    indebted.twin.append_raw(said.topic, said.partition, said.key, said.value, (("ce_id", b"from-nowhere"),))
    shown = indebted.shebao("replay", "arrears", "--case", UNIT)

    assert shown.exit_code == 1
    assert "无出处：arrears-opened from-nowhere" in shown.output


def test_what_another_case_said_under_a_cases_key_is_explained(losses: Town) -> None:
    """An outlet answers under the person's key: the outlet's decision explains it, not one of the person's."""
    answers = losses.twin.facts(CardReserved)
    persons = {record.key.decode() for record in losses.twin.records(CardReserved.topic) if record.key}

    for case in (min(persons), min(answer.outlet_key for answer in answers)):
        assert losses.shebao("replay", "all", "--case", case).exit_code == 0


def test_a_replay_lets_go_of_a_tasks_records_before_it_asks_for_the_next(
    indebted: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_task, held = indebted.mesh.by_task, list[int]()

    async def watched(
        topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        given: list[list[InputRecord]] = []
        async for partition, records in by_task(topics, partitions):
            held.append(sum(map(len, given)))
            given.append(records)
            yield partition, records

    monkeypatch.setattr(indebted.mesh, "by_task", watched)
    compared(indebted, "arrears")

    assert [0] * 12 == held


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inventory", "--district", "379999"), "There is no district 379999"),
        (("inventory", "--format", "xlsx"), "--output"),
        (("inventory", "--as-of", "yesterday"), "yesterday is not a date"),
        (("inventory", "--as-of", "2099-01-01"), "an inventory as of 2099-01-01 can be drawn once that day has come"),
        (("explain", "91371002YYUHHH2G4A"), "Nobody has ever heard"),
        (("replay", "taxes"), "There is no service taxes"),
    ],
)
def test_a_mistake_ends_in_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    shown = town.shebao(*words)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)
