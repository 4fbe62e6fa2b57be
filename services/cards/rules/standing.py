"""Where each card stands: a sum over the reports, the same in whatever order they came."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from schemas.cards import CardSuspended, CardSuspensionLifted, ReportKind
from schemas.decision import Context
from schemas.fact import Fact
from services.cards.law import lapses_at
from services.cards.rules.state import Card, CardCase, Report, Word, with_card
from services.cards.rules.telling import about

FOUND, LAPSED, REVERSED = "found", "lapsed", "report-reversed"
"""Why a card is not suspended (any more)."""


class Standing(NamedTuple):
    """Whether a card is suspended, until when, and if it is not, why."""

    suspended: ReportKind | None
    lapses_at: datetime | None = None
    provisional: bool = False
    reason: str = ""


def standing(case: CardCase, card_key: str, context: Context) -> Standing:
    """Sum up what was said of a card.

    A written report holds for good (书面挂失不可撤销). Else the latest temporary report holds until it lapses, or until the
    card is found after it (解挂).
    """
    said = _said_of(case, card_key)
    if any(report.word is Word.WRITTEN for report in said):
        return Standing(ReportKind.WRITTEN)
    temporary = [report.at for report in said if report.word is Word.TEMPORARY and not report.reversed]
    if not temporary:
        return Standing(None, reason=REVERSED)
    reported_at = max(temporary)
    if _is_found_since(said, reported_at):
        return Standing(None, reason=FOUND)
    until, provisional = lapses_at(reported_at, context)
    if until <= context.now:
        return Standing(None, until, provisional, LAPSED)
    return Standing(ReportKind.TEMPORARY, until, provisional)


def refreshed(case: CardCase, card_key: str, context: Context) -> tuple[CardCase, tuple[Fact, ...]]:
    """Bring a card in step with the reports; gives the facts that follow. A cancelled card stays as it is."""
    before = case.cards.get(card_key, Card())
    if before.cancelled_on is not None:
        return case, ()
    now = standing(case, card_key, context)
    until = now.lapses_at if now.suspended is ReportKind.TEMPORARY else None
    after = msgspec.structs.replace(before, suspended=now.suspended, lapses_at=until, provisional=now.provisional)
    if (after.suspended, after.lapses_at) == (before.suspended, before.lapses_at):
        return (case if after == before else with_card(case, card_key, after)), ()
    case = with_card(case, card_key, after)
    common = about(case, context)
    if now.suspended is None:
        return case, (CardSuspensionLifted(**common, card_key=card_key, reason_code=now.reason),)
    said = CardSuspended(
        **common, card_key=card_key, report_kind=now.suspended, suspended_at=context.now, lapses_at=until
    )
    return case, (said,)


def is_card_wanted(case: CardCase) -> bool:
    """Tell whether a new card is to be made: one is wished for, and a card not yet cancelled is lost in writing.

    A wish goes with its report: it ends when a temporary report is taken back, or its card found.
    """
    is_written = any(report.word is Word.WRITTEN for report in case.reports.values())
    return is_written and any(_is_wish(case, report) for report in case.reports.values())


def _is_wish(case: CardCase, report: Report) -> bool:
    if not report.wants_card or report.revision == 0:
        return False
    if report.word is Word.WRITTEN:
        return True
    return not report.reversed and not _is_found_since(_said_of(case, report.card_key), report.at)


def _said_of(case: CardCase, card_key: str) -> list[Report]:
    return [report for report in case.reports.values() if report.card_key == card_key and report.revision > 0]


def _is_found_since(said: list[Report], at: datetime) -> bool:
    return any(report.word is Word.FOUND and not report.reversed and report.at >= at for report in said)
