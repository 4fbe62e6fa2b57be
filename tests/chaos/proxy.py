"""`python -m tests.chaos.proxy BROKER:LISTEN:TARGET …`: a bad network before each broker, a process of its own.

Reads orders, one JSON line each, from standard input, says `done` after each, and ends with it. A proxy holds what it carries; it alters and
reorders nothing, as TCP does not.
"""

import asyncio
import json
import random
import struct
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import cast

import uvloop

HOST = "127.0.0.1"
HELD_BYTES_MAX = 4 * 1024 * 1024
"""Above this a direction is read no more: the sender feels it, as he would on a real wire."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to connections. `share` of them are struck, drawn when it begins or when they open."""

    kind: str = "fair"
    """`fair`; `slow`: everything takes `delay_s` longer; `cut`: all are reset and none is let in; `held`: nothing passes and
    nothing is said; `answers-held`: requests pass, answers do not."""
    delay_s: float = 0.0
    share: float = 1.0


FAIR = Weather()


def reset(transport: asyncio.Transport) -> None:
    """Break a connection off so that the other end is told (RST), not closed as if all had been said."""
    if not transport.is_closing():
        socket = transport.get_extra_info("socket")
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Lane:
    """One direction of one connection, in order."""

    def __init__(self, target: asyncio.Transport, source: asyncio.Transport) -> None:
        self._target, self._source = target, source
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self.delay_s, self.is_held = 0.0, False
        self._ends = False

    def carry(self, data: bytes) -> None:
        """Pass on, at once or later."""
        if not self._waiting and not self.is_held and not self.delay_s:
            self._write(data)
            return
        due_s = asyncio.get_running_loop().time() + self.delay_s
        self._waiting.append((max(due_s, self._waiting[-1][0] if self._waiting else 0.0), data))
        self._held_bytes += len(data)
        if self._held_bytes > HELD_BYTES_MAX:
            self._source.pause_reading()
        self.go_on()

    def end(self) -> None:
        """The sender has closed: what he said before still goes."""
        self._ends = True
        self.go_on()

    def go_on(self) -> None:
        """Pass on what is due, and come back for the rest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while self._waiting and not self.is_held:
            due_s, data = self._waiting[0]
            if due_s > loop.time():
                self._timer = loop.call_at(due_s, self.go_on)
                return
            self._waiting.popleft()
            self._held_bytes -= len(data)
            self._write(data)
        if self._held_bytes <= HELD_BYTES_MAX and not self._source.is_closing():
            self._source.resume_reading()
        if self._ends and not self._waiting:
            self._target.close()

    def _write(self, data: bytes) -> None:
        if not self._target.is_closing():  # else nobody is there to hear it any more
            self._target.write(data)


class Side(asyncio.Protocol):
    """One end of a connection: hears it, and speaks to the other end by its lane."""

    def __init__(self, on_made: Callable[["Side"], None] | None = None) -> None:
        self._on_made = on_made
        self.transport: asyncio.Transport | None = None
        self.lane: Lane | None = None
        self.other: Side | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass of it
        if self._on_made is not None:
            self._on_made(self)

    def joined(self, lane: Lane) -> None:
        """The other end is there now."""
        self.lane = lane
        for data in self._early:
            lane.carry(data)
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        if self.lane is None:
            self._early.append(data)
        else:
            self.lane.carry(data)

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self.lane is not None:
            self.lane.end()


@dataclass
class Pair:
    """One connection through the proxy."""

    requests: Lane
    answers: Lane
    client: asyncio.Transport
    broker: asyncio.Transport

    def suffer(self, weather: Weather) -> None:
        """Let it be as the weather is."""
        self.requests.delay_s = self.answers.delay_s = weather.delay_s if weather.kind == "slow" else 0.0
        self.requests.is_held = weather.kind == "held"
        self.answers.is_held = weather.kind in ("held", "answers-held")
        if weather.kind == "cut":
            self.reset()
        else:
            self.requests.go_on()
            self.answers.go_on()

    def reset(self) -> None:
        """Break both ends off."""
        reset(self.client)
        reset(self.broker)

    @property
    def is_over(self) -> bool:
        """Tell whether both ends are gone."""
        return self.client.is_closing() and self.broker.is_closing()


@dataclass
class Proxy:
    """Stands before one broker."""

    listen: int
    target: int
    chance: random.Random
    weather: Weather = FAIR
    pairs: list[Pair] = field(default_factory=list)
    _opening: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self) -> None:
        """Begin to listen."""
        await asyncio.get_running_loop().create_server(lambda: Side(self._accept), HOST, self.listen)

    def _accept(self, client: Side) -> None:
        task = asyncio.ensure_future(self._join(client))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _join(self, client: Side) -> None:
        weather = self._drawn()
        broker = Side()
        try:
            if weather.kind == "cut":
                raise ConnectionRefusedError
            await asyncio.get_running_loop().create_connection(lambda: broker, HOST, self.target)
        except OSError:
            assert client.transport is not None
            reset(client.transport)
            return
        assert client.transport is not None
        assert broker.transport is not None
        client.other, broker.other = broker, client
        requests = Lane(broker.transport, client.transport)
        answers = Lane(client.transport, broker.transport)
        pair = Pair(requests, answers, client.transport, broker.transport)
        pair.suffer(weather)
        client.joined(requests)
        broker.joined(answers)
        self.pairs = [one for one in self.pairs if not one.is_over]
        self.pairs.append(pair)
        if client.transport.is_closing():
            requests.end()

    def _drawn(self) -> Weather:
        return self.weather if self.chance.random() < self.weather.share else FAIR

    def change(self, weather: Weather) -> None:
        """Let the weather change for every connection."""
        self.weather = weather
        for pair in self.pairs:
            pair.suffer(self._drawn())

    def drop(self) -> None:
        """Reset every connection, and be fair from now on."""
        self.weather = FAIR
        for pair in self.pairs:
            pair.reset()
        self.pairs.clear()


async def serve(proxies: dict[int, Proxy]) -> None:
    """Serve until standard input ends."""
    for proxy in proxies.values():
        await proxy.serve()
    _say("ready")
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        proxy = proxies[order.pop("broker")]
        if order["kind"] == "drop":
            proxy.drop()
        else:
            proxy.change(Weather(**order))
        _say("done")


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    """Make the proxies named on the command line."""
    proxies = {}
    for argument in sys.argv[1:]:
        number, listen, target = map(int, argument.split(":"))
        proxies[number] = Proxy(listen, target, random.Random(number))
    uvloop.run(serve(proxies))


if __name__ == "__main__":
    main()
