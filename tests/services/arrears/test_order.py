"""Whatever the order and however often facts come, a unit's lines end the same; and no fen is lost or made."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, LineFact, UnitRegistered
from schemas.fact import SourceFact
from schemas.vocabulary import Insurance
from services.arrears.rules import next_timer
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_notice_state import NoticeState
from services.arrears.rules_records import record_of
from services.arrears.rules_standing import totals
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import assessed, desk, missed, paid, registered

TODAY = date(2024, 1, 8)
REFERENCES = ("X-1", "X-2", "X-3", "X-4")
MONTHS = ("2011-05", "2019-12", "2023-11", "2023-12")
days_of_payment = st.dates(date(2011, 6, 1), date(2012, 6, 1)) | st.dates(date(2019, 12, 1), TODAY)


@st.composite
def line_facts(draw: st.DrawFn) -> LineFact:
    """A record of one of a few lines under one of a few references: corrections and reversals come often."""
    month = draw(st.sampled_from(MONTHS))
    fields: dict[str, Any] = {
        "reference": draw(st.sampled_from(REFERENCES)),
        "revision": draw(st.integers(1, 3)),
        "month": month,
        "insurance": draw(st.sampled_from((Insurance.PENSION, Insurance.MEDICAL))),
        "reverses": draw(st.none() | st.sampled_from(REFERENCES)),
        "occurred_on": draw(st.dates(date(2023, 1, 1), date(2023, 1, 3))),
    }
    if fields["reverses"] == fields["reference"]:
        fields["reverses"] = None
    amount_fen = draw(st.integers(0, 300) | st.integers(0, 10**9))
    if draw(st.booleans()):
        return paid(paid_fen=amount_fen, paid_on=draw(days_of_payment), **fields)
    due_on = date.fromisoformat(f"{month}-01") + timedelta(days=draw(st.integers(0, 60)))
    if draw(st.booleans()):
        return assessed(assessed_fen=amount_fen, due_on=due_on, **fields)
    return missed(assessed_fen=amount_fen, due_on=due_on, **fields)


registrations = st.builds(
    registered,
    business_reference=st.sampled_from(("U-1", "U-2")),
    revision=st.integers(1, 2),
    unit_name=st.sampled_from(("甲公司", "乙公司")),
)


def name_of(fact: SourceFact) -> tuple[str, str, int]:
    return (fact.topic, fact.business_reference, fact.revision)


@st.composite
def histories(draw: st.DrawFn) -> list[SourceFact]:
    """Facts without conflicts: one content for each revision of a reference."""
    facts: list[SourceFact] = draw(st.lists(line_facts(), max_size=14))
    facts += draw(st.lists(registrations, min_size=1, max_size=3))
    return list({name_of(fact): fact for fact in facts}.values())


def in_the_end(facts: list[SourceFact]) -> UnitCase:
    case = desk(*facts, today=TODAY).case
    assert case is not None
    return case


def without_what_was_said(case: UnitCase) -> UnitCase:
    """A case without what was said on the way: who paid before it was found to owe was never cleared, nor had a notice to come."""
    notice = None if case.notice == NoticeState() else case.notice
    return replace(case, account=None, notice=notice)


@settings(max_examples=300)
@given(data=st.data(), facts=histories())
def test_any_order_and_any_repetition_end_in_the_same_case(data: st.DataObject, facts: list[SourceFact]) -> None:
    other_order = data.draw(st.permutations(facts + data.draw(st.lists(st.sampled_from(facts), max_size=5))))

    assert without_what_was_said(in_the_end(other_order)) == without_what_was_said(in_the_end(facts))


@settings(max_examples=200)
@given(facts=histories())
def test_a_case_read_back_from_its_stored_form_is_the_same_and_wants_the_same_timer(facts: list[SourceFact]) -> None:
    case = in_the_end(facts)

    read_back = msgspec.json.decode(msgspec.json.encode(case), type=UnitCase)

    assert read_back == case
    assert next_timer(read_back) == next_timer(case)


@settings(max_examples=300)
@given(facts=histories())
def test_what_was_paid_is_what_was_due_less_owed_plus_credit(facts: list[SourceFact]) -> None:
    case = in_the_end(facts)

    paid_fen = sum(record_of(fact).amount_fen for fact in standing_by_the_book(facts) if is_payment(fact))

    assert paid_fen == sum(line.assessed_fen - line.owed_fen + line.credit_fen for line in case.lines.values())
    assert all(line.owed_fen == 0 or line.credit_fen == 0 for line in case.lines.values())


@settings(max_examples=150)
@given(facts=histories())
def test_late_fees_are_those_of_counting_day_by_day(facts: list[SourceFact]) -> None:
    case = in_the_end(facts)
    standing = standing_by_the_book(facts)

    for key, line in case.lines.items():
        if line.due_on is None:
            continue
        payments = [
            (fact.paid_on, fact.paid_fen)
            for fact in standing
            if isinstance(fact, ContributionPaid) and f"{fact.month}/{fact.insurance}" == key
        ]
        exact = late_fee_by_the_book(line.assessed_fen, line.due_on, payments)
        assert late_fee_fen(line, TODAY) == int(exact + Fraction(1, 2))


@settings(max_examples=150)
@given(facts=histories())
def test_totals_are_the_sums_of_the_lines_owed(facts: list[SourceFact]) -> None:
    case = in_the_end(facts)
    owed = [line for line in case.lines.values() if line.found_on is not None]

    sums = totals(case.lines.values(), TODAY, capped=False)

    assert sums.line_count == len(owed)
    assert sums.principal_fen == sum(line.owed_fen for line in owed)
    assert sums.late_fee_fen == sum(late_fee_fen(line, TODAY) for line in owed)
    assert (case.status == "open") == bool(owed)


def is_payment(fact: SourceFact) -> bool:
    return isinstance(fact, ContributionPaid)


def standing_by_the_book(facts: list[SourceFact]) -> list[LineFact]:
    """The records that count, by the plainest reading: highest revisions, less what a standing reversal names."""
    latest: dict[tuple[str, str], LineFact] = {}
    for fact in facts:
        if isinstance(fact, UnitRegistered):
            continue
        assert isinstance(fact, ContributionAssessed | ContributionMissed | ContributionPaid)
        known = latest.get((fact.topic, fact.business_reference))
        if known is None or known.revision < fact.revision:
            latest[fact.topic, fact.business_reference] = fact
    return [fact for fact in latest.values() if fact.reverses is None and stands(fact, latest, [])]


def stands(fact: LineFact, latest: dict[tuple[str, str], LineFact], path: list[str]) -> bool:
    path = [*path, fact.business_reference]
    return not any(
        other.topic == fact.topic
        and other.reverses == fact.business_reference
        and other.business_reference not in path
        and stands(other, latest, path)
        for other in latest.values()
    )


def late_fee_by_the_book(assessed_fen: int, due_on: date, payments: list[tuple[date, int]]) -> Fraction:
    """0.2 % a day to 2011-06-30 and 0.05 % from 2011-07-01, on what is unpaid at the end of the day before."""
    fee, day = Fraction(0), due_on + timedelta(days=1)
    while day <= TODAY:
        unpaid = max(assessed_fen - sum(fen for on, fen in payments if on < day), 0)
        if not unpaid:
            break
        fee += unpaid * (Fraction(2, 1000) if day < date(2011, 7, 1) else Fraction(5, 10_000))
        day += timedelta(days=1)
    return fee
