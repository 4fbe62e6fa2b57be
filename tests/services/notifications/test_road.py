"""Both services together in the memory twin: what a provider answers comes back as a word on the notice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.effects import EffectRequest
from schemas.mesh import CommandIssued
from schemas.notifications import (
    DeliveryCompleted,
    DeliveryRequested,
    NotificationDelivered,
    NotificationFact,
    NotificationFailed,
    NotificationUnclear,
)
from schemas.topics import commands_topic
from schemas.vocabulary import Channel
from services.clock.calendars import published_calendars
from services.notifications.texts import REASON_TEXTS
from services.notifications.worker import DELIVERIES, PORT, SERVICES
from services.runtime.effects import Attempt
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import derived_id
from services.runtime.shard import Shard
from tests.services.notifications.samples import SEALED_EMAIL, UNIT, cancellation, effects_from, local, reminder

Answers = Callable[[EffectRequest, bool], Attempt]
ANSWERED = Attempt("done", "answered")


class Provider:
    """Answers in the order given, the last one for ever; notes what it was asked."""

    def __init__(self, *answers: Attempt) -> None:
        self.answers = list(answers)
        self.attempts: list[str] = []
        self.lookups: list[str] = []

    def __call__(self, request: EffectRequest, is_lookup: bool) -> Attempt:
        (self.lookups if is_lookup else self.attempts).append(request.effect_id)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def mesh_with(provider: Answers, begin: str = "2024-01-08 09:00") -> MemoryMesh:
    twin = MemoryMesh(SERVICES, local(begin), ports={PORT: provider})
    twin.tick(twin.clock)
    for calendar in published_calendars():
        twin.publish(calendar, source="/services/clock")
    twin.run()
    return twin


def ask(mesh: MemoryMesh, notice_id: str = "notice-1", **wishes: object) -> None:
    mesh.publish(reminder(notice_id, **wishes), "/services/arrears", derived_id(("asked", notice_id)))  # type: ignore[arg-type]
    mesh.run()


def said(mesh: MemoryMesh) -> list[tuple[str, str]]:
    """What was said of the unit's notices, kind by kind."""
    kinds: list[type[NotificationFact]] = [NotificationUnclear, NotificationFailed, NotificationDelivered]
    return [(kind.topic, fact.detail_code) for kind in kinds for fact in mesh.facts(kind, UNIT)]


def test_an_unclear_call_is_looked_up_and_then_known() -> None:
    provider = Provider(Attempt("unknown", "answer-lost"), ANSWERED)
    mesh = mesh_with(provider)
    ask(mesh)
    mesh.run_timers_until(mesh.clock + timedelta(hours=1))

    assert (len(provider.attempts), len(provider.lookups)) == (1, 1)
    assert said(mesh) == [("notification-unclear", "answer-lost"), ("notification-delivered", "answered")]


def test_a_call_found_not_received_is_asked_for_anew_under_a_new_id() -> None:
    provider = Provider(Attempt("unknown", "answer-lost"), Attempt("failed", "not-received"), ANSWERED)
    mesh = mesh_with(provider)
    ask(mesh)
    mesh.run_timers_until(mesh.clock + timedelta(hours=2))

    assert len(set(provider.attempts)) == 2
    assert said(mesh)[-1] == ("notification-delivered", "answered")


def test_what_stays_unclear_waits_for_an_operator_and_is_never_sent_again() -> None:
    provider = Provider(Attempt("unknown", "answer-lost"))
    mesh = mesh_with(provider)
    ask(mesh)
    mesh.run_timers_until(mesh.clock + timedelta(days=30))
    assert (len(provider.attempts), len(provider.lookups)) == (1, 5)
    provider.answers = [ANSWERED]
    order = CommandIssued(
        subject=UNIT, action="reconcile", issued_by="operator", explanation="the desk has its list again"
    )
    commands = commands_topic(DELIVERIES.name)
    event_id = derived_id(("order",))
    mesh.append(published(mesh.codec, order, event_id, "/console", mesh.clock, mesh.partitions, topic=commands))
    mesh.run()

    assert len(provider.attempts) == 1
    assert said(mesh) == [("notification-unclear", "answer-lost"), ("notification-delivered", "answered")]


def test_a_unit_that_does_not_answer_is_called_on_three_working_days_then_it_has_failed() -> None:
    provider = Provider(Attempt("failed", "no-answer"))
    mesh = mesh_with(provider)
    ask(mesh)
    mesh.run_timers_until(mesh.clock + timedelta(days=10))

    assert len(set(provider.attempts)) == 3
    assert said(mesh) == [("notification-failed", "no-answer")]


def test_a_wrong_number_leads_to_a_mail() -> None:
    provider = Provider(Attempt("failed", "wrong-number"), Attempt("done", "mail-accepted"))
    mesh = mesh_with(provider)
    ask(mesh, email=SEALED_EMAIL)

    assert [fact.channel for fact in mesh.facts(DeliveryRequested, UNIT)] == [Channel.TELEPHONE, Channel.EMAIL]
    assert said(mesh) == [("notification-delivered", "mail-accepted")]


def test_a_first_load_of_history_rings_nobody() -> None:
    """Before the effects-from date the port is not asked, and the notice has failed with that reason."""
    provider = Provider(ANSWERED)
    mesh = mesh_with(provider)
    mesh.publish(effects_from("2024-01-09"), source="/services/clock")
    mesh.run()
    ask(mesh)
    mesh.tick(local("2024-01-09 09:00"))
    ask(mesh, "notice-2")

    assert len(provider.attempts) == 1
    assert said(mesh) == [("notification-failed", "before-effects-from"), ("notification-delivered", "answered")]


def test_a_delivery_request_repeated_under_another_record_id_is_answered_and_not_attempted() -> None:
    provider = Provider(ANSWERED)
    mesh = mesh_with(provider)
    ask(mesh)
    (request,) = mesh.facts(DeliveryRequested, UNIT)
    mesh.publish(request, "/services/notifications", derived_id(("again",)))
    mesh.run()

    assert len(provider.attempts) == 1
    assert [fact.outcome for fact in mesh.facts(DeliveryCompleted, UNIT)] == ["done", "done"]
    assert mesh.codes("notifications", UNIT)[-1] == "delivery-known"


def test_the_state_of_both_services_survives_the_changelog() -> None:
    """An open, a waiting, a closed and a withdrawn notice, an unclear effect: restored, they are the same."""
    mesh = mesh_with(Provider(ANSWERED, Attempt("unknown", "answer-lost"), Attempt("failed", "no-answer")))
    for number in range(3):
        ask(mesh, f"notice-{number}", email=SEALED_EMAIL)
    mesh.publish(cancellation("notice-9"), "/services/arrears", derived_id(("taken back",)))
    mesh.run()
    for service in SERVICES:
        restored = Shard(service, 0)
        for record in mesh.records(f"{service.name}-changelog"):
            restored.restore((record.key or b"").decode(), record.value)
        assert restored.cases[UNIT].state == mesh.state(service.name, UNIT)


def test_every_reason_written_in_the_log_can_be_read() -> None:
    mesh = mesh_with(Provider(Attempt("failed", "no-answer"), Attempt("unknown", "lost"), ANSWERED))
    ask(mesh)
    mesh.run_timers_until(mesh.clock + timedelta(days=3))
    texts = {"notifications": REASON_TEXTS, "deliveries": DELIVERIES.reason_texts}
    written = [texts[name][entry.code].format(**entry.values) for name in texts for entry in mesh.decisions(name, UNIT)]

    assert len(written) > 6
    assert not [text for text in written if "{" in text]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_contact_stands_in_clear_anywhere(service: object) -> None:
    mesh = mesh_with(Provider(ANSWERED))
    ask(mesh, email=SEALED_EMAIL)
    everything = b"".join((record.value or b"") for topic in mesh.log for record in mesh.records(topic))

    assert b"8451473" not in everything
    assert b"finance@unit.example" not in everything
