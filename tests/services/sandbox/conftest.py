"""What the sandbox's tests share: settings on free ports with data in a temporary folder."""

from pathlib import Path

import pytest

from services.sandbox.ports import free_port
from services.sandbox.settings import SandboxSettings


@pytest.fixture
def settings(tmp_path: Path) -> SandboxSettings:
    """A sandbox of this test's own; downloaded software is shared with everybody."""
    return SandboxSettings(
        data_dir=tmp_path / "data",
        kafka_port=free_port(neighbours=1),
        registry_port=free_port(),
        registry_management_port=free_port(),
        smtp_port=free_port(),
        printer_port=free_port(),
        calls_port=free_port(),
    )
