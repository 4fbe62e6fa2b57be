"""Master keys: rotated without touching what was sealed, also in parts; who has no key of a compartment opens nothing of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from schemas.sealed_fields import Compartment, compartments_of
from services.runtime.errors import CannotOpen
from services.runtime.sealing import CONTACT_PHONE
from services.runtime.vault import keeping
from services.runtime.vault.acts import Actor, acts
from services.runtime.vault.masters import MasterRing, Wrapped, grown, narrowed, ring_keys
from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import (
    OTHER,
    PERSON,
    PHONE,
    TODAY,
    UNIT,
    actor,
    deliveries,
    edge,
    made,
    opened,
)


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
