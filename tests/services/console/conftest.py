"""Fixtures of the console's tests."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.console.commands.demo import SAMPLE_FEED
from services.console.first_facts import tell_outlets
from tests.services.console.towns import Town


@pytest.fixture
def town() -> Town:
    """A mesh whose calendars are known and that nothing has happened on."""
    return Town()


@pytest.fixture
def losses(town: Town, tmp_path: Path) -> Town:
    """Cards were reported lost on the 3rd of November, and outlets gave blanks for new ones."""
    asyncio.run(tell_outlets(town.mesh, town.twin.clock, blanks=4))
    town.twin.run()
    town.twin.tick(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    reports = shutil.copy(SAMPLE_FEED / "week-1" / "lost-cards.csv", tmp_path)
    town.shebao("publish", str(reports), "--said-at", "2026-11-03T09:30")
    town.pass_days(1)
    return town


@pytest.fixture
def indebted(town: Town) -> Town:
    """A registered unit owes one month, was reminded, and time has gone by."""
    town.register()
    town.twin.run()
    town.owe()
    town.twin.run()
    town.pass_days(1)
    return town
