"""Fixtures of the console's tests."""

import asyncio
import shutil
from datetime import UTC, datetime
from functools import cache
from tempfile import TemporaryDirectory

import pytest

from services.console.commands.demo import SAMPLE_FEED
from services.console.first_facts import tell_outlets
from tests.services.console.towns import Town


@pytest.fixture
def town() -> Town:
    """A mesh whose calendars are known and that nothing has happened on."""
    return Town()


@pytest.fixture
def losses() -> Town:
    """Cards were reported lost on the 3rd of November, and outlets gave blanks for new ones."""
    return Town(_with_losses().twin)


@cache
def _with_losses() -> Town:
    town = Town()
    asyncio.run(tell_outlets(town.mesh, town.twin.clock, blanks=4))
    town.twin.run()
    town.twin.tick(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    with TemporaryDirectory() as folder:
        reports = shutil.copy(SAMPLE_FEED / "week-1" / "lost-cards.csv", folder)
        town.shebao("publish", str(reports), "--said-at", "2026-11-03T09:30")
    town.pass_days(1)
    return town


@pytest.fixture
def indebted() -> Town:
    """A registered unit owes one month, was reminded, and time has gone by."""
    return Town(_with_a_debt().twin)


@cache
def _with_a_debt() -> Town:
    town = Town()
    town.register()
    town.twin.run()
    town.owe()
    town.twin.run()
    town.pass_days(1)
    return town
