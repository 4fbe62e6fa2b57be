"""What a unit's case remembers of its notices (社会保险费限期补缴通知书), and of what should have been noticed and was not.

A unit may have several notices, one for each set of lines: what is found after a notice gets a notice of its own, and
lines of two collecting authorities stand on two. No line stands on two live ones.
"""

from datetime import date, datetime

import msgspec

from schemas.payment_notices import NoticeStage as Stage

__all__ = ["FINAL_STAGES", "STAGES_IN_FORCE", "STAGES_SENT", "Gap", "Notice", "NoticeState", "Stage", "Warned"]

FINAL_STAGES = frozenset({Stage.COMPLIED, Stage.CANCELLED, Stage.WITHDRAWN})
STAGES_IN_FORCE = frozenset({Stage.SERVED, Stage.OVERDUE})
STAGES_SENT = frozenset({Stage.ISSUED, Stage.SERVED, Stage.OVERDUE})
"""A live notice that has gone out (发出), which is what the law asks within 5 working days."""


class Notice(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One notice of a unit.

    `ordinal`: 1 for the unit's first. `lines`: keys of the lines it names, in their order. `principal_fen`,
    `late_fee_fen`: what it names, the late fee to `counted_to`; what is owed today follows from the lines of the case,
    `open_fen` is what was last said of it. `authority`: code of who collects them. `number`: its 文号;
    `asked_number`: the sequence number asked of the register in its place. `handed_on`: the day of the act of service;
    `served_on`: the day on which it counts as received, which an announcement (公告) has ahead of it; `service`: business
    reference of that act. `deadline_on`: last day of the original period; `extended_to`: last day by decision, None while it was not extended.
    `document_id` names the document last asked for,
    `document_sha256` is the hash of what was made out: the record.
    """

    ordinal: int
    stage: Stage
    lines: tuple[str, ...]
    principal_fen: int
    late_fee_fen: int
    authority: str
    ground: str
    drawn_up_on: date
    as_of: date | None = None
    open_fen: int = 0
    circumstance: str = ""
    issued_on: date | None = None
    number: str = ""
    asked_number: int = 0
    handed_on: date | None = None
    served_on: date | None = None
    method: str = ""
    receipt_reference: str = ""
    service: str = ""
    deadline_on: date | None = None
    deadline_is_provisional: bool = False
    extended_to: date | None = None
    ended_on: date | None = None
    document_id: str = ""
    document_sha256: str = ""

    @property
    def is_live(self) -> bool:
        """Tell whether it has not ended."""
        return self.stage not in FINAL_STAGES

    @property
    def counted_to(self) -> date:
        """The day to which its late fee is counted."""
        return self.as_of or self.issued_on or self.drawn_up_on

    @property
    def last_day_on(self) -> date | None:
        """The last day on which its order may be followed in time; None before it is served."""
        return self.extended_to or self.deadline_on


class Gap(msgspec.Struct, frozen=True, gc=False):
    """An open compliance gap: five working days have passed since `found_on` and nothing was issued."""

    found_on: date
    notice_due_on: date
    marked_on: date


class Warned(msgspec.Struct, frozen=True, gc=False):
    """The early warning last asked for: of which due date, under which notice id."""

    due_on: date
    notice_id: str


class Act(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An act of the desk that was carried out: its revision and a digest of its content."""

    revision: int
    digest: str


class NoticeState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The notices of a unit that was found in arrears; None in a case that never was.

    `gap_on`: the last day on which a notice for what was found goes out in time. `draw_on`: the day on which arrears that
    are not yet due for a notice are looked at again. `phoned_through`: what was found up to this day has been through the
    telephone reminders. `warn_at`: when the next early warning is due. `acts` by business reference.
    """

    notices: tuple[Notice, ...] = ()
    acts: dict[str, Act] | None = None
    gap: Gap | None = None
    gap_on: date | None = None
    draw_on: date | None = None
    phoned_through: date | None = None
    warn_at: datetime | None = None
    warned: Warned | None = None

    def live(self) -> tuple[Notice, ...]:
        """The notices that have not ended."""
        return tuple([notice for notice in self.notices if notice.stage not in FINAL_STAGES])

    def overdue(self) -> tuple[Notice, ...]:
        """The notices whose deadline is over and that name something owed still: what enforcement begins from."""
        return tuple(notice for notice in self.notices if notice.stage is Stage.OVERDUE)

    def find(self, ordinal: int | None) -> Notice | None:
        """The notice of this ordinal."""
        return next((notice for notice in self.notices if notice.ordinal == ordinal), None)


class NumberRegister(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A register of document numbers (发文登记): `last` was handed out last, `taken` are later ones the desk took by hand."""

    last: int = 0
    taken: tuple[int, ...] = ()
