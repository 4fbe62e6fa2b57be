"""Where documents are kept: each file under the hash of its bytes, and under each number the one document that bears it.

A document is written under a temporary name, forced to the disk, and only then given its name, so that whatever has a
name is whole. The entry of its number comes last: where that is, the document is. Nothing is ever written over.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

import msgspec

from services.runtime.errors import UserMistake

LEFT_OVER_AFTER_S = 24 * 3600
"""A temporary file so old belongs to nobody any more."""


class NumberTaken(Exception):
    """The number belongs to another document already."""


class StoreDamaged(UserMistake):
    """What is kept under a hash is not what was kept: the file was changed, cut, or is gone."""


class Entry(msgspec.Struct, frozen=True):
    """What the store knows of a numbered document."""

    document_number: str
    effect_id: str
    unit_code: str
    kind: str
    sha256: str
    byte_count: int
    page_count: int
    template_release: str


class DocumentStore(Protocol):
    """A content-addressed store. Every method may block; call it in a thread."""

    def keep(self, pdf: bytes, entry: Entry) -> Entry:
        """Keep a document and its number; give the entry that stands. NumberTaken where it is another document's."""

    def entry(self, document_number: str) -> Entry | None:
        """Give what bears a number; None where nothing does. StoreDamaged where that cannot be read."""

    def document(self, sha256: str) -> bytes | None:
        """Give a document by its hash, proved; None where it is not kept. StoreDamaged where it is not what was kept."""


class FolderStore:
    """A store in a local folder, on one file system: `objects/ab/abcd….pdf`, `numbers/12/12ef….json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, pdf: bytes, entry: Entry) -> Entry:
        """Write the document, then its number; each whole or not at all, whatever is killed and when."""
        self._sweep()
        file = self._object_file(entry.sha256)
        if not self._is_kept(file, entry.sha256):
            _write_once(self._temporary_folder(), file, pdf, may_replace=file.exists())
        number_file = self._number_file(entry.document_number)
        _write_once(self._temporary_folder(), number_file, msgspec.json.encode(entry))
        standing = self.entry(entry.document_number)
        assert standing is not None
        if standing.sha256 != entry.sha256:
            raise NumberTaken(entry.document_number)
        return standing

    def entry(self, document_number: str) -> Entry | None:
        """Read the entry of a number."""
        try:
            return msgspec.json.decode(self._number_file(document_number).read_bytes(), type=Entry)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            raise StoreDamaged(
                f"文书 {document_number} 的登记已被改动或不完整。",
                f"The entry of document {document_number} has been changed or cut.",
            ) from None

    def document(self, sha256: str) -> bytes | None:
        """Read a document and prove its hash."""
        try:
            pdf = self._object_file(sha256).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(pdf).hexdigest() != sha256:
            raise StoreDamaged(
                f"哈希值为 {sha256} 的文书已被改动或不完整，与该哈希值不符。",
                f"The document kept as {sha256} has been changed or cut: it does not have that hash.",
            )
        return pdf

    def _is_kept(self, file: Path, sha256: str) -> bool:
        """Tell whether the file is there and whole; a damaged one is mended by whoever has the same bytes again."""
        return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256

    def _object_file(self, sha256: str) -> Path:
        return self._folder / "objects" / sha256[:2] / f"{sha256}.pdf"

    def _number_file(self, document_number: str) -> Path:
        name = hashlib.sha256(document_number.encode()).hexdigest()
        return self._folder / "numbers" / name[:2] / f"{name}.json"

    def _temporary_folder(self) -> Path:
        return self._folder / "unfinished"

    def _sweep(self) -> None:
        """Remove what a killed process left unfinished."""
        for left in _files(self._temporary_folder()):
            try:
                if time.time() - left.stat().st_mtime > LEFT_OVER_AFTER_S:
                    left.unlink()
            except FileNotFoundError:
                continue  # its writer finished it, or another process swept it


def _files(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _write_once(temporary_folder: Path, file: Path, content: bytes, *, may_replace: bool = False) -> None:
    """Give content a name, unless the name is taken: written, forced to the disk, then named, and the name forced too."""
    for folder in (temporary_folder, file.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=temporary_folder, delete=False) as unfinished:
        unfinished.write(content)
        unfinished.flush()
        os.fsync(unfinished.fileno())
    if may_replace:
        Path(unfinished.name).replace(file)
    else:
        with suppress(FileExistsError):  # the same, or another's: who asked looks at what stands there
            os.link(unfinished.name, file)
        Path(unfinished.name).unlink()
    for folder in (file.parent, file.parent.parent):
        _force_to_disk(folder)


def _force_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
