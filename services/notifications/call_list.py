"""The telephone channel: a list of call tasks kept by the call desk, over HTTP.

`POST {base}/call-tasks` with a `task_id` is idempotent; `GET {base}/call-tasks/{task_id}` says what became of it.
"""

from datetime import date
from typing import Any
from urllib.parse import quote

import httpx

from schemas.notifications import DeliveryRequested, call_receipt
from services.notifications.settings import ChannelSettings
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt

OUTCOMES = {
    "answered": Attempt(DONE, "answered"),
    "reached": Attempt(DONE, "answered"),
    "promised": Attempt(DONE, "promised"),
    "refused": Attempt(DONE, "refused"),
    "no-answer": Attempt(FAILED, "no-answer"),
    "not-answered": Attempt(FAILED, "no-answer"),
    "busy": Attempt(FAILED, "busy"),
    "wrong-number": Attempt(FAILED, "wrong-number"),
}
"""The call desk's words, and ours. Who was spoken to has been reached, whatever they said to it: `promised` comes with the day
(`promised_on`) by which they will pay; without one that can be read it is as if they had only listened."""

ANSWERED, PROMISED = "answered", "promised"

_REACHED_NOBODY = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Errors that come before a byte of the request has left."""


class CallList:
    """Puts call tasks on the list and asks what became of them."""

    def __init__(self, settings: ChannelSettings) -> None:
        self._client = httpx.AsyncClient(
            base_url=settings.calls_url,
            timeout=httpx.Timeout(settings.answer_timeout_s, connect=settings.connect_timeout_s),
            # A kept connection may be closed by the other side just as we write: that would be an unclear outcome.
            limits=httpx.Limits(max_keepalive_connections=0),
            # The call desk is inside our own network; a proxy set for the machine must not see telephone numbers.
            trust_env=False,
        )

    async def call(self, request: DeliveryRequested, telephone: str) -> Attempt:
        """Put a call on the list; failed only where for certain nothing was put there, or nobody took the call."""
        task = {
            "task_id": request.effect_id,
            "telephone": telephone,
            "name": request.recipient_name,
            "text": request.text,
            "asked_on": request.occurred_on.isoformat(),
        }
        try:
            answer = await self._client.post("/call-tasks", json=task)
        except _REACHED_NOBODY:
            return Attempt(FAILED, "provider-unreachable")
        except httpx.HTTPError:
            return Attempt(UNKNOWN, "answer-lost")
        return _read_call(answer)

    async def look_up(self, request: DeliveryRequested) -> Attempt:
        """Ask what became of a call; one that the list never heard of was not received."""
        try:
            answer = await self._client.get(f"/call-tasks/{quote(request.effect_id, safe='')}")
        except httpx.HTTPError:
            return Attempt(UNKNOWN, "provider-unreachable")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return Attempt(FAILED, "not-received")
        return _read_task(answer) if answer.is_success else Attempt(UNKNOWN, "provider-error")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _read_call(answer: httpx.Response) -> Attempt:
    if answer.is_success:
        return _read_task(answer)
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return Attempt(FAILED, "provider-busy")
    if answer.status_code == httpx.codes.CONFLICT:
        return Attempt(UNKNOWN, "provider-conflict")
    if answer.is_client_error:
        return Attempt(FAILED, "provider-refused")
    return Attempt(UNKNOWN, "provider-error")


def _read_task(answer: httpx.Response) -> Attempt:
    """Read a task; without an outcome (yet), or with one that we do not know, nobody can say what became of it."""
    try:
        task: Any = answer.json()
    except ValueError:
        return Attempt(UNKNOWN, "answer-unreadable")
    if not isinstance(task, dict):
        return Attempt(UNKNOWN, "answer-unreadable")
    outcome = task.get("outcome")
    if not outcome:
        return Attempt(UNKNOWN, "call-pending")
    known = OUTCOMES.get(str(outcome))
    if known is None:
        return Attempt(UNKNOWN, "outcome-not-understood")
    task_id = str(task.get("task_id", ""))[:64]
    return promised(known, task_id, task.get("promised_on"))


def promised(known: Attempt, task_id: str, promised_on: object) -> Attempt:
    """Give the outcome of a call with its receipt; a promise only counts with its day."""
    if known.detail_code != PROMISED:
        return Attempt(known.outcome, known.detail_code, task_id)
    try:
        day = date.fromisoformat(str(promised_on))
    except ValueError:
        return Attempt(known.outcome, ANSWERED, task_id)
    return Attempt(known.outcome, known.detail_code, call_receipt(task_id, day))
