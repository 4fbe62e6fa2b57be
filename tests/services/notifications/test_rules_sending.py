"""When a notice goes out, on which channel, with which words."""

from datetime import date, datetime

import pytest

from schemas.decision import Decision, Outcome, TimerDue
from schemas.fact import Fact, Sealed
from schemas.notifications import DeliveryRequested, NotificationFailed
from schemas.vocabulary import Agency, Channel
from services.notifications import texts
from services.notifications.rules import NotificationCase, decide, next_timer
from services.notifications.rules.sending import allowed_from
from services.notifications.rules.state import OPEN_MAX
from tests.services.notifications.samples import (
    OTHER_UNIT,
    SEALED_EMAIL,
    SEALED_PHONE,
    cancellation,
    context,
    local,
    reminder,
)


def asked(at: str, **wishes: object) -> Decision[NotificationCase]:
    return decide(None, reminder(**wishes), context(at))  # type: ignore[arg-type]


def delivery_of(decision: Decision[NotificationCase]) -> DeliveryRequested:
    (fact,) = decision.facts
    assert isinstance(fact, DeliveryRequested)
    return fact


def failure_of(facts: tuple[Fact, ...]) -> tuple[str, Channel]:
    (fact,) = facts
    assert isinstance(fact, NotificationFailed)
    return fact.detail_code, fact.channel


def woken(case: NotificationCase | None) -> tuple[Decision[NotificationCase], datetime]:
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    return decide(case, TimerDue(timer.name, timer.due_at), context(timer.due_at)), timer.due_at


# --- quiet hours --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_at", "goes_out_at"),
    [
        ("2024-01-08 20:59", "2024-01-08 20:59"),
        ("2024-01-08 20:59:59.999999", "2024-01-08 20:59:59.999999"),
        ("2024-01-08 21:00", "2024-01-09 08:00"),
        ("2024-01-08 23:59", "2024-01-09 08:00"),
        ("2024-01-09 00:00", "2024-01-09 08:00"),
        ("2024-01-09 07:59", "2024-01-09 08:00"),
        ("2024-01-09 07:59:59.999999", "2024-01-09 08:00"),
        ("2024-01-09 08:00", "2024-01-09 08:00"),
        ("2024-12-31 21:00", "2025-01-01 08:00"),
    ],
)
def test_nobody_is_disturbed_between_nine_in_the_evening_and_eight_in_the_morning(
    asked_at: str, goes_out_at: str
) -> None:
    """21:00 is quiet and 20:59 is not; 08:00 is not quiet and 07:59 is."""
    assert allowed_from(local(asked_at)) == local(goes_out_at)


def test_a_notice_asked_for_by_day_goes_out_at_once() -> None:
    decision = asked("2024-01-08 20:59")

    assert decision.reason.code == "delivery-requested"
    assert delivery_of(decision).notice_id == "notice-1"


def test_a_notice_asked_for_at_night_goes_out_at_eight() -> None:
    decision = asked("2024-01-08 21:00")
    assert (decision.reason.code, decision.facts) == ("waits-for-morning", ())
    morning, at = woken(decision.state)

    assert at == local("2024-01-09 08:00")
    assert morning.reason.code == "delivery-requested"
    assert delivery_of(morning).notice_id == "notice-1"


def test_a_clock_that_is_late_into_the_next_night_lets_the_notice_wait_on() -> None:
    case = asked("2024-01-08 21:00").state
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    decision = decide(case, TimerDue(timer.name, timer.due_at), context("2024-01-09 22:00"))
    assert decision.state is not None
    later = next_timer(decision.state)

    assert decision.facts == ()
    assert later is not None
    assert later.due_at == local("2024-01-10 08:00")


def test_notices_due_together_go_out_one_by_one_each_with_its_own_decision() -> None:
    case: NotificationCase | None = None
    for number in range(3):
        case = decide(case, reminder(f"notice-{number}"), context("2024-01-08 22:00")).state
    sent = []
    for _ in range(3):
        decision, _ = woken(case)
        sent.append(delivery_of(decision).notice_id)
        case = decision.state

    assert sent == ["notice-0", "notice-1", "notice-2"]
    assert next_timer(case) is None  # type: ignore[arg-type]


# --- how long it is worth telling ---------------------------------------------------------------------


def test_a_notice_is_sent_on_its_last_day_and_not_on_the_next() -> None:
    last_day = asked("2024-01-08 20:59", expires_on=date(2024, 1, 8))
    next_day = asked("2024-01-09 08:00", expires_on=date(2024, 1, 8))

    assert last_day.reason.code == "delivery-requested"
    assert next_day.reason.code == "expired"
    assert failure_of(next_day.facts) == ("expired", Channel.TELEPHONE)


def test_a_notice_that_would_be_worthless_by_morning_fails_at_once() -> None:
    """Asked for at night on its last day: nobody waits until eight to hear that it was too late."""
    assert failure_of(asked("2024-01-08 21:00", expires_on=date(2024, 1, 8)).facts) == ("expired", Channel.TELEPHONE)


def test_a_notice_that_grew_worthless_while_the_clock_stood_is_not_sent() -> None:
    case = asked("2024-01-08 22:00", expires_on=date(2024, 1, 9)).state
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    decision = decide(case, TimerDue(timer.name, timer.due_at), context("2024-01-10 09:00"))

    assert failure_of(decision.facts) == ("expired", Channel.TELEPHONE)


# --- channel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "phone", "email", "chosen"),
    [
        (Channel.TELEPHONE, SEALED_PHONE, SEALED_EMAIL, Channel.TELEPHONE),
        (Channel.EMAIL, SEALED_PHONE, SEALED_EMAIL, Channel.EMAIL),
        (Channel.TELEPHONE, None, SEALED_EMAIL, Channel.EMAIL),
        (Channel.EMAIL, SEALED_PHONE, None, Channel.TELEPHONE),
    ],
)
def test_the_channel_wished_for_is_taken_if_there_is_a_contact_else_the_other(
    wish: Channel, phone: Sealed | None, email: Sealed | None, chosen: Channel
) -> None:
    request = delivery_of(asked("2024-01-08 09:00", channel=wish, phone=phone, email=email))

    assert request.channel is chosen
    assert request.contact == (SEALED_PHONE if chosen is Channel.TELEPHONE else SEALED_EMAIL)


def test_without_any_contact_the_notice_has_failed_and_that_is_said() -> None:
    decision = asked("2024-01-08 09:00", phone=None)

    assert decision.reason.code == "no-contact"
    assert failure_of(decision.facts) == ("no-contact", Channel.TELEPHONE)


def test_one_recipient_has_no_more_than_so_many_open_notices() -> None:
    """The last that fits, and the first that does not: it fails and that is said."""
    case: NotificationCase | None = None
    for number in range(OPEN_MAX - 1):
        case = decide(case, reminder(f"notice-{number}"), context("2024-01-08 09:00")).state
    fits = decide(case, reminder("last"), context("2024-01-08 09:00"))
    too_many = decide(fits.state, reminder("one-more"), context("2024-01-08 09:00"))

    assert fits.reason.code == "delivery-requested"
    assert failure_of(too_many.facts) == ("too-many-open", Channel.TELEPHONE)


# --- words --------------------------------------------------------------------------------------------


def test_a_caller_greets_names_the_agency_and_its_telephone() -> None:
    lines = delivery_of(asked("2024-01-08 09:00")).text.split("\n")

    assert lines[0] == "您好，这里是文登区社会保险服务中心。请问是威海某某有限公司吗？"
    assert lines[2].startswith("贵单位2024年1月")
    assert lines[-1] == "如有疑问，请拨打0631-12333咨询。谢谢，再见。"


def test_a_caller_asks_the_question_that_the_asking_service_gave() -> None:
    request = reminder().model_copy(update={"confirmation": "请问您是否提出过劳动能力鉴定申请？"})
    text = delivery_of(decide(None, request, context("2024-01-08 09:00"))).text

    assert text.startswith("您好，这里是文登区社会保险服务中心。请问您是否提出过劳动能力鉴定申请？\n【对方确认后再告知")


@pytest.mark.parametrize(("text", "ended"), [("请尽快办理", "请尽快办理。"), ("请尽快办理。\n", "请尽快办理。")])
def test_a_text_does_not_run_on_into_what_follows(text: str, ended: str) -> None:
    assert f"\n{ended}\n如有疑问" in delivery_of(asked("2024-01-08 09:00", text=text)).text


def test_a_mail_has_a_subject_of_one_line_and_is_signed() -> None:
    request = delivery_of(
        asked("2024-01-08 09:00", channel=Channel.EMAIL, email=SEALED_EMAIL, title="缴费\r\nBcc: x 提醒")
    )

    assert request.title == "【文登区社会保险服务中心】缴费 Bcc: x 提醒"
    assert request.text.startswith("威海某某有限公司：\n\n您好！\n\n贵单位")
    assert request.text.endswith("文登区社会保险服务中心\n")


def test_the_longest_notice_still_fits_into_a_delivery() -> None:
    """Title of 200 characters, text of 4,000, for every agency's name."""
    request = delivery_of(
        asked("2024-01-08 09:00", channel=Channel.EMAIL, email=SEALED_EMAIL, title="长" * 200, text="文" * 4000)
    )

    assert len(request.text) > 4000


def test_every_agency_has_a_name_and_a_telephone() -> None:
    assert set(texts.AGENCY_NAMES_ZH) == set(texts.AGENCY_TELEPHONES) == set(Agency)


# --- identity -----------------------------------------------------------------------------------------


def test_a_delivery_is_named_by_recipient_notice_and_number() -> None:
    """The same wherever it is decided; another notice has another, and so has the same notice of another unit."""
    first = delivery_of(asked("2024-01-08 09:00")).effect_id

    assert first == delivery_of(asked("2024-03-08 12:00")).effect_id
    assert first != delivery_of(asked("2024-01-08 09:00", notice_id="notice-2")).effect_id
    assert first != delivery_of(asked("2024-01-08 09:00", unit=OTHER_UNIT)).effect_id


def test_the_same_notice_again_is_known_and_with_other_content_refused() -> None:
    case = asked("2024-01-08 09:00").state
    again = decide(case, reminder(), context("2024-01-08 09:01"))
    other = decide(case, reminder(text="另一内容"), context("2024-01-08 09:01"))

    assert (again.reason.outcome, again.reason.code) == (Outcome.ALREADY_KNOWN, "notice-known")
    assert (other.reason.outcome, other.reason.code) == (Outcome.REFUSED, "notice-other-content")
    assert other.state is case


def test_a_notice_that_has_ended_is_known_too() -> None:
    case = asked("2024-01-08 09:00", phone=None).state
    again = decide(case, reminder(phone=None), context("2024-01-08 09:01"))

    assert again.reason.code == "notice-known"


def test_a_cancelled_notice_is_known_too() -> None:
    waiting = asked("2024-01-08 22:00").state
    cancelled = decide(waiting, cancellation(), context("2024-01-08 22:01")).state
    again = decide(cancelled, reminder(), context("2024-01-09 09:00"))

    assert again.reason.code == "notice-known"
