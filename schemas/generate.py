"""Write everything that is generated from the contracts: `python -m schemas.generate [--check | --release]`.

Avro files, examples, the AsyncAPI document, the catalogue, the map and the table of rights. `--check` writes nothing and fails when a file
is stale, left over, or a released version was altered. `--release` fixes every version kept now for good.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from schemas import access_page, asyncapi, catalogue, traffic_map
from schemas.avro import avro_schema, closed_values
from schemas.avro import versions as avro_versions
from schemas.compatibility import Report, check_all
from schemas.contracts import CONTRACTS, TOPICS_OF
from schemas.examples import FOLDER as EXAMPLES
from schemas.examples.files import example_files

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "generated"
EXIT_STALE = 1


def generated_files() -> dict[Path, str]:
    """Give every generated file as it should stand."""
    return {
        **avro_versions.schema_files(CONTRACTS),
        **closed_values.values_files(CONTRACTS),
        **example_files(CONTRACTS),
        DOCS / "access.md": access_page.text(),
        DOCS / "asyncapi.json": asyncapi.text(),
        DOCS / "catalogue.md": catalogue.text(),
        DOCS / "map.md": traffic_map.text(),
    }


def check_kept() -> Report:
    """Compare the models with every version that is checked in, released or not, and with the values kept."""
    return _checked(avro_versions.kept_versions())


def check_released() -> Report:
    """Compare the models with every released version; what is not released yet may still be written anew."""
    return _checked(avro_versions.released_versions())


def _checked(kept: Mapping[str, avro_versions.Versions]) -> Report:
    current = {name: avro_schema(model) for name, model in CONTRACTS.items()}
    values_now = {name: closed_values.closed_values(model) for name, model in CONTRACTS.items()}
    values_kept = {name: values for name, values in closed_values.kept_values().items() if name in kept}
    return check_all(kept, current, TOPICS_OF, (values_kept, values_now))


def stale(files: Mapping[Path, str]) -> list[str]:
    """Name every file that is missing, differs, or lies where only generated files may lie."""
    found = [
        f"{_shown(file)} is stale"
        for file, text in files.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    return found + [f"{_shown(file)} belongs to no contract" for file in left_over(files)]


def left_over(files: Mapping[Path, str]) -> list[Path]:
    """Give files in the generated folders that nothing generates."""
    values = avro_versions.FOLDER.glob(f"*/{closed_values.FILE}")
    present = [*avro_versions.FOLDER.glob("*/*.avsc"), *values, *EXAMPLES.glob("*/*.json")]
    return sorted(file for file in present if file not in files)


def write(files: Mapping[Path, str]) -> int:
    """Write what differs, remove what is left over; give how many files changed."""
    changed = 0
    for file, text in files.items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            changed += 1
    for file in left_over(files):
        file.unlink()
        changed += 1
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    return changed


def main(arguments: Sequence[str]) -> int:
    """Run; give the exit code."""
    if list(arguments) not in ([], ["--check"], ["--release"]):
        return _fail(["say nothing, --check or --release"])
    report = check_released()
    problems = [f"{name}: a released version was altered" for name in avro_versions.altered_releases()]
    if not report.is_compatible:
        problems += report.lines()
    if problems:
        return _fail(problems)
    files = generated_files()
    if arguments == ["--check"]:
        found = stale(files)
        return _fail([*found, "say `make generate`"]) if found else 0
    changed = write(files)
    if arguments == ["--release"]:
        avro_versions.RELEASED.write_text(avro_versions.release_text(), encoding="utf-8")
    sys.stdout.write(f"{len(files)} generated files, {changed} changed\n")
    return 0


def _fail(lines: Iterable[str]) -> int:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return EXIT_STALE


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
