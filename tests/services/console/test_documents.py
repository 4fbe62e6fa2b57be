"""`shebao documents show`: a document comes out as it was made, or the command says in one sentence why not."""

import hashlib
from pathlib import Path

import pytest

from services.documents.store import Entry, FolderStore
from tests.services.console.towns import Town, sentence_of

PDF = b"%PDF-1.7 a document"
SHA256 = hashlib.sha256(PDF).hexdigest()
NUMBER = "文社险限缴〔2026〕12号"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one document."""
    monkeypatch.setenv("SHEBAO_DOCUMENTS_FOLDER", str(tmp_path / "store"))
    entry = Entry(NUMBER, "document-1", "91371003MA3N5Y8K1E", "payment-notice", SHA256, len(PDF), 4, "payment-notice-1")
    FolderStore(tmp_path / "store").keep(PDF, entry)
    return tmp_path


@pytest.mark.parametrize("asked", [(SHA256,), (SHA256.upper(),), ("--number", NUMBER)])
def test_a_document_comes_out_by_hash_or_number(town: Town, folder: Path, asked: tuple[str, ...]) -> None:
    done = town.shebao("documents", "show", *asked, "-o", str(folder / "out.pdf"))

    assert 0 == done.exit_code, done.output
    assert PDF == (folder / "out.pdf").read_bytes()
    assert f"SHA-256 {SHA256}，核对一致" in done.stderr
    assert (f"文号 {NUMBER}" in done.stderr) == ("--number" in asked)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("f" * 64,), f"No document is kept as {'f' * 64}."),
        (("--number", "没有这份"), "No document bears the number 没有这份."),
        (("../../etc/passwd",), "A hash has 64 hexadecimal digits."),
        ((), "Name one document: by its hash, or with --number by its number."),
        ((SHA256, "--number", NUMBER), "Name one document: by its hash, or with --number by its number."),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_written(
    town: Town, folder: Path, asked: tuple[str, ...], sentence: str
) -> None:
    done = town.shebao("documents", "show", *asked, "-o", str(folder / "out.pdf"))

    assert sentence in sentence_of(done)
    assert not (folder / "out.pdf").exists()


def test_a_document_that_was_changed_does_not_come_out(town: Town, folder: Path) -> None:
    (file,) = folder.glob("store/objects/*/*.pdf")
    file.write_bytes(PDF + b"!")
    done = town.shebao("documents", "show", SHA256, "-o", str(folder / "out.pdf"))

    assert "has been changed or cut" in sentence_of(done)
    assert not (folder / "out.pdf").exists()
