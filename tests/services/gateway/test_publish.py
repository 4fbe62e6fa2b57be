"""Publishing files: what is written where, what a second run changes, what the rejected file says."""

import asyncio
import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from services.gateway.messages import MESSAGES
from services.gateway.publish import RECORDS_AT_ONCE, PublishReport, RowPublisher
from services.runtime.codec import local_codec
from services.runtime.envelope import envelope_of
from services.runtime.errors import UserMistake
from services.runtime.publishing import upstream_id
from services.runtime.records import OutputRecord, partition_of
from tests.services.gateway.rows_of import ASSESSED, NOW, OUTLET, PAID, REGISTERED, SUBMITTED, UNIT, gate

Row = Mapping[str, object]


class KeptRecords:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[OutputRecord] = []
        self.largest = 0

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Keep records."""
        self.records += records
        self.largest = max(self.largest, len(records))

    @property
    def content(self) -> list[tuple[str, bytes | None, bytes | None, str]]:
        """Topic, key, value and id of each."""
        return [(one.topic, one.key, one.value, envelope_of(one.headers).id) for one in self.records]


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as text:
        writer = csv.DictWriter(text, headings)
        writer.writeheader()
        writer.writerows(rows)
    return path


def publish(path: Path, topic: str = "") -> tuple[PublishReport, KeptRecords]:
    sink = KeptRecords()
    publisher = RowPublisher(sink, local_codec(), gate(topic), NOW)
    return asyncio.run(publisher.publish(path)), sink


def rejected(report: PublishReport) -> list[dict[str, str]]:
    assert report.rejected_path is not None
    with report.rejected_path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_a_good_row_is_written_under_its_key_with_the_id_of_its_reference(tmp_path: Path) -> None:
    report, sink = publish(write_csv(tmp_path / "a.csv", [ASSESSED]))

    (record,) = sink.records
    envelope = envelope_of(record.headers)
    assert (record.topic, record.key) == ("contribution-assessed", UNIT.encode())
    assert record.partition == partition_of(UNIT.encode(), 12)
    assert (envelope.source, envelope.id) == ("urn:weihai:tax", upstream_id("urn:weihai:tax", "HD-1", 1))
    assert (report.published.total(), report.rejected, report.rejected_path) == (1, 0, None)


def test_a_second_run_says_the_same_under_the_same_ids(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [REGISTERED, ASSESSED, PAID, SUBMITTED])

    assert publish(path)[1].content == publish(path)[1].content


def test_a_row_inserted_before_the_others_changes_none_of_them(tmp_path: Path) -> None:
    _, before = publish(write_csv(tmp_path / "a.csv", [ASSESSED, PAID]))
    inserted = {**ASSESSED, "reference": "HD-0"}
    _, after = publish(write_csv(tmp_path / "a.csv", [inserted, ASSESSED, PAID]))

    assert before.content == after.content[1:]


def test_csv_and_ndjson_say_the_same(tmp_path: Path) -> None:
    rows = [REGISTERED, ASSESSED, PAID, SUBMITTED, OUTLET]
    lines = tmp_path / "a.ndjson"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

    assert publish(write_csv(tmp_path / "a.csv", rows))[1].content == publish(lines)[1].content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str) -> None:
    _, plain = publish(write_csv(tmp_path / "plain.csv", [REGISTERED]))
    _, other = publish(write_csv(tmp_path / "other.csv", [REGISTERED], encoding))

    assert plain.content == other.content


def test_chinese_headings_are_understood(tmp_path: Path) -> None:
    row = {
        "业务编号": "HD-1",
        "统一社会信用代码": UNIT,
        "区划": "371003",
        "发生日期": "2026-10-05",
        "费款所属期": "2026-09",
        "险种": "pension",
        "应缴金额": "1234.56",
        "缴费期限": "2026-10-15",
    }
    _, chinese = publish(write_csv(tmp_path / "a.csv", [row]), "contribution-assessed")

    assert chinese.content == publish(write_csv(tmp_path / "b.csv", [ASSESSED]))[1].content


def test_an_outlet_is_told_to_every_partition(tmp_path: Path) -> None:
    _, sink = publish(write_csv(tmp_path / "a.csv", [OUTLET]))

    assert [record.partition for record in sink.records] == list(range(12))
    assert len({envelope_of(record.headers).id for record in sink.records}) == 12


def test_rejected_rows_are_listed_with_row_column_and_reason_in_both_languages(tmp_path: Path) -> None:
    wrong = {**ASSESSED, "reference": "HD-2", "month": "2026-13", "insurance": "housing"}
    report, sink = publish(write_csv(tmp_path / "a.csv", [ASSESSED, wrong, PAID]))

    message = MESSAGES["month-invalid"]
    assert len(sink.records) == 2
    assert report.rejected == 1
    assert rejected(report)[0] == {
        "row": "3",
        "column": "month",
        "code": "month-invalid",
        "reason_zh": message.zh,
        "reason_en": message.en,
    }
    assert [line["column"] for line in rejected(report)] == ["month", "insurance"]


def test_whoever_wrote_an_unknown_word_is_told_the_known_ones(tmp_path: Path) -> None:
    report, _ = publish(write_csv(tmp_path / "a.csv", [{**ASSESSED, "insurance": "养老"}]))

    (line,) = rejected(report)
    assert "不在可选值之内（pension、medical、unemployment、work-injury、maternity）" == line["reason_zh"]
    assert "not one of the known values (pension, medical, unemployment, work-injury, maternity)" == line["reason_en"]


def test_no_sensitive_value_is_repeated_in_the_rejected_file(tmp_path: Path) -> None:
    wrong = {**SUBMITTED, "citizen_number": "110105194912310021", "contact_phone": "打13900000000"}
    report, _ = publish(write_csv(tmp_path / "a.csv", [wrong]))

    assert report.rejected_path is not None
    text = report.rejected_path.read_text(encoding="utf-8-sig")
    assert "110105194912310021" not in text
    assert "13900000000" not in text


def test_no_number_of_a_person_is_repeated_where_a_file_has_no_headings(tmp_path: Path) -> None:
    """Its first row is somebody's, and is taken for the names of columns."""
    without = tmp_path / "rows.csv"
    without.write_text("370602199001011235,reference\n")
    with pytest.raises(UserMistake) as told:
        publish(without)
    lines = tmp_path / "rows.ndjson"
    lines.write_text(json.dumps({**PAID, "370602199001011235": "x"}))
    odd, _ = publish(lines)

    assert "370602199001011235" not in str(told.value)
    assert ["***"] == [row["column"] for row in rejected(odd)]


def test_a_reference_used_twice_for_other_content_is_flagged_and_a_repeat_is_not(tmp_path: Path) -> None:
    other = {**ASSESSED, "assessed_fen": "1"}
    report, sink = publish(write_csv(tmp_path / "a.csv", [ASSESSED, ASSESSED, other, {**other, "revision": "2"}]))

    assert [(line["row"], line["code"]) for line in rejected(report)] == [("4", "duplicate-reference")]
    assert (len(sink.records), report.repeated) == (2, 1)


def test_the_list_of_an_earlier_run_goes_when_nothing_is_rejected_any_more(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{**ASSESSED, "month": "x"}])
    publish(path)
    report, _ = publish(write_csv(path, [ASSESSED]))

    assert report.rejected_path is None
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_row_with_a_column_too_many_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [ASSESSED])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1] + ",more", "", lines[1]]) + "\n", encoding="utf-8")
    report, sink = publish(path)

    assert [(line["row"], line["code"]) for line in rejected(report)] == [("2", "row-shape")]
    assert len(sink.records) == 1


def test_lines_that_are_no_objects_are_refused_and_the_next_one_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(f'{{"reference": \n[1]\n{json.dumps(ASSESSED)}\n', encoding="utf-8")
    report, sink = publish(path)

    assert [(line["row"], line["code"]) for line in rejected(report)] == [
        ("1", "row-not-json"),
        ("2", "row-not-object"),
    ]
    assert len(sink.records) == 1


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson"])
def test_a_row_without_end_does_not_fill_the_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    long = {**ASSESSED, "reference": "x" * 70_000}
    if name.endswith("csv"):
        write_csv(path, [long, ASSESSED])
    else:
        path.write_text(f"{json.dumps(long)}\n{json.dumps(ASSESSED)}\n", encoding="utf-8")
    report, sink = publish(path)

    assert [line["code"] for line in rejected(report)] == ["row-too-long"]
    assert len(sink.records) == 1


def test_many_rows_are_written_in_bounded_parts(tmp_path: Path) -> None:
    rows = [{**PAID, "reference": f"JF-{number}"} for number in range(RECORDS_AT_ONCE + 1)]
    report, sink = publish(write_csv(tmp_path / "a.csv", rows))

    assert report.published.total() == len(rows)
    assert sink.largest == RECORDS_AT_ONCE


WHOLE_FILES = (
    ("no-such.csv", None, "is not a file"),
    ("utf16.csv", "reference,x\n".encode("utf-16"), "UTF-16"),
    ("bytes.csv", b"reference\n\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
    ("empty.csv", b"", "no heading row"),
    ("semicolons.csv", b"topic;reference\n", "commas"),
    ("typo.csv", b"topic,reference,asessed_fen\n", "Did you mean 'assessed_fen'?"),
    ("twice.csv", b"reference,month,month\n", "more than once"),
    ("nameless.csv", b"topic,month\n", "no column 'reference'"),
)


@pytest.mark.parametrize(("name", "content", "sentence"), WHOLE_FILES, ids=[name for name, _, _ in WHOLE_FILES])
def test_a_file_that_is_wrong_as_a_whole_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UserMistake, match=re.escape(sentence)) as raised:
        publish(path)

    assert "\n" not in str(raised.value)
