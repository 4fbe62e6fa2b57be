"""The way to the card printer: one HTTP request a job, the effect id as the printer's own key.

`POST <url>/print-jobs` prints a job once, however often it is asked; `GET <url>/print-jobs/<id>` tells what became of it.
What certainly did not reach the printer is `failed`; whatever may have reached it is `unknown`, until it is looked up.
"""

import httpx
import structlog

from schemas.cards import CardIssuanceRequested
from schemas.effects import EffectRequest
from services.cards.settings import PrinterSettings
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt

log = structlog.get_logger(__name__)

PRINTED = "printed"
NEVER_REACHED = "never-reached-provider"
_CLIENT_MISTAKES = (httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.UNPROCESSABLE_ENTITY)
"""Answers that say that the printer took nothing in. Not 409: the job's id is known there, so a card may exist."""


class CardPrinter:
    """An effect port to one printer service."""

    def __init__(self, settings: PrinterSettings) -> None:
        """Take the printer's address and time limit; nothing is opened before the first job."""
        self._jobs = f"{settings.url.rstrip('/')}/print-jobs"
        self._timeout_s = settings.timeout_s

    async def attempt(self, request: EffectRequest) -> Attempt:
        """Have one card printed."""
        assert isinstance(request, CardIssuanceRequested)
        job = {"job_id": request.effect_id, "outlet": request.outlet_key, "reservation_id": request.reservation_id}
        try:
            async with httpx.AsyncClient(timeout=self._timeout_s) as client:
                response = await client.post(self._jobs, json=job)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            log.warning("printer not reached", error=type(error).__name__)
            return Attempt(FAILED, "provider-unreachable")  # no connection, so no job went out
        except httpx.HTTPError as error:
            log.warning("printer did not answer", error=type(error).__name__)
            return Attempt(UNKNOWN, "answer-lost")  # the job was perhaps sent
        if response.status_code in _CLIENT_MISTAKES:
            log.warning("printer refused a job", status=response.status_code)
            return Attempt(FAILED, "provider-refused")
        return _outcome(response)

    async def look_up(self, request: EffectRequest) -> Attempt:
        """Ask what became of a job."""
        try:
            async with httpx.AsyncClient(timeout=self._timeout_s) as client:
                response = await client.get(f"{self._jobs}/{request.effect_id}")
        except httpx.HTTPError as error:
            log.warning("printer did not answer", error=type(error).__name__)
            return Attempt(UNKNOWN, "provider-unreachable")
        if response.status_code == httpx.codes.NOT_FOUND:
            return Attempt(FAILED, NEVER_REACHED)
        return _outcome(response)


def _outcome(response: httpx.Response) -> Attempt:
    """Read what became of a job; an answer that does not say it plainly is `unknown`."""
    if not response.is_success:
        log.warning("printer is in trouble", status=response.status_code)
        return Attempt(UNKNOWN, "provider-error")
    try:
        answer = response.json()
    except ValueError:
        return Attempt(UNKNOWN, "answer-unreadable")
    if not isinstance(answer, dict):
        return Attempt(UNKNOWN, "answer-unreadable")
    status, serial = answer.get("status"), answer.get("card_serial")
    if status == PRINTED and isinstance(serial, str) and serial:
        return Attempt(DONE, PRINTED, serial)
    return Attempt(FAILED, "not-printed") if status == "failed" else Attempt(UNKNOWN, "answer-unreadable")
