"""A unit whose notice is overdue, and the acts of enforcement, valid by default and changed by name."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from schemas.calendar import WorkingCalendar
from schemas.decision import Decision
from schemas.document_terms import BankAccount
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.enforcement import EnforcementAct, EnforcementActRecorded, EnforcementChanged, Instalment, Security
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage, SecurityKind
from schemas.fact import CaseFact
from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested
from services.arrears.rules_enforcement_duties import PAPER_GUARDS, PAPER_OF
from services.arrears.rules_enforcement_state import Procedure
from services.arrears.rules_following import carried_on
from services.arrears.rules_notice_state import Notice, NoticeState, Stage
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import PLACE, PUBLISHED, Desk, at, missed, registered

NUMBER = "文社险欠〔2024〕12号"
SERVED_ON = date(2024, 1, 8)
DEADLINE_ON = date(2024, 1, 15)
"""Five working days after a Monday: the next Monday."""
BEGUN_ON = date(2024, 1, 16)
MATERIALS = tuple(Document)

_NEEDS: dict[EnforcementAct, dict[str, Any]] = {
    EnforcementAct.BANK_QUERY_ANSWERED: {"balance_fen": 1_000_000},
    EnforcementAct.TRANSFER_APPLIED: {"amount_fen": 100_000, "materials": MATERIALS},
    EnforcementAct.DEMAND_SERVED: {
        "amount_fen": 100_000,
        "payment_method": "缴入社会保险费收入户",
        "hearing_offered": True,
    },
    EnforcementAct.STATEMENT_REVIEWED: {"outcome": Outcome.DISMISSED},
    EnforcementAct.TRANSFER_DECIDED: {"amount_fen": 100_000, "approved_by": "WD-0031"},
    EnforcementAct.BANK_NOTIFIED: {"done_minute": 600},
    EnforcementAct.TRANSFER_RECEIVED: {"amount_fen": 100_000},
    EnforcementAct.AGREEMENT_SIGNED: {"approved_by": "WD-0031"},
    EnforcementAct.SECURITY_REALISED: {"amount_fen": 100_000},
    EnforcementAct.COURT_DEMAND_SERVED: {
        "amount_fen": 100_000,
        "payment_method": "缴入社会保险费收入户",
        "hearing_offered": True,
    },
    EnforcementAct.REMEDY_SOUGHT: {"ground": Ground.REVIEW},
    EnforcementAct.REMEDY_ENDED: {"outcome": Outcome.DISMISSED},
    EnforcementAct.COURT_APPLIED: {"amount_fen": 100_000, "approved_by": "WD-0031", "materials": MATERIALS},
    EnforcementAct.COURT_RULED: {"outcome": Outcome.GRANTED},
    EnforcementAct.PROPERTY_SEIZED: {"amount_fen": 150_000, "done_minute": 600},
    EnforcementAct.PROPERTY_AUCTIONED: {"amount_fen": 105_000, "costs_fen": 5_000},
    EnforcementAct.PROCEEDS_RECEIVED: {"amount_fen": 100_000},
    EnforcementAct.RECEIPT_VOIDED: {"amount_fen": 100_000, "approved_by": "WD-0031"},
    EnforcementAct.EXECUTION_SUSPENDED: {"ground": Ground.HARDSHIP, "approved_by": "WD-0031"},
    EnforcementAct.LATE_FEE_PURSUED: {"approved_by": "WD-0031"},
    EnforcementAct.EXECUTION_RESUMED: {"approved_by": "WD-0031"},
    EnforcementAct.EXECUTION_ENDED: {"ground": Ground.OTHER_ENDING, "approved_by": "WD-0031"},
}


def act(kind: EnforcementAct, on: date, reference: str | None = None, **changed: Any) -> EnforcementActRecorded:
    """An act done on a day, with all it needs; a demand leaves ten calendar days, and ten working days before the court."""
    fields = {
        **PLACE,
        "occurred_on": on,
        "business_reference": reference or f"{kind}/{on}",
        "notice_number": NUMBER,
        "act": kind,
        "decided_by": "WD-0107",
        **_NEEDS.get(kind, {}),
    }
    if kind is EnforcementAct.DEMAND_SERVED:
        ten_days = PUBLISHED.roll_forward(on + timedelta(days=10)).on
        fields["perform_by"] = max(ten_days, PUBLISHED.add_working_days(on, 3).on)
    if kind is EnforcementAct.COURT_DEMAND_SERVED:
        fields["perform_by"] = PUBLISHED.add_working_days(on, 10).on
    if kind is EnforcementAct.AGREEMENT_SIGNED:
        fields["instalments"] = (
            instalment(on + timedelta(days=30), 60_000),
            instalment(on + timedelta(days=60), 40_000),
        )
        fields["securities"] = (Security(kind=SecurityKind.MORTGAGE, value_fen=100_000, registered_on=on),)
    return EnforcementActRecorded(**(fields | changed))


def order_for(fact: EnforcementActRecorded) -> EnforcementActRecorded | None:
    """The order for the paper that an act waits for, on the act's own day and saying what it says; None where it waits for none."""
    document = next((one for (_, one), kind in PAPER_OF.items() if kind is fact.act), None)
    if document is None:
        return None
    return EnforcementActRecorded(
        **PLACE,
        occurred_on=fact.occurred_on,
        business_reference=f"paper/{fact.business_reference}",
        notice_number=fact.notice_number,
        act=EnforcementAct.DOCUMENT_ORDERED,
        document=document,
        ground=fact.ground,
        amount_fen=fact.amount_fen,
        instalments=fact.instalments,
        securities=fact.securities,
        security_description="机器设备一批（清单见合同）",
        security_contract="文社抵〔2024〕1号",
        accounts=(BankAccount(bank="示例银行威海文登支行", account_name="威海海昌机械有限公司"),),
        perform_within_working_days=working_days_left(fact),
        decided_by="WD-0107",
    )


def working_days_left(fact: EnforcementActRecorded) -> int | None:
    """The term that leads from a demand's service to its last day; None for another act."""
    if fact.perform_by is None:
        return None
    days = (fact.perform_by - fact.occurred_on).days
    return sum(PUBLISHED.is_working_day(fact.occurred_on + timedelta(days=day)) for day in range(1, days + 1)) or 1


def instalment(due_on: date, amount_fen: int) -> Instalment:
    """One instalment."""
    return Instalment(due_on=due_on, amount_fen=amount_fen)


def document_made(request: DocumentRequested, **changed: Any) -> DocumentCompleted:
    """What the effect shell says of a document: made out, unless it is said otherwise."""
    fields: dict[str, Any] = {
        **_place_of(request),
        "unit_code": request.unit_code,
        "effect_id": request.effect_id,
        "outcome": "done",
        "detail_code": "rendered",
        "sha256": sha256(request.model_dump_json().encode()).hexdigest(),
        "attempted_at": at(request.occurred_on),
    }
    return DocumentCompleted(**(fields | changed))


def _place_of(fact: CaseFact) -> dict[str, Any]:
    return {"district": fact.district, "agency": fact.agency, "occurred_on": fact.occurred_on}


def _same(asked: DocumentNumberRequested) -> dict[str, Any]:
    return asked.model_dump(include={"register_key", "unit_code", "ordinal", "subject"})


def overdue_notice(case: UnitCase, **changed: Any) -> Notice:
    """The notice of all that a case owes, served and overdue."""
    lines = tuple(sorted(key for key, line in case.lines.items() if line.owed_fen))
    fields: dict[str, Any] = {
        "ordinal": 1,
        "stage": Stage.OVERDUE,
        "lines": lines,
        "principal_fen": sum(case.lines[key].owed_fen for key in lines),
        "late_fee_fen": 0,
        "authority": "tax",
        "ground": "amount",
        "drawn_up_on": date(2024, 1, 3),
        "issued_on": date(2024, 1, 5),
        "number": NUMBER,
        "served_on": SERVED_ON,
        "deadline_on": DEADLINE_ON,
    }
    return Notice(**(fields | changed))


class Pursuit(Desk):
    """A desk whose unit owes 1,000 yuan under a notice that is overdue; enforcement has begun."""

    def __init__(self, today: date = BEGUN_ON, calendar: WorkingCalendar = PUBLISHED, **notice: Any) -> None:
        super().__init__(today, calendar)
        self.numbers = 0
        self.hear(registered(), missed())
        assert self.case is not None
        self.put_notice(overdue_notice(self.case, **notice))

    def put_notice(self, notice: Notice) -> None:
        """Put a notice in place of the one of its number, and let every part answer, as the notice's own rules do."""
        before = self.case
        assert before is not None
        others = (
            [] if before.notice is None else [one for one in before.notice.notices if one.ordinal != notice.ordinal]
        )
        state = NoticeState(tuple(sorted((*others, notice), key=lambda one: one.ordinal)))
        reaction = carried_on(before, replace(before, notice=state), self.context)
        self.case = reaction.case
        self.said += reaction.facts

    def make_overdue(self) -> None:
        """The notice's deadline is over."""
        assert self.case is not None
        assert self.case.notice is not None
        self.put_notice(replace(self.case.notice.notices[0], stage=Stage.OVERDUE))

    def do(self, kind: EnforcementAct, on: date, reference: str | None = None, **changed: Any) -> Decision[UnitCase]:
        """Record an act on the day it was done, after every timer up to then; its paper was made out before."""
        self.wait_until(at(on))
        fact = act(kind, on, reference, **changed)
        self.make_paper(fact)
        return self.hear(fact)

    def make_paper(self, fact: EnforcementActRecorded) -> None:
        """Have the paper made out that an act waits for, where it may be ordered."""
        order = order_for(fact)
        if order is not None:
            self.answer_papers(self.hear(order))

    def answer_papers(self, ordered: Decision[UnitCase], **changed: Any) -> None:
        """What register and effect shell answer to an order: the next number, and a document."""
        for asked in ordered.facts:
            if isinstance(asked, DocumentNumberRequested):
                self.numbers += 1
                numbered = self.hear(
                    DocumentNumberGiven(**_place_of(asked), **_same(asked), sequence_number=self.numbers)
                )
                for request in numbered.facts:
                    if isinstance(request, DocumentRequested):
                        self.hear(document_made(request, **changed))

    def watched(self, on: date) -> list[str]:
        """Let time pass until ten in the morning of a day; gives what enforcement decided meanwhile."""
        return [code for code in self.wait_until(at(on)) if code.startswith("enforcement-")]

    def refusals(self, kind: EnforcementAct, on: date, **changed: Any) -> list[str]:
        """Why an act of a day is refused, its paper apart; the case stays as it was."""
        decision = self.do(kind, on, **changed)
        reasons = decision.reason.values.get("reasons", decision.reason.code).split()
        return [reason for reason in reasons if reason not in PAPER_GUARDS]

    @property
    def procedure(self) -> Procedure:
        """The procedure of the first notice."""
        assert self.case is not None
        assert self.case.enforcement is not None
        return self.case.enforcement.procedures[0]

    @property
    def stage(self) -> EnforcementStage:
        """Where it stands."""
        return self.procedure.stage

    @property
    def changed(self) -> EnforcementChanged:
        """What was said of it last."""
        found: EnforcementChanged = self.heard_last(EnforcementChanged)
        return found

    def to_funded(self) -> "Pursuit":
        """Ask the bank on the 16th, hear on the 17th that there is enough."""
        self.do(EnforcementAct.BANK_QUERY_SENT, date(2024, 1, 16))
        self.do(EnforcementAct.BANK_QUERY_ANSWERED, date(2024, 1, 17))
        return self

    def to_demanded(self) -> "Pursuit":
        """Apply on the 18th; the demand is served on Friday the 19th, its term ends on Monday the 29th."""
        self.to_funded()
        self.do(EnforcementAct.TRANSFER_APPLIED, date(2024, 1, 18))
        self.do(EnforcementAct.DEMAND_SERVED, date(2024, 1, 19))
        return self

    def to_declined(self) -> "Pursuit":
        """The department declines on the 22nd; the bank has enough, so it may be applied to again."""
        self.to_demanded()
        self.do(EnforcementAct.TRANSFER_DECLINED, date(2024, 1, 22))
        return self

    def to_ordered(self) -> "Pursuit":
        """Decide on the 30th, tell the bank on the 31st."""
        self.to_demanded()
        self.do(EnforcementAct.TRANSFER_DECIDED, date(2024, 1, 30))
        self.do(EnforcementAct.BANK_NOTIFIED, date(2024, 1, 31))
        return self

    def to_national_day(self) -> "Pursuit":
        """In September 2024: the demand, served on the 20th, leaves the unit until 8 October."""
        self.do(EnforcementAct.BANK_QUERY_SENT, date(2024, 9, 18))
        self.do(EnforcementAct.BANK_QUERY_ANSWERED, date(2024, 9, 18))
        self.do(EnforcementAct.TRANSFER_APPLIED, date(2024, 9, 19))
        self.do(EnforcementAct.DEMAND_SERVED, date(2024, 9, 20), perform_by=date(2024, 10, 8))
        return self

    def to_insufficient(self) -> "Pursuit":
        """The bank has 300 yuan."""
        self.do(EnforcementAct.BANK_QUERY_SENT, date(2024, 1, 16))
        self.do(EnforcementAct.BANK_QUERY_ANSWERED, date(2024, 1, 17), balance_fen=30_000)
        return self

    def to_court_demanded(self, on: date = date(2024, 6, 3)) -> "Pursuit":
        """The court's demand is served on a Monday in June."""
        self.to_insufficient()
        self.do(EnforcementAct.COURT_DEMAND_SERVED, on)
        return self

    def to_deferred(self) -> "Pursuit":
        """Signed on Thursday 18 January: 600 yuan by 17 February, 400 by 18 March."""
        self.to_insufficient()
        self.do(EnforcementAct.AGREEMENT_SIGNED, date(2024, 1, 18))
        return self

    def to_court_accepted(self) -> "Pursuit":
        """Apply on 15 July, accepted on the 17th."""
        self.to_court_demanded()
        self.do(EnforcementAct.COURT_APPLIED, date(2024, 7, 15))
        self.do(EnforcementAct.COURT_ACCEPTED, date(2024, 7, 17))
        return self

    def to_court_ruled(self) -> "Pursuit":
        """Ruled on the 19th."""
        self.to_court_accepted()
        self.do(EnforcementAct.COURT_RULED, date(2024, 7, 19))
        return self

    def to_auctioned(self) -> "Pursuit":
        """Seized on the 22nd; auctioned on 20 August, 1,050 yuan less 50 of costs."""
        self.to_court_ruled()
        self.do(EnforcementAct.PROPERTY_SEIZED, date(2024, 7, 22))
        self.do(EnforcementAct.PROPERTY_AUCTIONED, date(2024, 8, 20))
        return self
