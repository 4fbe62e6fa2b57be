"""The document of a notice: asked for with its number, with all the law wants in it; its hash is the record."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.document_terms import NoticeGround
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.payment_notices import NoticeAct
from schemas.vocabulary import Agency
from services.arrears import law_notice, texts_notice
from tests.services.arrears.samples import PLACE, missed, paid
from tests.services.arrears.samples_notice import NoticeDesk, act, in_arrears

DRAWN = date(2024, 1, 9)
SHA = "5eb63bbbe01eeed093cb22bb8f5acdc3" * 2


def issued(*more: Any) -> NoticeDesk:
    started = in_arrears(date(2024, 1, 8), *more).on(DRAWN)
    started.do(act(NoticeAct.ISSUE, DRAWN))
    return started


def asked(started: NoticeDesk) -> DocumentRequested:
    request = started.heard_last(DocumentRequested)
    assert isinstance(request, DocumentRequested)
    return request


def made(started: NoticeDesk, outcome: str = "done", **changed: Any) -> str:
    fields = {
        **PLACE,
        "occurred_on": DRAWN,
        "effect_id": asked(started).effect_id,
        "outcome": outcome,
        "detail_code": "printed",
        "sha256": SHA if outcome == "done" else "",
        "attempted_at": datetime(2024, 1, 9, 3, tzinfo=UTC),
    }
    return started.hear(DocumentCompleted(**(fields | changed))).reason.code


def test_the_document_has_what_a_notice_must_tell() -> None:
    """1,000 yuan of pension due on 15 December 2023, to 9 January 2024: 25 days at 0.5‰ are 12.50 yuan, 0.50 a day after."""
    request = asked(issued())

    terms = request.payment_notice
    assert terms is not None
    assert (request.document_number, request.dated_on) == ("威文税社限补〔2024〕1号", DRAWN)
    assert (terms.grounds, terms.found_on, terms.term_working_days) == ((NoticeGround.NOT_PAID,), date(2024, 1, 8), 5)
    assert (request.owed.principal_fen, request.owed.late_fee_fen, request.owed.late_fee_as_of) == (
        100_000,
        1_250,
        DRAWN,
    )
    assert request.owed.late_fee_growth_units == 50 * 10_000
    assert [(rate.ten_thousandths, rate.paragraph) for rate in request.owed.rates] == [(5, "社会保险法 86")]
    assert (terms.remedies.reconsideration_days, terms.remedies.lawsuit_months) == (60, 6)
    assert request.office.name == "国家税务总局威海市文登区税务局"


def test_a_line_from_before_the_law_brings_the_old_rate_with_it() -> None:
    started = in_arrears(date(2024, 1, 8), missed("M-2", month="2010-05", due_on=date(2010, 6, 15))).on(DRAWN)
    started.do(act(NoticeAct.ISSUE, DRAWN, 1))

    rates = asked(started).owed.rates

    assert [(rate.ten_thousandths, rate.until_on, rate.from_on) for rate in rates] == [
        (20, date(2011, 6, 30), None),
        (5, None, date(2011, 7, 1)),
    ]
    assert asked(started).office.name == "文登区社会保险服务中心"


@pytest.mark.parametrize(("due_on", "cited"), [(date(2011, 6, 29), True), (date(2011, 6, 30), False)])
def test_a_paper_with_late_fee_at_the_old_rate_cites_what_that_rests_on(due_on: date, *, cited: bool) -> None:
    """Due on 29 June 2011 one day bears 2‰, the 30th; due on the 30th the first day with late fee is 1 July (令13号 29)."""
    started = in_arrears(date(2024, 1, 8), missed("M-2", month="2011-05", due_on=due_on)).on(DRAWN)
    started.do(act(NoticeAct.ISSUE, DRAWN, 1))

    terms = asked(started).payment_notice
    assert terms is not None
    assert cited is ("《社会保险费征缴暂行条例》第十三条" in terms.legal_basis)


def test_the_hash_of_what_was_made_out_is_kept() -> None:
    started = issued()

    assert made(started) == "notice-document-made"
    assert (started.notice().document_sha256, started.changes[-1].document_sha256) == (SHA, SHA)


def test_a_document_that_could_not_be_made_leaves_the_notice_as_it_is() -> None:
    started = issued()

    assert made(started, "failed", detail_code="number-taken") == "notice-document-failed"
    assert started.notice().document_sha256 == ""


def test_a_corrected_number_asks_for_another_document_with_the_same_content() -> None:
    started = issued()
    made(started)
    first = asked(started)

    started.do(act(NoticeAct.CORRECT_NUMBER, DRAWN, sequence_number=17))

    second = asked(started)
    assert second.effect_id != first.effect_id
    assert (second.document_number, second.owed) == ("威文税社限补〔2024〕17号", first.owed)
    assert started.notice().document_sha256 == ""


def test_a_part_payment_before_the_number_came_stands_in_the_document() -> None:
    started = in_arrears(date(2024, 1, 8)).on(DRAWN)
    started.hear(paid(paid_fen=40_000, paid_on=DRAWN))

    started.do(act(NoticeAct.ISSUE, DRAWN))

    (line,) = asked(started).owed.lines
    assert (line.due_fen, line.paid_fen, line.owed_fen) == (100_000, 40_000, 60_000)


def test_a_document_that_nobody_asked_for_is_known_to_nobody() -> None:
    started = issued()

    assert made(started, effect_id="another") == "document-not-awaited"


@pytest.mark.parametrize("authority", sorted(law_notice.SERIES))
@pytest.mark.parametrize("agency", list(Agency))
def test_every_office_has_its_words(authority: str, agency: Agency) -> None:
    words = texts_notice.OFFICES[authority][agency]

    assert all((words.name, words.telephone, words.reviewed_by, words.court))
