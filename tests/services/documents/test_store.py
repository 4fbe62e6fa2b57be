"""The store: whatever has a name is whole, whatever was killed and when; one number is one document."""

import hashlib
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from services.documents import store as store_module
from services.documents.store import LEFT_OVER_AFTER_S, Entry, FolderStore, NumberTaken, StoreDamaged

ROOT = Path(__file__).resolve().parents[3]
PDF = b"%PDF-1.7 a document"
OTHER = b"%PDF-1.7 another document"


def entry_of(pdf: bytes, number: str = "文社〔2026〕1号", effect_id: str = "document-1") -> Entry:
    return Entry(
        document_number=number,
        effect_id=effect_id,
        unit_code="91371003MA3N5Y8K1E",
        kind="payment-notice",
        sha256=hashlib.sha256(pdf).hexdigest(),
        byte_count=len(pdf),
        page_count=1,
        template_release="payment-notice-1",
    )


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_document_is_kept_under_its_hash_and_its_number(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    kept = store.keep(PDF, entry_of(PDF))

    assert PDF == store.document(kept.sha256)
    assert entry_of(PDF) == store.entry("文社〔2026〕1号")
    assert f"objects/{kept.sha256[:2]}/{kept.sha256}.pdf" in {
        path.relative_to(tmp_path).as_posix() for path in files(tmp_path)
    }


def test_what_is_not_kept_is_not_found(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "not-made-yet")

    assert (None, None) == (store.document("0" * 64), store.entry("文社〔2026〕1号"))


def test_the_same_document_again_changes_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    first = store.keep(PDF, entry_of(PDF))
    before = {path: path.stat().st_ino for path in files(tmp_path)}
    again = store.keep(PDF, entry_of(PDF, effect_id="document-2"))

    assert first == again
    assert before == {path: path.stat().st_ino for path in files(tmp_path)}


def test_a_number_is_not_given_to_a_second_document(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.keep(PDF, entry_of(PDF))

    with pytest.raises(NumberTaken):
        store.keep(OTHER, entry_of(OTHER, effect_id="document-2"))
    assert entry_of(PDF) == store.entry("文社〔2026〕1号")


def test_of_many_who_want_a_number_at_once_one_gets_it(tmp_path: Path) -> None:
    pdfs = [f"%PDF-1.7 {number}".encode() for number in range(16)]

    def keep(pdf: bytes) -> str:
        try:
            return FolderStore(tmp_path).keep(pdf, entry_of(pdf)).sha256
        except NumberTaken:
            return "taken"

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(keep, pdfs))
    standing = FolderStore(tmp_path).entry("文社〔2026〕1号")

    assert standing is not None
    assert [standing.sha256] == [answer for answer in got if answer != "taken"]


def test_a_changed_document_is_not_given_out(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    kept = store.keep(PDF, entry_of(PDF))
    (file,) = tmp_path.glob("objects/*/*.pdf")
    file.write_bytes(PDF[:-1])

    with pytest.raises(StoreDamaged):
        store.document(kept.sha256)


def test_a_changed_document_is_mended_by_whoever_makes_it_out_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    kept = store.keep(PDF, entry_of(PDF))
    (file,) = tmp_path.glob("objects/*/*.pdf")
    file.write_bytes(b"")
    store.keep(PDF, entry_of(PDF))

    assert PDF == store.document(kept.sha256)


def test_an_entry_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.keep(PDF, entry_of(PDF))
    (file,) = tmp_path.glob("numbers/*/*.json")
    file.write_bytes(file.read_bytes()[:20])

    with pytest.raises(StoreDamaged):
        store.entry("文社〔2026〕1号")


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("step", range(12))
def test_a_process_that_dies_at_any_step_leaves_nothing_half(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that touches the disk may be the last one; the next process finds all or nothing, and finishes."""
    steps = count()

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (os, "link"), (os, "open"), (store_module, "NamedTemporaryFile")):
            patched.setattr(owner, name, dying(getattr(owner, name)))
        died = False
        try:
            FolderStore(tmp_path).keep(PDF, entry_of(PDF))
        except Killed:
            died = True
    store = FolderStore(tmp_path)
    found, entry = store.document(entry_of(PDF).sha256), store.entry("文社〔2026〕1号")

    assert died
    assert found in (None, PDF)
    assert entry is None or found == PDF
    assert entry_of(PDF) == store.keep(PDF, entry_of(PDF))
    assert PDF == store.document(entry_of(PDF).sha256)


WRITER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from services.documents.store import FolderStore
    from tests.services.documents.test_store import entry_of
    store = FolderStore(Path(sys.argv[1]))
    for number in range(100_000):
        pdf = b"%PDF-1.7 " + str(number).encode() * 20_000
        store.keep(pdf, entry_of(pdf, number=f"{number}"))
        print(number, flush=True)
""")


def test_a_killed_writer_leaves_only_whole_documents(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        writer.kill()
    store = FolderStore(tmp_path)
    kept = [file.stem for file in tmp_path.glob("objects/*/*.pdf")]

    assert len(kept) >= 5
    assert kept == [sha256 for sha256 in kept if store.document(sha256) is not None]
    assert all(store.entry(str(number)) is not None for number in range(5))


def test_what_was_left_unfinished_long_ago_is_swept(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    (unfinished / "old").write_bytes(b"half")
    (unfinished / "new").write_bytes(b"half")
    long_ago = (unfinished / "new").stat().st_mtime - LEFT_OVER_AFTER_S - 60
    os.utime(unfinished / "old", (long_ago, long_ago))
    store.keep(PDF, entry_of(PDF))

    assert ["new"] == [path.name for path in unfinished.iterdir()]
