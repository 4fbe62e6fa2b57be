"""What a worker logs stays readable and bounded, also in an outage."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from schemas.decision import Outcome
from services.runtime.logs import (
    KINDS_MAX,
    LOG_BYTES_MAX,
    LOG_FILES_KEPT,
    MASK,
    REPEAT_AFTER_S,
    AtMostOnceInAWhile,
    mask_unlisted,
)
from services.runtime.watch import TOLD_MAX, tell
from services.runtime.watched import Committed, Timing

ROOT = Path(__file__).resolve().parents[3]


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def record(text: str, *values: object, logger: str = "aiokafka.conn") -> logging.LogRecord:
    return logging.LogRecord(logger, logging.ERROR, "conn.py", 1, text, values, None)


def test_the_same_message_of_a_library_is_written_once_in_a_while_with_a_count() -> None:
    clock = Hand()
    seldom = AtMostOnceInAWhile(clock)
    written = [seldom.filter(record("Unable connect to %s", node)) for node in range(1_000)]
    clock.now += REPEAT_AFTER_S
    later = record("Unable connect to %s", 7)

    assert [True] + [False] * 999 == written
    assert seldom.filter(later)
    assert "Unable connect to 7 (999 more like it were left out)" == later.getMessage()


def test_numbers_inside_a_message_do_not_make_it_another() -> None:
    seldom = AtMostOnceInAWhile(Hand())

    assert [True, False] == [seldom.filter(record(f"Request {number} failed")) for number in (1, 2)]


def test_another_message_is_written_at_once() -> None:
    seldom = AtMostOnceInAWhile(Hand())

    assert [True, True] == [seldom.filter(record(text)) for text in ("No broker", "No leader")]


def test_what_the_mesh_itself_says_is_never_left_out() -> None:
    seldom = AtMostOnceInAWhile(Hand())

    assert [True, True] == [seldom.filter(record("task starts anew", logger="services.runtime")) for _ in range(2)]


def test_what_is_remembered_of_messages_is_bounded() -> None:
    seldom = AtMostOnceInAWhile(Hand())
    for number in range(2 * KINDS_MAX):
        seldom.filter(record("x" * number))

    assert KINDS_MAX == len(seldom._said)


SPEAKS_LONG = f"""
import logging, sys
from pathlib import Path
from services.runtime import logs
from services.runtime.settings import MeshSettings
logs.configure(MeshSettings(log_file=Path(sys.argv[1])), "test")
for _ in range(6 * {LOG_BYTES_MAX} // 100_000):
    logging.getLogger("test").info("x" * 100_000)
sys.stderr.write("the last word of a crash")
"""


def test_the_log_is_turned_over_and_a_crash_is_told_in_the_newest(tmp_path: Path) -> None:
    file = tmp_path / "worker.log"
    with file.open("ab") as prints:
        subprocess.run(
            [sys.executable, "-c", SPEAKS_LONG, str(file)],
            cwd=ROOT,
            stdout=prints,
            stderr=prints,
            timeout=60,
            check=True,
        )
    files = sorted(tmp_path.iterdir())

    assert 1 + LOG_FILES_KEPT == len(files)
    assert all(each.stat().st_size <= LOG_BYTES_MAX + 100_000 for each in files)
    assert file.read_text("utf-8").endswith("the last word of a crash")


@pytest.mark.parametrize(
    ("key", "shown"),
    [("91371002YY8T7RBQ7W", "…BQ7W"), ("p1-" + "0123456789abcdef" * 2, "…cdef"), ("short", MASK), ("", "")],
)
def test_a_case_is_told_by_the_end_of_its_key(key: str, shown: str) -> None:
    assert {"event": "parked", "case": shown} == mask_unlisted(None, "warning", {"event": "parked", "case": key})


@pytest.mark.parametrize(
    "number",
    [
        "370602199001011234",
        "13812345678",
        "+8613812345678",
        "0086 138 1234 5678",
        "138-1234-5678",
        "JF-13812345678",
        "１３８１２３４５６７８",
        "３７０６０２１９９００１０１１２３Ｘ",
        "370602900101123",
        "110105491231002",
        "0631-5231675",
        "06315231675",
        "0631 5231675",
        "(0631)5231675",
        "（0631） 5231675",
        "0631－5231675",
        "０６３１-５２３１６７５",
        "+86-631-5231675",
        "0086 0631 5231675",
        "+866315231675",
        "010-65231675",
        "02165231675",
        "0536-52316755",
        "0631-5231675-801",
    ],
)
def test_a_number_of_a_person_is_masked_however_it_is_written(number: str) -> None:
    texts = {"event": f"拨打{number}，未接", "error": ValueError(number), "missing": [number, 7], "reason": "a-1"}
    masked = mask_unlisted(None, "warning", dict(texts))

    end = number.removesuffix("-801")[-4:]
    assert [] == [name for name, text in masked.items() if end in str(text)]
    assert ("a-1", 7) == (masked["reason"], masked["missing"][1])


@pytest.mark.parametrize(
    "text",
    [
        "0631-12333",
        "0631-523167",
        "0631-523167555",
        "00006315231675",
        "063152316750001",
        "1063-15231675",
        "QF-2512-0484A",
        "JD-2026-0001",
        "202603150512001",
        "380602900101123",
        "370602901301123",
        "370602900132123",
        "3706029001011",
        "91371002YY8T7RBQ7W",
        "1764250000000",
        "1764250000000123",
        "35,189.28元",
        "3518928",
        "arrears/3/152316750",
        "3f2a9c10-4b7d-5e6f-8a90-063152316750",
        "2026-11-27T05:06:31.523167Z",
    ],
)
def test_what_is_no_number_of_a_person_stays_readable(text: str) -> None:
    assert {"event": text} == mask_unlisted(None, "warning", {"event": text})


def test_a_refused_record_is_told_with_its_trace_and_its_decision() -> None:
    entry = {
        "number": 7,
        "outcome": Outcome.REFUSED,
        "topic": "unit-paid",
        "offset": 3,
        "code": "unit-unknown",
        "case_key": "91371002YY8T7RBQ7W",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    }
    with structlog.testing.capture_logs(processors=[mask_unlisted]) as lines:
        tell(Committed("arrears", 3, 1, [entry] * (TOLD_MAX + 2), (), Timing(0.0, 0.0, 0.0)))

    assert ("refused", "…BQ7W", "arrears/3/7", f"00-{'a' * 32}-{'b' * 16}-01", "unit-unknown") == tuple(
        lines[0][name] for name in ("event", "case", "decision", "trace", "code")
    )
    assert TOLD_MAX + 1 == len(lines)
    assert 2 == lines[-1]["count"]
