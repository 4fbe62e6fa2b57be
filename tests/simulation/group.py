"""The simulated group: who works, who is told what, late or wrongly. The real assignor's arithmetic shares out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from services.runtime.membership import distribute
from tests.simulation.cluster import Cluster
from tests.simulation.line import Line, NoAnswer
from tests.simulation.virtual_loop import Process

SESSION_S = 6.0
HEARTBEAT_S = 2.0
HEARD_LATE_S = (0.05, 2.5)

Heard = Callable[[int, frozenset[int]], None]


@dataclass(eq=False, slots=True)
class Member:
    """One member as the coordinator knows it."""

    name: str
    process: Process
    heard: Heard
    seen_s: float
    owned: frozenset[int] = frozenset()


class Group:
    """The group's coordinator."""

    def __init__(self, cluster: Cluster, partitions: int) -> None:
        self._cluster, self._partitions = cluster, partitions
        self._members: dict[str, Member] = {}
        self._generation = 0

    def join(self, member: Member) -> None:
        """Take in a member."""
        self._members[member.name] = member
        self._rebalance()

    def leave(self, name: str) -> None:
        """Let a member go."""
        if self._members.pop(name, None) is not None:
            self._rebalance()

    def beat(self, name: str) -> bool:
        """A heartbeat; False for one who is a member no more."""
        member = self._members.get(name)
        if member is None:
            return False
        member.seen_s = self._cluster.loop.time()
        return True

    def look(self) -> None:
        """Let go of members that were not heard of for a session, and look again later."""
        loop = self._cluster.loop
        silent = [name for name, member in self._members.items() if loop.time() - member.seen_s > SESSION_S]
        if silent and not self._cluster.is_away:
            for name in silent:
                del self._members[name]
            self._rebalance()
        loop.call_later(1.0, self.look, context=loop.world.context)

    def mishear(self) -> None:
        """Tell members, wrongly, that they own some of everything; the next assignment is right again."""
        chance = self._cluster.chance
        wrong = {
            name: frozenset(number for number in range(self._partitions) if chance.random() < 0.6)
            for name in self._members
        }
        self._tell(wrong)

    def rebalance(self) -> None:
        """Share out anew."""
        self._rebalance()

    def _rebalance(self) -> None:
        owned = {name: member.owned for name, member in self._members.items()}
        shares = distribute(self._partitions, owned)
        for name, share in shares.items():
            self._members[name].owned = frozenset(share)
        self._tell({name: frozenset(share) for name, share in shares.items()})

    def _tell(self, shares: dict[str, frozenset[int]]) -> None:
        self._generation += 1
        for name, share in shares.items():
            member = self._members[name]
            delay_s = self._cluster.chance.uniform(*HEARD_LATE_S)
            self._cluster.loop.call_later(
                delay_s, member.heard, self._generation, share, context=member.process.context
            )


class SimMembership:
    """The membership of one process: tells what it hears, in the order of generations; rejoins when it was let go."""

    def __init__(self, line: Line, group: Group, name: str) -> None:
        self.generation = 0
        self._line, self._group, self._name = line, group, name
        self._process = line.process
        self._heard_last = 0
        self._on_change: Callable[[frozenset[int]], None] | None = None
        self._beating: asyncio.Task[None] | None = None

    async def start(self, on_change: Callable[[frozenset[int]], None]) -> None:
        """Join, and keep saying that we live."""
        self._on_change = on_change
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            with suppress(NoAnswer):
                if not await self._line.ask(lambda: self._group.beat(self._name), is_counted=False):
                    await self._line.ask(self._join, is_counted=False)
            await asyncio.sleep(HEARTBEAT_S)

    def _join(self) -> None:
        now_s = self._line.cluster.loop.time()
        self._group.join(Member(self._name, self._process, self._heard, now_s))

    def _heard(self, generation: int, owned: frozenset[int]) -> None:
        if generation <= self._heard_last or self._beating is None:
            return
        self._heard_last = generation
        self.generation += 1
        assert self._on_change is not None
        self._on_change(owned)

    async def stop(self) -> None:
        """Leave; if nobody hears of it, the session runs out."""
        assert self._beating is not None
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        self._beating = None
        with suppress(NoAnswer):
            await self._line.ask(lambda: self._group.leave(self._name), is_counted=False)
