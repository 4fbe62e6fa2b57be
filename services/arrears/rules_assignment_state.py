"""What a case remembers of who answers for it. Small: a hundred thousand cases have one."""

from datetime import date, datetime

import msgspec


class KnownAct(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An act of the desk that was decided: its business reference and the digest of its content."""

    reference: str
    digest: str


class Assignment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who answers for a case (责任人), and by when it is to be moved on.

    `officer`: a staff number; empty while nobody serves the district. `deadline_on` None: the case rests, since nothing is owed;
    the officer stays known. The deadline is `working_days` from `counted_from`. `level`: deadlines missed in this `stage`.
    `review_at`: when it is looked whether the officer still serves.
    """

    officer: str
    assigned_on: date
    stage: str
    counted_from: date
    working_days: int
    review_at: datetime
    deadline_on: date | None = None
    is_provisional: bool = False
    level: int = 0
    acts: tuple[KnownAct, ...] = ()
