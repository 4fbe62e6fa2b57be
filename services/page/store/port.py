"""The queries of the page over its store: the port that the views are built against.

Every query takes the access of who asks and gives nothing outside it. Asking *for* something outside it (a district, a case) raises
`NotTheirs`, so that the page can record the refusal. Text that is searched for is never part of a statement.
"""

from datetime import date, datetime
from typing import Protocol

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
from services.runtime.errors import UserMistake


class NotTheirs(UserMistake):
    """Somebody asked for what lies outside the districts they may see. `about` names it (a district, a case key), for the record."""

    def __init__(self, about: str) -> None:
        super().__init__("所查事项属于您无权查看的区划。", "This lies in a district that you may not see.")
        self.about = about


class NoSuchPage(UserMistake):
    """`after` is none that the store gave for this list: begin again with the first page."""


class Queries(Protocol):
    """What the page asks. `rows` are at most `PAGE_ROWS_MAX`; `after` is what the page before gave as `next_after`."""

    async def overview(self, access: Access, now: datetime) -> Overview:
        """Give the mesh as it stands."""

    async def pulse(self, access: Access) -> Pulse:
        """Give what differs once something was taken in; for who asks every moment whether to look."""

    async def happened_since(self, access: Access, since: datetime, rows: int = 50) -> tuple[Happened, ...]:
        """Give facts appended after an instant, the oldest first: what server-sent events carry."""

    async def alerts(self, access: Access, *, only_open: bool = True, rows: int = 200) -> tuple[Alert, ...]:
        """Give alerts, those that stand first, then the latest."""

    async def measured(self, access: Access, wanted: IndicatorFilter) -> Measured:
        """Give an indicator in steps of time and by scope, each window at its latest revision."""

    async def totals(self, access: Access, wanted: InventoryFilter) -> Totals:
        """底数."""

    async def structure(self, access: Access, wanted: InventoryFilter) -> Structure:
        """结构."""

    async def figures(self, access: Access, wanted: InventoryFilter) -> tuple[Totals, Structure]:
        """底数 and 结构 of the same moment, for the price of one."""

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
        """清单, by keyset: a page costs the same wherever it lies."""

    async def story(self, access: Access, case_key: str) -> CaseStory | None:
        """Tell a case; None where nobody ever heard of it."""

    async def due(self, access: Access, officer: str, on: date, rows: int = 200) -> tuple[DueItem, ...]:
        """Give what is due for an officer (empty: for anybody) up to and with a day, the earliest first."""

    async def panels(self, access: Access, begins_on: date, days: int = 31) -> Panels:
        """Give the calendar of sittings from a day on, and the limits of all open applications."""

    async def outlets(self, access: Access, since: datetime) -> tuple[OutletNow, ...]:
        """Give every outlet; cards and minutes count from an instant on."""

    async def dead_codes(self, access: Access) -> tuple[DeadCode, ...]:
        """Give dead letters by service and code, the most open first."""

    async def dead_letters(
        self, access: Access, wanted: DeadFilter, rows: int = 100, after: str = ""
    ) -> Page[DeadLetter]:
        """Give dead letters, the latest first."""

    async def dead_letter(self, access: Access, name: str) -> DeadLetter | None:
        """Give one by its name; None where there is none."""

    async def parked(self, access: Access) -> tuple[ParkedCase, ...]:
        """Give every parked case, the longest waiting first."""

    async def halted(self, access: Access) -> tuple[HaltedTask, ...]:
        """Give every halted task; only for who sees every district."""

    async def unclear(self, access: Access) -> tuple[UnclearEffect, ...]:
        """Give every effect of which nobody knows what became, the oldest first."""

    async def stuck_timers(self, access: Access, rows: int = 200) -> tuple[StuckTimer, ...]:
        """Give cases whose timer lies behind their service's tick, the longest first."""

    async def acts(self, access: Access, *, matter: str = "", rows: int = 100, after: str = "") -> Page[PageAct]:
        """Give what the page recorded, perhaps of one matter only, the latest first; only for who sees every district."""

    async def search(self, access: Access, text: str, rows: int = 20) -> tuple[Found, ...]:
        """Find units by name or code, cases by a fact's id or a business reference, a dead letter by its name."""
