"""Examples of every contract, kept for every version: `<contract>/v1.valid.json` and `v1.invalid.json`.

A value stands as JSON the way `Model.model_validate_json` reads it. An invalid example says what is changed (`with`) or
left out (`without`) of the first valid one, and the code under which a worker refuses it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.avro.versions import version_number

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Example:
    """One example: what it shows, its value, and the code of its refusal (None: it is valid)."""

    contract: str
    version: int
    about: str
    value: dict[str, Any]
    code: str | None = None


def examples(folder: Path = FOLDER) -> tuple[Example, ...]:
    """Read every example that is kept, by contract and version, the valid ones first."""
    found: list[Example] = []
    for file in sorted(folder.glob("*/v*.valid.json"), key=lambda file: (file.parent.name, version_number(file))):
        name, number = file.parent.name, version_number(file)
        valid = _entries(file)
        found += [Example(name, number, entry["about"], entry["value"]) for entry in valid]
        found += [
            Example(name, number, entry["about"], _changed(valid[0]["value"], entry), entry["code"])
            for entry in _entries(file.with_name(f"v{number}.invalid.json"))
        ]
    return tuple(found)


def _entries(file: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return entries


def _changed(value: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    changed = {**value, **entry.get("with", {})}
    changed.pop(entry.get("without", ""), None)
    return changed
