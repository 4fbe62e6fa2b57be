"""A short campaign of real faults; `make chaos` runs long ones."""

import asyncio

import pytest
from rich.console import Console

from tests.chaos.campaign import Campaign, Order
from tests.chaos.figures import told

SHORT = Order(
    seed=20261126,
    minutes=0.75,
    records=200_000,
    units=6_000,
    frozen_s=(5.0, 12.0),
    pause_s=(1.0, 6.0),
    without=("rolling-restart-brokers", "rolling-restart-workers"),
)
"""Three quarters of a minute of faults; those that go on longer than that are left to the long campaigns."""


@pytest.mark.broker
@pytest.mark.timeout(400)
def test_under_real_faults_nothing_is_lost_twice_or_out_of_order() -> None:
    console = Console()
    outcome = asyncio.run(Campaign(SHORT, console).run())

    for line in told(outcome):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    assert ([], {}) == (outcome.refusals, outcome.judgement["examples"])
    assert {"workers", "brokers", "network"} <= outcome.lanes
    assert outcome.confirmed > 5_000
