"""From a record of a changelog to its rows: where a task stands, what is parked, how a case stands. Pure."""

from datetime import date, datetime
from typing import Any

import msgspec

from schemas.decision import legal_date
from schemas.mesh import ParameterPublished
from services.arrears.rules_state import UnitCase
from services.arrears.worker import SERVICE as ARREARS
from services.page.store import tables
from services.page.store.changes import CaseRows, Changes, micros_of
from services.page.store.projection_cases import case_rows
from services.page.store.projection_facts import bounded
from services.page.store.projection_units import unit_rows
from services.runtime.cases import (
    KEPT_PREFIX,
    META_KEY,
    PARKED_PREFIX,
    REFERENCE_PREFIX,
    CaseFormat,
    TaskMeta,
    decode_meta,
    decode_parked,
)
from services.runtime.errors import NewerState, UnreadableState
from services.runtime.records import InputRecord, append_time
from services.runtime.service import Service

_PARAMETER = f"{REFERENCE_PREFIX}{ParameterPublished.topic}/"
_encode = msgspec.json.Encoder().encode


class States:
    """The changelogs of one batch: of each key the last value counts, so only that is decoded."""

    def __init__(self, service: Service) -> None:
        self._service, self._format = service, CaseFormat(service)
        self._latest: dict[tuple[str, int], InputRecord] = {}

    def take(self, record: InputRecord) -> None:
        """Take in a record of this service's changelog."""
        if record.key is not None:
            key = record.key.decode("utf-8", "replace")
            self._latest[key, record.partition] = record

    def last_tick(self) -> datetime | None:
        """The latest tick that a task of the batch has handled."""
        metas = (self._meta(record) for (key, _), record in self._latest.items() if key == META_KEY)
        return max((meta.last_tick for meta in metas if meta.last_tick is not None), default=None)

    def changes(self, changes: Changes, day: date | None, *, is_capped: bool) -> None:
        """Give the rows; units as they stand on a day (None: no task has heard a tick yet, each on the day it was written)."""
        for (key, partition), record in self._latest.items():
            try:
                self._take(key, partition, record, day, is_capped, changes)
            except (NewerState, UnreadableState):
                raise
            except Exception as error:
                raise UnreadableState(
                    f"{self._service.name} 分区 {partition} 的状态主题在位置 {record.offset} 处有本版本无法读入的内容，请启动写入该内容的版本的页面。",
                    f"{self._service.name}: the changelog of partition {partition} holds at offset {record.offset} what this "
                    f"release cannot take in ({type(error).__name__}): start the page of the release that wrote it.",
                ) from error

    def _take(
        self, key: str, partition: int, record: InputRecord, day: date | None, is_capped: bool, changes: Changes
    ) -> None:
        if key == META_KEY:
            _take_meta(self._service.name, partition, self._meta(record), changes)
        elif key.startswith(PARKED_PREFIX):
            _take_parked(self._service.name, partition, key, record, changes)
        elif key.startswith(_PARAMETER) and self._service is ARREARS:
            _take_parameter(partition, key, record, changes)
        elif not key.startswith((REFERENCE_PREFIX, KEPT_PREFIX)):
            day = day or legal_date(append_time(record))
            changes.cases[self._service.name, bounded(key)] = self._case(key, partition, record, day, is_capped)

    def _case(self, key: str, partition: int, record: InputRecord, day: date, is_capped: bool) -> CaseRows | None:
        if record.value is None:
            return None
        case = self._format.decode(record.value)
        if case.state is None:
            return CaseRows()
        if isinstance(case.state, UnitCase):
            rows = unit_rows(key, partition, case.state, day, is_capped=is_capped)
        else:
            rows = case_rows(self._service, key, partition, case.state)
        timer = None if case.parked else self._service.next_timer(case.state)
        if timer is not None:
            row = {"service": self._service.name, "case_key": bounded(key), "partition": partition, "name": timer.name}
            rows.rows[tables.timer] = [row | {"due_at": micros_of(timer.due_at)}]
        return rows

    def _meta(self, record: InputRecord) -> TaskMeta:
        return TaskMeta() if record.value is None else decode_meta(record.value)


def _take_meta(service: str, partition: int, meta: TaskMeta, changes: Changes) -> None:
    halted = meta.halted
    values = {
        "positions": _encode(meta.positions).decode(),
        "last_tick": None if meta.last_tick is None else micros_of(meta.last_tick),
        "halted_topic": "" if halted is None else bounded(halted.topic),
        "halted_source": "" if halted is None else bounded(halted.source),
        "halted_since": None if halted is None else micros_of(halted.since),
    }
    changes.set(tables.task, {"service": service, "partition": partition}, values)


def _take_parked(service: str, partition: int, key: str, record: InputRecord, changes: Changes) -> None:
    case_key, _, number = key[len(PARKED_PREFIX) :].rpartition("/")
    place = {"service": service, "case_key": bounded(case_key), "number": int(number)}
    values: dict[str, Any] | None = None
    if record.value is not None:
        waits = decode_parked(record.value)
        values = {"partition": partition, "topic": bounded(waits.topic), "append_time": waits.append_time_ms}
    changes.set(tables.parked, place, values)


def _take_parameter(partition: int, key: str, record: InputRecord, changes: Changes) -> None:
    found = _parameter(record.value)
    values = None if found is None else {"body": found.model_dump_json()}
    changes.set(tables.parameter, {"partition": partition, "name": bounded(key[len(_PARAMETER) :])}, values)


def _parameter(value: bytes | None) -> ParameterPublished | None:
    return None if value is None else ParameterPublished.model_validate_json(value, extra="ignore")
