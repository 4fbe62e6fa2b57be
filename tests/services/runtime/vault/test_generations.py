"""The vault in a file: a key a subject and compartment, generations by date, two publishers, and what a crash leaves."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from schemas.fact import Sealed
from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen, UserMistake, VaultUnavailable, WillNotStart
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE
from services.runtime.vault import keeping
from services.runtime.vault.database import create
from services.runtime.vault.masters import MasterRing, development_masters
from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import (
    BEGINS_ON,
    OTHER,
    PERSON,
    PHONE,
    TODAY,
    TOMORROW,
    UNIT,
    actor,
    deliveries,
    edge,
    opened,
)


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
