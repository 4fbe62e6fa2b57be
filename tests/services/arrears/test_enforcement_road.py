"""From a real notice to the money, in the memory mesh and through its door; decided again, nothing comes out otherwise."""

from collections.abc import Iterator
from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.mesh import ParameterPublished
from schemas.payment_notices import NoticeAct, ServiceMethod
from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.documents.shell import PORT
from services.runtime.memory import MemoryMesh
from tests.harness.kept_documents import kept
from tests.services.arrears.samples import UNIT, missed, paid, registered
from tests.services.arrears.samples_enforcement import act, order_for
from tests.services.arrears.samples_notice import act as notice_act
from tests.services.arrears.samples_notice import served
from tests.services.arrears.test_notice_road import BEGIN, differences, forenoon

NUMBER = "威文税社限补〔2024〕1号"


@pytest.fixture
def mesh() -> Iterator[MemoryMesh]:
    """A notice issued on 9 January and received on Monday the 15th: its five working days end on Monday the 22nd."""
    started = MemoryMesh(ALL_SERVICES, BEGIN, {PORT: kept})
    started.tick(BEGIN)
    for calendar in published_calendars():
        started.publish(calendar, source="/services/clock")
    policy = ParameterPublished(name="notice-policy", value="law", effective_on=date(2020, 1, 1))
    started.publish(policy, source="/services/clock")
    started.publish(registered())
    started.publish(missed())
    started.run()
    started.run_timers_until(forenoon(date(2024, 1, 9)))
    started.publish(notice_act(NoticeAct.ISSUE, date(2024, 1, 9)))
    started.run()
    started.run_timers_until(forenoon(date(2024, 1, 15)))
    started.publish(served(date(2024, 1, 15), ServiceMethod.DIRECT))
    started.run()
    yield started
    assert [] == differences(started)


def do(mesh: MemoryMesh, kind: Act, on: date) -> None:
    mesh.run_timers_until(forenoon(on))
    fact = act(kind, on, f"{kind}/{on}", notice_number=NUMBER)
    order = order_for(fact)
    if order is not None:
        mesh.publish(order)
        mesh.run()
    mesh.publish(fact)
    mesh.run()


def stages(mesh: MemoryMesh) -> list[Stage]:
    return [fact.stage for fact in mesh.facts(EnforcementChanged, UNIT) if fact.document is None]


def test_on_the_last_day_of_the_notice_nothing_begins(mesh: MemoryMesh) -> None:
    do(mesh, Act.BANK_QUERY_SENT, date(2024, 1, 22))

    assert [] == stages(mesh)
    assert "enforcement-unknown" == mesh.decisions("arrears", UNIT)[-1].code


def test_on_the_day_after_enforcement_begins_and_leads_to_the_money(mesh: MemoryMesh) -> None:
    """Begun on the 23rd; the demand of the 26th leaves ten days, to 5 February; decided on the 6th."""
    do(mesh, Act.BANK_QUERY_SENT, date(2024, 1, 23))
    do(mesh, Act.BANK_QUERY_ANSWERED, date(2024, 1, 24))
    do(mesh, Act.TRANSFER_APPLIED, date(2024, 1, 25))
    do(mesh, Act.DEMAND_SERVED, date(2024, 1, 26))
    do(mesh, Act.TRANSFER_DECIDED, date(2024, 2, 5))
    do(mesh, Act.TRANSFER_DECIDED, date(2024, 2, 6))
    do(mesh, Act.BANK_NOTIFIED, date(2024, 2, 6))
    do(mesh, Act.TRANSFER_RECEIVED, date(2024, 2, 7))
    mesh.publish(paid(paid_on=date(2024, 2, 7)))
    mesh.run()

    paper, decision = [entry for entry in mesh.decisions("arrears", UNIT) if entry.outcome == "refused"]
    assert "demand-term-running" == paper.values["reasons"]
    assert "demand-term-running paper-missing" == decision.values["reasons"]
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
    ] == stages(mesh)


def test_paid_on_the_last_day_nothing_ever_begins(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(forenoon(date(2024, 1, 22)))
    mesh.publish(paid(paid_on=date(2024, 1, 22)))
    mesh.run()
    mesh.run_timers_until(forenoon(date(2024, 3, 1)))

    assert [] == stages(mesh)
