"""Keys of seals come from files or the environment, show nowhere, and are refused in one sentence."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.audit.seal_keys import (
    PublicKeys,
    SealKey,
    development_seal_key,
    public_entry,
    public_keys_from_environment,
    read_public_keys,
    seal_key_from_environment,
)
from services.runtime.errors import WillNotStart

SECRET = bytes(range(32))
TEXT = base64.b64encode(SECRET).decode()
FROM = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_key_is_taken_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    path.write_text(TEXT + "\n")
    taken = [
        seal_key_from_environment({"SHEBAO_SEAL_KEY": TEXT}),
        seal_key_from_environment({"SHEBAO_SEAL_KEY_FILE": str(path)}),
    ]

    assert {SealKey(SECRET).key_id} == {key.key_id for key in taken}


def test_the_word_development_asks_for_the_published_key() -> None:
    key = seal_key_from_environment({"SHEBAO_SEAL_KEY": "development"})

    assert development_seal_key().key_id == key.key_id
    assert key.key_id in public_keys_from_environment({"SHEBAO_SEAL_PUBLIC_KEYS": "development"})


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "SHEBAO_SEAL_KEY is not set"),
        ({"SHEBAO_SEAL_KEY": "secret!"}, "SHEBAO_SEAL_KEY is not base64"),
        ({"SHEBAO_SEAL_KEY": base64.b64encode(b"secret!").decode()}, "must have 32 bytes, not 7"),
        ({"SHEBAO_SEAL_KEY_FILE": "/nowhere"}, "SHEBAO_SEAL_KEY_FILE names a file that cannot be read"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_without_being_shown(environment: dict[str, str], said: str) -> None:
    with pytest.raises(WillNotStart, match=said) as error:
        seal_key_from_environment(environment)
    assert "secret!" not in str(error.value)


def test_a_key_does_not_show_itself() -> None:
    key = SealKey(SECRET)

    assert f"SealKey(key_id='{key.key_id}')" == repr(key)


def test_a_file_of_public_keys_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    entry = public_entry(SealKey(SECRET), FROM)
    path.write_text(json.dumps({"keys": [json.loads(entry.model_dump_json())]}))

    assert SealKey(SECRET).key_id in read_public_keys(path)
    assert SealKey(SECRET).key_id in public_keys_from_environment({"SHEBAO_SEAL_PUBLIC_KEYS": str(path)})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "is no file of public keys of seals: keys"),
        ("rubbish", "is no file of public keys"),
        ('{"keys": [{"key_id": "e1-x", "public_key": "", "valid_from": "2026-01-01T00:00:00"}]}', "valid_from"),
        ('{"keys": [{"key_id": "e1-x", "public_key": "AAAA", "valid_from": "2026-01-01T00:00:00Z"}]}', "e1-x is not"),
        (
            f'{{"keys": [{{"key_id": "e1-x", "public_key": "{TEXT}", "valid_from": "2026-01-01T00:00:00Z"}}]}}',
            "e1-x has another id",
        ),
    ],
)
def test_a_file_of_public_keys_that_is_wrong_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)

    with pytest.raises(WillNotStart, match=said):
        read_public_keys(path)


def test_missing_public_keys_are_named() -> None:
    with pytest.raises(WillNotStart, match="SHEBAO_SEAL_PUBLIC_KEYS is not set"):
        public_keys_from_environment({})
    with pytest.raises(WillNotStart, match="cannot be read from /nowhere"):
        public_keys_from_environment({"SHEBAO_SEAL_PUBLIC_KEYS": "/nowhere"})


def test_the_same_key_twice_is_refused() -> None:
    entry = public_entry(SealKey(SECRET), FROM)

    with pytest.raises(WillNotStart, match="stands twice"):
        PublicKeys([entry, entry])
