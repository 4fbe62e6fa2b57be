"""The grant table and what there is of it: contracts, services, processes, and the modules that open."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args

from schemas.contracts import CONTRACTS
from schemas.fact import Sealed
from schemas.sealed_fields import (
    BY_NAME,
    CONSOLE,
    FORWARDED,
    GATEWAY,
    SEALED_FIELDS,
    Compartment,
    compartments_of,
    note_of,
)
from schemas.topics import SERVICES
from services.sandbox.mesh import WORKERS, Mesh
from services.sandbox.settings import SandboxSettings
from services.sandbox.vault_files import OPENING_WORKERS
from tests.house.services_here import deciding_folders, plugged_services
from tests.house.sources import ROOT, python_files, shown

OPENERS = {
    "services/notifications/channels.py",
    "services/notifications/worker.py",
    "services/console/sealed_output.py",
    "services/console/vault.py",
}
"""Modules that hold what opens: the port of deliveries, and what the console shows masked."""


def sealed_fields() -> Iterator[tuple[str, str]]:
    for topic, model in CONTRACTS.items():
        for name, field in model.model_fields.items():
            if field.annotation is Sealed or Sealed in get_args(field.annotation):
                yield topic, name


def test_every_sealed_field_of_a_contract_stands_in_the_table_and_nothing_else() -> None:
    named = {part for topic, name in sealed_fields() for part in FORWARDED.get((topic, name), (name,))}

    assert named == set(BY_NAME)
    assert FORWARDED.keys() <= set(sealed_fields())
    assert len(SEALED_FIELDS) == len(BY_NAME)


def test_a_field_that_is_forwarded_under_another_name_goes_to_the_same_readers() -> None:
    assert all(
        1 == len({(BY_NAME[name].compartment, BY_NAME[name].opened_by) for name in names})
        for names in FORWARDED.values()
    )


def test_only_services_that_there_are_and_the_console_are_granted_anything() -> None:
    granted = {one for field in SEALED_FIELDS for one in (*field.opened_by, *field.masked_by)}

    assert granted <= {*SERVICES, CONSOLE}
    assert GATEWAY not in granted
    assert set(Compartment) == compartments_of(GATEWAY)
    assert all(field.needed_for for field in SEALED_FIELDS if field.opened_by)


def test_a_service_that_opens_hears_a_topic_with_the_field() -> None:
    """A grant that nothing can be opened with any more is to be taken back."""
    services = plugged_services()
    for field in SEALED_FIELDS:
        for principal in field.opened_by:
            heard = {fact.topic for fact in services[principal].hears}
            carrying = {topic for topic, name in sealed_fields() if field.name in FORWARDED.get((topic, name), (name,))}
            assert heard & carrying, (principal, field.name)


def test_nothing_else_in_the_code_opens_what_is_sealed() -> None:
    found = {
        shown(path)
        for path in python_files("services")
        if shown(path) != "services/runtime/sealing.py"
        and re.search(r"(?<!origin-)[Oo]pener", path.read_text(encoding="utf-8"))
    }

    assert OPENERS == found


def test_only_workers_that_run_a_granted_service_are_told_where_the_vault_is(tmp_path: Path) -> None:
    granted = {one for field in SEALED_FIELDS for one in field.opened_by}
    plugged = {name: import_module(f"services.{name}.worker").SERVICES for name in deciding_folders()}
    folders = {name for name, services in plugged.items() if granted & {one.name for one in services}}
    mesh = Mesh(SandboxSettings(data_dir=tmp_path))

    told = {name for name in WORKERS if any("VAULT" in key or "MASTER" in key for key in mesh.environment_of(name))}

    assert folders == OPENING_WORKERS
    assert folders == told
    assert not any("PERSON_SECRET" in key for name in WORKERS for key in mesh.environment_of(name))


def test_the_catalogue_says_who_may_open_a_field() -> None:
    page = (ROOT / "docs" / "generated" / "catalogue.md").read_text(encoding="utf-8")

    assert "sealed, in `contact`, opened by deliveries, masked for console" == note_of(
        "unit-registered", "contact_phone"
    )
    assert note_of("delivery-requested", "contact") in page
    assert "sealed, in `finding`, opened by nobody" in page
