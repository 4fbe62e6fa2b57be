"""What a unit's case remembers of enforcement (强制征缴): one procedure a notice that was not followed."""

from datetime import date

import msgspec

from schemas.documents import DocumentKind
from schemas.enforcement_terms import EnforcementAct, EnforcementGround, EnforcementOutcome, EnforcementStage
from services.arrears.rules_status_state import FeePause

FINAL_STAGES = frozenset(
    {
        EnforcementStage.PAID,
        EnforcementStage.CANCELLED,
        EnforcementStage.DROPPED,
        EnforcementStage.ENDED,
        EnforcementStage.LAPSED,
    }
)
WINDOW_MISSED = "window-missed"
DECLINED = "declined"
"""Why the road to the court is closed: its three months are over, or the higher court has said no."""

BEGINS_ANEW_AFTER = frozenset({EnforcementStage.PAID, EnforcementStage.CANCELLED})
"""A procedure that ended so leaves nothing decided against a new one, should its notice be overdue again."""


class PlannedInstalment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One payment of an agreement: by the end of which day, and what is left to pay of the principal after it."""

    due_on: date
    left_fen: int


class Agreement(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An agreement on deferred payment (延期缴费协议).

    `met`: instalments looked at and met. `fee_is_free`: no late fee accrues from the day after `signed_on` to the last
    instalment, or to `ended_on` where it was broken or its procedure ended before. `last_on`: the last instalment's day, moved past days off
    by the calendars known. `assessed_fen`: what was assessed in all for its lines when it was signed. `realised`: its security was turned into money.
    """

    signed_on: date
    instalments: tuple[PlannedInstalment, ...]
    secured_fen: int
    fee_is_free: bool
    met: int = 0
    ended_on: date | None = None
    realised: bool = False
    last_on: date | None = None
    assessed_fen: int = 0

    @property
    def free_until(self) -> date:
        """Last day on which no late fee accrues: who pays in time by 民法典 203 pays nothing for the days off before."""
        return self.ended_on or self.last_on or self.instalments[-1].due_on

    @property
    def runs(self) -> bool:
        """Tell whether it binds still: it was not broken, and an instalment is to come."""
        return self.ended_on is None and self.met < len(self.instalments)


class Remedy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A review (行政复议) or lawsuit (行政诉讼) of the unit against the notice; pending while it has no `ended_on`."""

    kind: EnforcementGround
    sought_on: date
    ended_on: date | None = None
    outcome: EnforcementOutcome | None = None


class Suspension(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Why execution rests, since when, and where it goes on. `ground` None: the unit's status suspends it, from the court's acceptance."""

    stage: EnforcementStage
    since_on: date
    ground: EnforcementGround | None = None


class Paper(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A paper that the desk ordered (制作文书) for an act to come.

    `ordinal`: 1 for the first of the unit, and never again. `act`: what it is for. `issuer`: code of who issues it.
    `number`: its 文号, empty until the register has given it. `amount_fen`: what it says; for an agreement the sum of its
    `instalments`. `accounts`: bank and account name. `perform_days`: the term of a demand in working days from its service,
    nought in another paper, and in a demand that was ordered before orders said one. `sha256`: hash of what was made out; `failed`: why nothing could be.
    """

    ordinal: int
    act: EnforcementAct
    kind: DocumentKind
    issuer: str
    dated_on: date
    amount_fen: int = 0
    number: str = ""
    instalments: tuple[tuple[date, int], ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    security: str = ""
    security_description: str = ""
    security_contract: str = ""
    perform_days: int = 0
    document_id: str = ""
    sha256: str = ""
    failed: str = ""

    @property
    def is_awaited(self) -> bool:
        """Tell whether it was neither made out, nor said to have failed."""
        return not self.sha256 and not self.failed


class Procedure(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The enforcement of one notice.

    `notice`: the notice's ordinal in its case. `since_on`: the legal date on which it came to its stage; `last_on`: of
    the last act or event. `amount_fen`: what is applied for, demanded or ordered; `decided_fen`: what the decision said
    before payments reduced it; `received_fen`: all that execution brought in; `settled_before_fen`: what was paid of the
    lines' principal before it began. `perform_by`: last day of the demand as its act had it,
    `demanded_on`: the day on which it was served, `perform_days`: its term in working days, nought where no paper is known to say it. `court_heard`: the court hears before it rules; `court_ruled`: it
    granted execution; `court_closed`: why the road to the court is closed.
    `free_days`: days without late fee of agreements before the present one. `ends_as`: while a transfer is withdrawn, the final stage that follows. `look_on`: when this legal date is over,
    `look_for` is to be looked at; `said`: what has been said of windows and deadlines already. `papers`: as they were ordered;
    `papers_spent`: ordinals of those that serve no act to come, as an act rests on them or what they were made for came to nothing.
    `is_of_late_fee`: the principal is paid, and what is enforced is the late fee alone. `ended_by_status`: the unit was deregistered.
    `stays_set_aside`: days of bankruptcies that suspended it and that no record tells any more, as they were reversed.
    """

    notice: int
    number: str
    stage: EnforcementStage
    since_on: date
    last_on: date
    attempt: int = 1
    amount_fen: int = 0
    decided_fen: int = 0
    received_fen: int = 0
    settled_before_fen: int = 0
    balance_fen: int = 0
    auctioned_fen: int = 0
    costs_fen: int = 0
    perform_by: date | None = None
    demanded_on: date | None = None
    perform_days: int = 0
    court_heard: bool = False
    court_ruled: bool = False
    court_closed: str = ""
    agreement: Agreement | None = None
    free_days: tuple[FeePause, ...] = ()
    remedy: Remedy | None = None
    suspension: Suspension | None = None
    ends_as: EnforcementStage | None = None
    fine_referred_on: date | None = None
    deadline_on: date | None = None
    deadline_is_provisional: bool = False
    court_from: date | None = None
    court_until: date | None = None
    fine_until: date | None = None
    look_on: date | None = None
    look_for: str = ""
    said: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    is_of_late_fee: bool = False
    papers_spent: tuple[int, ...] = ()
    ended_by_status: bool = False
    stays_set_aside: tuple[FeePause, ...] = ()

    def paper_of(self, act: EnforcementAct) -> Paper | None:
        """The paper ordered last for an act, whether the act was done on it or is still to come."""
        return next((paper for paper in reversed(self.papers) if paper.act is act), None)

    def paper_for(self, act: EnforcementAct) -> Paper | None:
        """The paper that an act to come may rest on: the one ordered last for it, unless that one is spent."""
        paper = self.paper_of(act)
        return None if paper is None or self.is_spent(paper) else paper

    def is_spent(self, paper: Paper) -> bool:
        """Tell whether a paper serves no act to come."""
        return paper.ordinal in self.papers_spent

    def spending(self, *acts: EnforcementAct) -> tuple[int, ...]:
        """The ordinals of spent papers once every paper that was ordered for some acts is spent too."""
        ordinals = (paper.ordinal for paper in self.papers if paper.act in acts)
        return tuple(sorted({*self.papers_spent, *ordinals}))

    @property
    def is_live(self) -> bool:
        """Tell whether it has not ended."""
        return self.stage not in FINAL_STAGES

    @property
    def all_free_days(self) -> tuple[FeePause, ...]:
        """Days without late fee of all its agreements (令13号 22)."""
        agreement = self.agreement
        if agreement is None or not agreement.fee_is_free:
            return self.free_days
        return (*self.free_days, FeePause(agreement.signed_on, agreement.free_until))

    @property
    def standing_stage(self) -> EnforcementStage:
        """Its stage, or while it is suspended the stage it goes on from."""
        return self.stage if self.suspension is None else self.suspension.stage


class KeptAct(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An act that was taken in: the desk's number for it, its revision, and a digest of all it said."""

    reference: str
    revision: int
    digest: str


class Undo(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The last act: the desk's number for it, its procedure before it, a digest of the procedure after it, and what was done."""

    reference: str
    before: Procedure
    after: str
    act: str = ""


class EnforcementState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The procedures of a unit, one a notice; None in a case that never had one.

    `acts`: all that were taken in; `undo`: how the last of them is taken back. `papers_ordered`: so many so far.
    """

    procedures: tuple[Procedure, ...] = ()
    acts: tuple[KeptAct, ...] = ()
    undo: Undo | None = None
    papers_ordered: int = 0

    def live(self) -> tuple[Procedure, ...]:
        """The procedures that have not ended."""
        return tuple(procedure for procedure in self.procedures if procedure.is_live)
