"""What the desk does with notices: two pairs of eyes, numbers from a register, and refusals with all their reasons."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.document_terms import NoticeGround
from schemas.documents import DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged, EnforcementStage
from schemas.payment_notices import (
    DocumentNumberRequested,
    NoticeAct,
    NoticeStage,
    ServiceMethod,
)
from services.arrears import texts_notice
from tests.services.arrears.samples import PLACE, missed, paid
from tests.services.arrears.samples_enforcement import act as enforcement_act
from tests.services.arrears.samples_notice import NoticeDesk, act, in_arrears, served

FOUND, DRAWN, LATER = date(2024, 1, 8), date(2024, 1, 9), date(2024, 1, 15)


def drawn_up() -> NoticeDesk:
    return in_arrears(FOUND).on(DRAWN)


def issued() -> NoticeDesk:
    started = drawn_up()
    started.do(act(NoticeAct.ISSUE, DRAWN))
    return started.on(LATER)


def in_force() -> NoticeDesk:
    started = issued()
    started.do(served(LATER))
    return started


def overdue() -> NoticeDesk:
    return in_force().on(date(2024, 1, 23))


def withdrawn() -> NoticeDesk:
    started = in_force()
    started.do(act(NoticeAct.WITHDRAW, LATER))
    return started


@pytest.mark.parametrize(
    ("decided_on", "code", "stage"),
    [
        (date(2024, 1, 22), "notice-extend-term", NoticeStage.SERVED),
        (date(2024, 1, 23), "notice-act-impossible", NoticeStage.OVERDUE),
    ],
)
def test_an_extension_counts_as_of_the_day_on_which_it_was_decided(
    decided_on: date, code: str, stage: NoticeStage
) -> None:
    """The last day is Monday 22 January; entered on the 24th, when enforcement has begun: decided in time, that ends."""
    started = overdue().on(date(2024, 1, 24))

    assert code == started.do(act(NoticeAct.EXTEND, decided_on, extended_until=date(2024, 2, 1)))
    assert stage is started.notice().stage
    assert (stage is NoticeStage.SERVED) == (EnforcementStage.CANCELLED == started.heard_last(EnforcementChanged).stage)

    assert NoticeStage.OVERDUE is started.on(date(2024, 2, 2)).notice().stage


def test_an_issued_notice_has_a_number_of_its_office_and_year() -> None:
    started = issued()

    assert started.notice().number == "威文社征限补〔2024〕1号" or started.notice().number == "威文税社限补〔2024〕1号"
    assert started.notice().stage is NoticeStage.ISSUED


def test_lines_of_the_tax_office_are_numbered_in_its_series_and_the_centres_in_another() -> None:
    old: dict[str, Any] = {"month": "2019-11", "due_on": date(2019, 12, 16)}
    started = in_arrears(FOUND, missed("M-2", **old)).on(DRAWN)

    started.do(act(NoticeAct.ISSUE, DRAWN, 1), act(NoticeAct.ISSUE, DRAWN, 2))

    assert [notice.number for notice in started.state.notices] == ["威文社征限补〔2024〕1号", "威文税社限补〔2024〕1号"]


def test_enforcement_is_named_by_the_number_that_the_notice_bears_now() -> None:
    started = overdue()
    started.do(act(NoticeAct.CORRECT_NUMBER, date(2024, 1, 23), sequence_number=77))

    codes = [
        started.hear(enforcement_act(Act.BANK_QUERY_SENT, date(2024, 1, 23), notice_number=number)).reason.code
        for number in ("威文税社限补〔2024〕1号", "威文税社限补〔2024〕77号")
    ]

    assert ["enforcement-unknown", "enforcement-bank-query-sent"] == codes


def test_the_numbers_of_an_office_are_consecutive_over_its_units() -> None:
    first, second = drawn_up(), drawn_up()
    second.registers = first.registers

    first.do(act(NoticeAct.ISSUE, DRAWN))
    second.do(act(NoticeAct.ISSUE, DRAWN))

    assert [desk.notice().number for desk in (first, second)] == ["威文税社限补〔2024〕1号", "威文税社限补〔2024〕2号"]


def test_an_issued_notice_says_its_content_to_the_day_of_issue() -> None:
    """Issued on 9 January, recorded on the 10th: 25 days at 0.5‰ of 1,000 yuan are 12.50 yuan."""
    started = drawn_up().on(date(2024, 1, 10))

    started.do(act(NoticeAct.ISSUE, DRAWN, circumstance=NoticeGround.NOT_DECLARED))

    said = started.changes[-1]
    assert (said.stage, said.as_of, said.late_fee_fen) == (NoticeStage.ISSUED, DRAWN, 1_250)
    assert (said.circumstance, len(said.lines)) == (NoticeGround.NOT_DECLARED, 1)


def test_a_corrected_number_is_the_registers_to_give() -> None:
    started = issued()

    code = started.do(act(NoticeAct.CORRECT_NUMBER, LATER, sequence_number=17))

    assert (code, started.notice().number) == ("number-corrected", "威文税社限补〔2024〕17号")


def test_a_number_of_another_document_is_not_given_again() -> None:
    started = issued()
    request = started.heard_last(DocumentNumberRequested)
    started.number(request.model_copy(update={"ordinal": 2}))

    code = started.do(act(NoticeAct.CORRECT_NUMBER, LATER, sequence_number=2))

    assert (code, started.notice().number) == ("number-of-another", "威文税社限补〔2024〕1号")


def test_a_number_that_comes_for_a_notice_no_longer_wanted_is_void() -> None:
    started = drawn_up()
    started.hear(act(NoticeAct.ISSUE, DRAWN))
    answer = started.number(started.heard_last(DocumentNumberRequested))
    started.hear(paid(paid_on=DRAWN))

    assert started.hear(answer).reason.code == "number-not-needed"
    assert (started.notice().stage, started.notice().number) == (NoticeStage.CANCELLED, "")


IMPOSSIBLE = [
    (drawn_up, act(NoticeAct.ISSUE, date(2024, 1, 8)), "before-drawn-up"),
    (drawn_up, act(NoticeAct.ISSUE, DRAWN, 2), "notice-unknown"),
    (drawn_up, served(DRAWN), "not-issued"),
    (drawn_up, act(NoticeAct.EXTEND, DRAWN, extended_until=date(2024, 2, 1)), "not-served"),
    (drawn_up, act(NoticeAct.CORRECT_NUMBER, DRAWN, sequence_number=9), "not-numbered"),
    (issued, act(NoticeAct.ISSUE, LATER), "issued-already"),
    (issued, served(date(2024, 1, 8)), "before-issued"),
    (in_force, served(LATER), "served-already"),
    (in_force, act(NoticeAct.EXTEND, LATER, extended_until=date(2024, 1, 22)), "extension-not-later"),
    (in_force, act(NoticeAct.EXTEND, LATER, extended_until=date(2024, 2, 22)), "extension-too-long"),
    (overdue, act(NoticeAct.EXTEND, date(2024, 1, 23), extended_until=date(2024, 2, 1)), "deadline-over"),
    (
        overdue,
        act(NoticeAct.EXTEND, date(2024, 1, 23), extended_until=date(2024, 1, 22)),
        "deadline-over extension-not-later",
    ),
    (withdrawn, act(NoticeAct.WITHDRAW, LATER), "notice-ended"),
    (
        withdrawn,
        act(NoticeAct.EXTEND, date(2024, 1, 14), extended_until=date(2024, 1, 22)),
        "notice-ended extension-not-later",
    ),
    (drawn_up, act(NoticeAct.CORRECT_NUMBER, DRAWN, 3, sequence_number=9), "notice-unknown"),
]


@pytest.mark.parametrize(("begun", "tried", "reasons"), IMPOSSIBLE, ids=[reasons for *_, reasons in IMPOSSIBLE])
def test_an_impossible_act_is_refused_with_all_its_reasons_and_changes_nothing(
    begun: Any, tried: Any, reasons: str
) -> None:
    started = begun()
    before = started.case

    decision = started.hear(tried)

    assert (decision.reason.code, decision.reason.values["reasons"]) == ("notice-act-impossible", reasons)
    assert decision.reason.values["reasons_text"] == "；".join(
        texts_notice.OBJECTION_TEXTS[one] for one in reasons.split()
    )
    assert started.case == before


def test_the_last_day_that_an_extension_may_reach_is_the_thirtieth_after_the_original_deadline() -> None:
    """Original deadline 22 January 2024; 21 February is the 30th day after it, the 22nd the 31st."""
    started = in_force()

    assert started.do(act(NoticeAct.EXTEND, LATER, extended_until=date(2024, 2, 21))) == "notice-extend-term"


def test_nothing_is_drawn_up_where_nothing_is_open() -> None:
    started = drawn_up()
    started.do(act(NoticeAct.ISSUE, DRAWN))

    decision = started.hear(act(NoticeAct.DRAW_UP, DRAWN, None))

    assert decision.reason.values["reasons"] == "nothing-to-draw-up"


def test_an_act_said_twice_is_carried_out_once() -> None:
    started = issued()
    service = served(LATER, business_reference="S-1")
    started.do(service)

    assert started.hear(service).reason.code == "content-known"
    assert (
        started.hear(served(LATER, business_reference="S-1", method=ServiceMethod.POST)).reason.code
        == "revision-conflict"
    )


def test_an_act_is_neither_reversed_nor_corrected_but_for_a_service() -> None:
    started = drawn_up()
    issue = act(NoticeAct.ISSUE, DRAWN, business_reference="I-1")
    started.do(issue)

    again = issue.model_copy(update={"revision": 2})
    back = act(NoticeAct.ISSUE, DRAWN, reverses="I-1")

    assert [started.hear(one).reason.code for one in (again, back)] == ["act-not-correctable", "act-not-reversible"]


def test_an_act_on_a_unit_nobody_knows_is_refused() -> None:
    assert NoticeDesk().hear(act(NoticeAct.ISSUE, DRAWN)).reason.code == "unit-unknown"


def test_an_act_dated_after_tomorrow_is_refused() -> None:
    assert drawn_up().hear(act(NoticeAct.ISSUE, date(2024, 1, 11))).reason.code == "dated-in-the-future"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"approved_by": None}, "approval-missing"),
        ({"approved_by": "WD-0017"}, "approved-by-the-same"),
        ({"ordinal": None}, "notice-not-named"),
    ],
)
def test_an_issue_needs_its_notice_and_a_second_person(changed: dict[str, Any], code: str) -> None:
    fields = {**PLACE, "occurred_on": DRAWN, "business_reference": "I-9", "act": "issue", "ordinal": 1}
    fields |= {"decided_by": "WD-0017", "approved_by": "WD-0003"} | changed

    with pytest.raises(ValidationError) as refused:
        type(act(NoticeAct.ISSUE, DRAWN)).model_validate(fields)

    assert code == refused.value.errors()[0]["type"]


def test_what_was_withdrawn_waits_for_the_desk() -> None:
    started = withdrawn()

    started.on(date(2024, 3, 1))
    assert [notice.stage for notice in started.state.notices] == [NoticeStage.WITHDRAWN]

    assert started.do(act(NoticeAct.DRAW_UP, date(2024, 3, 1), None)) == "notice-draw-up"
    assert started.notice(2).stage is NoticeStage.DRAWN_UP


def with_a_later_line() -> NoticeDesk:
    """A draft of 9 January for November that has taken in December, due on Monday the 15th."""
    started = in_arrears(date(2024, 1, 8))
    started.on(date(2024, 1, 16))
    started.hear(missed("M-2", month="2023-12", due_on=date(2024, 1, 15), occurred_on=date(2024, 1, 16)))
    started.on(date(2024, 1, 17))
    assert ("2023-11/pension", "2023-12/pension") == started.notice().lines
    return started


def test_a_notice_orders_the_lines_that_its_paper_names_and_others_get_one_of_their_own() -> None:
    """Issued as of the 10th, when December had not fallen due."""
    started = with_a_later_line()

    assert "notice-issued" == started.do(act(NoticeAct.ISSUE, date(2024, 1, 10)))
    paper = started.heard_last(DocumentRequested)
    assert ["2023-11"] == [line.month for line in paper.owed.lines]
    assert (("2023-11/pension",), 100_000) == (started.notice().lines, started.notice().open_fen)

    started.on(date(2024, 1, 18))
    assert ("2023-12/pension",) == started.notice(2).lines


def test_an_issue_of_a_day_on_which_nothing_it_names_was_owed_is_refused() -> None:
    """November was paid on the 9th, as is heard later; December was due on the 15th."""
    started = with_a_later_line()
    started.hear(paid(paid_on=date(2024, 1, 9)))

    refused = started.hear(act(NoticeAct.ISSUE, date(2024, 1, 10)))
    assert "nothing-owed-on-that-day" == refused.reason.values["reasons"]

    assert "notice-issued" == started.do(act(NoticeAct.ISSUE, date(2024, 1, 17)))


def test_a_number_is_void_where_a_correction_left_nothing_owed_on_the_day_of_issue() -> None:
    """Approved on the 10th; before the number came, the due date was corrected to the 11th."""
    started = in_arrears(date(2024, 1, 8))
    started.on(date(2024, 1, 10))
    approved = started.hear(act(NoticeAct.ISSUE, date(2024, 1, 10)))
    started.on(date(2024, 1, 12))
    started.hear(missed(revision=2, due_on=date(2024, 1, 11), occurred_on=date(2024, 1, 12)))

    (request,) = (fact for fact in approved.facts if isinstance(fact, DocumentNumberRequested))
    assert "number-not-needed" == started.hear(started.number(request)).reason.code
    assert NoticeStage.CANCELLED == started.notice().stage

    started.on(date(2024, 1, 15))
    assert (NoticeStage.DRAWN_UP, ("2023-11/pension",)) == (started.notice(2).stage, started.notice(2).lines)
