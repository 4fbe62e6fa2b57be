"""`shebao inventory` of a day: as known then and as known now, what changed since, signed, verified, as sheets and charts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from schemas.contributions import UnitRegistered
from schemas.mesh import ParameterPublished
from schemas.officers import Duty, OfficerPublished
from schemas.vocabulary import Agency, District
from tests.services.arrears import samples_assignment
from tests.services.console.towns import UNIT, Town, sentence_of

DESK = "urn:weihai:collection-desk"


def drawn(town: Town, *words: str) -> Any:
    """The inventory as JSON."""
    shown = town.shebao("inventory", "--format", "json", *words)
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.stdout)


def principal(found: Any) -> int:
    return int(found["total"]["principal_fen"])


@pytest.fixture
def late_news(indebted: Town) -> Town:
    """The unit owed on 3 November; on 5 November it is told that it had paid on 2 November already."""
    indebted.pass_days(2)
    indebted.pay()
    indebted.twin.run()
    indebted.pass_days(1)
    return indebted


def test_a_payment_told_late_was_not_known_then_and_is_in_force_of_then(late_news: Town) -> None:
    known, in_force = (principal(drawn(late_news, f"--{view}-on", "2026-11-03")) for view in ("known", "in-force"))

    assert (known, in_force) == (1_000_000, 0)


def test_what_was_known_the_evening_before_the_news_and_on_its_day(late_news: Town) -> None:
    days = {"2026-11-01": 0, "2026-11-02": 1_000_000, "2026-11-04": 1_000_000, "2026-11-05": 0, "2026-11-06": 0}

    assert days == {day: principal(drawn(late_news, "--known-on", day)) for day in days}


def test_as_of_shows_both_views_side_by_side(late_news: Town) -> None:
    both = drawn(late_news, "--as-of", "2026-11-03")
    shown = late_news.shebao("inventory", "--as-of", "2026-11-03")

    assert (principal(both["known"]), principal(both["in_force"])) == (1_000_000, 0)
    assert shown.exit_code == 0
    for words in ("按当日所知", "按今日所知", "10,000.00元", "-10,000.00元", "两种口径本金不同的单位：1 个"):
        assert words in shown.output


def test_what_is_known_today_is_what_is_in_force_today(indebted: Town) -> None:
    assert drawn(indebted, "--known-on", "2026-11-03") == drawn(indebted, "--in-force-on", "2026-11-03")


def test_an_inventory_of_a_day_is_drawn_by_the_cap_that_held_on_that_day(town: Town) -> None:
    """2,000 yuan due on 15 October 2019: the fee passes the principal after 2,000 days; the cap holds from 4 November 2026 on."""
    town.register()
    town.owe("2019-09", 200_000, date(2019, 10, 15))
    cap = ParameterPublished(name="late-fee-cap", value="on", effective_on=date(2026, 11, 4))
    town.twin.publish(cap, source="/console")
    town.twin.run()
    town.pass_days(3)

    fees = {
        day: [drawn(town, f"--{view}-on", day)["total"]["late_fee_fen"] for view in ("known", "in-force")]
        for day in ("2026-11-03", "2026-11-04")
    }

    days = (date(2026, 11, 3) - date(2019, 10, 15)).days
    assert {"2026-11-03": [days * 100] * 2, "2026-11-04": [200_000] * 2} == fees


def test_the_rate_of_the_rebuilding_is_told(indebted: Town) -> None:
    assert "每秒" in indebted.shebao("inventory", "--known-on", "2026-11-03").stderr


def test_nothing_of_what_was_refused_or_parked_stands_in_the_way_of_a_rebuilding(indebted: Town) -> None:
    indebted.spoil()
    indebted.twin.run()
    indebted.pass_days(1)

    assert drawn(indebted, "--known-on", "2026-11-04") == drawn(indebted, "--in-force-on", "2026-11-04")


def test_the_change_since_a_day_is_told(late_news: Town) -> None:
    late_news.owe("2026-08", 700)
    late_news.twin.run()
    changed = drawn(late_news, "--known-on", "2026-11-06", "--since", "2026-11-03")["changes"]

    assert changed["since"] == "2026-11-03"
    assert [(one["kind"], one["before_fen"], one["now_fen"]) for one in changed["units"]] == [
        ("shrunk", 1_000_000, 700)
    ]


def serving(number: str, duty: Duty = Duty.HANDLER) -> OfficerPublished:
    return OfficerPublished(
        officer=number,
        duty=duty,
        districts=(District.WENDENG,),
        serves_from=date(2020, 1, 1),
        authority="岗位分工",
    )


@pytest.fixture
def staffed(town: Town) -> Town:
    """The same unit, where an officer serves."""
    town.twin.publish(serving("WD-101"), source=DESK)
    town.register()
    town.twin.run()
    town.owe()
    town.twin.run()
    town.pass_days(1)
    return town


def test_the_officer_and_the_deadline_stand_in_list_and_structure(staffed: Town) -> None:
    found = drawn(staffed)
    shown = staffed.shebao("inventory").output

    assert [(row["officer"], row["deadline_on"], row["stage"]) for row in found["rows"]] == [
        ("WD-101", "2026-12-28", "reminded")
    ]
    assert [(share["name"], share["units"]) for share in found["by_officer"]] == [("WD-101", 1)]
    assert "WD-101" in shown
    assert "按责任人" in shown


@pytest.fixture
def handed_over(staffed: Town) -> Town:
    """Called on the 2nd and after; on the 6th the case is given to another officer."""
    staffed.twin.publish(serving("WD-103"), source=DESK)
    staffed.twin.publish(serving("WD-301", Duty.HEAD), source=DESK)
    staffed.pass_days(3)
    staffed.twin.publish(
        samples_assignment.act(unit_code=UNIT, occurred_on=date(2026, 11, 6), decided_by="WD-301"), source=DESK
    )
    staffed.twin.run()
    staffed.pass_days(1)
    return staffed


@pytest.mark.parametrize("view", ["--in-force-on", "--known-on"])
@pytest.mark.parametrize(
    ("day", "handled"),
    [
        ("2026-11-02", ("found", "WD-101")),
        ("2026-11-05", ("reminded", "WD-101")),
        ("2026-11-06", ("reminded", "WD-103")),
    ],
)
def test_stage_and_officer_of_a_past_day_are_those_of_that_day(
    handed_over: Town, view: str, day: str, handled: tuple[str, str]
) -> None:
    (row,) = drawn(handed_over, view, day)["rows"]

    assert handled == (row["stage"], row["officer"])


def test_what_is_owed_by_todays_knowledge_and_was_found_later_says_so(staffed: Town) -> None:
    """Due on 15 October; the mesh found it on 2 November."""
    (row,) = drawn(staffed, "--in-force-on", "2026-10-20")["rows"]
    shown = staffed.shebao("inventory", "--in-force-on", "2026-10-20").output

    assert ("not-found", "") == (row["stage"], row["officer"])
    assert "当日尚未查明" in shown


def test_the_assignment_is_told_in_the_case_story(staffed: Town) -> None:
    assert "案件分派：责任人 WD-101，办理期限 2026-12-28（立案分派）" in staffed.shebao("explain", UNIT).output


def test_a_signed_inventory_is_verified_with_its_place_in_the_log(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    signed = staffed.shebao("inventory", "--sign", str(path))
    verified = staffed.shebao("inventory", "verify", str(path), "--with-log")
    without = staffed.shebao("inventory", "verify", str(path))

    assert (signed.exit_code, verified.exit_code) == (0, 0), signed.output + verified.output
    assert (0, True, False) == (without.exit_code, *("未证明的是" in one.output for one in (without, verified)))
    assert "签名有效" in verified.output
    assert "链首均在决定记录之中" in verified.output


def test_a_signed_inventory_of_what_was_known_has_its_place_in_the_log_too(late_news: Town, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    late_news.shebao("inventory", "--known-on", "2026-11-03", "--sign", str(path))

    assert late_news.shebao("inventory", "verify", str(path), "--with-log").exit_code == 0


def test_a_signed_inventory_holds_the_lines_and_the_chain_heads(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    staffed.shebao("inventory", "--sign", str(path))
    statement = json.loads(path.read_text(encoding="utf-8"))["statement"]

    assert [line["key"] for line in statement["rows"][0]["lines"]] == ["2026-09/pension"]
    assert sorted(statement["heads"][0]) == ["entries", "head", "partition"]
    assert len(statement["heads"]) == 12


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"principal_fen":1000000', '"principal_fen":1000001', "签名与内容不符"),
        ('"units":1}', '"units":2}', "底数、结构与清单不相符"),
        ('"statement":', '"statement": ', "文件的写法与签封时不同"),
    ],
    ids=["an amount", "a sum", "a blank"],
)
def test_a_changed_inventory_is_found(staffed: Town, tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "inventory.json"
    staffed.shebao("inventory", "--sign", str(path))
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after, 1), encoding="utf-8")
    verified = staffed.shebao("inventory", "verify", str(path))

    assert verified.exit_code == 1
    assert said in verified.output


def test_an_inventory_of_another_log_is_found(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    staffed.shebao("inventory", "--sign", str(path))
    for partition in staffed.twin.log["arrears-decisions"]:
        del partition[-1:]
    verified = staffed.shebao("inventory", "verify", str(path), "--with-log")

    assert verified.exit_code == 1
    assert "决定记录中没有它所依据的链首" in verified.output


def test_the_next_signed_inventory_names_the_one_before_and_what_changed(staffed: Town, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    staffed.shebao("inventory", "--sign", str(first))
    staffed.pay()
    staffed.twin.run()
    staffed.shebao("inventory", "--sign", str(second), "--since", str(first))
    changed = json.loads(second.read_text(encoding="utf-8"))["statement"]["changes"]

    assert len(changed["previous_sha256"]) == 64
    assert [(one["unit_code"], one["kind"]) for one in changed["units"]] == [(UNIT, "settled")]
    assert staffed.shebao("inventory", "verify", str(second), "--with-log").exit_code == 0


def test_a_signed_inventory_is_not_written_over(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    staffed.shebao("inventory", "--sign", str(path))
    again = staffed.shebao("inventory", "--sign", str(path))

    assert again.exit_code == 2
    assert "exists already" in sentence_of(again)


def test_the_sheets_are_ready_to_be_printed(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    staffed.shebao("inventory", "--format", "xlsx", "--output", str(path))
    book = load_workbook(path)

    assert book.sheetnames == ["底数", "结构", "清单"]
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$4"
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    listed = book["清单"]
    headings = [cell.value for cell in listed[4]]
    row = dict(zip(headings, listed[5], strict=True))
    assert (row["本金（元）"].value, row["本金（元）"].number_format) == (10_000, "#,##0.00")
    assert row["最早缴费期限"].number_format == "yyyy-mm-dd"
    assert (row["责任人"].value, row["办理阶段"].value) == ("WD-101", "电话提醒中")
    assert listed.column_dimensions["A"].width > len(UNIT)


def test_a_name_that_looks_like_a_formula_is_disarmed_in_the_sheets(staffed: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    staffed.twin.publish(
        UnitRegistered(
            district=District.WENDENG,
            agency=Agency.WENDENG,
            occurred_on=date(2026, 11, 2),
            business_reference="DJ-1",
            revision=2,
            unit_code=UNIT,
            unit_name="=1+1",
        )
    )
    staffed.twin.run()
    staffed.shebao("inventory", "--format", "xlsx", "--output", str(path))

    cell = load_workbook(path)["清单"]["B5"]
    assert (cell.data_type, cell.value) == ("s", "'=1+1")


def test_charts_are_drawn_with_chinese_letters_and_the_same_bytes_each_time(staffed: Town, tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        assert staffed.shebao("inventory", "--chart", str(folder)).exit_code == 0
    one, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)

    stems = ("structure", "age-amount", "recovery", "funnel")
    assert sorted(one) == sorted(f"{stem}.{ending}" for stem in stems for ending in ("png", "svg"))
    assert one == other
    assert {name for name, content in one.items() if content.startswith(b"\x89PNG")} == {
        f"{stem}.png" for stem in stems
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--known-on", "2026-11-03", "--in-force-on", "2026-11-03"), "Say one of --in-force-on, --known-on"),
        (("--as-of", "2026-11-02", "--format", "csv"), "--as-of shows two views"),
        (("--known-on", "2099-01-01"), "can be drawn once that day has come"),
        (("--since", "yesterday"), "neither a date (YYYY-MM-DD) nor the file of a signed inventory."),
        (("verify", "/nowhere"), "/nowhere cannot be read"),
        (("verify", "pyproject.toml"), "is no signed inventory"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    shown = town.shebao("inventory", *words)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)
