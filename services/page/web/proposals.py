"""Proposals: what one person asked for and a second has to approve, as the recorded acts tell it. Pure.

proposed ──approved──▶ approved ──carried-out──▶ done
│                      └──────not-carried-out──▶ failed
├──declined──▶ declined
└──(too old)──▶ expired
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.page import PageAct, PageActRecorded
from services.page.web.people import is_same_person

ENDED_KEPT = 200
"""Ended proposals that are still shown; older ones are in the topic."""


class Standing(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    FAILED = "failed"
    DECLINED = "declined"
    EXPIRED = "expired"


_AFTER: Mapping[tuple[Standing, PageAct], Standing] = {
    (Standing.PROPOSED, PageAct.APPROVED): Standing.APPROVED,
    (Standing.PROPOSED, PageAct.DECLINED): Standing.DECLINED,
    (Standing.APPROVED, PageAct.CARRIED_OUT): Standing.DONE,
    (Standing.APPROVED, PageAct.NOT_CARRIED_OUT): Standing.FAILED,
}
"""Every move there is."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order two people have to agree on. `districts`: all in which it lies; empty: in none that can be told."""

    matter: str
    action: str
    service: str
    items: tuple[str, ...]
    district: str
    proposed_by: str
    because: str
    proposed_at: datetime
    standing: Standing = Standing.PROPOSED
    decided_by: str = ""
    decided_because: str = ""
    decided_at: datetime | None = None
    commands: tuple[str, ...] = ()
    code: str = ""


class Proposals:
    """All that are open, and the latest that ended."""

    def __init__(self, age_max: timedelta) -> None:
        self._age_max = age_max
        self._known: dict[str, Proposal] = {}

    def hear(self, fact: PageActRecorded, at: datetime) -> None:
        """Take in a recorded act; what does not follow from how a proposal stands changes nothing."""
        if fact.act is PageAct.PROPOSED:
            self._known.setdefault(fact.matter, _begun(fact, at))
            self._forget(at)
            return
        known = self._known.get(fact.matter)
        standing = None if known is None else _AFTER.get((known.standing, fact.act))
        if known is None or standing is None:
            return
        if fact.act in (PageAct.APPROVED, PageAct.DECLINED):
            known = replace(known, decided_by=fact.person, decided_because=fact.explanation or "", decided_at=at)
        self._known[fact.matter] = replace(
            known, standing=standing, commands=(*known.commands, *fact.commands), code=fact.code or ""
        )

    def get(self, matter: str, now: datetime) -> Proposal | None:
        """Give a proposal as it stands now."""
        known = self._known.get(matter)
        return None if known is None else self._as_of(known, now)

    def all(self, now: datetime) -> list[Proposal]:
        """Give the open ones and the latest ended ones, the newest first."""
        shown = [self._as_of(known, now) for known in self._known.values()]
        return sorted(shown, key=lambda proposal: (proposal.proposed_at, proposal.matter), reverse=True)

    def unfinished(self) -> list[Proposal]:
        """Give what was approved and not carried out to its end, as after a crash in between."""
        return [known for known in self._known.values() if known.standing is Standing.APPROVED]

    def _as_of(self, known: Proposal, now: datetime) -> Proposal:
        is_old = known.standing is Standing.PROPOSED and now - known.proposed_at > self._age_max
        return replace(known, standing=Standing.EXPIRED) if is_old else known

    def _forget(self, now: datetime) -> None:
        shown = [self._as_of(known, now) for known in self._known.values()]
        ended = [one.matter for one in shown if one.standing not in (Standing.PROPOSED, Standing.APPROVED)]
        for matter in ended[: max(0, len(ended) - ENDED_KEPT)]:
            del self._known[matter]


def why_not(proposal: Proposal | None, person: str) -> str:
    """Say with which code a person may not decide about a proposal; empty where they may."""
    if proposal is None:
        return "proposal-unknown"
    if proposal.standing is Standing.EXPIRED:
        return "proposal-expired"
    if proposal.standing is not Standing.PROPOSED:
        return "proposal-decided"
    return "approval-by-the-proposer" if is_same_person(proposal.proposed_by, person) else ""


def _begun(fact: PageActRecorded, at: datetime) -> Proposal:
    return Proposal(
        fact.matter,
        fact.action,
        fact.service or "",
        fact.items,
        fact.district or "",
        fact.person,
        fact.explanation or "",
        at,
    )
