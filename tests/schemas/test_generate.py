from pathlib import Path

import pytest

from schemas import catalogue, generate, traffic_map
from schemas.avro.versions import FOLDER
from schemas.contracts import CONTRACTS
from schemas.fact import Wire
from schemas.source_notes import field_notes
from schemas.topics import FACTS, SERVICES, Sensitivity


@pytest.fixture(scope="module")
def page() -> str:
    """The catalogue."""
    return catalogue.text()


@pytest.fixture(scope="module")
def files() -> dict[Path, str]:
    """Every generated file as it should stand."""
    return generate.generated_files()


def test_everything_generated_is_fresh() -> None:
    """`make generate` cures it."""
    assert generate.main(["--check"]) == 0


def test_a_stale_file_is_named(files: dict[Path, str]) -> None:
    file = generate.DOCS / "map.md"

    assert ["docs/generated/map.md is stale"] == generate.stale({**files, file: "something else"})


def test_a_missing_file_is_named(files: dict[Path, str]) -> None:
    missing = FOLDER / "never-said" / "v1.avsc"

    assert ["schemas/avro/never-said/v1.avsc is stale"] == generate.stale({**files, missing: "{}"})


def test_a_file_left_over_is_named(files: dict[Path, str]) -> None:
    kept = {file: text for file, text in files.items() if file != FOLDER / "card-lost" / "v1.avsc"}

    assert ["schemas/avro/card-lost/v1.avsc belongs to no contract"] == generate.stale(kept)


def test_an_unknown_wish_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--chekc"]) == 1
    assert "--check or --release" in capsys.readouterr().err


def test_generating_twice_gives_the_same(files: dict[Path, str]) -> None:
    assert files == generate.generated_files()


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_catalogue_tells_every_field_of_every_contract(page: str, name: str) -> None:
    section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]

    for field in CONTRACTS[name].model_fields:
        assert f"| `{field}` |" in section


@pytest.mark.parametrize("model", CONTRACTS.values(), ids=lambda model: model.__name__)
def test_every_field_is_found_in_the_source(model: type[Wire]) -> None:
    assert list(model.model_fields) == [note.name for note in field_notes(model)]


def test_links_of_the_catalogue_lead_to_files(page: str) -> None:
    folder = generate.DOCS
    targets = [part.partition(")")[0] for part in page.split("](")[1:]]
    linked = [target for target in targets if not target.startswith("#")]

    assert [] == [target for target in linked if not (folder / target).resolve().exists()]


def test_the_map_draws_every_fact_and_every_service() -> None:
    drawn = traffic_map.text()

    assert [] == [topic.name for topic in FACTS if topic.name not in drawn]
    assert [] == [service for service in SERVICES if f"## {service}\n" not in drawn]


def test_what_names_a_person_is_personal() -> None:
    keyed = [topic for topic in FACTS if topic.key == "person_key"]

    assert {Sensitivity.PERSONAL} == {topic.sensitivity for topic in keyed}
