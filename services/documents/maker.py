"""The effect port that makes documents out: sets them, keeps them, and knows afterwards what became of each.

Making one out twice is harmless: the same request gives the same bytes, which lie under their hash already. An unclear
outcome is looked up in the store.
"""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

import structlog

from schemas.documents import DocumentRequested, receipt_text
from schemas.effects import EffectRequest
from services.documents.content import content_of
from services.documents.store import DocumentStore, Entry, NumberTaken, StoreDamaged
from services.documents.typesetting import CannotSet, Typesetter
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt

log = structlog.get_logger(__name__)

RENDERED = "rendered"
NEVER_RENDERED = "never-rendered"
NUMBER_TAKEN = "number-taken"
STORE_DAMAGED = "store-damaged"


class DocumentMaker:
    """An effect port over a typesetter and a store; works in threads of its own, so that deciding goes on meanwhile."""

    def __init__(self, typesetter: Typesetter, store: DocumentStore, at_once_max: int) -> None:
        self._typesetter, self._store = typesetter, store
        self._threads = ThreadPoolExecutor(at_once_max, thread_name_prefix="documents")

    async def attempt(self, request: EffectRequest) -> Attempt:
        """Make a document out, or find it made out."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.make, _document(request))

    async def look_up(self, request: EffectRequest) -> Attempt:
        """Look in the store what became of a document."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.find, _document(request))

    def make(self, request: DocumentRequested) -> Attempt:
        """Set and keep one document, in this thread."""
        try:
            pdf, entry = self._set(request)
            return _done(self._store.keep(pdf, entry))
        except CannotSet as error:
            log.warning("document not set", effect_id=request.effect_id, code=error.code)
            return Attempt(FAILED, error.code)
        except NumberTaken:
            log.warning("document number is taken", effect_id=request.effect_id, number=request.document_number)
            return Attempt(FAILED, NUMBER_TAKEN)

    def find(self, request: DocumentRequested) -> Attempt:
        """Tell what the store has of one document, in this thread."""
        try:
            entry = self._store.entry(request.document_number)
            if entry is None:
                return Attempt(FAILED, NEVER_RENDERED)
            if entry.effect_id != request.effect_id and entry.sha256 != self._set(request)[1].sha256:
                return Attempt(FAILED, NUMBER_TAKEN)
            is_kept = self._store.document(entry.sha256) is not None
        except CannotSet as error:
            return Attempt(FAILED, error.code)
        except StoreDamaged as error:
            log.warning("document store damaged", effect_id=request.effect_id, error=str(error))
            return Attempt(UNKNOWN, STORE_DAMAGED)
        return _done(entry) if is_kept else Attempt(UNKNOWN, STORE_DAMAGED)

    def _set(self, request: DocumentRequested) -> tuple[bytes, Entry]:
        made = self._typesetter.set_document(request.kind, request.template_version, content_of(request))
        return made.pdf, Entry(
            document_number=request.document_number,
            effect_id=request.effect_id,
            unit_code=request.unit_code,
            kind=request.kind,
            sha256=hashlib.sha256(made.pdf).hexdigest(),
            byte_count=len(made.pdf),
            page_count=made.page_count,
            template_release=made.template_release,
        )

    async def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _done(entry: Entry) -> Attempt:
    receipt = receipt_text(entry.sha256, entry.byte_count, entry.page_count, entry.template_release)
    return Attempt(DONE, RENDERED, receipt)


def _document(request: EffectRequest) -> DocumentRequested:
    if not isinstance(request, DocumentRequested):
        raise TypeError(f"documents are not made of {type(request).__name__}")
    return request
