"""The store as the page asks it: every query over one moment of the database."""

from collections.abc import Iterable
from datetime import date, datetime

from services.page.store import (
    reading_cards,
    reading_figures,
    reading_indicators,
    reading_inventory,
    reading_now,
    reading_ops,
    reading_search,
    reading_trouble,
)
from services.page.store.answers import Access, Alert, Found, Happened, Overview, Page, Pulse
from services.page.store.answers_arrears import (
    CaseStory,
    DueItem,
    InventoryFilter,
    InventoryRow,
    InventorySort,
    Structure,
    Totals,
)
from services.page.store.answers_cards import OutletNow, Panels
from services.page.store.answers_indicators import IndicatorFilter, Measured
from services.page.store.answers_trouble import (
    DeadCode,
    DeadFilter,
    DeadLetter,
    HaltedTask,
    PageAct,
    ParkedCase,
    StuckTimer,
    UnclearEffect,
)
from services.page.store.database import Database
from services.page.store.reading_story import story
from services.runtime.service import Service


class Store:
    """Answers `Queries`; see `port.py` for what each gives. `services`: all that there are, whose words are used."""

    def __init__(self, database: Database, services: Iterable[Service]) -> None:
        self._database = database
        self._services = {service.name: service for service in services}

    async def overview(self, access: Access, now: datetime) -> Overview:
        """The mesh as it stands."""
        async with self._database.reading() as moment:
            return await reading_now.overview(moment, access, self._services, now)

    async def pulse(self, access: Access) -> Pulse:
        """What differs once something was taken in."""
        async with self._database.reading() as moment:
            return await reading_now.pulse(moment, access)

    async def happened_since(self, access: Access, since: datetime, rows: int = 50) -> tuple[Happened, ...]:
        """Facts appended after an instant."""
        async with self._database.reading() as moment:
            return await reading_now.happened_since(moment, access, since, rows)

    async def alerts(self, access: Access, *, only_open: bool = True, rows: int = 200) -> tuple[Alert, ...]:
        """Alerts of monitoring."""
        async with self._database.reading() as moment:
            return await reading_ops.alerts(moment, access, only_open=only_open, rows=rows)

    async def measured(self, access: Access, wanted: IndicatorFilter) -> Measured:
        """What monitoring measured."""
        async with self._database.reading() as moment:
            return await reading_indicators.measured(moment, access, self._services, wanted)

    async def totals(self, access: Access, wanted: InventoryFilter) -> Totals:
        """底数."""
        async with self._database.reading() as moment:
            return await reading_figures.totals(moment, access, wanted)

    async def structure(self, access: Access, wanted: InventoryFilter) -> Structure:
        """结构."""
        async with self._database.reading() as moment:
            return await reading_figures.structure(moment, access, wanted)

    async def figures(self, access: Access, wanted: InventoryFilter) -> tuple[Totals, Structure]:
        """底数 and 结构."""
        async with self._database.reading() as moment:
            return await reading_figures.figures(moment, access, wanted)

    async def inventory(
        self,
        access: Access,
        wanted: InventoryFilter,
        sort: InventorySort = InventorySort.PRINCIPAL,
        *,
        descending: bool = True,
        rows: int = 100,
        after: str = "",
    ) -> Page[InventoryRow]:
        """清单."""
        async with self._database.reading() as moment:
            return await reading_inventory.inventory(
                moment, access, wanted, sort, descending=descending, rows=rows, after=after
            )

    async def story(self, access: Access, case_key: str) -> CaseStory | None:
        """A case's story."""
        async with self._database.reading() as moment:
            return await story(moment, access, self._services.values(), case_key)

    async def due(self, access: Access, officer: str, on: date, rows: int = 200) -> tuple[DueItem, ...]:
        """What is due for an officer."""
        async with self._database.reading() as moment:
            return await reading_inventory.due(moment, access, officer, on, rows)

    async def panels(self, access: Access, begins_on: date, days: int = 31) -> Panels:
        """Calendar and limits."""
        async with self._database.reading() as moment:
            return await reading_cards.panels(moment, access, begins_on, days)

    async def outlets(self, access: Access, since: datetime) -> tuple[OutletNow, ...]:
        """Outlets, their stock, their minutes."""
        async with self._database.reading() as moment:
            return await reading_cards.outlets(moment, access, since)

    async def dead_codes(self, access: Access) -> tuple[DeadCode, ...]:
        """Dead letters by code."""
        async with self._database.reading() as moment:
            return await reading_trouble.dead_codes(moment, access, self._services)

    async def dead_letters(
        self, access: Access, wanted: DeadFilter, rows: int = 100, after: str = ""
    ) -> Page[DeadLetter]:
        """Dead letters."""
        async with self._database.reading() as moment:
            return await reading_trouble.dead_letters(moment, access, self._services, wanted, rows, after)

    async def dead_letter(self, access: Access, name: str) -> DeadLetter | None:
        """One dead letter."""
        async with self._database.reading() as moment:
            return await reading_trouble.dead_letter(moment, access, self._services, name)

    async def parked(self, access: Access) -> tuple[ParkedCase, ...]:
        """Parked cases."""
        async with self._database.reading() as moment:
            return await reading_trouble.parked(moment, access)

    async def halted(self, access: Access) -> tuple[HaltedTask, ...]:
        """Halted tasks."""
        async with self._database.reading() as moment:
            return await reading_trouble.halted(moment, access)

    async def unclear(self, access: Access) -> tuple[UnclearEffect, ...]:
        """Unclear effects."""
        async with self._database.reading() as moment:
            return await reading_trouble.unclear(moment, access)

    async def stuck_timers(self, access: Access, rows: int = 200) -> tuple[StuckTimer, ...]:
        """Stuck timers."""
        async with self._database.reading() as moment:
            return await reading_trouble.stuck_timers(moment, access, rows)

    async def acts(self, access: Access, *, matter: str = "", rows: int = 100, after: str = "") -> Page[PageAct]:
        """Acts of the page."""
        async with self._database.reading() as moment:
            return await reading_search.acts(moment, access, matter, rows, after)

    async def search(self, access: Access, text: str, rows: int = 20) -> tuple[Found, ...]:
        """What a text finds."""
        async with self._database.reading() as moment:
            return await reading_search.search(moment, access, self._services, text, rows)
