"""The guards over a case's life see what they are for: rules broken on purpose are caught."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.decision import Context, Decision, Outcome, Reason, TimerDue
from services.arrears.rules import decide
from services.arrears.rules_state import UnitCase
from tests.services.arrears.life import Broken, Life
from tests.services.arrears.life_parts import PARTS
from tests.services.arrears.samples import assessed, paid, registered
from tests.services.arrears.samples_payments import unit_paid

Change = Callable[[UnitCase | None, Decision[UnitCase]], Decision[UnitCase]]


def a_fen_is_lost(_: UnitCase | None, decision: Decision[UnitCase]) -> Decision[UnitCase]:
    case = decision.state
    assert case is not None
    lines = {key: replace(line, paid_fen=max(line.paid_fen - 1, 0)) for key, line in case.lines.items()}
    return decision._replace(state=replace(case, lines=lines))


def an_owed_fen_is_forgotten(_: UnitCase | None, decision: Decision[UnitCase]) -> Decision[UnitCase]:
    facts = (fact.model_copy(update={"principal_fen": 1}) for fact in decision.facts if hasattr(fact, "principal_fen"))
    return decision._replace(facts=tuple(facts))


def a_refusal_changes_the_case(before: UnitCase | None, decision: Decision[UnitCase]) -> Decision[UnitCase]:
    assert before is not None
    changed = replace(before, record_count=before.record_count + 1)
    return decision._replace(state=changed, reason=Reason("unit-unknown", outcome=Outcome.REFUSED))


def a_reason_has_no_text(_: UnitCase | None, decision: Decision[UnitCase]) -> Decision[UnitCase]:
    return decision._replace(reason=Reason("no-such-code"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (a_fen_is_lost, "does not add up|fen came"),
        (an_owed_fen_is_forgotten, "what is said is not what is owed"),
        (a_refusal_changes_the_case, "is no decision, and changed the case"),
        (a_reason_has_no_text, "no-such-code has no text"),
    ],
)
def test_rules_broken_on_purpose_are_caught(change: Change, said: str) -> None:
    life = Life(lambda options: options[0], PARTS)
    life.hear(registered())
    life.hear(assessed(due_on=life.today.replace(month=9), month="2023-09", occurred_on=life.today))

    def broken(case: UnitCase | None, cause: Any, known: Context) -> Decision[UnitCase]:
        return change(case, decide(case, cause, known))

    life.decide = broken

    with pytest.raises(Broken, match=said):
        life.hear(paid(month="2023-09", paid_fen=10, paid_on=life.today))


def test_a_timer_that_does_not_move_on_is_caught() -> None:
    life = Life(lambda options: options[0], PARTS)
    life.hear(registered())
    life.hear(assessed(occurred_on=life.today))

    def asleep(case: UnitCase | None, cause: Any, known: Context) -> Decision[UnitCase]:
        decision = decide(case, cause, known)
        return decision._replace(state=case) if isinstance(cause, TimerDue) else decision

    life.decide = asleep

    with pytest.raises(Broken, match="asks for the same instant again"):
        life.wait(100)


def test_money_of_a_unit_that_stands_nowhere_is_caught() -> None:
    life = Life(lambda options: options[0], PARTS)
    life.hear(registered())

    def careless(case: UnitCase | None, cause: Any, known: Context) -> Decision[UnitCase]:
        decision = decide(case, cause, known)
        assert decision.state is not None
        return decision._replace(state=replace(decision.state, account=None))

    life.decide = careless

    with pytest.raises(Broken, match="fen came"):
        life.hear(unit_paid(paid_on=life.today))
