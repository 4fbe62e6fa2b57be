"""The road of a document through the effect shell in the memory twin, with the real maker behind its port."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.effects import EffectRequest
from services.documents.maker import DocumentMaker
from services.documents.shell import DOCUMENTS, PORT
from services.documents.store import FolderStore
from services.documents.typesetting import Typesetter
from services.runtime.effect_cases import CLAIM_EXPIRES_AFTER, RECONCILE_EVERY
from services.runtime.effects import UNKNOWN, Attempt
from services.runtime.memory import MemoryMesh
from tests.services.documents.samples import UNIT, line, notice

BEGIN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class Maker:
    """The real maker as the twin calls it; it can die before it answers, with or without having made the document."""

    def __init__(self, maker: DocumentMaker) -> None:
        self._maker = maker
        self.dies = ""

    def __call__(self, request: EffectRequest, is_lookup: bool) -> Attempt:
        assert isinstance(request, DocumentRequested)
        if is_lookup:
            return self._maker.find(request)
        if self.dies == "before":
            return Attempt(UNKNOWN, "attempt-broken")
        attempt = self._maker.make(request)
        return Attempt(UNKNOWN, "attempt-broken") if self.dies == "after" else attempt


@pytest.fixture
def maker(typesetter: Typesetter, tmp_path: Path) -> Maker:
    """A maker with an empty store."""
    return Maker(DocumentMaker(typesetter, FolderStore(tmp_path), at_once_max=1))


@pytest.fixture
def mesh(maker: Maker) -> MemoryMesh:
    """The effect shell alone."""
    return MemoryMesh([DOCUMENTS], BEGIN, {PORT: maker})


def outcomes(mesh: MemoryMesh) -> list[DocumentCompleted]:
    return mesh.facts(DocumentCompleted)


def test_the_outcome_says_the_hash_under_which_the_document_is_kept(mesh: MemoryMesh, tmp_path: Path) -> None:
    mesh.publish(notice())
    mesh.run()
    (outcome,) = outcomes(mesh)
    pdf = FolderStore(tmp_path).document(outcome.sha256)

    assert ["effect-claimed", "effect-done"] == mesh.codes("documents", UNIT)
    assert pdf is not None
    assert ("done", len(pdf), 4) == (outcome.outcome, outcome.byte_count, outcome.page_count)
    assert outcome.template_release.startswith("payment-notice-1 ")


def test_asked_for_again_it_is_said_again_and_not_made_again(mesh: MemoryMesh) -> None:
    mesh.publish(notice())
    mesh.run()
    mesh.publish(notice(occurred_on=notice().occurred_on))
    mesh.run()
    first, *others = outcomes(mesh)

    assert [first.sha256] * len(others) == [other.sha256 for other in others]


def test_a_failure_names_no_hash(mesh: MemoryMesh) -> None:
    mesh.publish(notice(template_version=999))
    mesh.run()
    (outcome,) = outcomes(mesh)

    assert ("failed", "template-unknown", "", 0) == (
        outcome.outcome,
        outcome.detail_code,
        outcome.sha256,
        outcome.page_count,
    )


@pytest.mark.parametrize(
    ("dies", "became", "detail"), [("after", "done", "rendered"), ("before", "failed", "never-rendered")]
)
def test_an_unclear_outcome_is_looked_up_in_the_store(
    mesh: MemoryMesh, maker: Maker, dies: str, became: str, detail: str
) -> None:
    maker.dies = dies
    mesh.publish(notice(line(), line(1)))
    mesh.run()
    mesh.tick(BEGIN + CLAIM_EXPIRES_AFTER + RECONCILE_EVERY)
    unclear, outcome = outcomes(mesh)

    assert ("unknown", became, detail) == (unclear.outcome, outcome.outcome, outcome.detail_code)
    assert bool(outcome.sha256) == (became == "done")
