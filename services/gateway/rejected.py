"""The file of rejected rows: row, column, code, reason in Chinese and English. It appears whole or not at all."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from services.gateway.files import MASK
from services.gateway.messages import MESSAGES
from services.gateway.rows import RowFault
from services.runtime.private_numbers import hidden

HEADINGS = ("row", "column", "code", "reason_zh", "reason_en")
COLUMNS_SHOWN_CHARACTERS = 60
"""A column's name comes from the file; a very long one is cut."""


def rejected_path(path: Path, folder: Path | None = None) -> Path:
    """Give where the rejected rows of a file are written: beside it, or in another folder under both last names."""
    if folder is None:
        return path.with_name(f"{path.name}.rejected.csv")
    return folder / f"{path.parent.name}-{path.name}.rejected.csv"


class RejectedRows:
    """Writes rejected rows beside the file; an earlier run's list is replaced, and removed where none is left."""

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        self.path = rejected_path(path, folder)
        self._part = self.path.with_name(f"{self.path.name}.part")
        self.count = 0

    def __enter__(self) -> Self:
        # With a byte-order mark, so that a spreadsheet shows the Chinese reasons.
        self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADINGS)
        return self

    def add(self, number: int, faults: Iterable[RowFault]) -> None:
        """Note a row with all that is wrong with it, one line a fault."""
        self.count += 1
        for fault in faults:
            message = MESSAGES[fault.code]
            zh, en = message.zh, message.en
            if fault.choices:
                zh, en = f"{zh}（{'、'.join(fault.choices)}）", f"{en} ({', '.join(fault.choices)})"
            self._writer.writerow((number, hidden(fault.column, MASK)[:COLUMNS_SHOWN_CHARACTERS], fault.code, zh, en))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is not None or self.count == 0:
            self._part.unlink()
            if kind is None:
                self.path.unlink(missing_ok=True)
            return
        self._part.replace(self.path)
