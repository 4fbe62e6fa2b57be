"""Carries out what committed claims ask for, and writes down what the port answered."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.runtime.batch import Transition
from services.runtime.broker import Broker
from services.runtime.codec import Codec
from services.runtime.effects import ATTEMPT_WITHIN, FAILED, NOT_BEGUN, UNKNOWN, Attempt, Effect, EffectPort, Intent
from services.runtime.publishing import published
from services.runtime.records import derived_id
from services.runtime.service import Service
from services.runtime.settings import MeshSettings

log = structlog.get_logger(__name__)

ATTEMPT_TIMEOUT_S = 60.0
"""Longest an attempt may take; together with `ATTEMPT_WITHIN` it ends before its claim expires."""


class EffectRunner:
    """One process's attempts of one effect shell: bounded at once, each begun only soon after its claim."""

    def __init__(
        self, service: Service, port: EffectPort, broker: Broker, codec: Codec, settings: MeshSettings
    ) -> None:
        self._service, self._port, self._broker, self._codec = service, port, broker, codec
        self._effect: Effect = service.effect
        self._settings = settings
        self._at_once = asyncio.Semaphore(settings.attempts_at_once_max)
        self._running: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """Attempts begun or waiting for their turn."""
        return len(self._running)

    def committed(self, transitions: Sequence[Transition], decided_at_s: float) -> None:
        """Begin what the transitions of a committed transaction ask for; they were decided at this monotonic time."""
        for transition in transitions:
            for intent in self._effect.intents(transition):
                if len(self._running) >= self._settings.attempts_waiting_max:
                    log.error("too many attempts wait; the claim will expire", effect_id=intent.request.effect_id)
                    continue
                task = asyncio.create_task(self._carry_out(intent, decided_at_s))
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def _carry_out(self, intent: Intent, decided_at_s: float) -> None:
        async with self._at_once:
            waited_s = time.monotonic() - decided_at_s
            if waited_s > ATTEMPT_WITHIN.total_seconds():
                # Only this process was ever given the claim, so it is certain that nothing went out: no need to doubt.
                log.warning("attempt not begun: its claim is too old", effect_id=intent.request.effect_id)
                attempt = Attempt(UNKNOWN if intent.is_lookup else FAILED, NOT_BEGUN)
            else:
                attempt = await self._ask(intent)
        await self._write_down(intent, attempt, time.monotonic() - decided_at_s)

    async def _ask(self, intent: Intent) -> Attempt:
        call = self._port.look_up if intent.is_lookup else self._port.attempt
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT_S):
                return await call(intent.request)
        except Exception as error:  # whatever a port throws, what it did is unclear, and that is the outcome
            log.warning("attempt unclear", effect_id=intent.request.effect_id, error=type(error).__name__)
            return Attempt(UNKNOWN, type(error).__name__)

    async def _write_down(self, intent: Intent, attempt: Attempt, after_s: float) -> None:
        at = intent.decided_at + timedelta(seconds=after_s)  # in the time of the mesh, which may be simulated
        fact = self._effect.attempted_fact(intent, attempt, at)
        event_id = derived_id((intent.request.effect_id, "attempt", at.isoformat()))
        record = published(self._codec, fact, event_id, self._service.source, at, self._settings.partitions)
        for left in (2, 1, 0):
            try:
                await self._broker.say(record)
                return
            except Exception as error:  # a note that is lost makes the claim expire: unknown, then looked up
                log.warning("note of an attempt not written", error=repr(error), tries_left=left)

    async def stop(self) -> None:
        """Wait for attempts under way, a bounded time; what is not written down expires and is looked up."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._settings.stop_timeout_s)
        for task in self._running:
            task.cancel()
