"""What every adapter of the vault's port owes, whatever keeps its keys. A new adapter gets its line in `ADAPTERS`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen
from services.runtime.vault.development import DevelopmentVault
from services.runtime.vault.port import KeyVault
from tests.services.runtime.vaults import made, opened

DAY = date(2026, 11, 2)
BOUND_TO = [b"subject", b"field", b"1"]

Two = tuple[KeyVault, KeyVault]
"""The same vault as two processes see it."""


def stored(folder: Path) -> Two:
    return made(folder / "keys.sqlite"), opened(folder / "keys.sqlite")


ADAPTERS: dict[str, Callable[[Path], Two]] = {
    "development": lambda _: (DevelopmentVault(), DevelopmentVault()),
    "stored": stored,
}


@pytest.fixture(params=sorted(ADAPTERS))
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Two:
    return ADAPTERS[request.param](tmp_path)


def test_what_one_process_sealed_and_kept_another_opens_and_seals_alike(two: Two) -> None:
    here, there = two
    key = here.key_for_sealing("subject", Compartment.CONTACT, DAY)
    sealed = key.seal("0631", BOUND_TO)
    here.keep()

    assert "0631" == there.key_for_opening(key.reference, "subject", Compartment.CONTACT).open(sealed, BOUND_TO)
    assert sealed == there.key_for_sealing("subject", Compartment.CONTACT, DAY).seal("0631", BOUND_TO)


def test_the_days_of_one_generation_have_one_key_and_subjects_and_compartments_have_others(two: Two) -> None:
    here, _ = two
    asked = [("a", Compartment.CONTACT), ("b", Compartment.CONTACT), ("a", Compartment.NAME)]

    references = [
        {here.key_for_sealing(subject, compartment, day).reference for day in (date(1949, 10, 1), DAY)}
        for subject, compartment in asked
    ]

    assert [1, 1, 1] == [len(found) for found in references]
    assert 3 == len(set.union(*references))


@pytest.mark.parametrize(
    ("subject", "compartment"),
    [("other", Compartment.CONTACT), ("subject", Compartment.FINDING), ("", Compartment.NAME)],
)
def test_a_reference_gives_no_key_to_another_subject_or_compartment(
    two: Two, subject: str, compartment: Compartment
) -> None:
    here, there = two
    reference = here.key_for_sealing("subject", Compartment.CONTACT, DAY).reference
    here.keep()

    with pytest.raises(CannotOpen):
        there.key_for_opening(reference, subject, compartment)


def test_keeping_and_letting_go_of_nothing_harms_nothing(two: Two) -> None:
    here, there = two
    for vault in (here, there, here):
        vault.keep()
        vault.let_go()

    assert here.key_for_sealing("subject", Compartment.CONTACT, DAY).reference.startswith("s2-")
    here.close()
    there.close()
