"""The table of enforcement: which act or event moves a procedure from which stage to which.

Rules decide by this table, the diagram in docs/generated/states is drawn from it, and a test holds it sound.
"""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.transitions import START, Transition
from services.arrears.rules_enforcement_duties import ACT_RULES, PAPER_OF
from services.arrears.rules_enforcement_state import FINAL_STAGES

Trigger = Act | Event
ONLY = ""
"""The outcome of a move that has but one."""
ENOUGH, SHORT, FULL, RULED, UNWOUND = "enough", "short", "full", "ruled", "unwound"

LIVE = tuple(stage for stage in Stage if stage not in FINAL_STAGES)
RUNNING = tuple(stage for stage in LIVE if stage is not Stage.SUSPENDED)
RESTABLE = tuple(stage for stage in RUNNING if stage is not Stage.WITHDRAWING)
"""Stages in which execution can be suspended."""
WITH_THE_BANK = (Stage.ORDERED, Stage.WITHDRAWING)
"""Stages in which a bank has its order: whatever ends the procedure withdraws it first."""
BEFORE_COURT = (
    Stage.DUE,
    Stage.QUERYING,
    Stage.FUNDED,
    Stage.APPLIED,
    Stage.DEMANDED,
    Stage.HEARING,
    Stage.DECIDED,
    Stage.ORDERED,
    Stage.INSUFFICIENT,
    Stage.DEFERRED,
    Stage.BREACHED,
    Stage.COURT_DEMANDED,
    Stage.COURT_HEARING,
)
"""Stages in which the court may still have to be applied to."""
AFTER_A_RECEIPT = tuple(stage for stage in LIVE if stage not in (Stage.COLLECTED, Stage.WITHDRAWING))
"""Stages in which money of a receipt may still be waited for, beside the one that does nothing else."""
AT_COURT = (
    Stage.COURT_APPLIED,
    Stage.COURT_DECLINED,
    Stage.COURT_REVIEWING,
    Stage.COURT_ACCEPTED,
    Stage.COURT_RULED,
    Stage.SEIZED,
    Stage.AUCTIONED,
)


class Move(NamedTuple):
    """From any of some stages, on a trigger, to a stage by outcome; None: it stays where it is."""

    on: Trigger
    stages: tuple[Stage, ...]
    to: Mapping[str, Stage] | None


def _to(stage: Stage) -> Mapping[str, Stage]:
    return {ONLY: stage}


def _endings(on: Trigger, final: Stage, outcome: str = ONLY) -> tuple[Move, ...]:
    """The procedure ends; where a bank has its order already, the order is withdrawn first (`UNWOUND`)."""
    return (
        Move(on, tuple(stage for stage in RESTABLE if stage is not Stage.ORDERED), {outcome: final}),
        Move(on, WITH_THE_BANK, {UNWOUND: Stage.WITHDRAWING}),
        Move(on, (Stage.SUSPENDED,), {outcome: final, UNWOUND: Stage.WITHDRAWING}),
    )


_FINAL_BY_NAME = {stage.value: stage for stage in Stage if stage in FINAL_STAGES and stage is not Stage.LAPSED}
_RESUMED = {stage.value: stage for stage in RESTABLE}

MOVES: tuple[Move, ...] = (
    Move(Act.BANK_QUERY_SENT, (Stage.DUE, Stage.FUNDED, Stage.INSUFFICIENT, Stage.BREACHED), _to(Stage.QUERYING)),
    Move(Act.BANK_QUERY_ANSWERED, (Stage.QUERYING,), {ENOUGH: Stage.FUNDED, SHORT: Stage.INSUFFICIENT}),
    Move(Act.TRANSFER_APPLIED, (Stage.FUNDED, Stage.INSUFFICIENT), _to(Stage.APPLIED)),
    Move(Act.TRANSFER_DECLINED, (Stage.APPLIED, Stage.DEMANDED), _to(Stage.INSUFFICIENT)),
    Move(Act.DEMAND_SERVED, (Stage.APPLIED,), _to(Stage.DEMANDED)),
    Move(Act.STATEMENT_RECEIVED, (Stage.DEMANDED,), _to(Stage.HEARING)),
    Move(Act.STATEMENT_RECEIVED, (Stage.COURT_DEMANDED,), _to(Stage.COURT_HEARING)),
    Move(
        Act.STATEMENT_REVIEWED,
        (Stage.HEARING,),
        {Outcome.DISMISSED: Stage.DEMANDED, Outcome.UPHELD: Stage.DROPPED},
    ),
    Move(
        Act.STATEMENT_REVIEWED,
        (Stage.COURT_HEARING,),
        {Outcome.DISMISSED: Stage.COURT_DEMANDED, Outcome.UPHELD: Stage.DROPPED},
    ),
    Move(Act.TRANSFER_DECIDED, (Stage.DEMANDED,), _to(Stage.DECIDED)),
    Move(Act.BANK_NOTIFIED, (Stage.DECIDED,), _to(Stage.ORDERED)),
    Move(Act.TRANSFER_RECEIVED, (Stage.ORDERED,), {FULL: Stage.COLLECTED, SHORT: Stage.INSUFFICIENT}),
    Move(Act.TRANSFER_RECEIVED, (Stage.WITHDRAWING,), _FINAL_BY_NAME),
    Move(Act.BANK_WITHDRAWAL_CONFIRMED, (Stage.WITHDRAWING,), _FINAL_BY_NAME),
    Move(Act.AGREEMENT_SIGNED, (Stage.INSUFFICIENT,), _to(Stage.DEFERRED)),
    Move(Act.SECURITY_REALISED, (Stage.BREACHED,), {FULL: Stage.COLLECTED, SHORT: Stage.INSUFFICIENT}),
    Move(Act.COURT_DEMAND_SERVED, (Stage.INSUFFICIENT,), _to(Stage.COURT_DEMANDED)),
    Move(Act.COURT_APPLIED, (Stage.COURT_DEMANDED,), _to(Stage.COURT_APPLIED)),
    Move(Act.COURT_ACCEPTED, (Stage.COURT_APPLIED, Stage.COURT_REVIEWING), _to(Stage.COURT_ACCEPTED)),
    Move(Act.COURT_DECLINED, (Stage.COURT_APPLIED,), _to(Stage.COURT_DECLINED)),
    Move(Act.COURT_DECLINED, (Stage.COURT_REVIEWING,), _to(Stage.INSUFFICIENT)),
    Move(Act.COURT_HEARING_OPENED, (Stage.COURT_ACCEPTED,), None),
    Move(
        Act.COURT_RULED,
        (Stage.COURT_ACCEPTED,),
        {Outcome.GRANTED: Stage.COURT_RULED, Outcome.REFUSED: Stage.COURT_DECLINED},
    ),
    Move(
        Act.COURT_RULED,
        (Stage.COURT_REVIEWING,),
        {Outcome.GRANTED: Stage.COURT_RULED, Outcome.REFUSED: Stage.INSUFFICIENT},
    ),
    Move(Act.COURT_REVIEW_REQUESTED, (Stage.COURT_DECLINED,), _to(Stage.COURT_REVIEWING)),
    Move(Act.PROPERTY_SEIZED, (Stage.COURT_RULED,), _to(Stage.SEIZED)),
    Move(Act.PROPERTY_AUCTIONED, (Stage.SEIZED,), _to(Stage.AUCTIONED)),
    Move(Act.PROCEEDS_RECEIVED, (Stage.AUCTIONED,), {FULL: Stage.COLLECTED, SHORT: Stage.COURT_RULED}),
    Move(Act.RECEIPT_VOIDED, (Stage.COLLECTED,), {ONLY: Stage.INSUFFICIENT, RULED: Stage.COURT_RULED}),
    Move(Act.RECEIPT_VOIDED, AFTER_A_RECEIPT, None),
    Move(Act.REMEDY_SOUGHT, LIVE, None),
    *_endings(Act.REMEDY_ENDED, Stage.DROPPED, Outcome.UPHELD),
    Move(Act.EXECUTION_SUSPENDED, RESTABLE, _to(Stage.SUSPENDED)),
    Move(Act.EXECUTION_RESUMED, (Stage.SUSPENDED,), _RESUMED),
    *_endings(Act.EXECUTION_ENDED, Stage.ENDED),
    Move(Act.FINE_REFERRED, LIVE, None),
    Move(Act.DOCUMENT_ORDERED, tuple(dict.fromkeys(stage for stage, _ in PAPER_OF)), None),
    Move(Event.DOCUMENT_MADE, LIVE, None),
    Move(Event.DOCUMENT_FAILED, LIVE, None),
    *_endings(Event.NOTICE_NOT_OVERDUE, Stage.CANCELLED),
    *_endings(Event.PAID_IN_FULL, Stage.PAID),
    *_endings(Event.PRINCIPAL_OWED_AGAIN, Stage.CANCELLED),
    Move(Event.PAID_IN_PART, (Stage.DECIDED, Stage.ORDERED, Stage.SUSPENDED), None),
    Move(Event.CREDIT_MISSED, (Stage.COLLECTED,), {ONLY: Stage.INSUFFICIENT, RULED: Stage.COURT_RULED}),
    Move(Event.INSTALMENT_MET, (Stage.DEFERRED,), {ONLY: Stage.DEFERRED, SHORT: Stage.INSUFFICIENT}),
    Move(Event.INSTALMENT_MET, (Stage.BREACHED,), _to(Stage.DEFERRED)),
    Move(Event.INSTALMENT_EXCUSED, (Stage.BREACHED,), _to(Stage.DEFERRED)),
    Move(Event.INSTALMENT_MISSED, (Stage.DEFERRED,), _to(Stage.BREACHED)),
    Move(Event.DEADLINE_MISSED, RUNNING, None),
    Move(Event.COURT_WINDOW_CLOSING, (*BEFORE_COURT, Stage.COLLECTED, Stage.WITHDRAWING, Stage.SUSPENDED), None),
    Move(Event.COURT_WINDOW_MISSED, (Stage.COURT_DEMANDED, Stage.COURT_HEARING), _to(Stage.INSUFFICIENT)),
    Move(
        Event.COURT_WINDOW_MISSED,
        (*BEFORE_COURT[:-2], Stage.COLLECTED, Stage.WITHDRAWING, Stage.SUSPENDED),
        None,
    ),
    Move(Event.COURT_REVIEW_MISSED, (Stage.COURT_DECLINED,), _to(Stage.INSUFFICIENT)),
    Move(Event.FINE_CLOSING, LIVE, None),
    Move(Event.FINE_MISSED, LIVE, None),
    Move(Event.SUSPENSION_LAPSED, (Stage.SUSPENDED,), _to(Stage.LAPSED)),
    Move(Event.STATUS_SUSPENDED, RESTABLE, _to(Stage.SUSPENDED)),
    Move(Event.STATUS_RESUMED, (Stage.SUSPENDED,), _RESUMED),
    *_endings(Event.STATUS_ENDED, Stage.ENDED),
    Move(Event.REGISTRATION_LOST, LIVE, _to(Stage.ENDED)),
)
"""Every move there is; what is not here is impossible. From nothing begin `NOTICE_OVERDUE` (an agreement that a payment ended before
its time goes on where that bounces) and `LATE_FEE_PURSUED`."""


_BY_PLACE: Mapping[tuple[Stage, Trigger], Mapping[str, Stage] | None] = {
    (stage, move.on): move.to for move in MOVES for stage in move.stages
}


def is_possible(stage: Stage, trigger: Trigger) -> bool:
    """Tell whether the table has a move on this trigger from this stage."""
    return (stage, trigger) in _BY_PLACE


def target(stage: Stage, trigger: Trigger, outcome: str = ONLY) -> Stage:
    """Give where a possible move leads; an outcome that the table does not name stays where it is."""
    to = _BY_PLACE[(stage, trigger)]
    return stage if to is None else to.get(outcome, stage)


def transitions() -> tuple[Transition, ...]:
    """Give the table in the shape that diagrams are drawn from."""
    rows = [
        Transition(START, Event.NOTICE_OVERDUE, Stage.DUE),
        Transition(START, Event.NOTICE_OVERDUE, Stage.DEFERRED),
        Transition(START, Act.LATE_FEE_PURSUED, Stage.INSUFFICIENT, ACT_RULES[Act.LATE_FEE_PURSUED].guards),
    ]
    for move in MOVES:
        guards = ACT_RULES[move.on].guards if isinstance(move.on, Act) else ()
        for stage in move.stages:
            targets = (stage,) if move.to is None else tuple(dict.fromkeys(move.to.values()))
            rows += [Transition(stage, move.on, to, guards) for to in targets]
    return tuple(rows)
