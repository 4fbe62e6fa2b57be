"""The example files as they should stand: those of current versions built anew, those of released ones as they are."""

from collections.abc import Mapping
from pathlib import Path

from schemas.avro.versions import FOLDER as AVRO_FOLDER
from schemas.avro.versions import current_number, kept_versions, released
from schemas.examples import FOLDER
from schemas.examples.building import invalid_text, valid_text
from schemas.fact import Wire


def example_files(
    contracts: Mapping[str, type[Wire]], folder: Path = FOLDER, avro_folder: Path = AVRO_FOLDER
) -> dict[Path, str]:
    """Give every example file; once a version is released its examples are promises and are never built anew."""
    kept, releases = kept_versions(avro_folder), released(avro_folder)
    files: dict[Path, str] = {}
    for name, model in contracts.items():
        number = current_number(name, model, kept.get(name, {}), releases)
        files[folder / name / f"v{number}.valid.json"] = valid_text(model)
        files[folder / name / f"v{number}.invalid.json"] = invalid_text(model)
    for name, prints in releases.items():
        for number_text in prints:
            for kind in ("valid", "invalid"):
                file = folder / name / f"v{number_text}.{kind}.json"
                if file.exists():
                    files[file] = file.read_text(encoding="utf-8")
    return files
