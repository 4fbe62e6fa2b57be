"""Every service of the mesh, for what looks at all of them: the edges, the memory twin, tests."""

from services.appraisal.worker import SERVICES as APPRAISAL
from services.arrears.worker import SERVICES as ARREARS
from services.cards.worker import SERVICES as CARDS
from services.notifications.worker import SERVICES as NOTIFICATIONS
from services.outlets.worker import SERVICES as OUTLETS
from services.runtime.service import Service

ALL_SERVICES: tuple[Service, ...] = (*ARREARS, *NOTIFICATIONS, *APPRAISAL, *CARDS, *OUTLETS)
"""Deciding services and effect shells."""

BY_NAME = {service.name: service for service in ALL_SERVICES}
"""Services by name."""
