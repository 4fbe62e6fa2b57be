"""The disputed two years of 劳动保障监察条例 20 as a parameter: what was found later stands on no new notice, and stays owed.

A line due on 10 January 2022, so the two years end on 10 January 2024.
"""

from datetime import date

import pytest

from schemas.payment_notices import NoticeAct
from services.arrears import law_payments
from tests.services.arrears.samples import missed, registered
from tests.services.arrears.samples_notice import LAW_POLICY, NoticeDesk, act
from tests.services.arrears.samples_payments import set_to

DUE_ON, LAST_DAY, DAY_AFTER = date(2022, 1, 10), date(2024, 1, 10), date(2024, 1, 11)
LATER = date(2024, 1, 22)
ON, OFF = set_to("pursuit-limit", "on"), set_to("pursuit-limit", "off")


def found_on(day: date, setting: object) -> NoticeDesk:
    """A desk that heard of the line on a day, and has waited for the notices that follow."""
    desk = NoticeDesk(day, parameters=(LAW_POLICY, setting))  # type: ignore[arg-type]
    desk.hear(registered(), missed(month="2021-12", occurred_on=day, due_on=DUE_ON))
    return desk.on(LATER)


@pytest.mark.parametrize(
    ("day", "setting", "reasons"),
    [
        (LAST_DAY, ON, ["drawn-up"]),
        (DAY_AFTER, ON, []),
        (DAY_AFTER, OFF, ["drawn-up"]),
    ],
)
def test_what_was_found_after_the_two_years_is_not_ordered_where_they_bind(
    day: date, setting: object, reasons: list[str]
) -> None:
    assert reasons == found_on(day, setting).reasons


@pytest.mark.parametrize(("setting", "is_gap"), [(ON, False), (OFF, True)])
def test_it_is_no_compliance_gap_then(setting: object, is_gap: bool) -> None:
    assert is_gap == ("compliance-gap-found" in found_on(DAY_AFTER, setting).codes)


def test_the_desk_cannot_draw_it_up_either() -> None:
    desk = found_on(DAY_AFTER, ON)

    assert "notice-act-impossible" == desk.do(act(NoticeAct.DRAW_UP, LATER, None))


def test_it_stays_owed_and_its_explanation_names_the_limit() -> None:
    desk = found_on(DAY_AFTER, ON)

    assert 100_000 == desk.line("2021-12/pension").owed_fen
    assert law_payments.PURSUIT in [paragraph for one in desk.decisions for paragraph in one.reason.paragraphs]
