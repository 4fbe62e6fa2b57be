"""The effect port of documents over a real typesetter and a real folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.documents import DocumentCompleted
from services.documents.maker import NEVER_RENDERED, NUMBER_TAKEN, RENDERED, STORE_DAMAGED, DocumentMaker
from services.documents.shell import PORT, ports
from services.documents.store import FolderStore
from services.documents.typesetting import Typesetter
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt
from services.runtime.errors import WrongSetting
from tests.services.documents.samples import line, notice

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def maker(typesetter: Typesetter, tmp_path: Path) -> AsyncIterator[DocumentMaker]:
    """A maker with an empty store in the test's folder."""
    made = DocumentMaker(typesetter, FolderStore(tmp_path), at_once_max=2)
    yield made
    await made.close()


def documents_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("objects/*/*.pdf"))


def told(attempt: Attempt) -> tuple[str, str]:
    return attempt.outcome, attempt.detail_code


async def test_a_document_that_was_made_out_is_in_the_store_under_the_hash_of_its_receipt(
    maker: DocumentMaker, tmp_path: Path
) -> None:
    attempt = await maker.attempt(notice())
    says = DocumentCompleted.told_by(attempt.receipt)
    pdf = FolderStore(tmp_path).document(says["sha256"])

    assert (DONE, RENDERED) == told(attempt)
    assert pdf is not None
    assert (str(len(pdf)), "4") == (says["byte_count"], says["page_count"])
    assert says["template_release"].startswith("payment-notice-1 typst-")


async def test_asked_again_it_answers_the_same(maker: DocumentMaker) -> None:
    assert await maker.attempt(notice()) == await maker.attempt(notice())


async def test_a_look_up_finds_what_was_made_out(maker: DocumentMaker) -> None:
    made = await maker.attempt(notice())

    assert made == await maker.look_up(notice())


async def test_a_look_up_says_that_nothing_was_made_out_and_makes_nothing(maker: DocumentMaker, tmp_path: Path) -> None:
    assert (FAILED, NEVER_RENDERED) == told(await maker.look_up(notice()))
    assert [] == documents_in(tmp_path)


async def test_another_content_under_the_same_number_fails(maker: DocumentMaker) -> None:
    await maker.attempt(notice())
    other = notice(line(), line(1), effect_id="document-2")

    assert (FAILED, NUMBER_TAKEN) == told(await maker.attempt(other))
    assert (FAILED, NUMBER_TAKEN) == told(await maker.look_up(other))


async def test_the_same_content_asked_for_under_another_id_is_the_same_document(maker: DocumentMaker) -> None:
    made = await maker.attempt(notice())
    again = notice(effect_id="document-2")

    assert made == await maker.attempt(again)
    assert made == await maker.look_up(again)


async def test_a_look_up_that_finds_a_changed_document_does_not_call_it_done(
    maker: DocumentMaker, tmp_path: Path
) -> None:
    await maker.attempt(notice())
    (file,) = documents_in(tmp_path)
    file.write_bytes(file.read_bytes()[:-1])

    assert (UNKNOWN, STORE_DAMAGED) == told(await maker.look_up(notice()))


async def test_a_look_up_that_misses_the_document_of_an_entry_does_not_call_it_done(
    maker: DocumentMaker, tmp_path: Path
) -> None:
    await maker.attempt(notice())
    (file,) = documents_in(tmp_path)
    file.unlink()

    assert (UNKNOWN, STORE_DAMAGED) == told(await maker.look_up(notice()))


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"template_version": 999}, "template-unknown"), ({"unit_name": "威海\u202e公司"}, "text-not-printable")],
)
async def test_what_cannot_be_set_fails_and_leaves_its_number_free(
    maker: DocumentMaker, changed: dict[str, object], code: str
) -> None:
    assert (FAILED, code) == told(await maker.attempt(notice(**changed)))
    assert (DONE, RENDERED) == told(await maker.attempt(notice(effect_id="document-2")))


async def test_the_port_is_made_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHEBAO_DOCUMENTS_FOLDER", str(tmp_path))
    port = ports()[PORT]

    assert (DONE, RENDERED) == told(await port.attempt(notice()))
    assert 1 == len(documents_in(tmp_path))


async def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_DOCUMENTS_AT_ONCE_MAX", "0")

    with pytest.raises(WrongSetting, match="SHEBAO_DOCUMENTS_AT_ONCE_MAX"):
        ports()
