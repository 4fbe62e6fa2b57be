"""Sealed fields open for their reader alone, and the same input gives the same bytes."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fact import Sealed
from services.runtime.errors import CannotOpen, UserMistake, WillNotStart
from services.runtime.sealing import (
    CONTACT_EMAIL,
    CONTACT_PHONE,
    Vault,
    development_vault,
    masked,
    vault_from_environment,
)

UNIT = "11371000004359918E"
CITIZEN = "11010519491231002X"
VAULT = development_vault()
KEY, SECRET = bytes(range(64)), bytes(range(100, 132))


@given(st.text(min_size=1), st.text(), st.text(), st.integers(1, 9))
def test_what_was_sealed_opens_for_the_same_subject_field_and_version(
    text: str, subject: str, field: str, version: int
) -> None:
    """seal, then open with the same three."""
    sealed = VAULT.seal(text, subject, field, version)

    assert VAULT.open(sealed, subject, field, version) == text


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    """The ciphertext is fixed here: a release that changes it would break every remembered digest."""
    sealed = VAULT.seal("0631-8451473", UNIT, CONTACT_PHONE)

    assert sealed.ciphertext.hex() == "3489faf41db1d9653119d15f07af34a4efa55c0c752dae925ff33ba0"
    assert sealed == development_vault().seal("0631-8451473", UNIT, CONTACT_PHONE)


@pytest.mark.parametrize(
    ("subject", "field", "version"),
    [("91371000MA3BXXXX", CONTACT_PHONE, 1), (UNIT, CONTACT_EMAIL, 1), (UNIT, CONTACT_PHONE, 2)],
)
def test_it_does_not_open_for_another_subject_field_or_version(subject: str, field: str, version: int) -> None:
    """A sealed value that was copied elsewhere is worthless there."""
    sealed = VAULT.seal("0631-8451473", UNIT, CONTACT_PHONE)

    with pytest.raises(CannotOpen) as error:
        VAULT.open(sealed, subject, field, version)
    assert "8451473" not in str(error.value)


def test_parts_of_what_it_is_bound_to_cannot_be_shifted_into_each_other() -> None:
    """("ab", "c") is not ("a", "bc")."""
    with pytest.raises(CannotOpen):
        VAULT.open(VAULT.seal("x", "ab", "c"), "a", "bc")


def test_an_altered_value_does_not_open() -> None:
    """One bit changed."""
    sealed = VAULT.seal("0631-8451473", UNIT, CONTACT_PHONE)
    altered = Sealed(key_reference=sealed.key_reference, ciphertext=sealed.ciphertext[:-1] + b"\x00")

    with pytest.raises(CannotOpen, match="altered"):
        VAULT.open(altered, UNIT, CONTACT_PHONE)


def test_a_value_too_short_to_be_sealed_does_not_open() -> None:
    """No cryptographic error of the library comes through."""
    short = Sealed(key_reference=VAULT.key_reference, ciphertext=b"x")

    with pytest.raises(CannotOpen):
        VAULT.open(short, UNIT, CONTACT_PHONE)


def test_a_value_sealed_with_another_key_names_that_key() -> None:
    """The operator learns which key is missing."""
    other = Vault(KEY, SECRET)

    with pytest.raises(CannotOpen, match=other.key_reference):
        VAULT.open(other.seal("x", UNIT, CONTACT_PHONE), UNIT, CONTACT_PHONE)


def test_nothing_cannot_be_sealed() -> None:
    """An empty field is left out instead."""
    with pytest.raises(UserMistake):
        VAULT.seal("", UNIT, CONTACT_PHONE)


def test_a_person_key_is_versioned_stable_and_not_the_number() -> None:
    """Fixed here: it names a person for ever."""
    assert VAULT.person_key(CITIZEN) == "p1-6b61379c27712fbaf72fa4e5bf1a29de"
    assert VAULT.person_key(CITIZEN) != Vault(KEY, SECRET).person_key(CITIZEN)


def test_a_wrong_citizen_number_has_no_key_and_is_not_repeated() -> None:
    """The check digit 1 instead of X."""
    with pytest.raises(UserMistake) as error:
        VAULT.person_key("110105194912310021")
    assert "1949" not in str(error.value)


@pytest.mark.parametrize("size", [63, 65, 32, 0])
def test_a_sealing_key_of_another_length_does_not_start(size: int) -> None:
    """63 and 65 beside the right 64."""
    with pytest.raises(WillNotStart, match="64 bytes"):
        Vault(bytes(range(size)), SECRET)


def test_a_person_secret_of_31_bytes_does_not_start_and_32_do() -> None:
    """The boundary pair."""
    assert Vault(KEY, SECRET).key_reference
    with pytest.raises(WillNotStart, match="32 bytes"):
        Vault(KEY, SECRET[:31])


def test_a_vault_shows_no_secret() -> None:
    """Neither in its repr nor through its key reference."""
    assert repr(VAULT) == f"Vault(key_reference='{VAULT.key_reference}')"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("370284197909131234", "370***********1234"),
        ("13863112345", "138****2345"),
        ("0631-8451473", "063*****1473"),
        ("1234567890", "123***7890"),
        ("123456789", "*********"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_numbers_are_shown_masked(text: str, shown: str) -> None:
    """What is too short to hide anything is hidden whole."""
    assert masked(text) == shown


def test_keys_come_from_the_environment_as_text_or_file(tmp_path: Path) -> None:
    """One as text, one as file; both make the same vault as the bytes themselves."""
    secret_file = tmp_path / "person-secret"
    secret_file.write_text(base64.b64encode(SECRET).decode() + "\n")
    vault = vault_from_environment(
        {"SHEBAO_SEALING_KEY": base64.b64encode(KEY).decode(), "SHEBAO_PERSON_SECRET_FILE": str(secret_file)}
    )

    assert vault.key_reference == Vault(KEY, SECRET).key_reference
    assert vault.person_key(CITIZEN) == Vault(KEY, SECRET).person_key(CITIZEN)


def test_the_development_keys_must_be_asked_for_by_name() -> None:
    """Never by leaving the variables out."""
    asked = {"SHEBAO_SEALING_KEY": "development", "SHEBAO_PERSON_SECRET": "development"}

    assert vault_from_environment(asked).key_reference == VAULT.key_reference
    assert vault_from_environment(asked).person_key(CITIZEN) == VAULT.person_key(CITIZEN)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SHEBAO_SEALING_KEY is not set"),
        ({"SHEBAO_SEALING_KEY": "development"}, "SHEBAO_PERSON_SECRET is not set"),
        ({"SHEBAO_SEALING_KEY": "secret!"}, "SHEBAO_SEALING_KEY is not base64"),
        ({"SHEBAO_SEALING_KEY": "a", "SHEBAO_SEALING_KEY_FILE": "b"}, "keep one of them"),
        ({"SHEBAO_SEALING_KEY_FILE": "/nowhere/key"}, "cannot be read"),
    ],
)
def test_a_missing_or_unusable_key_does_not_start_and_says_which(environment: dict[str, str], sentence: str) -> None:
    """One sentence that names the variable and holds no secret."""
    with pytest.raises(WillNotStart, match=sentence) as error:
        vault_from_environment(environment)
    assert "secret!" not in str(error.value)
