"""Who knows one service knows all: the same rooms everywhere."""

from pathlib import Path

import pytest

from schemas import topics
from tests.house.rooms import room_faults
from tests.house.services_here import EDGES, deciding_folders, plugged_services
from tests.house.sources import ROOT

SOUND = {
    "events.py": '"""Hears."""\nHEARS = ()\nSAYS = ()\n',
    "rules/__init__.py": '"""a ──▶ b"""\nfrom rules.deciding import decide\n',
    "law.py": '"""Numbers."""\n',
    "texts.py": '"""Words."""\nREASON_TEXTS: dict[str, str] = {}\n',
    "worker.py": '"""Plug."""\nSERVICES = ()\ndef main() -> None: ...\n',
    "__main__.py": "",
}


@pytest.mark.parametrize("folder", deciding_folders())
def test_a_service_has_every_room(folder: str) -> None:
    assert [] == room_faults(ROOT / "services" / folder)


def test_there_are_services_to_look_at() -> None:
    assert {"arrears", "appraisal", "cards", "outlets", "notifications"} <= set(deciding_folders())
    assert set() == set(deciding_folders()) & set(EDGES)


def test_the_inventory_names_every_service_that_is_plugged_in() -> None:
    assert set(topics.SERVICES) == set(plugged_services())


def test_a_service_with_all_its_rooms_passes(tmp_path: Path) -> None:
    assert [] == room_faults(_built(tmp_path, SOUND))


@pytest.mark.parametrize(
    ("room", "content"),
    [
        ("law.py", None),
        ("texts.py", '"""Words."""\n'),
        ("events.py", "HEARS = ()\nSAYS = ()\n"),
        ("rules/__init__.py", '"""Decides."""\nfrom rules.deciding import decide\n'),
        ("worker.py", '"""Plug."""\nSERVICES = ()\n'),
    ],
)
def test_a_missing_room_or_an_empty_one_is_seen(tmp_path: Path, room: str, content: str | None) -> None:
    built = {name: text for name, text in (SOUND | {room: content}).items() if text is not None}

    assert 1 == len(room_faults(_built(tmp_path, built)))


def _built(folder: Path, rooms: dict[str, str]) -> Path:
    for name, text in rooms.items():
        path = folder / "pensions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "pensions"
