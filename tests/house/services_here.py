"""The services there are, by their folders: which decide, and which stand at the edges."""

from importlib import import_module

from services.runtime.service import Service
from tests.house.sources import ROOT

EDGES = {
    "runtime": "the shell all services share",
    "sandbox": "Kafka and the registry on one machine",
    "clock": "says what time it is; decides nothing",
    "console": "the command line",
    "documents": "an effect shell: makes out what a service asks for, in that service's worker; decides nothing",
    "gateway": "publishes in",
    "audit": "explains, replays, seals and verifies",
    "monitoring": "watches; a recount there is harmless",
    "page": "shows, and gives the orders two people agreed on",
}
"""Folders of `services/` that decide nothing, each with what it is."""


def deciding_folders() -> list[str]:
    """Every folder of `services/` that decides: a new one is held to the house rules without being listed."""
    folders = (path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").is_file())
    return sorted(name for name in folders if name not in EDGES)


def plugged_services() -> dict[str, Service]:
    """Every service as its folder plugs it in, deciding or effect shell, by name."""
    found: dict[str, Service] = {}
    for folder in deciding_folders():
        plugged: tuple[Service, ...] = import_module(f"services.{folder}.worker").SERVICES
        found |= {service.name: service for service in plugged}
    return found
