"""The vault in a file: generations by date, two publishers, erasure, wrapping, and what a crash leaves."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from schemas.fact import Sealed
from schemas.sealed_fields import Compartment, compartments_of
from services.runtime.errors import CannotOpen, Erased, UserMistake, VaultUnavailable, WillNotStart
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE
from services.runtime.vault import keeping
from services.runtime.vault.acts import Action, Actor, acts, first_altered, open_request
from services.runtime.vault.database import create
from services.runtime.vault.erasures import erase as erase_keys
from services.runtime.vault.erasures import journal_of
from services.runtime.vault.masters import MasterRing, Wrapped, development_masters, grown, narrowed, ring_keys
from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import (
    BEGINS_ON,
    NOW,
    TODAY,
    TOMORROW,
    actor,
    deliveries,
    edge,
    erase,
    made,
    opened,
    readmit,
)

UNIT, OTHER = "11371000004359918E", "91371003MA3N5Y8K1E"
PERSON = "p1-6b61379c27712fbaf72fa4e5bf1a29de"
PHONE = "0631-8451473"
A_DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault" / "keys.sqlite"


@pytest.fixture
def keys(path: Path) -> StoredVault:
    return made(path)


def test_each_subject_and_compartment_has_a_key_of_its_own(keys: StoredVault) -> None:
    vault = edge(keys)

    references = {
        vault.seal(PHONE, subject, field, TODAY).key_reference
        for subject in (UNIT, OTHER, PERSON)
        for field in (CONTACT_PHONE, CONTACT_EMAIL, "name", "diagnosis")
    }

    assert 3 * 3 == len(references)
    assert not any(PERSON[3:] in reference or UNIT in reference for reference in references)


def test_the_same_row_gives_the_same_bytes_before_and_after_a_rotation(keys: StoredVault, path: Path) -> None:
    """What was published before the rotation was dated tomorrow at the latest."""
    before = [edge(keys).seal(PHONE, UNIT, CONTACT_PHONE, day) for day in (date(1999, 1, 1), TODAY, TOMORROW)]
    edge(keys).keep()

    assert 1 == keeping.rotate_data(keys, actor())

    again = edge(opened(path))
    assert before == [again.seal(PHONE, UNIT, CONTACT_PHONE, day) for day in (date(1999, 1, 1), TODAY, TOMORROW)]


def test_a_new_generation_begins_on_the_day_after_tomorrow_and_the_old_one_goes_on_opening(keys: StoredVault) -> None:
    """The boundary pair."""
    vault = edge(keys)
    vault.seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    vault.keep()
    keeping.rotate_data(keys, actor())

    old, new = (vault.seal(PHONE, UNIT, CONTACT_PHONE, day) for day in (TOMORROW, BEGINS_ON))

    assert ["1", "2"] == [sealed.key_reference.split("-")[-1] for sealed in (old, new)]
    assert [PHONE, PHONE] == [deliveries(keys).open(sealed, UNIT, CONTACT_PHONE) for sealed in (old, new)]


def test_a_value_does_not_open_with_another_generation(keys: StoredVault) -> None:
    vault = edge(keys)
    old = vault.seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    vault.keep()
    keeping.rotate_data(keys, actor())
    new = vault.seal(PHONE, UNIT, CONTACT_PHONE, BEGINS_ON)

    with pytest.raises(CannotOpen):
        deliveries(keys).open(old.model_copy(update={"key_reference": new.key_reference}), UNIT, CONTACT_PHONE)


def test_a_rotation_done_again_makes_only_what_is_missing(keys: StoredVault) -> None:
    vault = edge(keys)
    vault.seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    vault.seal(PHONE, OTHER, CONTACT_PHONE, TODAY)
    vault.keep()

    assert [1, 1, 0] == [keeping.rotate_data(keys, actor(), subject) for subject in (UNIT, "", "")]


def test_of_two_publishers_that_make_a_persons_first_key_one_wins(keys: StoredVault, path: Path) -> None:
    """The second waits for the first to keep or let go, and then finds its key."""
    second = opened(path, wait_s=0.05)
    first = edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    with pytest.raises(VaultUnavailable, match="does not answer"):
        edge(second).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)

    keys.keep()

    assert first == edge(second).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)


def test_publishers_side_by_side_seal_for_the_same_persons_alike(keys: StoredVault, path: Path) -> None:
    """Each makes keys, keeps them and goes on, in its own order, as fast as it can."""

    def publish(step: int) -> dict[str, bytes]:
        own = opened(path)
        found = {}
        for number in range(0, 60 * step, step):
            person = f"p1-{number % 60}"
            found[person] = edge(own).seal(PHONE, person, CONTACT_PHONE, TODAY).ciphertext
            own.keep()
        return found

    with ThreadPoolExecutor() as pool:
        first, *others = pool.map(publish, (1, 7, 11))

    assert 60 == len(first)
    assert [first, first] == others


def test_a_key_that_was_let_go_was_never_there(keys: StoredVault, path: Path) -> None:
    sealed = edge(keys).seal(PHONE, PERSON, CONTACT_PHONE, TODAY)
    keys.let_go()

    with pytest.raises(CannotOpen, match="knows no key"):
        deliveries(opened(path)).open(sealed, PERSON, CONTACT_PHONE)


def test_whoever_only_reads_waits_for_no_publisher(keys: StoredVault, path: Path) -> None:
    sealed = edge(keys).seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    keys.keep()
    edge(keys).seal(PHONE, OTHER, CONTACT_PHONE, TODAY)

    assert PHONE == deliveries(opened(path, wait_s=0)).open(sealed, UNIT, CONTACT_PHONE)


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


def test_a_master_key_is_rotated_without_touching_what_was_sealed(keys: StoredVault, path: Path) -> None:
    """Then the old one is not needed any more, and alone opens nothing."""
    first = grown("", Compartment)
    old, new = ring_keys(first), ring_keys(grown(first, Compartment))
    keys = opened(path, MasterRing(old))
    sealed = edge(keys).seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    keys.keep()

    assert 1 == keeping.rotate_master(opened(path, MasterRing(new)), actor())

    only_new = MasterRing(key for key in new if key.version == 2)
    assert PHONE == deliveries(opened(path, only_new)).open(sealed, UNIT, CONTACT_PHONE)
    with pytest.raises(CannotOpen, match="not given to this process"):
        deliveries(opened(path, MasterRing(old))).open(sealed, UNIT, CONTACT_PHONE)


class Breaking(MasterRing):
    """A ring that breaks off after so many wrappings, as a process that is killed."""

    left = 5

    def wrap(self, key: bytes, compartment: Compartment, bound_to: Sequence[bytes]) -> Wrapped:
        """Wrap, as long as it goes."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().wrap(key, compartment, bound_to)


@pytest.mark.parametrize("rotate", [keeping.rotate_master, keeping.rotate_data])
def test_a_rotation_that_broke_off_is_ended_by_doing_it_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, rotate: Callable[[StoredVault, Actor], int]
) -> None:
    """Two keys a transaction, broken off at the sixth: two transactions stand, the third never was."""
    monkeypatch.setattr(keeping, "ROWS_AT_ONCE", 2)
    first = grown("", Compartment)
    both = ring_keys(grown(first, Compartment))
    keys = made(path, MasterRing(ring_keys(first)))
    sealed = {name: edge(keys).seal(PHONE, name, CONTACT_PHONE, TODAY) for name in map(str, range(9))}
    keys.keep()

    with pytest.raises(KeyboardInterrupt):
        rotate(opened(path, Breaking(both)), actor())
    assert [] == acts(keys.database)
    again = opened(path, MasterRing(both))

    assert 9 - 4 == rotate(again, actor())
    assert {PHONE} == {deliveries(again).open(one, name, CONTACT_PHONE) for name, one in sealed.items()}


def test_a_worker_that_runs_through_a_master_rotation_reads_its_ring_again(keys: StoredVault, path: Path) -> None:
    first = grown("", Compartment)
    ring = [first]
    worker = MasterRing(ring_keys(first), lambda: ring_keys(ring[0]))
    ring[0] = grown(first, Compartment)
    writer = opened(path, MasterRing(ring_keys(ring[0])))

    sealed = edge(writer).seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    writer.keep()

    assert PHONE == deliveries(opened(path, worker)).open(sealed, UNIT, CONTACT_PHONE)


def test_a_service_with_its_own_part_of_the_ring_can_open_nothing_else(keys: StoredVault, path: Path) -> None:
    """Not only because the table says so: it has no key that would."""
    whole = grown("", Compartment)
    part = MasterRing(ring_keys(narrowed(whole, compartments_of("deliveries"))))
    writer = opened(path, MasterRing(ring_keys(whole)))
    sealed = edge(writer).seal("骨折", PERSON, "diagnosis", TODAY)
    writer.keep()

    with pytest.raises(CannotOpen, match="not given to this process"):
        opened(path, part).key_for_opening(sealed.key_reference, PERSON, Compartment.FINDING)


def test_a_wrapped_key_moved_to_another_row_does_not_unwrap(keys: StoredVault) -> None:
    vault = edge(keys)
    vault.seal(PHONE, UNIT, CONTACT_PHONE, TODAY)
    sealed = vault.seal(PHONE, OTHER, CONTACT_PHONE, TODAY)
    vault.keep()
    keys.database.changed(
        "UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE subject = ?) WHERE subject = ?", UNIT, OTHER
    )

    with pytest.raises(CannotOpen, match="altered, or belongs to another row"):
        deliveries(keys).open(sealed, OTHER, CONTACT_PHONE)


def test_neither_vault_nor_ring_is_made_in_passing_or_twice(path: Path, tmp_path: Path) -> None:
    with pytest.raises(WillNotStart, match="There is no vault"):
        opened(path)
    create(path)
    with pytest.raises(UserMistake, match="is there already"):
        create(path)
    (tmp_path / "text").write_text("no vault of ours" * 100)
    with pytest.raises(WillNotStart, match="is no vault"):
        opened(tmp_path / "text")
    assert 0o600 == path.stat().st_mode & 0o777


def test_nothing_that_is_shown_holds_a_key(keys: StoredVault) -> None:
    vault = edge(keys)
    key = keys.key_for_sealing(UNIT, Compartment.CONTACT, TODAY)
    ring = development_masters()

    assert f"DataKey({key.reference!r})" == repr(key)
    assert repr(MasterRing(ring)) == f"MasterRing({sorted(one.reference for one in ring)})"
    assert "object at" in repr(vault)
    keys.let_go()


_CHILD = """
import sys
from datetime import date
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.services.runtime.vaults import edge, opened
keys = opened(Path(sys.argv[1]))
for number in range(100_000):
    sealed = edge(keys).seal("0631", f"unit-{number}", "contact_phone", date(2026, 11, 2))
    keys.keep()
    print(f"unit-{number} {sealed.model_dump_json()}", flush=True)
"""


def test_every_key_that_was_kept_is_there_after_a_kill(
    keys: StoredVault, path: Path, pytestconfig: pytest.Config
) -> None:
    """`kill -9` in the midst of making keys: whatever was said to be kept opens."""
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path), str(pytestconfig.rootpath)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(20)]
    child.kill()
    said += child.stdout.readlines()
    child.stdout.close()
    child.wait(10)

    whole = [line.split(" ", 1) for line in said if line.endswith("\n")]
    assert len(whole) >= 20
    assert {"0631"} == {
        deliveries(opened(path)).open(Sealed.model_validate_json(text), subject, CONTACT_PHONE)
        for subject, text in whole
    }
