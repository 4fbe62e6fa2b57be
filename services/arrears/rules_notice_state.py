"""What a unit's case remembers of its notices (社会保险费限期补缴通知书), and of what should have been noticed and was not.

A unit may have several notices, one for each set of lines: what is found after a notice gets a notice of its own, and
lines of two collecting authorities stand on two. No line stands on two live ones.
"""

from datetime import date
from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """Where a notice stands; the transitions are drawn in `rules_notice.py`."""

    DRAWN_UP = "drawn-up"
    """拟制: it waits for an officer who issues it, and one who approves."""
    APPROVED = "approved"
    """签发: it waits for its number."""
    ISSUED = "issued"
    """It has its number and is to be served (待送达)."""
    SERVED = "served"
    """It is served, or will be on `served_on`; its deadline runs."""
    OVERDUE = "overdue"
    """The deadline is over and something is owed still (逾期仍未缴纳)."""
    COMPLIED = "complied"
    """After service, what it names was paid (已缴清)."""
    CANCELLED = "cancelled"
    """Before service there was nothing left to order: paid, or not owed."""
    WITHDRAWN = "withdrawn"
    """Taken back by the desk (撤回)."""


FINAL_STAGES = frozenset({Stage.COMPLIED, Stage.CANCELLED, Stage.WITHDRAWN})
STAGES_IN_FORCE = frozenset({Stage.SERVED, Stage.OVERDUE})


class Notice(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One notice of a unit.

    `ordinal`: 1 for the unit's first. `lines`: keys of the lines it names, in their order. `principal_fen`,
    `late_fee_fen`: what it names, the late fee to `issued_on` (to `drawn_up_on` before that); what is owed today follows
    from the lines of the case. `authority`: code of who collects them. `number`: its 文号. `served_on`: the day on which
    it counts as received, which an announcement (公告) has ahead of it. `deadline_on`: last day of the original period;
    `extended_to`: last day by decision, None while it was not extended. `document_sha256`: hash of what was rendered.
    """

    ordinal: int
    stage: Stage
    lines: tuple[str, ...]
    principal_fen: int
    late_fee_fen: int
    authority: str
    ground: str
    drawn_up_on: date
    circumstance: str = ""
    issued_on: date | None = None
    number: str = ""
    served_on: date | None = None
    method: str = ""
    receipt_reference: str = ""
    deadline_on: date | None = None
    deadline_is_provisional: bool = False
    extended_to: date | None = None
    ended_on: date | None = None
    document_sha256: str = ""

    @property
    def is_live(self) -> bool:
        """Tell whether it has not ended."""
        return self.stage not in FINAL_STAGES

    @property
    def last_day_on(self) -> date | None:
        """The last day on which its order may be followed in time; None before it is served."""
        return self.extended_to or self.deadline_on


class NoticeState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The notices of a unit that was found in arrears; None in a case that never was."""

    notices: tuple[Notice, ...] = ()

    def live(self) -> tuple[Notice, ...]:
        """The notices that have not ended."""
        return tuple(notice for notice in self.notices if notice.is_live)

    def overdue(self) -> tuple[Notice, ...]:
        """The notices whose deadline is over and that name something owed still: what enforcement begins from."""
        return tuple(notice for notice in self.notices if notice.stage is Stage.OVERDUE)
