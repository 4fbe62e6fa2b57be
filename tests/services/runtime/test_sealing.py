"""Sealed fields open for their reader alone, and the same input gives the same bytes."""

import base64
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fact import Sealed
from schemas.sealed_fields import BY_NAME, CONSOLE, GATEWAY, SEALED_FIELDS
from schemas.topics import SERVICES
from services.runtime.errors import CannotOpen, NotGranted, UserMistake, WillNotStart
from services.runtime.person_keys import PersonKeys
from services.runtime.sealing import (
    CONTACT_EMAIL,
    CONTACT_PHONE,
    development_opener,
    development_vault,
    masked,
    opener_from_environment,
    vault_from_environment,
)
from services.runtime.vault.database import create

UNIT = "11371000004359918E"
CITIZEN = "11010519491231002X"
PHONE = "0631-8451473"
DAY = date(2026, 11, 2)
VAULT, OPENER = development_vault(), development_opener("deliveries")
SECRET = bytes(range(100, 132))
PRINCIPALS = (*SERVICES, CONSOLE, GATEWAY)
CONTACTS = st.sampled_from([CONTACT_PHONE, CONTACT_EMAIL])


@given(st.text(min_size=1), st.text(), CONTACTS, st.integers(1, 9))
def test_what_was_sealed_opens_for_the_same_subject_field_and_version(
    text: str, subject: str, field: str, version: int
) -> None:
    """seal, then open with the same three."""
    sealed = VAULT.seal(text, subject, field, DAY, version)

    assert text == OPENER.open(sealed, subject, field, version)


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    """The ciphertext is fixed here: a release that changes it would break every remembered digest."""
    sealed = VAULT.seal(PHONE, UNIT, CONTACT_PHONE, DAY)

    assert sealed.ciphertext.hex() == "699d8eaed39fdb8dec1e4c34e407afe18a2faa5543f5a79c1488a724"
    assert sealed == development_vault().seal(PHONE, UNIT, CONTACT_PHONE, DAY)


@given(st.text(max_size=30), CONTACTS, st.integers(1, 3))
def test_it_opens_for_no_other_subject_field_or_version(subject: str, field: str, version: int) -> None:
    """A sealed value that was copied elsewhere is worthless there."""
    sealed = VAULT.seal(PHONE, UNIT, CONTACT_PHONE, DAY)
    if (subject, field, version) == (UNIT, CONTACT_PHONE, 1):
        return

    with pytest.raises(CannotOpen) as error:
        OPENER.open(sealed, subject, field, version)
    assert "8451473" not in str(error.value)


def test_an_altered_value_does_not_open() -> None:
    """One bit changed."""
    sealed = VAULT.seal(PHONE, UNIT, CONTACT_PHONE, DAY)
    altered = Sealed(key_reference=sealed.key_reference, ciphertext=sealed.ciphertext[:-1] + b"\x00")

    with pytest.raises(CannotOpen, match="altered"):
        OPENER.open(altered, UNIT, CONTACT_PHONE)


def test_a_value_too_short_to_be_sealed_does_not_open() -> None:
    """No cryptographic error of the library comes through."""
    short = Sealed(key_reference=VAULT.seal(PHONE, UNIT, CONTACT_PHONE, DAY).key_reference, ciphertext=b"x")

    with pytest.raises(CannotOpen):
        OPENER.open(short, UNIT, CONTACT_PHONE)


def test_nothing_cannot_be_sealed() -> None:
    """An empty field is left out instead."""
    with pytest.raises(UserMistake):
        VAULT.seal("", UNIT, CONTACT_PHONE, DAY)


def test_what_is_no_sealed_field_of_the_contracts_is_not_sealed() -> None:
    """Nobody could be granted it."""
    with pytest.raises(CannotOpen, match="unit_name"):
        VAULT.seal("x", UNIT, "unit_name", DAY)


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.parametrize("field", sorted(BY_NAME))
def test_whoever_is_granted_a_field_opens_it_and_nobody_else(principal: str, field: str) -> None:
    sealed, opener = VAULT.seal(PHONE, UNIT, field, DAY), development_opener(principal)
    if principal in BY_NAME[field].opened_by:
        assert PHONE == opener.open(sealed, UNIT, field)
        return

    with pytest.raises(NotGranted, match=f"{principal} may not open {field}"):
        opener.open(sealed, UNIT, field)


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.parametrize("field", sorted(BY_NAME))
def test_whoever_may_see_a_field_masked_sees_it_masked_and_nobody_else(principal: str, field: str) -> None:
    sealed, opener = VAULT.seal(PHONE, UNIT, field, DAY), development_opener(principal)
    if principal in (*BY_NAME[field].opened_by, *BY_NAME[field].masked_by):
        assert "063*****1473" == opener.masked(sealed, UNIT, field)
        return

    with pytest.raises(NotGranted, match=f"{principal} may not see {field}"):
        opener.masked(sealed, UNIT, field)


def test_who_publishes_can_open_nothing() -> None:
    """Neither by what it holds nor by the grant table."""
    assert not hasattr(VAULT, "open")
    assert [] == [field.name for field in SEALED_FIELDS if GATEWAY in (*field.opened_by, *field.masked_by)]


def test_a_person_key_is_versioned_stable_and_not_the_number() -> None:
    """Fixed here: it names a person for ever."""
    assert VAULT.person_key(CITIZEN) == "p1-6b61379c27712fbaf72fa4e5bf1a29de"
    assert VAULT.person_key(CITIZEN) != PersonKeys(SECRET).person_key(CITIZEN)


def test_a_wrong_citizen_number_has_no_key_and_is_not_repeated() -> None:
    """The check digit 1 instead of X."""
    with pytest.raises(UserMistake) as error:
        VAULT.person_key("110105194912310021")
    assert "1949" not in str(error.value)


def test_a_person_secret_of_31_bytes_does_not_start_and_32_do() -> None:
    """The boundary pair."""
    assert PersonKeys(SECRET).card_key("W1")
    with pytest.raises(WillNotStart, match="32 bytes"):
        PersonKeys(SECRET[:31])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("370284197909131234", "370***********1234"),
        ("13863112345", "138****2345"),
        ("0631-8451473", "063*****1473"),
        ("1234567890", "123***7890"),
        ("123456789", "*********"),
        ("110", "***"),
        ("王小明", "***"),
        ("", ""),
    ],
)
def test_numbers_are_shown_masked(text: str, shown: str) -> None:
    """What is too short to hide anything is hidden whole."""
    assert masked(text) == shown


@given(st.text(alphabet=st.characters(exclude_characters="*"), max_size=40))
def test_a_mask_keeps_the_length_hides_three_at_least_and_shows_seven_at_most(text: str) -> None:
    shown = masked(text)

    assert len(text) == len(shown)
    assert shown.count("*") >= min(3, len(text))
    assert len(shown) - shown.count("*") in (0, 7)


def test_keys_come_from_the_environment_as_text_or_file(tmp_path: Path) -> None:
    """The person secret as a file, base64 with a line's end."""
    (tmp_path / "person-secret").write_text(base64.b64encode(SECRET).decode() + "\n")
    vault = vault_from_environment(
        {"SHEBAO_VAULT": "development", "SHEBAO_PERSON_SECRET_FILE": str(tmp_path / "person-secret")}
    )

    assert vault.person_key(CITIZEN) == PersonKeys(SECRET).person_key(CITIZEN)


def test_the_development_keys_must_be_asked_for_by_name() -> None:
    """Never by leaving the variables out."""
    asked = {"SHEBAO_VAULT": "development", "SHEBAO_PERSON_SECRET": "development"}
    sealed = vault_from_environment(asked).seal(PHONE, UNIT, CONTACT_PHONE, DAY)

    assert VAULT.seal(PHONE, UNIT, CONTACT_PHONE, DAY) == sealed
    assert PHONE == opener_from_environment("deliveries", asked).open(sealed, UNIT, CONTACT_PHONE)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SHEBAO_VAULT is not set"),
        ({"SHEBAO_VAULT": "development"}, "SHEBAO_PERSON_SECRET is not set"),
        ({"SHEBAO_VAULT": "development", "SHEBAO_PERSON_SECRET": "secret!"}, "SHEBAO_PERSON_SECRET is not base64"),
        (
            {"SHEBAO_VAULT": "development", "SHEBAO_PERSON_SECRET": "a", "SHEBAO_PERSON_SECRET_FILE": "b"},
            "keep one of them",
        ),
        ({"SHEBAO_VAULT": "/nowhere/keys"}, "There is no vault at /nowhere/keys"),
        ({"SHEBAO_VAULT": "here"}, "SHEBAO_MASTER_KEYS is not set"),
        ({"SHEBAO_VAULT": "here", "SHEBAO_MASTER_KEYS_FILE": "/nowhere/ring"}, "cannot be read"),
        ({"SHEBAO_VAULT": "here", "SHEBAO_MASTER_KEYS": "secret!"}, "ring of master keys cannot be read"),
        (
            {
                "SHEBAO_VAULT": "here",
                "SHEBAO_MASTER_KEYS": '{"keys": [{"compartment": "contact", "version": 1, "key": "secret!"}]}',
            },
            "not base64",
        ),
        (
            {
                "SHEBAO_VAULT": "here",
                "SHEBAO_MASTER_KEYS": '{"keys": [{"compartment": "contact", "version": 1, "key": "c2VjcmV0IQ=="}]}',
            },
            "must have 64 bytes",
        ),
    ],
)
def test_a_missing_or_unusable_key_does_not_start_and_says_which(
    environment: dict[str, str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence that names the variable and holds no secret."""
    monkeypatch.chdir(tmp_path)
    create(Path("here"))

    with pytest.raises(WillNotStart, match=sentence) as error:
        vault_from_environment(environment)
    assert "secret!" not in str(error.value)
    assert "c2VjcmV0IQ" not in str(error.value)
