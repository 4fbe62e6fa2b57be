"""Schemas under which a contract was ever written: its kept versions, and the one of this code.

Hashes and digests begin behind the registry prefix, since a rebuilt registry numbers anew. So the prefix itself can be exchanged:
whoever may register a schema could have the same bytes read with two fields exchanged. What is kept bars that.
"""

from functools import lru_cache

from schemas.avro import avro_schema, fingerprint
from schemas.avro.versions import kept_versions
from schemas.contracts import contract_name
from schemas.fact import Wire
from schemas.topics import BY_NAME
from services.runtime.codec import Codec
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor


@lru_cache(maxsize=1)
def _kept() -> dict[str, frozenset[str]]:
    return {name: frozenset(map(fingerprint, versions.values())) for name, versions in kept_versions().items()}


@lru_cache(maxsize=1_000)
def fingerprints_of(model: type[Wire]) -> frozenset[str]:
    """Give the fingerprints of a contract's schemas."""
    return _kept().get(contract_name(model), frozenset()) | {fingerprint(avro_schema(model))}


def is_kept(codec: Codec, record: InputRecord) -> bool:
    """Tell whether a record's prefix names a schema of its topic's contract. What is no contract (a dead letter) has none to name."""
    model = BY_NAME[record.topic].fact
    try:
        return model is None or codec.writer_of(record.value or b"").fingerprint in fingerprints_of(model)
    except RefusedAtDoor:
        return False
