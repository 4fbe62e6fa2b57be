"""Facts and contexts for tests about cards."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any, TypeVar

from schemas.calendar import WorkingCalendar
from schemas.cards import CardFound, CardIssuanceCompleted, CardLost, ReportKind
from schemas.decision import LEGAL_ZONE, Context, Decision, Outcome, TimerDue
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.outlets import CardReservationExpired, CardReservationRefused, CardReserved, OutletPublished
from schemas.vocabulary import Agency, District
from services.cards.rules import CardCase, decide, next_timer
from services.cards.rules.state import Issuance
from services.cards.texts import REASON_TEXTS
from tests.services.outlets.samples import ALL_DAY, CALENDAR, local

__all__ = ["ALL_DAY", "CALENDAR", "local"]

PERSON = "p1-" + "a" * 32
CARD, OTHER_CARD = "c1-" + "1" * 32, "c1-" + "2" * 32
WENDENG = {"district": District.WENDENG, "agency": Agency.WENDENG}
TEMPORARY, WRITTEN = ReportKind.TEMPORARY, ReportKind.WRITTEN
NOW = "2024-01-08 09:00"
"""A Monday, when every outlet of these tests is open."""
HERE = (37_196_000, 122_056_000)
_numbers = count()
F = TypeVar("F", bound=Fact)


def outlet(key: str, north: int = 0, **changes: Any) -> OutletPublished:
    """An outlet `north` thousandths of a degree from where the holder is, always open unless changed."""
    values: dict[str, Any] = {
        "outlet_key": f"outlet-{key}",
        "name": f"{key}支行",
        "address": f"{key}路1号",
        "telephone": "0631-8451473",
        "district": District.WENDENG,
        "latitude_microdeg": HERE[0] + north * 1_000,
        "longitude_microdeg": HERE[1],
        "sessions": ALL_DAY,
        "makes_cards": True,
    }
    return OutletPublished(**(values | changes))


OUTLETS = (outlet("near", 1), outlet("middle", 5), outlet("far", 20))


def temporary_days(days: int, effective_on: str = "2023-01-01") -> ParameterPublished:
    """The published validity of a temporary report."""
    return ParameterPublished(
        name="cards-temporary-suspension-days", value=str(days), effective_on=date.fromisoformat(effective_on)
    )


def context(
    now: str | datetime = NOW, references: Iterable[Fact] = OUTLETS, calendar: WorkingCalendar = CALENDAR
) -> Context:
    """What a decision may know at this time in Weihai; each context is of a record of its own."""
    instant = local(now) if isinstance(now, str) else now
    known: dict[str, dict[str, Fact]] = {}
    for fact in references:
        known.setdefault(fact.topic, {})[fact.case_key] = fact
    return Context(instant, f"fact-{next(_numbers)}", "/tests", calendar, known)


def lost(
    kind: ReportKind = WRITTEN,
    reference: str = "report-1",
    at: str | datetime = NOW,
    *,
    wants: bool = True,
    card: str = CARD,
    **more: Any,
) -> CardLost:
    """A report of loss; the holder stands at `HERE`."""
    instant = local(at) if isinstance(at, str) else at
    values: dict[str, Any] = {
        **WENDENG,
        "occurred_on": instant.astimezone(LEGAL_ZONE).date(),
        "business_reference": reference,
        "person_key": PERSON,
        "card_key": card,
        "report_kind": kind,
        "reported_at": instant,
        "wants_instant_card": wants,
        "latitude_microdeg": HERE[0],
        "longitude_microdeg": HERE[1],
    }
    return CardLost(**(values | more))


def found(reference: str = "found-1", at: str | datetime = NOW, card: str = CARD, **more: Any) -> CardFound:
    """The holder says that a card was found."""
    instant = local(at) if isinstance(at, str) else at
    return CardFound(
        **WENDENG,
        occurred_on=instant.astimezone(LEGAL_ZONE).date(),
        business_reference=reference,
        person_key=PERSON,
        card_key=card,
        found_at=instant,
        **more,
    )


def issuance_of(case: CardCase | None) -> Issuance:
    """The making of a card that is under way."""
    assert case is not None
    assert case.issuance is not None
    return case.issuance


def _answer(case: CardCase | None, reservation_id: str) -> dict[str, Any]:
    job = issuance_of(case).job
    assert job is not None
    return {
        **WENDENG,
        "occurred_on": date(2024, 1, 8),
        "person_key": PERSON,
        "outlet_key": job.outlet_key,
        "reservation_id": reservation_id or job.reservation_id,
    }


def reserved(case: CardCase | None, reservation_id: str = "") -> CardReserved:
    """The outlet asked keeps a blank."""
    return CardReserved(**_answer(case, reservation_id), expires_at=local("2024-01-11 00:00"), blanks_left=3)


def no_blank(case: CardCase | None, reservation_id: str = "") -> CardReservationRefused:
    """The outlet asked has no blank."""
    return CardReservationRefused(**_answer(case, reservation_id), reason_code="no-blank")


def expired(case: CardCase | None, reservation_id: str = "") -> CardReservationExpired:
    """The outlet asked says that the reservation's time is up."""
    return CardReservationExpired(**_answer(case, reservation_id))


def completed(
    case: CardCase | None, outcome: str = "done", detail: str = "printed", effect_id: str = ""
) -> CardIssuanceCompleted:
    """The effect shell's word on the job under way, or on another."""
    job = case.issuance.job if case is not None and case.issuance is not None else None
    effect_id = effect_id or (job.effect_id if job is not None else "")
    return CardIssuanceCompleted(
        **WENDENG,
        occurred_on=date(2024, 1, 8),
        person_key=PERSON,
        effect_id=effect_id,
        outcome=outcome,
        detail_code=detail,
        receipt=f"WH{effect_id[:6]}" if outcome == "done" else "",
        attempted_at=local(NOW),
    )


def decision(case: CardCase | None, fact: Any, at: Context | None = None) -> Decision[CardCase]:
    """Decide, and check what holds for every decision: its text can be written, a refusal changes nothing."""
    made = decide(case, fact, at or context())
    REASON_TEXTS[made.reason.code].format_map(made.reason.values)
    if made.reason.outcome is not Outcome.DECIDED:
        assert made.state == case
    return made


def taken(facts: Iterable[Any], at: Context | None = None, case: CardCase | None = None) -> CardCase:
    """The case after these facts."""
    for fact in facts:
        case = decision(case, fact, at).state
    assert case is not None
    return case


def printing() -> CardCase:
    """A case whose card is being printed at the nearest outlet."""
    asking = taken([lost()])
    return taken([reserved(asking)], case=asking)


def issued() -> CardCase:
    """A case whose new card was made."""
    case = printing()
    return taken([completed(case)], case=case)


def woken(case: CardCase | None, at: Context) -> Decision[CardCase]:
    """The decision on the case's next timer, which must be due."""
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at <= at.now
    made = decision(case, TimerDue(timer.name, timer.due_at), at)
    assert made.state is None or next_timer(made.state) != timer
    return made


def of_kind(facts: Sequence[Fact], kind: type[F]) -> list[F]:
    """Facts of one contract."""
    return [fact for fact in facts if isinstance(fact, kind)]
