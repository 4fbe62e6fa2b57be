"""A vault of its own for each test."""

from pathlib import Path

import pytest

from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the vault's file is, or will be."""
    return tmp_path / "vault" / "keys.sqlite"


@pytest.fixture
def keys(path: Path) -> StoredVault:
    """The vault, made."""
    return made(path)
