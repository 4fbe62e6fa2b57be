"""Keys that anybody might have published for a system, and signatures that are not worth the name."""

import base64
import hashlib
import random
from datetime import UTC, datetime
from typing import Any

from schemas.signing import KEY_ID_HEADER, SIGNATURE_HEADER, SIGNED_AT_HEADER, key_id_of
from tests.harness.header_batches import RawHeader

KEYS = tuple(
    (hashlib.sha256(f"{system}{source}".encode()).digest(), system, source)
    for system in ("tax", "outlet-ledger", "nobody")
    for source in ("urn:weihai:tax", "urn:hostile:one")
)
"""Public halves that nobody has a private one of."""
NOT_YET = datetime(2149, 1, 1, tzinfo=UTC)
"""From when records would have to be signed: before it a key makes nobody else's records unsigned."""
INSTANTS = (*(b"2026-11-02T01:00:00Z",) * 8, b"", None, b"9999-12-31T23:59:59Z", b"now", b"\xff", b"2026-11-02")


def published_key(chance: random.Random) -> dict[str, Any]:
    """What makes a key's fact that of one of these keys."""
    public_key, system, source = chance.choice(KEYS)
    key_id = key_id_of(public_key, system, source)
    return {
        "key_id": key_id,
        "public_key": public_key,
        "system": system,
        "source": source,
        "demanded_since": NOT_YET,
        "ends_at": None,
    }


def signature_headers(chance: random.Random) -> list[RawHeader]:
    """The headers of a signature, each perhaps sound, perhaps not."""
    made = base64.b64encode(chance.randbytes(chance.choice((64, 64, 63, 0))))
    signature = chance.choice((*(made,) * 8, made[:-1], b"\xff", b"", None, b"A" * 70_000))
    known = key_id_of(*chance.choice(KEYS)).encode()
    key_id = chance.choice((*(known,) * 6, b"s1-" + b"0" * 24, b"", None, b"\xff" * 20))
    names = (KEY_ID_HEADER.encode(), SIGNED_AT_HEADER.encode(), SIGNATURE_HEADER.encode())
    headers = list(zip(names, (key_id, chance.choice(INSTANTS), signature), strict=True))
    return chance.sample(headers, k=chance.choice((3, 3, 3, 2, 1)))
