"""How facts about an application are written, and the time limit they carry."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from schemas.appraisal import AppraisalNoticeRequested, AppraisalSubmitted, PanelReleased, PanelRequested
from schemas.calendar import CountedDay
from schemas.decision import Context
from schemas.vocabulary import Channel
from services.appraisal import law, texts
from services.appraisal.rules_acceptance import Finding
from services.appraisal.rules_state import Application, Status, submission_of


class Limits(NamedTuple):
    """The last days of the 60 days and of the 30 more; `provisional` where a calendar is not published yet."""

    conclusion_due_on: date
    extended_due_on: date
    provisional: bool


def limits_of(fact: AppraisalSubmitted, context: Context) -> Limits:
    """Reckon the time limit (60 + 30 days, 工伤保险条例 25(2)) from receipt, or from the day the papers were complete.

    A last day that is a day off moves to the next working day (民法典 203).
    """
    in_force = law.law_on(context.today)
    begins_on = fact.materials_completed_on or fact.received_on
    due = _rolled(law.last_day(begins_on, in_force.conclusion_days), context)
    extended = _rolled(law.last_day(begins_on, in_force.conclusion_days + in_force.extension_days), context)
    return Limits(due.on, extended.on, due.provisional or extended.provisional)


def panel_request(fact: AppraisalSubmitted, number: int, limits: Limits, context: Context) -> PanelRequested:
    """Ask the city's pool for a panel and a date."""
    return PanelRequested(
        **_place(fact, context),
        pool_key=f"pool-{fact.city_code}",
        person_key=fact.person_key,
        application_reference=fact.business_reference,
        request_number=number,
        specialties=tuple(sorted(set(fact.specialties))),
        conclusion_due_on=limits.conclusion_due_on,
        extended_due_on=limits.extended_due_on,
        employer_unit_code=fact.employer_unit_code,
        relative_keys=fact.relative_keys,
        treating_hospital_codes=fact.treating_hospital_codes,
    )


def release(before: Application, fact: AppraisalSubmitted, context: Context) -> tuple[PanelReleased, ...]:
    """Give back what was asked of the pool, if anything was."""
    if before.status not in (Status.WAITING, Status.SCHEDULED):
        return ()
    released = PanelReleased(
        **_place(fact, context),
        pool_key=f"pool-{submission_of(before).city_code}",
        person_key=fact.person_key,
        application_reference=fact.business_reference,
        request_number=before.request_number,
    )
    return (released,)


def notice(
    fact: AppraisalSubmitted, context: Context, title: str, text: str, expires_on: date | None = None
) -> AppraisalNoticeRequested:
    """Ask that the applicant be told: by mail where there is an address, else by telephone. Contacts stay sealed."""
    cause = f"{context.fact_id}|{fact.person_key}|{fact.business_reference}|{title}"
    return AppraisalNoticeRequested(
        **_place(fact, context),
        person_key=fact.person_key,
        notice_id=hashlib.sha256(cause.encode()).hexdigest()[:32],
        channel=Channel.TELEPHONE if fact.contact_email is None else Channel.EMAIL,
        title=title,
        text=text,
        recipient_name=texts.RECIPIENT,
        confirmation=texts.confirmation(fact.applicant),
        contact_phone=fact.contact_phone,
        contact_email=fact.contact_email,
        expires_on=expires_on,
    )


def about(fact: AppraisalSubmitted, context: Context) -> dict[str, Any]:
    """Give the fields that every fact about an application begins with."""
    return {
        **_place(fact, context),
        "person_key": fact.person_key,
        "application_reference": fact.business_reference,
    }


def codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Give the codes of findings, in their order."""
    return tuple(finding.code for finding in findings)


def _place(fact: AppraisalSubmitted, context: Context) -> dict[str, Any]:
    return {"district": fact.district, "agency": fact.agency, "occurred_on": context.today}


def _rolled(day: date, context: Context) -> CountedDay:
    return context.calendar.roll_forward(day)
