"""The services that stories run on: all of them."""

from services.console.all_services import ALL_SERVICES

__all__ = ["ALL_SERVICES"]
