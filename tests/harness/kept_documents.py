"""A document store for the memory twin: it keeps whatever it is asked for, under the hash of the request."""

import hashlib

from schemas.documents import DocumentRequested, receipt_text
from schemas.effects import EffectRequest
from services.runtime.effects import DONE, Attempt


def kept(request: EffectRequest, is_lookup: bool) -> Attempt:
    """Tell what became of a document: made out."""
    assert isinstance(request, DocumentRequested)
    sha256 = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
    return Attempt(DONE, "rendered", receipt_text(sha256, 1_000, 2, f"{request.kind}-{request.template_version}"))
