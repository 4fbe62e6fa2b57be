"""What becomes of a person's cards. Never two live ones.

One card:

    live ── temporary report ──▶ suspended ── found, lapsed, report taken back ──▶ live
      │                             │ written report
      └── written report ──────▶ suspended for good ── a new card is made ──▶ cancelled
    live or suspended ── a new card is made ─────────────────────────────────▶ cancelled
    unknown, lost before the present card was made ──────────────────────────▶ cancelled

The making of a new card (one at a time a person; begins when a card is lost in writing and a new one is wished for):

    (none) ── begins ──▶ asking ── reserved, outlet open ───────▶ printing ── done ──▶ issued, old cards cancelled
                          │ ▲ │ └─ reserved, outlet closed ─▶ opening ─ opens ─┘ │ │
                          │ │ │                                 └─ expired ─┐    │ └─ unknown ──▶ unclear ── done/failed
                          │ │ └─ refused, no answer: next outlet ───────────┤    │
                          │ └───────────────────────────────────────────────┴────┘ failed: blank back, next outlet
                          └─ no outlet left ─▶ waiting ── next working day ──▶ asking
                                                 └─ too many rounds ──▶ abandoned, the person is sent to the centre

While it is unclear whether a card was printed nothing is printed. A card that comes out of a job taken for failed is cancelled
before anybody has it.
"""

from typing import Any

from schemas.cards import CardFound, CardIssuanceCompleted, CardLost, CardNoticeRequested
from schemas.decision import Context, Decision, TimerDue, decided, refused
from schemas.fact import Fact
from schemas.outlets import ReservationAnswered
from services.cards import law, texts
from services.cards.rules.issuance import answer, look
from services.cards.rules.printing import complete
from services.cards.rules.reports import find, lose
from services.cards.rules.standing import refreshed
from services.cards.rules.state import FORGET_TIMER, LAPSE_TIMER, CardCase, next_timer
from services.cards.rules.telling import notice

__all__ = ["CardCase", "decide", "next_timer"]


def decide(state: CardCase | None, fact: Any, context: Context) -> Decision[CardCase]:
    """Decide one fact, or one timer, of one person."""
    if isinstance(fact, TimerDue):
        assert state is not None
        return _wake(state, fact, context)
    if isinstance(fact, CardLost):
        return lose(state, fact, context)
    if isinstance(fact, CardFound):
        return find(state, fact, context)
    if isinstance(fact, ReservationAnswered):
        return answer(state, fact, context)
    if isinstance(fact, CardIssuanceCompleted):
        return complete(state, fact, context)
    return refused(state, "not-heard")


def _wake(case: CardCase, timer: TimerDue, context: Context) -> Decision[CardCase]:
    if timer.name == LAPSE_TIMER:
        return _lapse(case, context)
    if timer.name == FORGET_TIMER:
        return decided(None, "case-forgotten")
    return look(case, context)


def _lapse(case: CardCase, context: Context) -> Decision[CardCase]:
    """Temporary reports whose time is up lapse; one whose days off were published meanwhile may hold longer."""
    due = [key for key, card in case.cards.items() if card.lapses_at is not None and card.lapses_at <= context.now]
    after, facts = case, list[Fact]()
    for card_key in due:
        after, said = refreshed(after, card_key, context)
        facts += said
    lapsed = [key for key in due if after.cards[key].suspended is None]
    if not lapsed:
        until = max(lapses_at.isoformat() for key in due if (lapses_at := after.cards[key].lapses_at) is not None)
        return decided(after, "lapse-moved", *facts, paragraphs=(law.LAST_DAY_OFF,), lapses_at=until)
    told: CardNoticeRequested = notice(after, context, "lapsed", texts.TITLE_LAPSED, texts.lapsed_text())
    paragraphs = (law.TEMPORARY_REPORT, law.PERIODS, law.LAST_DAY_OFF)
    return decided(after, "suspension-lapsed", *facts, told, paragraphs=paragraphs, cards=len(lapsed))
