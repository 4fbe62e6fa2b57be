"""A dead letter as it stands in its topic, in signs that can be seen. What is sealed stays sealed: the page holds no key."""

from collections.abc import Sequence

from schemas.fact import Sealed
from services.audit.words import visible
from services.runtime.codec import Codec
from services.runtime.dead import original_of
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor

BYTES_SHOWN_MAX = 4_096
SEALED = "（已加密）"


def unmasked(codec: Codec, record: InputRecord) -> Sequence[tuple[str, str]]:
    """Give (field, text) of the original; where it cannot be read, its beginning as text."""
    original, _ = original_of(record)
    value = original.value or b""
    try:
        fact = codec.decode(original.topic, value)
    except (RefusedAtDoor, KeyError):
        return [("value", visible(value[:BYTES_SHOWN_MAX].decode("utf-8", "replace")))]
    shown = ((name, SEALED if isinstance(field, Sealed) else str(field)) for name, field in fact if field is not None)
    return [(name, visible(text)) for name, text in shown]
