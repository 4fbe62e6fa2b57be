"""A unit in arrears, from the notice through every paper of enforcement to the money; stopped half-way by a payment, or by a court."""

from datetime import date, timedelta
from typing import Any

from schemas import topics
from schemas.contributions import ContributionMissed
from schemas.decision import LEGAL_ZONE
from schemas.documents import DocumentCompleted, DocumentKind, DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.fact import Fact
from schemas.payment_notices import (
    NoticeAct,
    NoticeStage,
    PaymentNoticeActRecorded,
    PaymentNoticeChanged,
    ServiceMethod,
)
from schemas.settlements import ClearanceRecorded, PaymentShare, UnitPaid
from schemas.unit_status import LegalForm, UnitStanding, UnitStatusReported
from services.runtime.memory import MemoryMesh
from services.runtime.records import partition_of
from services.runtime.replay import TaskReplay, spoken_index
from tests.harness.audit import own_topics
from tests.services.arrears.samples import PUBLISHED
from tests.services.arrears.samples_enforcement import act, order_for
from tests.stories.test_arrears import A_DAY, AMOUNT_FEN, Story

UNTIL_OVERDUE_WORKING_DAYS = 6
"""Five from receipt, and the notice is overdue on the next."""
TERM_WORKING_DAYS = 3
KINDS = [
    DocumentKind.PAYMENT_NOTICE,
    DocumentKind.TRANSFER_APPLICATION,
    DocumentKind.ENFORCEMENT_DEMAND,
    DocumentKind.TRANSFER_DECISION,
]
"""The papers of the road, in its order; the decision's is ordered once, and waits with it for the end of the term."""


class Road(Story):
    """The unit's notice, its enforcement, and what each of them said."""

    def publish(self, fact: Fact) -> None:
        """Publish a fact as the system that owns its topic."""
        self.mesh.publish(fact, source=f"urn:weihai:{topics.BY_NAME[fact.topic].owner}")

    def say(self, kind: type[Fact], **fields: Any) -> None:
        """Publish a fact of the unit as the system that owns its topic."""
        self.count += 1
        reference = f"{self.unit}-{self.count}"
        place = {"district": "371082", "agency": "rongcheng-sic", "unit_code": self.unit, "occurred_on": self.today}
        self.publish(kind.model_validate({**place, "business_reference": reference, **fields}))

    def served(self) -> None:
        """A line was missed; its notice is drawn up, issued by two officers, made out and handed over today."""
        self.register()
        self.line(ContributionMissed, self.due_on)
        self.run()
        for kind, more in (
            (NoticeAct.DRAW_UP, {}),
            (NoticeAct.ISSUE, {"ordinal": 1, "approved_by": "WD-0003"}),
            (NoticeAct.SERVE, {"ordinal": 1, "method": ServiceMethod.DIRECT, "receipt_reference": "SDHZ-1"}),
        ):
            self.say(PaymentNoticeActRecorded, act=kind, decided_by="WD-0017", **more)
            self.run()

    def overdue(self) -> None:
        """The notice was served, and its deadline passes."""
        self.served()
        self.jump((PUBLISHED.add_working_days(self.today, UNTIL_OVERDUE_WORKING_DAYS).on - self.today).days)

    def do(self, kind: Act, **changed: Any) -> None:
        """An act of today; the paper it waits for is ordered, numbered and made out before."""
        self.count += 1
        fields = {"district": "371082", "agency": "rongcheng-sic", "unit_code": self.unit, "notice_number": self.number}
        sample = act(kind, self.today, f"{self.unit}-{self.count}", **changed)
        fact = EnforcementActRecorded.model_validate(sample.model_dump() | fields)
        order = order_for(fact)
        if order is not None:
            self.publish(EnforcementActRecorded.model_validate(order.model_dump() | fields))
            self.mesh.run()
        self.publish(fact)
        self.mesh.run()

    def demanded(self) -> None:
        """The bank was asked and has enough; the transfer is applied for, the demand served with its three working days."""
        self.overdue()
        self.do(Act.BANK_QUERY_SENT)
        self.do(Act.BANK_QUERY_ANSWERED, balance_fen=10 * AMOUNT_FEN)
        self.do(Act.TRANSFER_APPLIED, amount_fen=AMOUNT_FEN)
        perform_by = PUBLISHED.add_working_days(self.today, TERM_WORKING_DAYS).on
        self.do(Act.DEMAND_SERVED, amount_fen=AMOUNT_FEN, perform_by=perform_by)
        self.perform_by = perform_by

    @property
    def due_on(self) -> date:
        return PUBLISHED.roll_forward(self.begun_on - 60 * A_DAY).on  # no day off: late fee would begin later

    def __init__(self, mesh: MemoryMesh) -> None:
        super().__init__(mesh)
        self.begun_on = self.today

    @property
    def number(self) -> str:
        return str([change.number for change in self.said(PaymentNoticeChanged) if change.number][-1])

    @property
    def stages(self) -> list[Stage]:
        """Every stage that was reached, without the papers made out on the way."""
        return [fact.stage for fact in self.said(EnforcementChanged) if fact.document is None]

    def assert_papers_are_kept(self) -> None:
        """Every paper was numbered, made out, and is kept by the hash of what was made out."""
        asked = self.said(DocumentRequested)
        assert KINDS == [one.kind for one in asked]
        hashes = {one.effect_id: one.sha256 for one in self.said(DocumentCompleted)}
        (procedure,) = self.case.enforcement.procedures if self.case.enforcement is not None else ()
        assert [(one.document_number, hashes[one.effect_id]) for one in asked[1:]] == [
            (paper.number, paper.sha256) for paper in procedure.papers
        ]

    def differences(self) -> list[str]:
        """What comes out otherwise, byte by byte, when the unit's task decides all it has decided again."""
        service = self.mesh.services["arrears"]
        place = partition_of(self.unit.encode(), self.mesh.partitions)
        spoken = spoken_index([record for topic in own_topics(service) for record in self.mesh.records(topic)])
        inputs = {topic: self._of(topic, place) for topic in service.inputs}
        replay = TaskReplay(service, place, self.mesh.codec, inputs, spoken)
        report = replay.run(self._of(topics.decisions_topic("arrears"), place))
        return [str(difference) for difference in report.differences]

    def _of(self, topic: str, partition: int) -> list[Any]:
        return [record for record in self.mesh.records(topic) if record.partition == partition]


def test_from_the_notice_to_the_money_and_the_clearance(mesh: MemoryMesh) -> None:
    """1,200 yuan: noticed, demanded, decided on the day after the term, transferred, paid in; then the late fee, and it is clear."""
    road = Road(mesh)
    road.demanded()
    mesh.tick(road.forenoon((road.perform_by - road.today).days))
    road.do(Act.TRANSFER_DECIDED, amount_fen=AMOUNT_FEN)
    assert "demand-term-running" in mesh.decisions("arrears", road.unit)[-1].values["reasons"]

    mesh.tick(road.forenoon(1))
    road.do(Act.TRANSFER_DECIDED, amount_fen=AMOUNT_FEN)
    road.do(Act.BANK_NOTIFIED)
    road.do(Act.TRANSFER_RECEIVED, amount_fen=AMOUNT_FEN)
    road.pay(road.due_on)
    road.run()

    assert [
        Stage.DUE,
        Stage.QUERYING,
        Stage.FUNDED,
        Stage.APPLIED,
        Stage.DEMANDED,
        Stage.DECIDED,
        Stage.ORDERED,
        Stage.COLLECTED,
        Stage.PAID,
    ] == road.stages
    road.assert_papers_are_kept()
    assert [] == road.said(ClearanceRecorded)
    late_fee_fen = AMOUNT_FEN * 5 * (road.today - road.due_on).days // 10_000
    road.say(UnitPaid, paid_fen=late_fee_fen, paid_on=road.today, meant_for=PaymentShare.LATE_FEE)
    road.run()
    (cleared,) = road.said(ClearanceRecorded)
    assert (AMOUNT_FEN, late_fee_fen) == (cleared.paid_fen, cleared.late_fee_paid_fen)
    assert [] == road.differences()


def test_a_payment_in_the_middle_stops_it(mesh: MemoryMesh) -> None:
    """Paid while the demand's term runs: nothing is decided any more, the notice is complied with."""
    road = Road(mesh)
    road.demanded()
    road.pay(road.due_on)
    road.run()

    road.do(Act.TRANSFER_DECIDED, amount_fen=AMOUNT_FEN)

    assert (Stage.PAID, Event.PAID_IN_FULL) == (road.stages[-1], road.said(EnforcementChanged)[-1].event)
    assert "enforcement-unknown" == mesh.decisions("arrears", road.unit)[-1].code
    assert NoticeStage.COMPLIED == road.said(PaymentNoticeChanged)[-1].stage
    assert [] == road.differences()


def test_a_bankruptcy_accepted_in_the_middle_suspends_it(mesh: MemoryMesh) -> None:
    """企业破产法 19: 执行程序应当中止; dismissed, it goes on from where it rested."""
    road = Road(mesh)
    road.demanded()
    court = {"legal_form": LegalForm.ENTERPRISE, "court": "威海市中级人民法院"}
    road.say(UnitStatusReported, status=UnitStanding.BANKRUPTCY_ACCEPTED, **court)
    road.run()

    road.do(Act.TRANSFER_DECIDED, amount_fen=AMOUNT_FEN)
    assert "act-not-of-this-stage" == mesh.decisions("arrears", road.unit)[-1].values["reasons"]
    assert Event.STATUS_SUSPENDED == road.said(EnforcementChanged)[-1].event

    mesh.tick(mesh.clock.astimezone(LEGAL_ZONE) + timedelta(days=1))
    road.say(UnitStatusReported, status=UnitStanding.OPERATING, **court)
    road.run()
    assert [Stage.DEMANDED, Stage.SUSPENDED, Stage.DEMANDED] == road.stages[-3:]
    assert [] == road.differences()
