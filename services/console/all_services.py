"""Every service of the mesh, as the edges know them."""

from services.audit.all_services import ALL_SERVICES, BY_NAME

__all__ = ["ALL_SERVICES", "BY_NAME"]
