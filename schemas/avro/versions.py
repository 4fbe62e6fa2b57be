"""The Avro files kept beside this module: `<contract>/v1.avsc`, `v2.avsc` …, and `released.json`.

A version is released once upstream systems, the registry of a living mesh or its logs may hold it; from then on its
file never changes. The newest version may be rewritten until it is released; after that a change makes the next one.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from schemas.avro import AvroSchema, avro_schema, fingerprint, schema_text
from schemas.fact import Wire

FOLDER = Path(__file__).parent
RELEASED = FOLDER / "released.json"

Versions = Mapping[int, AvroSchema]
"""Schemas of one contract by version number."""
Released = Mapping[str, Mapping[str, str]]
"""Fingerprints of released versions, by contract and version number as text."""


def kept_versions(folder: Path = FOLDER) -> dict[str, dict[int, AvroSchema]]:
    """Read every checked-in version of every contract, oldest first."""
    found: dict[str, dict[int, AvroSchema]] = {}
    for file in sorted(folder.glob("*/v*.avsc"), key=lambda file: (file.parent.name, version_number(file))):
        found.setdefault(file.parent.name, {})[version_number(file)] = json.loads(file.read_text(encoding="utf-8"))
    return found


def released(folder: Path = FOLDER) -> Released:
    """Read which versions are released."""
    file = folder / RELEASED.name
    found: Released = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def released_versions(folder: Path = FOLDER) -> dict[str, dict[int, AvroSchema]]:
    """Read the versions that may never be broken, by contract and number."""
    releases = released(folder)
    return {
        name: {number: schema for number, schema in versions.items() if str(number) in releases[name]}
        for name, versions in kept_versions(folder).items()
        if name in releases
    }


def version_number(file: Path) -> int:
    """Give the version that a file name (`v2.avsc`, `v2.valid.json`) tells."""
    return int(file.name.partition(".")[0].removeprefix("v"))


def current_number(name: str, model: type[Wire], versions: Versions, releases: Released) -> int:
    """Say as which version the model's schema is kept: the newest one, or the next if that is released and differs."""
    newest = max(versions, default=0)
    if newest == 0:
        return 1
    is_same = fingerprint(versions[newest]) == fingerprint(avro_schema(model))
    return newest if is_same or str(newest) not in releases.get(name, {}) else newest + 1


def schema_files(contracts: Mapping[str, type[Wire]], folder: Path = FOLDER) -> dict[Path, str]:
    """Give every Avro file as it should stand: the current schemas anew, earlier versions as they are."""
    kept, releases = kept_versions(folder), released(folder)
    files: dict[Path, str] = {}
    for name, versions in kept.items():
        for number in versions:
            if name not in contracts and str(number) not in releases.get(name, {}):
                continue  # a contract that was withdrawn before its release leaves nothing behind
            file = folder / name / f"v{number}.avsc"
            files[file] = file.read_text(encoding="utf-8")
    for name, model in contracts.items():
        number = current_number(name, model, kept.get(name, {}), releases)
        files[folder / name / f"v{number}.avsc"] = schema_text(model)
    return files


def altered_releases(folder: Path = FOLDER) -> list[str]:
    """Name released versions whose file is gone or says something else now; there must be none."""
    kept = kept_versions(folder)
    altered = []
    for name, prints in released(folder).items():
        for number, expected in prints.items():
            schema = kept.get(name, {}).get(int(number))
            if schema is None or fingerprint(schema) != expected:
                altered.append(f"{name} v{number}")
    return altered


def release_text(folder: Path = FOLDER) -> str:
    """Give `released.json` as it stands once every version kept now is released."""
    prints = {
        name: {str(number): fingerprint(schema) for number, schema in versions.items()}
        for name, versions in kept_versions(folder).items()
    }
    return json.dumps(prints, indent=2) + "\n"
