"""A process's line to the brokers: requests take time, get lost, come late, and may be the last thing it does."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from tests.simulation.cluster import Cluster, RequestRefused
from tests.simulation.plan import Fault
from tests.simulation.virtual_loop import Process

T = TypeVar("T")

NEAR_S, FAR_S = (0.0005, 0.004), (0.02, 0.4)
FAR_PERCENT = 6
CUT_S = 0.3
"""When an asker learns that its connection is cut; a request on it has been handled by then, or never will be."""


class NoAnswer(ConnectionError):
    """Nobody answered in time: done or not, nobody knows."""


class Line:
    """All requests of one worker, through all its lives: a fault names the `number`th of them."""

    def __init__(self, cluster: Cluster, faults: Mapping[int, Fault], given_up_s: float) -> None:
        self.cluster = cluster
        self.given_up_s = given_up_s
        """How long a request waits for an answer over a connection that seems well."""
        self.process = cluster.loop.world
        """The life the worker is in now."""
        self._faults = faults
        self._asked = 0
        self.struck: list[Fault] = []

    async def ask(self, act: Callable[[], T], *, is_counted: bool = True) -> T:
        """Have the brokers do something; gives or raises their answer, `NoAnswer` when none comes."""
        if self.cluster.is_closed:
            raise NoAnswer("the run is over")
        fault = self._befallen() if is_counted else None
        what = "" if fault is None else fault.what
        process, loop = self.process, self.cluster.loop
        reply: asyncio.Future[T] = loop.create_future()
        if what == "killed-unsent":
            process.kill()
        elif what == "stopped-unsent" and fault is not None:
            self._stop(process, fault.lasts_s)
        if what in ("killed-unsent", "stopped-unsent"):
            await asyncio.sleep(0)  # it goes no further than this, or only later
        delay_s = self._delay_s() + (fault.lasts_s if what == "late" and fault is not None else 0.0)
        if what != "lost":
            loop.call_later(delay_s, self._arrive, act, reply, process, what, context=loop.world.context)
        if what in ("lost", "late"):
            loop.call_later(self.given_up_s, _give_up, reply)
        if what == "killed-sent":
            process.kill()
        elif what == "stopped-sent" and fault is not None:
            self._stop(process, fault.lasts_s)
        return await reply

    def _befallen(self) -> Fault | None:
        self._asked += 1
        fault = self._faults.get(self._asked)
        if fault is not None:
            self.struck.append(fault)
        return fault

    def _stop(self, process: Process, lasts_s: float) -> None:
        process.stop()
        self.cluster.loop.call_later(lasts_s, process.go_on, context=self.cluster.loop.world.context)

    def _delay_s(self) -> float:
        chance = self.cluster.chance
        return chance.uniform(*(FAR_S if chance.random() * 100 < FAR_PERCENT else NEAR_S))

    def _arrive(self, act: Callable[[], T], reply: asyncio.Future[T], process: Process, what: str) -> None:
        """The request reaches the brokers."""
        loop, delay_s = self.cluster.loop, self._delay_s()
        if self.cluster.is_away or what == "reply-lost":
            if not self.cluster.is_away:
                _outcome(act)
            loop.call_later(CUT_S, _give_up, reply, context=process.context)
            return
        found = (None, RequestRefused("not now")) if what == "rejected" else _outcome(act)
        if what == "killed-answered":
            process.kill()
        loop.call_later(delay_s, _deliver, reply, found, context=process.context)


def _outcome(act: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return act(), None
    except Exception as error:  # the brokers' answer, raised where it was asked for
        return None, error


def _deliver(reply: "asyncio.Future[T]", found: tuple[T, Exception | None]) -> None:
    if reply.done():
        return
    if found[1] is None:
        reply.set_result(found[0])
    else:
        reply.set_exception(found[1])


def _give_up(reply: "asyncio.Future[T]") -> None:
    if not reply.done():
        reply.set_exception(NoAnswer("no answer in time"))
