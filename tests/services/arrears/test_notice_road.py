"""The whole road in the memory mesh: a call's promise, a register on another partition, a notice from draft to compliance."""

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest

from schemas.decision import LEGAL_ZONE
from schemas.documents import DocumentRequested
from schemas.effects import EffectRequest
from schemas.mesh import ParameterPublished
from schemas.notifications import NotificationDelivered, call_receipt
from schemas.payment_notices import (
    ComplianceGapFound,
    NoticeAct,
    PaymentNoticeChanged,
    ReminderAnswered,
    ServiceMethod,
)
from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.runtime.effects import DONE, Attempt
from services.runtime.memory import MemoryMesh
from services.runtime.replay import TaskReplay, spoken_index
from tests.harness.audit import own_topics
from tests.services.arrears.samples import UNIT, at, missed, paid, registered, unit
from tests.services.arrears.samples_notice import act, served

BEGIN = at(date(2024, 1, 8))
PROMISED_ON = date(2024, 1, 24)


def promising(request: EffectRequest, is_lookup: bool) -> Attempt:
    return Attempt(DONE, "promised", call_receipt(request.effect_id, PROMISED_ON))


@pytest.fixture
def mesh() -> Iterator[MemoryMesh]:
    started = MemoryMesh(ALL_SERVICES, BEGIN, {"deliveries": promising})
    started.tick(BEGIN)
    for calendar in published_calendars():
        started.publish(calendar, source="/services/clock")
    policy = ParameterPublished(name="notice-policy", value="law", effective_on=date(2020, 1, 1))
    started.publish(policy, source="/services/clock")
    started.publish(registered())
    started.publish(missed())
    started.run()
    yield started
    assert [] == differences(started)


def differences(mesh: MemoryMesh) -> list[str]:
    """What comes out otherwise when the arrears service decides everything again."""
    (service,) = (one for one in ALL_SERVICES if one.name == "arrears")
    index = spoken_index([record for topic in own_topics(service) for record in mesh.records(topic)])
    found = []
    for partition in range(service.partitions):
        inputs = {topic: mesh.log.get(topic, [[]] * 12)[partition] for topic in service.inputs}
        report = TaskReplay(service, partition, mesh.codec, inputs, index).run(mesh.log["arrears-decisions"][partition])
        found += [str(difference) for difference in report.differences]
    return found


def forenoon(day: date) -> datetime:
    return datetime.combine(day, time(10), LEGAL_ZONE).astimezone(BEGIN.tzinfo)


def test_a_promise_comes_back_from_the_call_list_to_the_ladder(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(forenoon(date(2024, 1, 9)))

    (told,) = mesh.facts(NotificationDelivered, UNIT)
    (answer,) = mesh.facts(ReminderAnswered, UNIT)
    assert (told.detail_code, told.promised_on) == ("promised", PROMISED_ON)
    assert (answer.outcome, answer.promised_on) == ("promised", PROMISED_ON)


def test_a_notice_is_drawn_up_numbered_printed_served_and_complied_with(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(forenoon(date(2024, 1, 9)))
    mesh.publish(act(NoticeAct.ISSUE, date(2024, 1, 9)))
    mesh.run()
    mesh.run_timers_until(forenoon(date(2024, 1, 15)))
    mesh.publish(served(date(2024, 1, 15), ServiceMethod.POST))
    mesh.run()
    mesh.publish(paid(paid_on=date(2024, 1, 15)))
    mesh.run()

    reasons = [change.reason_code for change in mesh.facts(PaymentNoticeChanged, UNIT)]
    assert reasons == ["drawn-up", "issued", "document-made", "served", "paid"]
    assert [request.document_number for request in mesh.facts(DocumentRequested, UNIT)] == ["威文税社限补〔2024〕1号"]
    assert [] == mesh.facts(ComplianceGapFound, UNIT)


def test_an_act_that_cannot_be_lies_with_the_dead_and_says_why(mesh: MemoryMesh) -> None:
    mesh.publish(served(date(2024, 1, 8)))
    mesh.run()

    (refused,) = [entry for entry in mesh.decisions("arrears", UNIT) if entry.outcome == "refused"]
    assert (refused.code, refused.values["reasons"]) == ("notice-act-impossible", "notice-unknown")
    assert len(mesh.dead("arrears")) == 1


def test_numbers_run_on_over_units_on_other_partitions(mesh: MemoryMesh) -> None:
    others = [unit(number) for number in range(2, 8)]
    for code in others:
        mesh.publish(registered(unit_code=code, business_reference=f"U-{code}"))
        mesh.publish(missed(f"M-{code}", unit_code=code))
    mesh.run()
    mesh.run_timers_until(forenoon(date(2024, 1, 9)))
    for code in (UNIT, *others):
        mesh.publish(act(NoticeAct.ISSUE, date(2024, 1, 9), unit_code=code))
        mesh.run()

    numbers = [mesh.facts(DocumentRequested, code)[0].document_number for code in (UNIT, *others)]
    assert numbers == [f"威文税社限补〔2024〕{number}号" for number in range(1, 8)]
