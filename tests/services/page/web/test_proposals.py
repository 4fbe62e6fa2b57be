"""Proposals as recorded acts tell them."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.page import PageAct, PageActRecorded
from services.page.web.proposals import ENDED_KEPT, Proposals, Standing, why_not

AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
DAY = timedelta(hours=24)


def act(kind: PageAct, person: str = "YW-001", matter: str = "m", **more: object) -> PageActRecorded:
    return PageActRecorded.model_validate(
        {
            "matter": matter,
            "act": kind,
            "person": person,
            "roles": "operator",
            "action": "redrive",
            "service": "arrears",
            "items": ("arrears/0/0",),
            "explanation": "已更正",
        }
        | more
    )


def told(*acts: PageActRecorded) -> Proposals:
    proposals = Proposals(DAY)
    for one in acts:
        proposals.hear(one, AT)
    return proposals


@pytest.mark.parametrize(
    ("acts", "standing"),
    [
        ([PageAct.PROPOSED], Standing.PROPOSED),
        ([PageAct.PROPOSED, PageAct.APPROVED], Standing.APPROVED),
        ([PageAct.PROPOSED, PageAct.DECLINED], Standing.DECLINED),
        ([PageAct.PROPOSED, PageAct.APPROVED, PageAct.CARRIED_OUT], Standing.DONE),
        ([PageAct.PROPOSED, PageAct.APPROVED, PageAct.NOT_CARRIED_OUT], Standing.FAILED),
        ([PageAct.PROPOSED, PageAct.DECLINED, PageAct.APPROVED], Standing.DECLINED),
        ([PageAct.PROPOSED, PageAct.CARRIED_OUT], Standing.PROPOSED),
        ([PageAct.PROPOSED, PageAct.APPROVED, PageAct.PROPOSED], Standing.APPROVED),
    ],
)
def test_a_proposal_moves_as_the_table_says(acts: list[PageAct], standing: Standing) -> None:
    found = told(*(act(kind) for kind in acts)).get("m", LATER)

    assert found is not None
    assert standing is found.standing


def test_an_approval_of_nothing_is_nothing() -> None:
    assert [] == told(act(PageAct.APPROVED)).all(LATER)


def test_who_proposed_does_not_approve_and_a_second_person_does() -> None:
    found = told(act(PageAct.PROPOSED)).get("m", LATER)

    assert "approval-by-the-proposer" == why_not(found, "YW-001")
    assert "" == why_not(found, "YW-002")


def test_what_was_decided_or_never_proposed_cannot_be_approved() -> None:
    assert "proposal-unknown" == why_not(None, "YW-002")
    decided = told(act(PageAct.PROPOSED), act(PageAct.DECLINED)).get("m", LATER)
    assert "proposal-decided" == why_not(decided, "YW-002")


@pytest.mark.parametrize(("age", "code"), [(DAY, ""), (DAY + timedelta(seconds=1), "proposal-expired")])
def test_a_proposal_expires(age: timedelta, code: str) -> None:
    assert code == why_not(told(act(PageAct.PROPOSED)).get("m", AT + age), "YW-002")


def test_what_was_approved_and_not_carried_out_is_known() -> None:
    proposals = told(act(PageAct.PROPOSED), act(PageAct.APPROVED, "YW-002", explanation="同意"))
    (unfinished,) = proposals.unfinished()

    assert ("YW-001", "YW-002", "同意", AT) == (
        unfinished.proposed_by,
        unfinished.decided_by,
        unfinished.decided_because,
        unfinished.decided_at,
    )


def test_ended_ones_are_forgotten_and_open_ones_never() -> None:
    proposals = told(act(PageAct.PROPOSED, matter="open"))
    for place in range(ENDED_KEPT + 10):
        proposals.hear(act(PageAct.PROPOSED, matter=str(place)), AT)
        proposals.hear(act(PageAct.DECLINED, matter=str(place)), AT)

    known = proposals.all(LATER)

    assert proposals.get("open", LATER) is not None
    assert len(known) <= ENDED_KEPT + 2


def test_expired_ones_are_forgotten_like_those_that_ended_otherwise() -> None:
    proposals = Proposals(DAY)
    for place in range(ENDED_KEPT + 10):
        proposals.hear(act(PageAct.PROPOSED, matter=str(place)), AT)
    proposals.hear(act(PageAct.PROPOSED, matter="new"), AT + 2 * DAY)

    assert ENDED_KEPT + 1 == len(proposals.all(AT + 2 * DAY))
