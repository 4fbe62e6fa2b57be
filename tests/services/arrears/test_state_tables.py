"""Every table of states is sound: each stage is reached, and left or final; each trigger, guard, role and paper has its word."""

import string

import pytest

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.transitions import START, StateMachine, Transition, faults
from services.arrears import law_enforcement as law
from services.arrears import texts_enforcement as texts
from services.arrears.machines import ENFORCEMENT, MACHINES
from services.arrears.rules_enforcement_duties import ACT_RULES, EVENT_PARAGRAPHS, NEXT_ROLES
from services.arrears.rules_enforcement_guards import GUARDS
from services.arrears.rules_enforcement_late_fee import OWN_REASONS
from services.arrears.rules_enforcement_table import LIVE, MOVES

WORDS = {"a": "甲", "b": "乙", "c": "丙"}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_stage_is_reached_and_left_or_final(machine: StateMachine) -> None:
    assert [] == faults(machine)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_trigger_leads_to_one_stage_for_each_outcome(machine: StateMachine) -> None:
    assert len(machine.transitions) == len({(move.stage, move.on, move.to) for move in machine.transitions})


def test_a_move_is_written_once() -> None:
    places = [(stage, move.on) for move in MOVES for stage in move.stages]

    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        ([(START, "a"), ("a", "b")], ["c is never reached", "c is neither left nor final"]),
        ([(START, "a"), ("a", "b"), ("b", "c"), ("c", "a")], ["b is final and is left"]),
        ([(START, "a"), ("a", "c"), ("c", "c"), ("a", "b")], ["c is neither left nor final"]),
        ([(START, "a"), ("a", "b"), ("a", "c"), ("c", "d"), ("c", "a")], ["d has no name"]),
    ],
)
def test_a_table_that_is_not_sound_is_seen(moves: list[tuple[str, str]], found: list[str]) -> None:
    table = tuple(Transition(stage, "on", to) for stage, to in moves)

    assert found == faults(StateMachine("m", "M", WORDS, {"on": "到"}, {"b": "完"}, table))


def test_a_trigger_without_a_name_is_seen() -> None:
    table = (Transition(START, "on", "a"), Transition("a", "off", "b"))

    assert ["off has no name"] == faults(
        StateMachine("m", "M", {"a": "甲", "b": "乙"}, {"on": "到"}, {"b": "完"}, table)
    )


def test_every_act_and_event_is_in_the_table_with_its_rule() -> None:
    """To take back a slip is no move: it goes back to where the procedure stood."""
    triggers = {move.on for move in ENFORCEMENT.transitions}

    assert {*Act, *Event} - {Event.ACT_REVERSED} == triggers
    assert (set(Act), set(Event)) == (set(ACT_RULES), set(EVENT_PARAGRAPHS))


def test_every_guard_is_used_and_says_its_sentence() -> None:
    used = {code for rule in ACT_RULES.values() for code in rule.guards}

    assert used == set(GUARDS) | OWN_REASONS
    assert {*used, "act-not-of-this-stage", "before-step-before"} == set(texts.OBJECTIONS)


def test_everything_that_people_read_has_its_word() -> None:
    assert (set(Stage), set(Act), set(Event), set(Role), set(Document)) == (
        set(texts.STAGE_NAMES),
        set(texts.ACT_NAMES),
        set(texts.EVENT_NAMES),
        set(texts.ROLE_NAMES),
        set(texts.DOCUMENT_NAMES),
    )


def test_every_live_stage_says_who_is_next_and_by_when() -> None:
    """The court's demand ends with the court's window, an agreement's stage with its instalments; a suspension waits."""
    assert set(LIVE) == set(NEXT_ROLES)
    assert {Stage.COURT_DEMANDED, Stage.DEFERRED, Stage.SUSPENDED} == set(LIVE) - set(law.STAGE_TERMS)


def test_every_final_stage_says_why_it_is_the_end() -> None:
    assert set(Stage) - set(LIVE) == set(texts.FINAL)
    assert all(len(why) > 10 and not set(why) & set(string.ascii_letters) for why in texts.FINAL.values())


def test_each_number_of_the_law_has_one_name_at_a_time() -> None:
    names = [(number.name, number.in_force_from) for number in law.NUMBERS]

    assert len(names) == len(set(names))
