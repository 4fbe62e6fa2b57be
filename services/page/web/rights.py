"""Rights in the course of a session: the provider is asked again now and then, and at once before what cannot be taken back.

A provider that is silent keeps nobody from looking for a while, and nobody in for ever; what two people decide waits for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from services.page.web.sessions import Session
from services.page.web.sign_in import ProviderUnavailable, SignIn

log = structlog.get_logger(__name__)

WITHDRAWN, UNCONFIRMED = "rights-withdrawn", "rights-unconfirmed"
AGAIN_AFTER = timedelta(minutes=1)
"""A provider that did not answer is left alone for so long: not every click waits for it."""


class Rights:
    """What the provider says of people who are signed in. `every`: how old its word may be; `silent`: how old where it says nothing."""

    def __init__(self, sign_in: SignIn, now: Callable[[], datetime], every: timedelta, silent: timedelta) -> None:
        self._sign_in, self._now, self._every, self._silent = sign_in, now, every, silent

    async def why_not(self, session: Session, *, at_once: bool = False) -> str:
        """Say with which code a session may not go on; empty where it may, with the rights its person has by now.

        `at_once`: whatever was said a moment ago, and nothing is done on the word of before.
        """
        if session.login is None:
            return ""
        async with session.turn:
            if not at_once and self._now() < session.ask_at:
                return ""
            return await self._asked(session, at_once=at_once)

    async def _asked(self, session: Session, *, at_once: bool) -> str:
        assert session.login is not None
        try:
            person = await self._sign_in.person_now(session.login)
        except ProviderUnavailable as error:
            log.warning("rights could not be confirmed", error=str(error))
            session.ask_at = self._now() + AGAIN_AFTER
            is_old = self._now() - session.confirmed_at >= self._silent
            return UNCONFIRMED if at_once or is_old else ""
        if person is None or not person.roles or not person.is_named(session.person.number):
            return WITHDRAWN
        session.person, session.confirmed_at = person, self._now()
        session.ask_at = session.confirmed_at + self._every
        return ""
