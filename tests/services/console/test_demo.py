"""`shebao demo --memory`: the same script as on the broker, on the twin."""

import re
from datetime import date

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from services.console.main import app
from services.gateway.simulation.feed import Feed, FeedSize

SMALL = FeedSize(units=60, months=3, applications=12, lost_cards=12, experts=40)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demonstration prints about a small feed."""
    folder = tmp_path_factory.mktemp("demo")
    feed = Feed(7, date(2026, 10, 31), SMALL)
    feed.make()
    feed.write(folder / "feed")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHEBAO_SANDBOX_DATA_DIR", str(folder / "data"))
        shown = CliRunner().invoke(app, ["demo", "--memory", "--feed", str(folder / "feed")])
    assert shown.exit_code == 0, shown.output
    return shown.output


@pytest.mark.parametrize(
    "words",
    [
        "退回原因",
        "欠费底数",
        "结构",
        "清单",
        "通知送达情况",
        "劳动能力鉴定排期",
        "即时制卡",
        "案件 91",
        "重演一致",
        "演示结束",
    ],
)
def test_it_prints_what_came_of_each_road(told: str, words: str) -> None:
    assert words in told


def test_a_history_rings_nobody(told: str) -> None:
    assert "早于启用日期，不向外发送" in told


def test_what_came_of_a_notice_is_told_in_words(told: str) -> None:
    table = told[told.index("通知送达情况") : told.index("劳动能力鉴定排期")]

    assert [] == re.findall(r"[a-z-]{3,}", table)


def test_panels_of_both_sizes_sit(told: str) -> None:
    counts = re.search(r"劳动能力鉴定排期：(\d+) 场（3 人专家组 (\d+) 场，5 人专家组 (\d+) 场）", told)

    assert counts is not None
    assert int(counts[1]) == int(counts[2]) + int(counts[3])


def test_the_case_told_was_opened_reminded_and_settled(told: str) -> None:
    story = told[told.index("案件 91") :]

    assert story.index("欠费立案") < story.index("提醒缴费") < story.index("欠费缴清")


def test_no_line_is_wider_than_the_page(told: str) -> None:
    assert [line for line in told.splitlines() if cell_len(line) > 100] == []
