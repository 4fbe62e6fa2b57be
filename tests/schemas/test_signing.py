"""What a producer signs, held to a test vector that no code of ours makes."""

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from schemas.avro import avro_schema, fingerprint
from schemas.contracts import CONTRACTS
from schemas.examples import FOLDER
from schemas.examples.values import SIGNING_KEY
from schemas.producers import ProducerKeyPublished, key_published
from schemas.signing import SigningKey, is_signed_by

VECTOR: dict[str, Any] = json.loads((FOLDER / "signature.json").read_text(encoding="utf-8"))
HEADERS = {name: text.encode() for name, text in VECTOR["headers"].items()}
ADDED = {name: text.encode() for name, text in VECTOR["signature_headers"].items()}
KEY, VALUE = VECTOR["key"].encode(), bytes.fromhex(VECTOR["value"])
SIGNED_AT = datetime(2024, 3, 15, 1, 30, 1, 250_000, tzinfo=UTC)


def sign(key: SigningKey = SIGNING_KEY, **headers: bytes) -> dict[str, bytes]:
    sent = (HEADERS | headers).items()
    return dict(key.signature_headers(sent, KEY, VALUE, VECTOR["schema_fingerprint"], SIGNED_AT))


def test_the_vector_is_what_our_signer_makes() -> None:
    assert ADDED == sign()


def test_the_statement_is_the_parts_behind_their_lengths() -> None:
    names = ("ce_id", "ce_source", "ce_type", "ce_time", "ce_signkeyid", "ce_signedat")
    covered = [(HEADERS | ADDED)[name] for name in names]
    schema = bytes.fromhex(VECTOR["schema_fingerprint"])
    parts = [b"shebao-upstream-record/1", *covered, schema, KEY, VALUE[5:]]

    assert VECTOR["statement"] == b"".join(struct.pack(">I", len(part)) + part for part in parts).hex()


def test_the_signature_is_plain_ed25519_over_the_statement() -> None:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTOR["public_key"]))

    public.verify(base64.b64decode(ADDED["ce_signature"]), bytes.fromhex(VECTOR["statement"]))


def test_the_key_id_is_made_of_the_key_and_whose_it_is() -> None:
    named = b"\x00".join((b"signing key", b"tax", b"urn:weihai:tax", bytes.fromhex(VECTOR["public_key"])))

    assert ADDED["ce_signkeyid"].decode() == "s1-" + hashlib.sha256(named).hexdigest()[:24]


def test_the_fingerprint_is_that_of_the_registered_schema() -> None:
    assert VECTOR["schema_fingerprint"] == fingerprint(avro_schema(CONTRACTS[VECTOR["contract"]]))


def test_a_key_signs_for_its_own_source_alone() -> None:
    with pytest.raises(ValueError, match="urn:weihai:tax alone"):
        sign(ce_source=b"urn:weihai:payroll")


def test_nothing_is_signed_without_what_has_to_be() -> None:
    headers = [(name, content) for name, content in HEADERS.items() if name != "ce_id"]

    with pytest.raises(ValueError, match="ce_id"):
        SIGNING_KEY.signature_headers(headers, KEY, VALUE, VECTOR["schema_fingerprint"], SIGNED_AT)


def test_a_key_does_not_show_itself() -> None:
    assert VECTOR["private_key"] not in repr(SIGNING_KEY) + str(SIGNING_KEY.__dict__)


def test_what_is_no_key_at_all_has_signed_nothing() -> None:
    assert not is_signed_by(bytes(32), base64.b64decode(ADDED["ce_signature"]), b"statement")


@pytest.mark.parametrize(
    "changes",
    [{"source": "urn:weihai:payroll"}, {"system": "payroll"}, {"public_key": bytes(32)}, {"public_key": b"short"}],
)
def test_a_published_key_cannot_be_given_to_somebody_else(changes: dict[str, object]) -> None:
    word = key_published(SIGNING_KEY, SIGNED_AT, "x", "y").model_dump()

    with pytest.raises(ValidationError, match="not made of this key"):
        ProducerKeyPublished.model_validate(word | changes)
