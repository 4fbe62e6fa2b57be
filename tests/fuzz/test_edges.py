"""What people look with goes on over topics full of hostile records, and shows nothing that a terminal would act on."""

import io
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from schemas.contributions import UnitRegistered
from schemas.vocabulary import Agency, District
from services.audit.arrears import arrears_inventory
from services.audit.replaying import replay_service
from services.audit.timeline import timeline
from services.console import inventory_output, inventory_sheets, timeline_output
from services.console.all_services import ALL_SERVICES
from services.console.dead_letters import Wanted, content, dead_letters
from services.console.memory_mesh import InMemoryMesh
from services.console.waiting_cases import halted_tasks, parked_cases
from tests.fuzz.test_in_memory import feed, mesh_and_hostiles
from tests.fuzz.values import BEGIN, TEXTS
from tests.harness.counting import unit_code
from tests.services.arrears.samples import missed

RECORDS, CASES = 1_000, 12

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def mesh() -> InMemoryMesh:
    mesh = InMemoryMesh(BEGIN)
    mesh.twin, hostiles = mesh_and_hostiles(5)
    feed(mesh.twin, (hostiles.record(number) for number in range(RECORDS)))
    return mesh


def shown(part: object) -> str:
    out = io.StringIO()
    Console(file=out, width=120).print(part)
    return out.getvalue()


async def test_the_timelines_of_the_busiest_cases_are_told_in_visible_signs(mesh: InMemoryMesh) -> None:
    entries = [entry for service in ALL_SERVICES for entry in mesh.twin.decisions(service.name)]
    keys = Counter(entry.case_key for entry in entries if entry.case_key)
    text = ""
    for key, _ in keys.most_common(CASES):
        found = await timeline(mesh, ALL_SERVICES, key)
        assert timeline_output.as_json(found)
        text += shown(timeline_output.as_text(found))

    assert "\\u001b" in text
    assert set() == set("\x00\x01\x1b\x7f\x85\u200b\u2028\u202e\ufeff") & set(text)


async def test_every_dead_letter_is_listed_and_its_content_told(mesh: InMemoryMesh) -> None:
    letters = await dead_letters(mesh, ALL_SERVICES, Wanted())
    told = [content(mesh, letter) for letter in letters]
    again = Counter(letter.refused_again_with(mesh.codec, mesh.now) for letter in letters)

    assert all(told)
    assert again.total() == len(letters) > RECORDS / 2


async def test_waiting_cases_inventory_and_replay_are_told(mesh: InMemoryMesh) -> None:
    assert ([], []) == (await parked_cases(mesh, ALL_SERVICES), await halted_tasks(mesh, ALL_SERVICES))
    assert inventory_output.as_json(await arrears_inventory(mesh))
    for service in ALL_SERVICES:
        assert [] == (await replay_service(mesh, service)).differences


async def test_a_units_name_of_any_signs_is_written_into_a_table(tmp_path: Path) -> None:
    mesh = InMemoryMesh(BEGIN)
    for number, text in enumerate(TEXTS):
        mesh.twin.publish(
            UnitRegistered(
                district=District.WENDENG,
                agency=Agency.WENDENG,
                occurred_on=BEGIN.date(),
                business_reference=f"reg-{number}",
                unit_code=unit_code(number),
                unit_name=text,
            )
        )
        mesh.twin.publish(missed(unit_code=unit_code(number)))
    mesh.twin.run()
    found = await arrears_inventory(mesh)

    inventory_sheets.write_xlsx(found, tmp_path / "inventory.xlsx", "按今日所知")

    assert len(TEXTS) == len(found.rows)
    assert "\x1b" not in inventory_output.as_csv(found) + shown(inventory_output.as_tables(found, 50))
