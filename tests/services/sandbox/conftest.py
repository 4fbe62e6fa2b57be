"""What the sandbox's tests share: settings on free ports with data in a temporary folder."""

from pathlib import Path

import pytest

from services.sandbox.settings import SandboxSettings, on_free_ports


@pytest.fixture
def settings(tmp_path: Path) -> SandboxSettings:
    """A sandbox of this test's own; downloaded software is shared with everybody."""
    return on_free_ports(tmp_path / "data")
