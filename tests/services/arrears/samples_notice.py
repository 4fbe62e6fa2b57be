"""Acts of the collection desk and outcomes of reminders for the tests; and a case with its register of numbers beside it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.calendar import WorkingCalendar
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.notifications import NotificationDelivered, NotificationFailed
from schemas.payment_notices import (
    DocumentNumberGiven,
    DocumentNumberRequested,
    NoticeAct,
    PaymentNoticeActRecorded,
    PaymentNoticeChanged,
    ServiceMethod,
)
from schemas.vocabulary import Agency, Channel, District
from services.arrears.rules import decide
from services.arrears.rules_notice_state import Notice, NoticeState
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import PLACE, PUBLISHED, UNIT, Desk, at, missed, registered

LAW_POLICY = ParameterPublished(name="notice-policy", value="law", effective_on=date(2020, 1, 1))
OFFICER, HEAD = "WD-0017", "WD-0003"
_count = iter(range(1, 1_000_000))


def act(kind: NoticeAct, on: date, ordinal: int | None = 1, **changed: Any) -> PaymentNoticeActRecorded:
    """An act of the desk on the unit's first notice, on a day, decided by one officer and approved by another."""
    fields = {
        **PLACE,
        "occurred_on": on,
        "business_reference": f"ACT-{next(_count)}",
        "act": kind,
        "ordinal": ordinal,
        "decided_by": OFFICER,
        "approved_by": HEAD,
        "grounds": "单位书面申请",
    }
    return PaymentNoticeActRecorded(**(fields | changed))


def served(on: date, method: ServiceMethod = ServiceMethod.DIRECT, **changed: Any) -> PaymentNoticeActRecorded:
    """The notice was received on a day."""
    fields: dict[str, Any] = {"method": method, "receipt_reference": "SDHZ-1", "approved_by": None}
    return act(NoticeAct.SERVE, on, **(fields | changed))


def answered(notice_id: str, on: date, detail: str = "answered", **changed: Any) -> NotificationDelivered:
    """The call was taken."""
    return NotificationDelivered(**_outcome(notice_id, on, detail, changed))


def not_reached(notice_id: str, on: date, detail: str = "no-answer", **changed: Any) -> NotificationFailed:
    """Nobody was reached."""
    return NotificationFailed(**_outcome(notice_id, on, detail, changed))


def _outcome(notice_id: str, on: date, detail: str, changed: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "district": District.WENDENG,
        "agency": Agency.WENDENG,
        "occurred_on": on,
        "recipient_key": UNIT,
        "notice_id": notice_id,
        "channel": Channel.TELEPHONE,
        "detail_code": detail,
        "at": at(on),
    }
    return fields | changed


class NoticeDesk(Desk):
    """A unit's case, and the register that gives its notices their numbers when asked."""

    def __init__(
        self,
        today: date = date(2024, 1, 8),
        calendar: WorkingCalendar = PUBLISHED,
        parameters: Iterable[ParameterPublished] = (),
    ) -> None:
        super().__init__(today, calendar)
        self.parameters = list(parameters)
        self.registers: dict[str, UnitCase] = {}

    def on(self, day: date, hour: int = 10) -> "NoticeDesk":
        """Let the timers up to an hour of a day fire."""
        self.wait_until(at(day, hour))
        return self

    def do(self, *acts: Fact) -> str:
        """Hear acts, each followed by the register's answer; gives the last code."""
        code = ""
        for one in acts:
            code = self.hear(one).reason.code
            for request in self.decisions[-1].facts:
                if isinstance(request, DocumentNumberRequested):
                    code = self.hear(self.number(request)).reason.code
        return code

    def number(self, request: DocumentNumberRequested) -> DocumentNumberGiven:
        """What the register answers."""
        decision = decide(self.registers.get(request.register_key), request, self.context)
        assert decision.state is not None
        self.registers[request.register_key] = decision.state
        (answer,) = decision.facts
        assert isinstance(answer, DocumentNumberGiven)
        return answer

    def issue_and_serve(self, issued_on: date, served_on: date, ordinal: int = 1, **changed: Any) -> str:
        """Issue the draft and serve it on a later day."""
        self.do(act(NoticeAct.ISSUE, issued_on, ordinal))
        self.on(served_on)
        return self.do(served(served_on, ordinal=ordinal, **changed))

    def notice(self, ordinal: int = 1) -> Notice:
        """A notice of the unit."""
        found = self.state.find(ordinal)
        assert found is not None
        return found

    @property
    def state(self) -> NoticeState:
        """What the case remembers of notices."""
        assert self.case is not None
        assert self.case.notice is not None
        return self.case.notice

    @property
    def changes(self) -> list[PaymentNoticeChanged]:
        """All that was said of notices."""
        return [fact for fact in self.said if isinstance(fact, PaymentNoticeChanged)]

    @property
    def reasons(self) -> list[str]:
        """Why notices were said to have changed, in their order."""
        return [change.reason_code for change in self.changes]


def in_arrears(today: date, *more: Fact, parameters: Iterable[ParameterPublished] = (LAW_POLICY,)) -> NoticeDesk:
    """A unit of which 1,000 yuan of pension for November 2023 were found owed on a day; by the law's policy."""
    started = NoticeDesk(today, parameters=parameters)
    started.hear(registered(), missed(), *more)
    return started
