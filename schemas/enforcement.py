"""What follows an order to pay that was not followed (逾期未缴的处理): acts of the desk, and where each procedure stands."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.contributions import UnitFact
from schemas.document_terms import PARTS_MAX, BankAccount, Days
from schemas.enforcement_terms import (
    INSTALMENTS_MAX,
    SECURITIES_MAX,
    EnforcementAct,
    EnforcementDocument,
    EnforcementEvent,
    EnforcementGround,
    EnforcementOutcome,
    EnforcementRole,
    EnforcementStage,
    Instalment,
    MinuteOfDay,
    Security,
)
from schemas.fact import CaseFact, Fact
from schemas.officers import OfficerNumber
from schemas.vocabulary import AmountFen, LegalDate, ShortText, UnitCode

__all__ = [
    "TRAFFIC",
    "EnforcementAct",
    "EnforcementActRecorded",
    "EnforcementChanged",
    "EnforcementDocument",
    "EnforcementEvent",
    "EnforcementGround",
    "EnforcementOutcome",
    "EnforcementRole",
    "EnforcementStage",
    "Instalment",
    "Security",
]

TotalFen = Annotated[int, Field(ge=0)]
"""A sum over lines in whole fen."""

_Act, _Ground, _Outcome = EnforcementAct, EnforcementGround, EnforcementOutcome

AMOUNT_NEEDED = frozenset(
    {
        _Act.TRANSFER_APPLIED,
        _Act.DEMAND_SERVED,
        _Act.TRANSFER_DECIDED,
        _Act.TRANSFER_RECEIVED,
        _Act.SECURITY_REALISED,
        _Act.COURT_DEMAND_SERVED,
        _Act.COURT_APPLIED,
        _Act.PROPERTY_SEIZED,
        _Act.PROPERTY_AUCTIONED,
        _Act.PROCEEDS_RECEIVED,
        _Act.RECEIPT_VOIDED,
    }
)
DEMANDS = frozenset({_Act.DEMAND_SERVED, _Act.COURT_DEMAND_SERVED})
"""Acts that say that a demand (催告书) was served: 行政强制法 35 says what stands in it."""
FOUR_EYES = frozenset(
    {
        _Act.TRANSFER_DECIDED,
        _Act.AGREEMENT_SIGNED,
        _Act.COURT_APPLIED,
        _Act.EXECUTION_SUSPENDED,
        _Act.EXECUTION_RESUMED,
        _Act.EXECUTION_ENDED,
        _Act.LATE_FEE_PURSUED,
        _Act.RECEIPT_VOIDED,
    }
)
"""Acts that somebody else than who decided them approves: decisions (行政强制法 37, 39, 40), the application that the head
signs (55(2)), the agreement, and that a receipt is void, whose money is then taken once more (社会保险经办条例 37: 岗位分级审核). The rules ask for it too where a statement or remedy of the unit is upheld."""
AT_A_MINUTE = frozenset({_Act.BANK_NOTIFIED, _Act.PROPERTY_SEIZED})
"""Acts that execute, and may not be done at night (行政强制法 43): their minute is told."""
OUTCOMES: Mapping[EnforcementAct, frozenset[EnforcementOutcome]] = {
    _Act.STATEMENT_REVIEWED: frozenset({_Outcome.UPHELD, _Outcome.DISMISSED}),
    _Act.REMEDY_ENDED: frozenset({_Outcome.UPHELD, _Outcome.DISMISSED}),
    _Act.COURT_RULED: frozenset({_Outcome.GRANTED, _Outcome.REFUSED}),
}
GROUNDS: Mapping[EnforcementAct, frozenset[EnforcementGround]] = {
    _Act.REMEDY_SOUGHT: frozenset({_Ground.REVIEW, _Ground.LAWSUIT}),
    _Act.EXECUTION_SUSPENDED: frozenset(
        {
            _Ground.STAY_ORDERED,
            _Ground.HARDSHIP,
            _Ground.THIRD_PARTY_CLAIM,
            _Ground.IRREPARABLE_HARM,
            _Ground.OTHER_SUSPENSION,
        }
    ),
    _Act.EXECUTION_ENDED: frozenset(
        {_Ground.NO_SUCCESSOR, _Ground.OBJECT_LOST, _Ground.DECISION_REVOKED, _Ground.OTHER_ENDING}
    ),
}

ORDERED_DOCUMENTS = frozenset(
    {
        EnforcementDocument.TRANSFER_APPLICATION,
        EnforcementDocument.DEMAND,
        EnforcementDocument.TRANSFER_DECISION,
        EnforcementDocument.AGREEMENT,
    }
)
"""Papers that are made out here when the desk orders them."""
OF_ACCOUNTS = frozenset({EnforcementDocument.TRANSFER_APPLICATION, EnforcementDocument.TRANSFER_DECISION})
AMOUNT_OF_DOCUMENT = ORDERED_DOCUMENTS - {EnforcementDocument.AGREEMENT}
"""Papers that say an amount; an agreement says its instalments."""


class EnforcementActRecorded(UnitFact):
    """An act after the deadline of a notice (补缴通知) was recorded at the collection desk (征缴岗位), whoever did it.

    `occurred_on` is the day it was done, `business_reference` the desk's number for it, `document_number` that of its
    paper (文号). It belongs to the procedure of the notice it names. A slip may be corrected
    (a higher revision) or taken back (`reverses`) as long as it is the unit's last act and nothing has followed from it: no
    other act, no payment that reduced it, no day that passed by it, no end. What something has followed from may have left
    the house; another act changes where the procedure stands then (撤回, 中止, 终结).
    """

    topic: ClassVar[str] = "enforcement-act-recorded"

    notice_number: ShortText
    act: EnforcementAct
    document_number: ShortText | None = None
    done_minute: MinuteOfDay | None = None
    perform_by: LegalDate | None = None
    """Last day that a demand leaves the unit (履行期限): what its paper says, counted from service."""
    amount_fen: AmountFen | None = None
    """What is applied for, demanded, decided, received, seized (its value) or auctioned."""
    balance_fen: AmountFen | None = None
    """What the bank holds for the unit in all accounts that were asked for."""
    costs_fen: AmountFen | None = None
    """Costs of execution that the court keeps (行政强制法 60(2))."""
    payment_method: ShortText | None = None
    """How to pay (给付方式), as a demand says it."""
    hearing_offered: bool = False
    """The demand names the right to state and to defend (陈述权和申辩权)."""
    outcome: EnforcementOutcome | None = None
    ground: EnforcementGround | None = None
    instalments: Annotated[tuple[Instalment, ...], Field(max_length=INSTALMENTS_MAX)] = ()
    securities: Annotated[tuple[Security, ...], Field(max_length=SECURITIES_MAX)] = ()
    materials: tuple[EnforcementDocument, ...] = ()
    """Papers handed over with an application."""
    document: EnforcementDocument | None = None
    """Which paper is ordered (制作文书); the act it belongs to follows from where the procedure stands."""
    perform_within_working_days: Days | None = None
    """The term (履行期限) that a demand is ordered with, from its service; absent: the shortest that may be given there."""
    accounts: Annotated[tuple[BankAccount, ...], Field(max_length=PARTS_MAX)] = ()
    """Banks and account names as the banks answered, for the papers of a transfer."""
    security_description: ShortText | None = None
    """What stands for an agreement, as the contract of security names it."""
    security_contract: ShortText | None = None
    """Number of that contract."""
    decided_by: OfficerNumber
    """Who did it, or took the decision."""
    approved_by: OfficerNumber | None = None

    @model_validator(mode="after")
    def act_is_whole(self) -> Self:
        """Refuse an act without what it needs, or with a word that belongs to another act; each under its own code."""
        for check in _CHECKS:
            check(self)
        return self


def _amounts_are_there(act: EnforcementActRecorded) -> None:
    is_needed = act.act in AMOUNT_NEEDED or act.document in AMOUNT_OF_DOCUMENT
    if is_needed and not act.amount_fen:
        raise PydanticCustomError("amount-missing", "this act names an amount above zero")
    if act.act is _Act.BANK_QUERY_ANSWERED and act.balance_fen is None:
        raise PydanticCustomError("balance-missing", "the bank's answer names the balance")
    if act.act is _Act.PROPERTY_AUCTIONED and act.costs_fen is None:
        raise PydanticCustomError("costs-missing", "an auction names the costs of execution, nought at the least")


def _demand_is_whole(act: EnforcementActRecorded) -> None:
    """行政强制法 35: a demand names the term, the way, the exact amount, and the right to be heard."""
    if act.act not in DEMANDS:
        return
    if act.perform_by is None:
        raise PydanticCustomError("perform-by-missing", "a demand names its term")
    if act.payment_method is None:
        raise PydanticCustomError("payment-method-missing", "a demand says how to pay")
    if not act.hearing_offered:
        raise PydanticCustomError("hearing-not-offered", "a demand names the right to be heard")


def _words_are_of_the_act(act: EnforcementActRecorded) -> None:
    outcomes, grounds = OUTCOMES.get(act.act), GROUNDS.get(act.act)
    if outcomes is not None and act.outcome is None:
        raise PydanticCustomError("outcome-missing", "this act has an outcome")
    if outcomes is not None and act.outcome not in outcomes:
        raise PydanticCustomError("outcome-of-another-act", "this act has no such outcome")
    if grounds is not None and act.ground is None:
        raise PydanticCustomError("ground-missing", "this act has a ground")
    if grounds is not None and act.ground not in grounds:
        raise PydanticCustomError("ground-of-another-act", "this act has no such ground")


def _agreement_is_whole(act: EnforcementActRecorded) -> None:
    if act.act is not _Act.AGREEMENT_SIGNED:
        return
    if not act.instalments:
        raise PydanticCustomError("instalments-missing", "an agreement has instalments")
    if not act.securities:
        raise PydanticCustomError("security-missing", "an agreement is secured")


def _paper_is_whole(act: EnforcementActRecorded) -> None:
    is_order = act.act is _Act.DOCUMENT_ORDERED
    if is_order != (act.document is not None):
        raise PydanticCustomError("document-not-named", "an order for a paper, and nothing else, names the paper")
    if act.perform_within_working_days is not None and act.document is not EnforcementDocument.DEMAND:
        raise PydanticCustomError("term-of-another-paper", "the order for a demand, and nothing else, names its term")
    if not is_order:
        return
    if act.document not in ORDERED_DOCUMENTS:
        raise PydanticCustomError("document-not-made-here", "this paper is not made out here")
    if act.document in OF_ACCOUNTS and not act.accounts:
        raise PydanticCustomError("accounts-missing", "the papers of a transfer name the accounts")
    if act.document is not EnforcementDocument.AGREEMENT:
        return
    if not act.instalments:
        raise PydanticCustomError("instalments-missing", "an agreement has instalments")
    if not act.securities or act.security_description is None or act.security_contract is None:
        raise PydanticCustomError("security-missing", "an agreement is secured, and says by what")


def _people_are_named(act: EnforcementActRecorded) -> None:
    if act.act in AT_A_MINUTE and act.done_minute is None:
        raise PydanticCustomError("minute-missing", "an act that executes tells its minute")
    if act.act in FOUR_EYES and act.approved_by is None:
        raise PydanticCustomError("approval-missing", "this act is approved by somebody")
    if act.approved_by is not None and act.approved_by == act.decided_by:
        raise PydanticCustomError("approved-by-the-same", "who decides does not approve")


_CHECKS: tuple[Callable[[EnforcementActRecorded], None], ...] = (
    _amounts_are_there,
    _demand_is_whole,
    _words_are_of_the_act,
    _agreement_is_whole,
    _paper_is_whole,
    _people_are_named,
)


class EnforcementChanged(CaseFact):
    """Where the procedure that enforces one notice stands now (强制征缴进展), who acts next, by when, on what paragraph.

    `act` or `event` moved it. Amounts are whole fen: `principal_fen` and `late_fee_fen` are what the lines of the notice
    owe on `as_of`; `amount_fen` what is applied for, demanded or ordered at this stage; `received_fen` all that execution
    brought in. `documents` are the papers that this step needs. `attempt`: 1, and one more each time it begins anew.
    """

    topic: ClassVar[str] = "enforcement-changed"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    notice_number: ShortText
    attempt: int
    stage: EnforcementStage
    previous_stage: EnforcementStage | None = None
    act: EnforcementAct | None = None
    event: EnforcementEvent | None = None
    as_of: LegalDate
    principal_fen: TotalFen
    late_fee_fen: TotalFen
    amount_fen: TotalFen = 0
    received_fen: TotalFen = 0
    next_role: EnforcementRole | None = None
    deadline_on: LegalDate | None = None
    """Last day for the next act; absent where nothing is waited for."""
    deadline_is_provisional: bool = False
    """Counted without the calendar of some year."""
    court_from: LegalDate | None = None
    """First day on which the court may be applied to, as the periods of remedy stand now (行政强制法 53)."""
    court_until: LegalDate | None = None
    """Last day of the three months."""
    fine_until: LegalDate | None = None
    """Last day of the two years for the fine (行政处罚法 36), counted from the default."""
    late_fee_free_from: LegalDate | None = None
    late_fee_free_until: LegalDate | None = None
    """Days of an agreement on which no late fee accrues (令13号 22)."""
    documents: tuple[EnforcementDocument, ...] = ()
    document: EnforcementDocument | None = None
    """The paper that was ordered, or that was made out, by this step."""
    document_number: ShortText | None = None
    """Its 文号."""
    document_sha256: ShortText | None = None
    """Hash of the paper as it was made out: the record."""
    paragraphs: tuple[ShortText, ...] = ()
    explanation: ShortText
    """What this stage means, in Chinese; why it ended, for a final one."""


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (EnforcementActRecorded, "collection-desk", ("arrears",)),
    (EnforcementChanged, "arrears", ("monitoring",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
