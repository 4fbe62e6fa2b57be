"""A unit that was merged or divided is gone, and its debts are its successors' (合并、分立: 民法典 67, 公司法 221, 223)."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyAct
from schemas.payment_notices import NoticeStage, PaymentNoticeChanged
from schemas.settlements import ClearanceRecorded
from schemas.succession import DebtInherited
from schemas.unit_status import DeregistrationWay, LegalForm, Liable, Measure, MeasureStage, UnitStanding
from services.arrears.rules_lines import late_fee_fen
from services.audit.words import sentence
from tests.services.arrears.samples import PLACE, UNIT, Desk, at, missed, paid, registered, unit
from tests.services.arrears.samples_notice import in_arrears as noticed
from tests.services.arrears.samples_payments import unit_paid
from tests.services.arrears.samples_status import act, in_arrears, measure_of, reasons_of, status, told, write_off

ON = date(2024, 1, 11)
HEIR, OTHER = sorted((unit(2), unit(3)))
MERGED = {"deregistration_way": DeregistrationWay.MERGED, "successors": (HEIR,)}
DIVIDED = {"deregistration_way": DeregistrationWay.DIVIDED, "successors": (HEIR, OTHER)}


def gone(**changed: Any) -> Any:
    """The unit was deregistered on 11 January 2024, as it was merged unless said otherwise."""
    return status(UnitStanding.DEREGISTERED, ON, **(MERGED | changed))


def test_after_a_merger_the_unit_that_it_became_answers() -> None:
    started = in_arrears()
    started.hear(gone())

    assert (Measure.PURSUE_OBLIGORS, MeasureStage.PURSUE) == measure_of(started)
    assert (Liable.SUCCESSOR, (HEIR,)) == (told(started).liable, told(started).successors)
    assert {"民法典 67(1)", "公司法 221"} <= set(told(started).paragraphs)


def test_after_a_division_all_that_came_of_it_answer_jointly() -> None:
    started = in_arrears()
    started.hear(gone(**DIVIDED))

    assert (Liable.SUCCESSORS_JOINTLY, (HEIR, OTHER)) == (told(started).liable, told(started).successors)
    assert {"民法典 67(2)", "公司法 223"} <= set(told(started).paragraphs)


def test_who_answers_is_told_with_the_successors_codes() -> None:
    started = in_arrears()
    started.hear(gone(**DIVIDED))

    assert f"清偿责任：分立后的各承继单位（连带责任）（{HEIR}、{OTHER}）" in sentence(told(started))


@pytest.mark.parametrize(("way", "reasons"), [(MERGED, ["ground-not-met"]), (DIVIDED, ["ground-not-met"]), (None, [])])
def test_what_has_a_successor_is_not_written_off(way: dict[str, Any] | None, reasons: list[str]) -> None:
    """征缴暂行条例 12: 社会保险费不得减免. The debt of a unit that was merged is somebody's; of one that is gone for good it may be written off."""
    started = in_arrears()
    started.hear(gone(**way) if way is not None else status(UnitStanding.DEREGISTERED, ON))
    started.hear(act(InsolvencyAct.OBLIGORS_CLAIMED, ON))

    started.hear(write_off(ON, 100_000, 0, ground="authority-decision", paragraph="鲁人社字〔2024〕1号"))

    assert reasons == reasons_of(started)


def test_the_debt_goes_on_as_it_was_and_so_does_its_late_fee() -> None:
    """Half a yuan a day from 16 December 2023: 26 days to 10 January, 48 to 1 February 2024."""
    started = in_arrears()
    started.hear(gone())

    assert [26 * 50, 48 * 50] == [late_fee_fen(started.line(), day) for day in (date(2024, 1, 10), date(2024, 2, 1))]


def test_a_notice_to_the_unit_that_is_no_more_is_not_sent() -> None:
    """What was drawn up for it is cancelled; nothing may be ordered from the unit itself any more."""
    started = noticed(date(2024, 1, 8))
    started.on(date(2024, 1, 9))
    assert NoticeStage.DRAWN_UP is started.notice().stage

    started.on(ON)
    started.hear(gone())

    assert (NoticeStage.CANCELLED, "other-procedure") == (
        started.notice().stage,
        started.heard_last(PaymentNoticeChanged).reason_code,
    )
    assert not told(started).ordinary_steps_open


def test_another_successor_in_a_correction_is_said() -> None:
    started = in_arrears()
    started.hear(gone(), gone(revision=2, successors=(OTHER,)))

    assert (OTHER,) == told(started).successors


def test_a_merger_taken_back_leaves_the_unit_as_it_was() -> None:
    started = in_arrears()
    started.hear(gone(), gone(business_reference="S-2", reverses="S-1"))

    assert (Measure.REMIND, Liable.UNIT, ()) == (
        told(started).measure,
        told(started).liable,
        told(started).successors,
    )


def test_the_order_in_which_corrections_come_does_not_matter() -> None:
    facts = (gone(), gone(revision=2, **DIVIDED), gone(revision=3, successors=(OTHER,)))
    ends = set()
    for order in permutations(facts):
        started = in_arrears()
        for fact in order:
            started.hear(fact)
        ends.add((told(started).liable, told(started).successors))

    assert {(Liable.SUCCESSOR, (OTHER,))} == ends


def test_once_the_successor_was_turned_to_that_is_the_stage() -> None:
    started = in_arrears(date(2024, 1, 15))
    started.hear(gone(), act(InsolvencyAct.OBLIGORS_CLAIMED, date(2024, 1, 15)))

    assert (Measure.PURSUE_OBLIGORS, MeasureStage.PURSUED) == measure_of(started)


@pytest.mark.parametrize(
    "changed",
    [
        {"successors": ()},
        {"successors": (HEIR, OTHER)},
        {"successors": (UNIT,)},
        {"legal_form": LegalForm.SOLE_PROPRIETOR},
        {"deregistration_way": DeregistrationWay.DIVIDED},
        {"deregistration_way": DeregistrationWay.DIVIDED, "successors": (HEIR, HEIR)},
        {"deregistration_way": DeregistrationWay.SIMPLE},
    ],
    ids=[
        "a merger into nobody",
        "a merger into two",
        "a merger into itself",
        "a sole proprietor's merger",
        "a division into one",
        "a division into the same twice",
        "a successor of a unit gone otherwise",
    ],
)
def test_successors_that_do_not_fit_the_way_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a merger has one successor"):
        gone(**changed)


def inherited(started: Desk) -> list[tuple[str, int, int, int]]:
    """What was told to whom: successor, number of the telling, principal, late fee."""
    return [
        (one.unit_code, one.telling, one.principal_fen, one.late_fee_fen)
        for one in started.said
        if isinstance(one, DebtInherited)
    ]


def heir_hearing(*facts: Fact) -> Desk:
    """The successor's own case: registered, and in arrears with 1,000 yuan of its own."""
    started = Desk(date(2024, 1, 15))
    started.hear(*(fact.model_copy(update={"unit_code": HEIR}) for fact in (registered(), missed())), *facts)
    return started


def debt(telling: int = 1, principal_fen: int = 100_000, late_fee_fen: int = 1_400, **changed: Any) -> DebtInherited:
    """What a merged unit owes, as its case tells the successor."""
    fields = {
        **PLACE,
        "unit_code": HEIR,
        "occurred_on": ON,
        "predecessor": UNIT,
        "predecessor_name": "威海海昌机械有限公司",
        "telling": telling,
        "way": DeregistrationWay.MERGED,
        "successors": (HEIR,),
        "principal_fen": principal_fen,
        "late_fee_fen": late_fee_fen,
        "paragraphs": ("民法典 67(1)",),
    }
    return DebtInherited(**(fields | changed))


def pays_its_own(started: Desk) -> None:
    """Principal and late fee of the successor's own line: 31 days of 0.50 yuan to 15 January."""
    own = {"unit_code": HEIR}
    started.hear(paid(paid_on=date(2024, 1, 15), **own), unit_paid(paid_fen=1_550, paid_on=date(2024, 1, 15), **own))


def clearances(started: Desk) -> list[str]:
    return [one.standing for one in started.said if isinstance(one, ClearanceRecorded)]


def test_each_successor_is_told_under_its_own_code_what_the_unit_owed() -> None:
    """Half a yuan a day from 16 December to 12 January 2024: 28 days."""
    started = in_arrears()
    started.hear(gone(**DIVIDED))

    assert [(HEIR, 1, 100_000, 1_400), (OTHER, 1, 100_000, 1_400)] == inherited(started)


def test_a_unit_that_owes_nothing_tells_nobody() -> None:
    started = in_arrears()
    started.hear(paid(paid_on=date(2023, 12, 15)), gone())

    assert [] == inherited(started)


def test_a_payment_is_told_and_the_debt_ends_with_the_last_of_principal_and_late_fee() -> None:
    started = in_arrears()
    started.hear(gone(), paid("P-1", paid_fen=40_000, paid_on=date(2024, 1, 12)))
    started.hear(paid("P-2", paid_fen=60_000, paid_on=date(2024, 1, 12)))
    started.hear(unit_paid(paid_fen=1_400, paid_on=date(2024, 1, 12)))

    assert [(1, 100_000, 1_400), (2, 60_000, 1_400), (3, 0, 1_400), (4, 0, 0)] == [
        one[1:] for one in inherited(started)
    ]


def test_days_alone_tell_nothing_anew() -> None:
    started = in_arrears()
    started.hear(gone())
    started.wait_until(at(date(2024, 3, 1)))

    assert 1 == len(inherited(started))


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (gone(revision=2, successors=(OTHER,)), [(HEIR, 2, 0, 0), (OTHER, 2, 100_000, 1_400)]),
        (gone(business_reference="S-2", reverses="S-1"), [(HEIR, 2, 0, 0)]),
    ],
    ids=["corrected to another", "taken back"],
)
def test_who_is_no_successor_after_all_is_told_so(later: Any, told: list[tuple[str, int, int, int]]) -> None:
    started = in_arrears()
    started.hear(gone(), later)

    assert sorted(told) == inherited(started)[1:]


def test_a_successor_that_owes_nothing_itself_gets_no_clearance_while_the_debt_is_open() -> None:
    """社会保险经办条例 10; once it is paid, the clearance comes by itself."""
    started = heir_hearing(debt())
    pays_its_own(started)
    assert [] == clearances(started)

    started.hear(debt(2, 0, 0))
    assert ["issued"] == clearances(started)
    assert "debt-inherited-no-more" == started.codes[-1]


def test_without_an_inherited_debt_the_same_unit_is_cleared() -> None:
    started = heir_hearing()
    pays_its_own(started)

    assert ["issued"] == clearances(started)


def test_an_older_word_of_the_same_debt_changes_nothing() -> None:
    started = heir_hearing(debt(2, 60_000), debt(1))

    assert "revision-known" == started.codes[-1]
    assert started.case is not None
    assert started.case.succession is not None
    assert [60_000] == [one.principal_fen for one in started.case.succession.inherited]


def test_the_debt_stands_in_one_case_only() -> None:
    """Shown at the successor, owed once: its own lines, and what it is asked for, are as they were."""
    started = heir_hearing(debt())

    assert started.case is not None
    assert [100_000] == [line.owed_fen for line in started.case.lines.values()]


def test_a_successor_that_announces_its_simple_deregistration_is_objected_to() -> None:
    started = Desk(date(2024, 1, 15))
    started.hear(registered(unit_code=HEIR), debt())
    started.hear(status(UnitStanding.DEREGISTRATION_ANNOUNCED, date(2024, 1, 15), unit_code=HEIR))

    assert (Measure.OBJECT, MeasureStage.OBJECT) == measure_of(started)


def test_a_successor_that_is_not_registered_here_holds_it_until_it_is() -> None:
    started = Desk(date(2024, 1, 15))
    started.hear(debt(), registered(unit_code=HEIR))

    assert started.case is not None
    assert started.case.succession is not None
    assert started.case.succession.is_open
