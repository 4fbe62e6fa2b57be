"""Publishing what is sealed: keys are safe before records are written, and whoever was erased is not taken in again."""

import asyncio
import csv
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from schemas.sealed_fields import Compartment
from services.gateway.publish import PublishReport, RowPublisher
from services.gateway.rows import RowGate
from services.runtime.codec import local_codec
from services.runtime.errors import UserMistake
from services.runtime.records import OutputRecord
from services.runtime.sealing import development_vault
from services.runtime.vault.keeping import rotate_data, status
from services.runtime.vault.store import StoredVault
from tests.services.gateway.rows_of import ASSESSED, CITIZEN, NOW, REGISTERED, SUBMITTED, UNIT
from tests.services.runtime.vaults import actor, edge, erase, made, opened

PERSON = development_vault().person_key(CITIZEN)


class WatchedSink:
    """Keeps records, and counts the keys another process finds in the vault as they are written."""

    def __init__(self, path: Path) -> None:
        self._path, self.records, self.keys_there = path, list[OutputRecord](), list[int]()

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Keep records."""
        self.records += records
        with closing(opened(self._path)) as other:
            self.keys_there.append(sum(one.keys for one in status(other)))

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for record in self.records]


@pytest.fixture
def keys(tmp_path: Path) -> StoredVault:
    return made(tmp_path / "keys.sqlite")


def publish(keys: StoredVault, *rows: Mapping[str, object]) -> tuple[PublishReport, WatchedSink]:
    path = keys.database.path.with_name("rows.csv")
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    sink = WatchedSink(keys.database.path)
    publisher = RowPublisher(sink, local_codec(), RowGate(lambda: edge(keys), NOW), NOW)
    return asyncio.run(publisher.publish(path)), sink


def test_keys_are_safe_before_anything_sealed_with_them_is_written(keys: StoredVault) -> None:
    """A unit's contacts, and a person's finding."""
    _, sink = publish(keys, REGISTERED, SUBMITTED)

    assert [2] == sink.keys_there


def test_a_row_published_again_after_a_rotation_gives_the_same_bytes(keys: StoredVault) -> None:
    _, first = publish(keys, REGISTERED, SUBMITTED)
    rotate_data(keys, actor())

    _, second = publish(keys, REGISTERED, SUBMITTED)

    assert first.values == second.values


def test_a_bad_row_makes_no_key(keys: StoredVault) -> None:
    """Nor does one that seals nothing."""
    publish(keys, {**REGISTERED, "district": "nowhere"}, ASSESSED)

    assert [0, 0, 0] == [one.keys for one in status(keys)]


def test_a_file_that_breaks_off_leaves_no_key_and_no_lock(keys: StoredVault, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path, moved: object) -> object:
        raise UserMistake("文件在一行中间中断。", "the file ends in the midst of a row")

    edge(keys).seal("0631", UNIT, "contact_phone", NOW.date())
    monkeypatch.setattr("services.gateway.publish.read_rows", broken)
    gate = RowGate(lambda: edge(keys), NOW)
    assert gate._vault is not None

    with pytest.raises(UserMistake, match="midst"):
        asyncio.run(RowPublisher(WatchedSink(keys.database.path), local_codec(), gate, NOW).publish(_one_row(keys)))

    assert 0 == status(keys)[0].keys
    assert not keys.database.is_writing


def _one_row(keys: StoredVault) -> Path:
    path = keys.database.path.with_name("one.csv")
    path.write_text("topic,reference\n")
    return path


def test_an_erased_subjects_sealed_columns_are_refused_and_the_rest_goes_through(keys: StoredVault) -> None:
    """The clerk learns which column to leave out; business goes on without it, and what was not erased is sealed on."""
    erase(keys, PERSON, [Compartment.FINDING])
    clear = {name: value for name, value in SUBMITTED.items() if name != "diagnosis"}

    taken, _ = publish(keys, {**clear, "reference": "JD-2"})
    refused, _ = publish(keys, {**SUBMITTED, "name": "王小明"})

    assert {"subject-erased": 1} == dict(refused.codes)
    assert {"appraisal-submitted": 1} == dict(taken.published)
    assert refused.rejected_path is not None
    with refused.rejected_path.open(encoding="utf-8-sig") as text:
        assert ["diagnosis"] == [row["column"] for row in csv.DictReader(text)]
