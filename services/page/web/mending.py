"""Mending: a dry run, a proposal, a second person's approval, and the orders that follow; each step a recorded act.

The order's instant is that of its approval, so that carrying out once more (after a crash, a lost answer) writes the same orders, which
their service knows already.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from schemas.page import ITEMS_MAX, PageAct
from services.page.store.answers import Access
from services.page.store.port import Queries
from services.page.web.limits import Limits
from services.page.web.mesh import MeshPort
from services.page.web.orders import ACTIONS, Prepared, prepared, written
from services.page.web.people import Person
from services.page.web.proposals import Proposal, Proposals, why_not
from services.page.web.recording import Recorder, said_why
from services.page.web.refused import RefusedHereError
from services.runtime.errors import MeshError

log = structlog.get_logger(__name__)

ALL_ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done: an action of a service on things named as the lists name them."""

    action: str
    service: str
    items: tuple[str, ...]


class Mending:
    """Proposals and what becomes of them."""

    def __init__(
        self,
        queries: Queries,
        mesh: MeshPort,
        recorder: Recorder,
        orders: Limits,
        now: Callable[[], datetime],
        age_max: timedelta,
    ) -> None:
        self._queries, self.mesh, self._recorder, self._orders, self._now = queries, mesh, recorder, orders, now
        self.proposals = Proposals(age_max)
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Hear every act so far; then end what was approved before and not carried out."""
        async for at, fact in self.mesh.acts():
            self.proposals.hear(fact, at)
        for proposal in self.proposals.unfinished():
            log.info("carrying out what was approved before", service=proposal.service, count=len(proposal.items))
            await self._carry_out(proposal, Person(proposal.decided_by, "", frozenset(), frozenset()))

    async def dry_run(self, access: Access, wish: Wish) -> Sequence[Prepared]:
        """Say what would be written, item by item, and what would not and why. Writes nothing."""
        if wish.action not in ACTIONS:
            raise RefusedHereError(400, "action-unknown", wish.action)
        if not wish.items:
            raise RefusedHereError(400, "items-missing", wish.action)
        if len(wish.items) > ITEMS_MAX:
            raise RefusedHereError(400, "items-too-many", wish.action)
        return [
            await prepared(self._queries, self.mesh, access, wish.action, wish.service, item, self._now())
            for item in dict.fromkeys(wish.items)
        ]

    async def propose(self, person: Person, wish: Wish, because: str) -> Proposal:
        """Record a proposal; things that are not there (any more), or lie elsewhere, refuse the whole of it."""
        found = await self.dry_run(person.access, wish)
        for one in found:
            if one.code:
                raise RefusedHereError(409, one.code, one.item)
        districts = {one.district for one in found}
        district = districts.pop() if len(districts) == 1 else ""
        if not person.access.sees(district):  # nobody of these districts could approve it, or see what became of it
            raise RefusedHereError(409, "districts-several", wish.action)
        fact = self._recorder.act(
            PageAct.PROPOSED,
            person,
            wish.action,
            service=wish.service,
            items=[one.item for one in found],
            district=district,
            explanation=said_why(because),
        )
        matter = fact.matter
        self.proposals.hear(fact, await self._recorder.write(fact))
        proposal = self.proposals.get(matter, self._now())
        assert proposal is not None
        return proposal

    async def decline(self, person: Person, matter: str, because: str) -> Proposal:
        """End a proposal; who proposed it may, too."""
        async with self._turn:
            proposal = self._decidable(matter, "", person.access)
            await self._say(PageAct.DECLINED, person, proposal, explanation=said_why(because))
        return self._known(matter)

    async def approve(self, person: Person, matter: str, because: str) -> Proposal:
        """Approve what somebody else proposed, and carry it out."""
        async with self._turn:
            proposal = self._decidable(matter, person.number, person.access)
            for one in await self.dry_run(person.access, Wish(proposal.action, proposal.service, proposal.items)):
                if one.code:
                    raise RefusedHereError(409, one.code, one.item)
            if not self._orders.take(ALL_ORDERS, len(proposal.items)):
                raise RefusedHereError(429, "too-many-orders", matter)
            await self._say(PageAct.APPROVED, person, proposal, explanation=said_why(because))
            await self._carry_out(self._known(matter), person)
        return self._known(matter)

    async def _carry_out(self, proposal: Proposal, person: Person) -> None:
        assert proposal.decided_at is not None
        try:
            commands = await written(self.mesh, proposal, proposal.decided_at)
        except MeshError as error:
            log.warning("orders could not be written", service=proposal.service, error=str(error))
            await self._say(PageAct.NOT_CARRIED_OUT, person, proposal, code="mesh-unavailable")
            return
        lost = len(commands) < len(proposal.items)
        act = PageAct.NOT_CARRIED_OUT if lost else PageAct.CARRIED_OUT
        await self._say(act, person, proposal, code="original-missing" if lost else "", commands=commands)

    def _decidable(self, matter: str, person: str, access: Access) -> Proposal:
        proposal = self.proposals.get(matter, self._now())
        if proposal is not None and not access.sees(proposal.district):
            raise RefusedHereError(403, "district-not-yours", matter)
        code = why_not(proposal, person)
        if code or proposal is None:
            raise RefusedHereError(404 if code == "proposal-unknown" else 409, code, matter)
        return proposal

    def _known(self, matter: str) -> Proposal:
        proposal = self.proposals.get(matter, self._now())
        assert proposal is not None
        return proposal

    async def _say(
        self,
        act: PageAct,
        person: Person,
        proposal: Proposal,
        *,
        explanation: str = "",
        code: str = "",
        commands: Sequence[str] = (),
    ) -> None:
        fact = self._recorder.act(
            act,
            person,
            proposal.action,
            matter=proposal.matter,
            service=proposal.service,
            items=proposal.items,
            district=proposal.district,
            explanation=explanation,
            code=code,
            commands=commands,
        )
        self.proposals.hear(fact, await self._recorder.write(fact))
