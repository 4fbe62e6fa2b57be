"""Publishing a file: every row checked, the good ones written to their topics, the bad ones to a file beside it.

An id is uuid5 of source system, business reference and revision, so a second run, or a row inserted before the
others, changes nothing: what was said before is already known.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from schemas import topics
from services.gateway.files import RowFile, open_rows, read_rows
from services.gateway.references import ReferencesMet, Standing
from services.gateway.rejected import RejectedRows
from services.gateway.rows import GoodRow, RowFault, RowGate
from services.runtime.codec import Codec
from services.runtime.publishing import published, published_everywhere, upstream_id
from services.runtime.records import OutputRecord
from services.runtime.signing import source_of_system

RECORDS_AT_ONCE = 2_000
"""Records written before the next rows are read: bounds what is in memory and on its way."""


class Sink(Protocol):
    """Where records go: returns when they are there."""

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records and wait until they are safe."""


@dataclass(slots=True)
class PublishReport:
    """What became of a file's rows."""

    path: Path
    encoding: str = ""
    published: Counter[str] = field(default_factory=Counter)
    """Good rows by topic."""
    repeated: int = 0
    """Rows that say word for word what an earlier row of the file said."""
    rejected: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """Faults of rejected rows by code."""
    rejected_path: Path | None = None

    @property
    def rows(self) -> int:
        """How many rows the file had, below its heading."""
        return self.published.total() + self.repeated + self.rejected


class RowPublisher:
    """Publishes files to one sink, as one instant."""

    def __init__(
        self,
        sink: Sink,
        codec: Codec,
        gate: RowGate,
        now: datetime,
        source: str = "",
        rejected_dir: Path | None = None,
        partitions: int = topics.PARTITIONS,
    ) -> None:
        """`source`: the CloudEvents source of every row; empty: the owner of each row's topic.

        `rejected_dir`: where the file of rejected rows goes; None: beside the file published.
        `partitions`: how many each topic of the mesh has.
        """
        self._sink, self._codec, self._gate = sink, codec, gate
        self._now, self._source, self._rejected_dir, self._partitions = now, source, rejected_dir, partitions

    async def publish(self, path: Path, moved: Callable[[int], None] = lambda _: None) -> PublishReport:
        """Publish a file; `moved` hears the bytes read so far. `UserMistake` where the file as a whole is wrong."""
        file = open_rows(path)
        report = PublishReport(path, file.encoding)
        met = ReferencesMet()
        try:
            with RejectedRows(path, self._rejected_dir) as rejected:
                await self._rows(file, met, rejected, report, moved)
        finally:
            met.close()
            self._gate.let_keys_go()
        report.rejected_path = rejected.path if rejected.count else None
        return report

    async def _rows(
        self,
        file: RowFile,
        met: ReferencesMet,
        rejected: RejectedRows,
        report: PublishReport,
        moved: Callable[[int], None],
    ) -> None:
        waiting: list[OutputRecord] = []
        for row in read_rows(file, moved):
            checked = list(row.faults) or self._gate.check(row.cells)
            if isinstance(checked, GoodRow):
                checked = self._take(checked, met, report, waiting)
            if checked:
                rejected.add(row.number, checked)
                report.rejected += 1
                report.codes.update(fault.code for fault in checked)
            if len(waiting) >= RECORDS_AT_ONCE:
                await self._write(waiting)
                waiting = []
        if waiting:
            await self._write(waiting)

    async def _write(self, records: list[OutputRecord]) -> None:
        """Keep the keys, then write what was sealed with them: never the other way round."""
        self._gate.keep_keys()
        await self._sink.append(records)

    def _take(
        self, row: GoodRow, met: ReferencesMet, report: PublishReport, waiting: list[OutputRecord]
    ) -> list[RowFault]:
        source = self._source or source_of(row.fact.topic)
        event_id = upstream_id(source, row.reference, row.revision)
        standing = met.meet(event_id, row.fact)
        if standing is Standing.CONFLICTING:
            return [RowFault("reference", "duplicate-reference")]
        if standing is Standing.REPEATED:
            report.repeated += 1
            return []
        report.published[row.fact.topic] += 1
        waiting.extend(self._records(row, event_id, source))
        return []

    def _records(self, row: GoodRow, event_id: str, source: str) -> list[OutputRecord]:
        if not row.fact.broadcast:
            return [published(self._codec, row.fact, event_id, source, self._now, self._partitions)]
        return published_everywhere(self._codec, row.fact, event_id, source, self._now, self._partitions)


def source_of(topic: str) -> str:
    """Name the upstream system that owns a topic, as the CloudEvents source."""
    return source_of_system(topics.BY_NAME[topic].owner)
