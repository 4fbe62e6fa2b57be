"""Every service of the mesh, where the console's commands look for them; the list itself stands beside what the page can reach."""

from services.audit.all_services import ALL_SERVICES, BY_NAME

__all__ = ["ALL_SERVICES", "BY_NAME"]
