"""Erasing: two people, on what authority; what was erased opens no more, in no file and from no backup, and acts stand."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.sealed_fields import Compartment
from services.runtime.errors import Erased, UserMistake
from services.runtime.sealing import CONTACT_PHONE
from services.runtime.vault import keeping
from services.runtime.vault.acts import Action, Actor, acts, first_altered, open_request
from services.runtime.vault.erasures import erase as erase_keys
from services.runtime.vault.erasures import journal_of
from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import (
    BEGINS_ON,
    NOW,
    OTHER,
    PERSON,
    PHONE,
    TODAY,
    UNIT,
    actor,
    deliveries,
    edge,
    erase,
    opened,
    readmit,
)

A_DAY = timedelta(days=1)


def test_what_was_erased_opens_no_more_and_stands_in_no_file(keys: StoredVault, path: Path) -> None:
    """All generations; another subject's stay."""
    vault = edge(keys)
    gone, stays = (vault.seal(PHONE, subject, CONTACT_PHONE, TODAY) for subject in (PERSON, UNIT))
    vault.keep()
    keeping.rotate_data(keys, actor())
    later = vault.seal(PHONE, PERSON, CONTACT_PHONE, BEGINS_ON)
    wrapped = [row[0] for row in keys.database.rows("SELECT wrapped FROM keys WHERE subject = ?", PERSON)]
    reader = deliveries(opened(path))
    assert PHONE == reader.open(gone, PERSON, CONTACT_PHONE)

    erase(keys, PERSON)

    for sealed in (gone, later):
        with pytest.raises(Erased):
            reader.open(sealed, PERSON, CONTACT_PHONE)
    assert PHONE == reader.open(stays, UNIT, CONTACT_PHONE)
    assert [path, journal_of(path)] == sorted(path.parent.iterdir())
    assert path.stat().st_mode == journal_of(path).stat().st_mode
    assert 2 == len(wrapped)
    assert not any(blob in file.read_bytes() for blob in wrapped for file in path.parent.iterdir())


def test_an_erased_subject_is_sealed_no_more_even_if_nothing_was_sealed_before(keys: StoredVault) -> None:
    erase(keys, PERSON, [Compartment.CONTACT])

    with pytest.raises(Erased):
        edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    assert edge(keys).seal("王", PERSON, "name", TODAY).ciphertext


def test_a_rotation_brings_back_nothing_that_was_erased(keys: StoredVault) -> None:
    edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    keys.keep()
    erase(keys, PERSON)

    assert 0 == keeping.rotate_data(keys, actor())
    with pytest.raises(Erased):
        edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, BEGINS_ON)


def test_a_readmitted_subject_is_sealed_anew_from_then_on_and_its_past_stays_erased(keys: StoredVault) -> None:
    vault = edge(keys)
    past = vault.seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    vault.keep()
    erase(keys, PERSON)

    readmit(keys, PERSON)

    new = vault.seal(PHONE, PERSON, CONTACT_PHONE, BEGINS_ON)
    assert PHONE == deliveries(keys).open(new, PERSON, CONTACT_PHONE)
    with pytest.raises(Erased):
        vault.seal(PHONE, PERSON, CONTACT_PHONE, BEGINS_ON - A_DAY)
    with pytest.raises(Erased):
        deliveries(keys).open(past, PERSON, CONTACT_PHONE)


def test_erasing_takes_two_people_and_says_on_what_authority(keys: StoredVault) -> None:
    with pytest.raises(UserMistake, match="--authority"):
        keeping.ask(keys, Action.ERASURE_ASKED, actor(authority=" "), PERSON, [Compartment.NAME])
    number = keeping.ask(keys, Action.ERASURE_ASKED, actor("Li"), PERSON, [Compartment.NAME])
    with pytest.raises(UserMistake, match="somebody else"):
        keeping.confirm(keys, number, actor("li "))

    with pytest.raises(UserMistake, match="from another one"):
        keeping.confirm(keys, number, Actor("wang", actor("li").login, NOW, "because"))

    keeping.confirm(keys, number, actor("wang"))

    with pytest.raises(UserMistake, match="No request"):
        keeping.confirm(keys, number, actor("zhang"))
    assert [("erasure-asked", "Li", None), ("erased", "wang", number)] == [
        (act.action, act.issued_by, act.confirms) for act in acts(keys.database)
    ]


def test_a_backup_brought_back_does_not_bring_back_who_was_erased_since(keys: StoredVault, path: Path) -> None:
    vault = edge(keys)
    gone, stays = (vault.seal(PHONE, subject, CONTACT_PHONE, TODAY) for subject in (PERSON, UNIT))
    vault.keep()
    backup = path.read_bytes()
    erase(keys, PERSON)
    erase(keys, OTHER)
    keys.close()

    path.write_bytes(backup)
    again = opened(path)

    with pytest.raises(Erased):
        deliveries(again).open(gone, PERSON, CONTACT_PHONE)
    with pytest.raises(Erased):
        edge(again).seal(PHONE, OTHER, CONTACT_PHONE, TODAY)
    assert PHONE == deliveries(again).open(stays, UNIT, CONTACT_PHONE)
    assert [("erased", PERSON, "wang"), ("erased", OTHER, "wang")] == [
        (act.action, act.subject, act.issued_by) for act in acts(again.database)
    ]


def test_an_erasure_cut_off_between_journal_and_vault_is_finished_when_it_is_opened(
    keys: StoredVault, path: Path
) -> None:
    sealed = edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    keys.keep()
    number = keeping.ask(keys, Action.ERASURE_ASKED, actor("li"), PERSON, [Compartment.CONTACT])
    keys.database.begin()
    erase_keys(keys.database, open_request(keys.database, number), actor("wang"))
    keys.close()  # as by a crash before the commit

    with pytest.raises(Erased):
        deliveries(opened(path)).open(sealed, PERSON, CONTACT_PHONE)
    journal_of(path).write_bytes(journal_of(path).read_bytes()[:-20])  # half a line: nobody was told of that one
    assert 2 == len(acts(opened(path).database))


@pytest.mark.parametrize("statement", ["UPDATE acts SET issued_by = 'x'", "DELETE FROM acts"])
def test_what_was_recorded_is_not_altered(keys: StoredVault, path: Path, statement: str) -> None:
    erase(keys, PERSON)

    with sqlite3.connect(path) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute(statement)
    stranger.close()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE acts SET issued_by = 'x' WHERE number = 2", 2),
        ("DELETE FROM acts WHERE number = 1", 1),
        ("UPDATE acts SET at = '2026-01-01T00:00:00+00:00' WHERE number = 4", 4),
    ],
)
def test_whoever_alters_a_record_all_the_same_is_found(keys: StoredVault, statement: str, place: int) -> None:
    """With the triggers taken away, and without regard to references."""
    erase(keys, PERSON)
    erase(keys, OTHER)
    assert first_altered(keys.database) is None

    for one in ("PRAGMA foreign_keys = OFF", "DROP TRIGGER acts_stay", "DROP TRIGGER acts_remain", statement):
        keys.database.rows(one)

    assert place == first_altered(keys.database)
