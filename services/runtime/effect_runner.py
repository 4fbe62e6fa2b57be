"""Carries out what committed claims ask for, and writes down what the port answered."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from services.runtime.broker import Broker
from services.runtime.codec import Codec
from services.runtime.effect_cases import READ_BACK_WITHIN
from services.runtime.effects import (
    ATTEMPT_WITHIN,
    FAILED,
    NOT_BEGUN,
    UNKNOWN,
    Attempt,
    Effect,
    EffectPort,
    Intent,
)
from services.runtime.outcomes import Transition
from services.runtime.publishing import published
from services.runtime.records import derived_id
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.watched import Unwatched, Watching, attempted

log = structlog.get_logger(__name__)

ATTEMPT_TIMEOUT_S = 60.0
"""Longest an attempt may take; together with `ATTEMPT_WITHIN` it ends before its claim expires."""
ATTEMPTS_OVER_AFTER_S = ATTEMPT_WITHIN.total_seconds() + ATTEMPT_TIMEOUT_S
"""Real seconds after any later decision of a task by which an attempt of an earlier owner of it has ended.

Ticks that waited in a backlog pass in no time, so the claim's age in the mesh's time proves nothing about it.
"""
BROKEN = "attempt-broken"
"""Detail of an attempt that the port did not answer: it threw, or took too long."""
FINISHED_REMEMBERED_MAX = 100_000
QUEUED_REMEMBERED_MAX = 100_000

Running = dict[str, asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a committed decision asks for: when that was decided (monotonic seconds), and its trace context."""

    intent: Intent
    decided_at_s: float
    traceparent: str

    @property
    def told(self) -> dict[str, str]:
        """What a line of the log says of it."""
        request = self.intent.request
        return {"effect_id": request.effect_id, "case": request.case_key, "trace": self.traceparent}


class EffectRunner:
    """One process's attempts of one effect shell: bounded at once, each begun only soon after its claim."""

    def __init__(
        self,
        service: Service,
        port: EffectPort,
        broker: Broker,
        codec: Codec,
        settings: MeshSettings,
        now_s: Callable[[], float] = time.monotonic,
        watch: Watching | None = None,
    ) -> None:
        self._now_s, self._watch = now_s, watch or Unwatched()
        self._service, self._port, self._broker, self._codec = service, port, broker, codec
        self._effect: Effect = service.effect
        self._settings = settings
        self._at_once = asyncio.Semaphore(settings.attempts_at_once_max)
        self._attempts: Running = {}
        self._lookups: Running = {}
        self._finished: dict[str, None] = {}
        """Effects whose attempt this process has ended, oldest first."""
        self._queued: dict[str, float] = {}
        """Effects that this process saw put in line, and when (monotonic), oldest first."""

    @property
    def in_flight(self) -> int:
        """Attempts begun or waiting for their turn."""
        return len(self._attempts)

    def committed(self, transitions: Sequence[Transition], decided_at_s: float) -> None:
        """Begin what the transitions of a committed transaction ask for; they were decided at this monotonic time."""
        for transition in transitions:
            for effect_id in self._effect.newly_queued(transition):
                self._remember_queued(effect_id, decided_at_s)
            for intent in self._effect.intents(transition):
                asked = _Asked(intent, decided_at_s, transition.traceparent)
                if intent.is_lookup:
                    self._begin(self._lookups, intent, self._find_out(asked))
                else:
                    may_begin = self._is_fresh(intent, decided_at_s)
                    may_begin = may_begin and len(self._attempts) < self._settings.attempts_waiting_max
                    self._begin(self._attempts, intent, self._carry_out(asked, may_begin=may_begin))

    def _remember_queued(self, effect_id: str, decided_at_s: float) -> None:
        self._queued[effect_id] = decided_at_s
        if len(self._queued) > QUEUED_REMEMBERED_MAX:
            del self._queued[next(iter(self._queued))]

    def _is_fresh(self, intent: Intent, decided_at_s: float) -> bool:
        """Tell whether the mesh's time of this claim is the world's.

        A claim of a request with an end trusts the append time of the shell's own note. That note may itself have lain in
        the log while no process ran; only the process that saw it written knows that it did not.
        """
        queued_at_s = self._queued.pop(intent.request.effect_id, None)
        if intent.request.expires_at is None:
            return True
        return queued_at_s is not None and decided_at_s - queued_at_s <= READ_BACK_WITHIN.total_seconds()

    def _begin(self, running: Running, intent: Intent, work: Coroutine[None, None, None]) -> None:
        effect_id = intent.request.effect_id
        is_full = intent.is_lookup and len(running) >= self._settings.attempts_waiting_max
        if effect_id in running or is_full:  # nothing is lost: a look-up that is not answered is asked for again
            work.close()
            return
        running[effect_id] = asyncio.create_task(work)
        running[effect_id].add_done_callback(lambda _: running.pop(effect_id, None))

    async def _carry_out(self, asked: _Asked, *, may_begin: bool) -> None:
        intent, attempt, took_s = asked.intent, Attempt(FAILED, NOT_BEGUN), 0.0
        if may_begin:
            async with self._at_once:
                if self._now_s() - asked.decided_at_s <= ATTEMPT_WITHIN.total_seconds():
                    attempt, took_s = await self._ask(asked)
        if attempt.detail_code == NOT_BEGUN:
            # Only this process was ever given the claim, so it is certain that nothing went out: no need to doubt.
            log.warning("attempt not begun: too much waits, or it waited too long", **asked.told)
        self._finished[intent.request.effect_id] = None
        if len(self._finished) > FINISHED_REMEMBERED_MAX:
            del self._finished[next(iter(self._finished))]
        await self._write_down(asked, attempt, took_s)

    async def _find_out(self, asked: _Asked) -> None:
        """Look up, once no attempt can be under way: else one about to arrive would be taken for one never made."""
        if asked.intent.request.effect_id not in self._finished:
            await asyncio.sleep(max(0.0, asked.decided_at_s + ATTEMPTS_OVER_AFTER_S - self._now_s()))
        async with self._at_once:
            attempt, took_s = await self._ask(asked)
        await self._write_down(asked, attempt, took_s)

    async def _ask(self, asked: _Asked) -> tuple[Attempt, float]:
        """Ask the port; gives its answer, and how many seconds that took."""
        intent = asked.intent
        call = self._port.look_up if intent.is_lookup else self._port.attempt
        begun_s = self._now_s()
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT_S):
                attempt = await call(intent.request)
        except Exception as error:  # whatever a port throws, what it did is unclear, and that is the outcome
            log.warning("attempt unclear", error=type(error).__name__, **asked.told)
            attempt = Attempt(UNKNOWN, BROKEN)
        return attempt, self._now_s() - begun_s

    async def _write_down(self, asked: _Asked, attempt: Attempt, took_s: float) -> None:
        intent = asked.intent
        # In the time of the mesh, which may be simulated: when it was decided, and what has passed since.
        at = intent.decided_at + timedelta(seconds=self._now_s() - asked.decided_at_s)
        fact = self._effect.attempted_fact(intent, attempt, at)
        event_id = derived_id((intent.request.effect_id, "attempt", at.isoformat()))
        trace = asked.traceparent[3:35]
        record = published(
            self._codec, fact, event_id, self._service.source, at, self._settings.partitions, trace=trace
        )
        self._watch.attempted(attempted(self._service.name, intent, fact, took_s, asked.traceparent, record))
        for left in (2, 1, 0):
            try:
                await self._broker.say(record)
                return
            except Exception as error:  # a note that is lost makes the claim expire: unknown, then looked up
                log.warning("note of an attempt not written", error=repr(error), tries_left=left)
        self._watch.note_lost(self._service.name)

    async def stop(self) -> None:
        """Wait for attempts under way, a bounded time; what is not written down expires and is looked up."""
        for lookup in list(self._lookups.values()):
            lookup.cancel()
        if self._attempts:
            await asyncio.wait(list(self._attempts.values()), timeout=self._settings.stop_timeout_s)
        for attempt in list(self._attempts.values()):
            attempt.cancel()
