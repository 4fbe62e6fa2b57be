"""Facts, contexts and answers for tests about notices and deliveries."""

from datetime import UTC, date, datetime

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.calendar import WorkingCalendar
from schemas.decision import LEGAL_ZONE, Context
from schemas.fact import Fact, Sealed
from schemas.mesh import ParameterPublished
from schemas.notifications import DeliveryCompleted, DeliveryRequested
from schemas.vocabulary import Agency, Channel, District
from services.clock.calendars import published_calendars
from services.notifications.worker import SERVICE
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE, development_opener, development_vault
from services.runtime.shard import Shard

UNIT = "11371000004359918E"
OTHER_UNIT = "91371081MA3C12345T"
PHONE, EMAIL = "0631-8451473", "finance@unit.example"
VAULT = development_vault()
OPENER = development_opener("deliveries")
SEALED_ON = date(2020, 1, 6)
SEALED_PHONE = VAULT.seal(PHONE, UNIT, CONTACT_PHONE, SEALED_ON)
SEALED_EMAIL = VAULT.seal(EMAIL, UNIT, CONTACT_EMAIL, SEALED_ON)


def published_calendar() -> WorkingCalendar:
    """The working calendar as a task knows it once every published year was read."""
    shard = Shard(SERVICE, 0)
    for fact in published_calendars():
        shard.put_reference(fact)
    return shard.calendar


CALENDAR = published_calendar()


def local(text: str) -> datetime:
    """An instant, written as a clock in Weihai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_ZONE).astimezone(UTC)


def context(now: str | datetime, calendar: WorkingCalendar = CALENDAR, *references: Fact) -> Context:
    """What a decision may know at this time in Weihai."""
    instant = local(now) if isinstance(now, str) else now
    known: dict[str, dict[str, Fact]] = {}
    for fact in references:
        known.setdefault(fact.topic, {})[fact.case_key] = fact
    return Context(instant, "fact-1", "/services/arrears", calendar, known)


def effects_from(day: str, effective_on: str = "2024-01-01") -> ParameterPublished:
    """The published date before which no effect leaves the mesh."""
    return ParameterPublished(name="effects-from", value=day, effective_on=date.fromisoformat(effective_on))


def reminder(
    notice_id: str = "notice-1",
    *,
    phone: Sealed | None = SEALED_PHONE,
    email: Sealed | None = None,
    channel: Channel = Channel.TELEPHONE,
    expires_on: date | None = None,
    text: str = "贵单位2024年1月养老保险费尚未缴纳，请尽快办理。",
    unit: str = UNIT,
    title: str = "社会保险费缴纳提醒",
) -> ReminderRequested:
    """A reminder that the arrears service asks for."""
    return ReminderRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        unit_code=unit,
        notice_id=notice_id,
        channel=channel,
        title=title,
        text=text,
        recipient_name="威海某某有限公司",
        contact_phone=phone,
        contact_email=email,
        expires_on=expires_on,
        step=1,
    )


def cancellation(notice_id: str = "notice-1", unit: str = UNIT) -> ReminderCancelled:
    """The arrears service takes a reminder back."""
    return ReminderCancelled(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        unit_code=unit,
        notice_id=notice_id,
        reason_code="paid",
    )


def delivery(
    effect_id: str = "effect-1", channel: Channel = Channel.TELEPHONE, contact: Sealed | None = SEALED_PHONE
) -> DeliveryRequested:
    """A rendered notice for a channel."""
    return DeliveryRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        effect_id=effect_id,
        recipient_key=UNIT,
        notice_id="notice-1",
        channel=channel,
        title="【文登区社会保险服务中心】社会保险费缴纳提醒",
        text="威海某某有限公司：\n\n您好！请尽快办理。\n",
        recipient_name="威海某某有限公司",
        contact=contact,
    )


def answer(effect_id: str, outcome: str, detail: str, at: str = "2024-01-08 09:00") -> DeliveryCompleted:
    """What the effect shell says of a delivery."""
    return DeliveryCompleted(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        effect_id=effect_id,
        outcome=outcome,
        detail_code=detail,
        attempted_at=local(at),
        recipient_key=UNIT,
    )
