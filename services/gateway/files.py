"""Reading rows from a file, one at a time: CSV or NDJSON, UTF-8 or GB18030, of any length."""

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from services.gateway.columns import REFERENCE, known_columns, plain_name
from services.gateway.rows import RowFault
from services.runtime.errors import UserMistake
from services.runtime.private_numbers import hidden

ROW_CHARACTERS_MAX = 64 * 1024
_CHUNK_BYTES = 1024 * 1024
MASK = "***"
"""Stands for a number of a person in a message."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_NDJSON_SUFFIXES = (".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it stands in the file. `number`: as a spreadsheet counts (the heading is row 1), or the line of NDJSON.

    `faults` where it cannot even be split into cells.
    """

    number: int
    cells: dict[str, Any]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file that can be read: where, in which form and encoding, how long."""

    path: Path
    is_csv: bool
    encoding: str
    size_bytes: int


def open_rows(path: Path) -> RowFile:
    """Look at a file without keeping it; `UserMistake` says what is wrong with it as a whole."""
    if not path.is_file():
        raise UserMistake(f"{path} 不是文件。", f"{path} is not a file.")
    encoding = _encoding_of(path)
    is_csv = path.suffix.lower() not in _NDJSON_SUFFIXES
    file = RowFile(path, is_csv, encoding, path.stat().st_size)
    if is_csv:
        with path.open(encoding=encoding, newline="") as text:
            _headings(path, next(csv.reader(text), []))
    return file


def read_rows(file: RowFile, moved: Callable[[int], None]) -> Iterator[FileRow]:
    """Read the rows one by one; `moved` hears how many bytes of the file have been read so far."""
    with file.path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding=file.encoding, newline="")
        rows = _csv_rows(file.path, text) if file.is_csv else _json_rows(text)
        for row in rows:
            moved(raw.tell())
            yield row
    moved(file.size_bytes)


def _encoding_of(path: Path) -> str:
    """Give the first encoding that the whole file holds to; a file is never read half in one and half in another."""
    with path.open("rb") as raw:
        start = raw.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise UserMistake(
            f"{path} 是 UTF-16 编码，请另存为“CSV UTF-8”后再报送。",
            f"{path} is UTF-16; save it as CSV UTF-8 and try again.",
        )
    for encoding in _ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise UserMistake(
        f"{path} 既不是 UTF-8 也不是 GB18030 编码，请另存为“CSV UTF-8”后再报送。",
        f"{path} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8 and try again.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as raw:
            while chunk := raw.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _headings(path: Path, row: list[str]) -> list[str]:
    names = [plain_name(heading) for heading in row]
    if not any(names):
        raise UserMistake(f"{path} 没有标题行。", f"{path} has no heading row.")
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise UserMistake(
            f"{path} 的各列不是用逗号分隔，请另存为逗号分隔的 CSV 后再报送。",
            f"{path} is not separated by commas; save it as CSV with commas and try again.",
        )
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        shown = hidden(doubled[0], MASK)
        raise UserMistake(f"{path} 有重复的列：{shown!r}。", f"{path} has the column {shown!r} more than once.")
    for name in names:
        if name not in known_columns():
            near = get_close_matches(name, known_columns(), n=1)
            hint_zh = f"是否指 {near[0]!r}？" if near else ""
            hint = f" Did you mean {near[0]!r}?" if near else ""
            shown = hidden(name, MASK)  # a file without headings begins with somebody's row
            raise UserMistake(
                f"{path} 有无法识别的列：{shown!r}。{hint_zh}",
                f"{path} has a column {shown!r} that no upstream topic knows.{hint}",
            )
    if REFERENCE not in names:
        raise UserMistake(
            f"{path} 缺少“业务编号”列（{REFERENCE}），每一行都须写明来源系统自己的编号。",
            f"{path} has no column {REFERENCE!r} (业务编号); each row needs the source's own number.",
        )
    return names


def _csv_rows(path: Path, text: io.TextIOWrapper) -> Iterator[FileRow]:
    csv.field_size_limit(ROW_CHARACTERS_MAX)
    reader = csv.reader(text)
    names = _headings(path, next(reader, []))
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield FileRow(number, {}, (RowFault("", "row-too-long"),))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            yield FileRow(number, dict(zip(names, cells, strict=False)), (RowFault("", "row-shape"),))
        else:
            yield FileRow(number, dict(zip(names, cells, strict=True)))


def _json_rows(text: io.TextIOWrapper) -> Iterator[FileRow]:
    number = 0
    while line := text.readline(ROW_CHARACTERS_MAX + 1):
        number += 1
        if len(line) > ROW_CHARACTERS_MAX and not line.endswith("\n"):
            _skip_line(text)
            yield FileRow(number, {}, (RowFault("", "row-too-long"),))
        elif line.strip():
            yield _json_row(number, line)


def _skip_line(text: io.TextIOWrapper) -> None:
    while (part := text.readline(ROW_CHARACTERS_MAX)) and not part.endswith("\n"):
        continue


def _json_row(number: int, line: str) -> FileRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return FileRow(number, {}, (RowFault("", "row-not-json"),))
    if not isinstance(value, dict):
        return FileRow(number, {}, (RowFault("", "row-not-object"),))
    return FileRow(number, {plain_name(str(name)): cell for name, cell in value.items()})
