"""What people do becomes facts: written, and acknowledged, before it happens."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from schemas.page import ITEMS_MAX, PageAct, PageActRecorded
from schemas.vocabulary import unit_code_is_valid
from services.audit.words import visible
from services.page.web.limits import Limits
from services.page.web.mesh import MeshPort
from services.page.web.people import NOBODY, Person
from services.page.web.refused import RefusedHereError
from services.runtime.orders import MASK, PAGE_SOURCE
from services.runtime.private_numbers import hidden
from services.runtime.publishing import published
from services.runtime.records import derived_id

log = structlog.get_logger(__name__)

TEXT_CHARACTERS_MAX = 200
REFUSALS_A_MINUTE_MAX = 30
"""Refusals of one person or address that are recorded in a minute; the next are refused all the same."""
ANONYMOUS = Person(NOBODY, "", frozenset(), frozenset())
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_BLANK = re.compile("[\u115f\u1160\u3164\uffa0]")
"""Letters, by their category, that nobody sees."""


def cleaned(text: str) -> str:
    """Give a text as it may be recorded: one line of signs that can be seen, bounded, numbers of citizens and telephones masked."""
    return visible(hidden(_CONTROL.sub(" ", text), MASK)).strip()[:TEXT_CHARACTERS_MAX]


def _named(item: str) -> str:
    """Give a thing as it may be recorded: a unit's code as it is, also one of eighteen digits, since orders are carried out by it."""
    return item if unit_code_is_valid(item) else cleaned(item)


def said_why(text: str) -> str:
    """Give a reason; who gives none, or one that nobody can read, is refused."""
    if not any(sign.isalnum() for sign in _BLANK.sub("", text)):
        raise RefusedHereError(400, "explanation-missing")
    return text


class Recorder:
    """Writes acts; the same act at the same instant has the same id, so that writing it twice says it once."""

    def __init__(self, mesh: MeshPort, now: Callable[[], datetime]) -> None:
        self._mesh, self._now = mesh, now
        self._refusals = Limits(now, REFUSALS_A_MINUTE_MAX)

    def act(
        self,
        act: PageAct,
        person: Person,
        action: str,
        *,
        matter: str = "",
        service: str = "",
        items: Sequence[str] = (),
        district: str = "",
        explanation: str = "",
        code: str = "",
        commands: Sequence[str] = (),
    ) -> PageActRecorded:
        """Make an act; without a matter it is one of its own. Texts are cleaned here."""
        named = tuple(text for text in (_named(item) for item in items[:ITEMS_MAX]) if text)
        alone = derived_id((PAGE_SOURCE, act, person.number, action, *named, code, self._now().isoformat()))
        return PageActRecorded(
            matter=matter or alone,
            act=act,
            person=person.number,
            roles=person.role_names,
            action=cleaned(action) or "-",
            service=service or None,
            items=named,
            district=district or None,
            explanation=cleaned(explanation) or None,
            code=code or None,
            commands=tuple(commands),
        )

    async def write(self, fact: PageActRecorded) -> datetime:
        """Write an act; gives the instant it was said. What the mesh does not take was not said: the error is the caller's."""
        now = self._now()
        event_id = derived_id((PAGE_SOURCE, fact.matter, fact.act, fact.person, fact.code or "", now.isoformat()))
        record = published(self._mesh.codec, fact, event_id, PAGE_SOURCE, now, self._mesh.partitions)
        await self._mesh.append([record])
        return now

    async def refused(self, person: Person, action: str, code: str, items: Sequence[str] = (), who: str = "") -> bool:
        """Record a refusal, unless this person (or address) had too many in this minute; tells whether it was written.

        It is refused whether or not it can be recorded: a mesh that does not answer opens nothing, and the log says so.
        """
        if not self._refusals.take(who or person.number):
            return False
        fact = self.act(PageAct.ACCESS_REFUSED, person, action, code=code, items=items)
        try:
            await self.write(fact)
        except Exception:  # whatever keeps it from the topic, the refusal itself stands; the log keeps what is missing
            log.exception("a refusal could not be recorded", code=code)
            return False
        return True
