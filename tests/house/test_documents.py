"""The documents are all there, and what they point at is there too."""

from pathlib import Path

import pytest

from tests.house.links import link_faults
from tests.house.sources import ROOT, project_files, shown

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]
EXPECTED = (
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/decisions/README.md",
    "docs/glossary.md",
    "docs/operations.md",
    "docs/refusals.md",
    "docs/reliability.md",
)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_newcomer_finds_the_documents(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()


FORGIVEN = {
    "path services/monitoring": "decided on (0002), built after the roads",
    "path schemas/3.0.0.json": "a file of the npm package that AsyncAPI's schema was taken from",
}
"""What documents may name though it is not here, each with its reason."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_what_a_document_points_at_is_there(document: Path) -> None:
    assert [] == [fault for fault in link_faults(document, ROOT) if fault not in FORGIVEN]


def test_the_index_names_every_decision() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    decisions = [path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")]

    assert [] == [name for name in sorted(decisions) if f"({name})" not in index]


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/decisions").glob("[0-9]*.md")]

    assert sorted(set(numbers)) == sorted(numbers)


def test_what_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("demo: setup\n")
    (tmp_path / "other.md").write_text("# The house, `built`\n")
    document = tmp_path / "a.md"
    document.write_text(
        "# One\n[a](#one) [b](#two) [c](other.md#the-house-built) [d](other.md#the-roof) [e](gone.md)\n"
        "`services/gone.py` `make demo` `make tea`\n```\n[f](fenced.md)\n```\n"
    )

    assert [
        "link to #two",
        "link to other.md#the-roof",
        "link to gone.md",
        "path services/gone.py",
        "make tea",
    ] == link_faults(document, tmp_path)
