"""What the auditor says: where the chain of a task's decision records stood, signed."""

from datetime import datetime

from schemas.fact import Wire
from schemas.vocabulary import ShortText


class DecisionsSealed(Wire):
    """The auditor signed how far the chain of one task's decision records reaches (决定记录签封).

    Whoever holds a seal can tell later whether anything up to its entry was changed, removed, inserted or reordered.
    """

    service: ShortText
    partition: int
    last_number: int
    """Number of the last decision entry that is sealed; the first of a task is 0."""
    offset: int
    """Where the decision record that ends with this entry stands in `<service>-decisions`."""
    head_hash: bytes
    """SHA-256 of that record's value after the registry prefix, as the record after it carries it."""
    sealed_at: datetime
    key_id: ShortText
    """Names the public key that verifies the signature."""
    signature: bytes
    """Ed25519 over the fields above as canonical JSON (RFC 8785): hashes as hex, the instant in UTC to the microsecond."""
