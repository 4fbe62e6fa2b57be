"""Fixtures of the console's tests."""

import pytest

from tests.services.console.towns import Town


@pytest.fixture
def town() -> Town:
    """A mesh whose calendars are known and that nothing has happened on."""
    return Town()


@pytest.fixture
def indebted(town: Town) -> Town:
    """A registered unit owes one month, was reminded, and time has gone by."""
    town.register()
    town.twin.run()
    town.owe()
    town.twin.run()
    town.pass_days(1)
    return town
