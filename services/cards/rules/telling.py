"""The facts that the cards service says of a case: their common particulars, and notices to the holder."""

from datetime import timedelta
from typing import Any

from schemas.cards import CardNoticeRequested
from schemas.decision import Context
from schemas.vocabulary import Channel
from services.cards.law import card_rules_on
from services.cards.rules.state import CardCase, id_after, latest_report
from services.cards.texts import CONFIRMATION, HOLDER


def about(case: CardCase, context: Context) -> dict[str, Any]:
    """Give the fields that every fact said of a person's case has."""
    report = latest_report(case)
    return {
        "district": report.district,
        "agency": report.agency,
        "occurred_on": context.today,
        "person_key": report.person_key,
    }


def notice(case: CardCase, context: Context, purpose: str, title: str, text: str) -> CardNoticeRequested:
    """Ask that the holder be told; `purpose` tells apart the notices of one decision. Mail where there is an address."""
    report = latest_report(case)
    return CardNoticeRequested(
        **about(case, context),
        notice_id=id_after(context, report.person_key, f"notice-{purpose}"),
        channel=Channel.EMAIL if report.contact_email is not None else Channel.TELEPHONE,
        title=title,
        text=text,
        recipient_name=HOLDER,
        confirmation=CONFIRMATION,
        contact_phone=report.contact_phone,
        contact_email=report.contact_email,
        expires_on=context.today + timedelta(days=card_rules_on(context.today).notice_days),
    )
