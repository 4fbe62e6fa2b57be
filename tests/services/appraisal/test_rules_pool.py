"""The pool's case: experts in any order, draws, queue, release, moved dates."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.appraisal import ExpertRegistered, PanelDeclined, PanelDrawn, PanelReleased, Specialty
from schemas.calendar import WorkingCalendar
from schemas.decision import Outcome, Reason, TimerDue
from schemas.fact import Fact
from services.appraisal import rules_desk
from services.appraisal.draw import ELIGIBLE, redrawn
from services.appraisal.law import OFFICE_RULES
from services.appraisal.rules import decide, next_timer
from services.appraisal.rules_state import PoolCase
from tests.services.appraisal.samples import (
    EMPLOYER,
    PUBLISHED,
    context_on,
    expert,
    explained,
    person,
    request,
)

TODAY = date(2024, 3, 1)
OFFICE = OFFICE_RULES[0]
FAR = {"conclusion_due_on": date(2030, 1, 1), "extended_due_on": date(2030, 2, 1)}


class Answer(NamedTuple):
    """A decision, with a state whose type the test knows."""

    state: Any
    facts: tuple[Fact, ...]
    reason: Reason


def _decided(pool: PoolCase | None, fact: Any, day: date = TODAY, event: str = "event-1", **more: Any) -> Answer:
    decision = decide(pool, fact, context_on(day, event, **more))
    assert explained(decision)
    return Answer(decision.state, decision.facts, decision.reason)


def _pool(*experts: ExpertRegistered) -> PoolCase:
    pool: PoolCase | None = None
    for number, each in enumerate(experts):
        pool = _decided(pool, each, event=f"expert-{number}").state
    assert pool is not None
    return pool


def _released(number: int) -> PanelReleased:
    asked = request()
    return PanelReleased(
        district=asked.district,
        agency=asked.agency,
        occurred_on=TODAY,
        pool_key=asked.pool_key,
        person_key=asked.person_key,
        application_reference=asked.application_reference,
        request_number=number,
    )


def _the(kind: type[Any], decision: Answer) -> Any:
    [fact] = [fact for fact in decision.facts if isinstance(fact, kind)]
    return fact


# --- experts ------------------------------------------------------------------------------------------


@given(st.permutations([expert(1), expert(1, revision=2, trained=False), expert(2), expert(2), expert(3, revision=3)]))
def test_experts_end_the_same_in_any_order_of_arrival(facts: list[ExpertRegistered]) -> None:
    assert _pool(*facts) == _pool(expert(1, revision=2, trained=False), expert(2), expert(3, revision=3))


def test_a_lower_revision_is_known() -> None:
    assert _decided(_pool(expert(1, revision=2)), expert(1)).reason.outcome is Outcome.ALREADY_KNOWN


def test_an_equal_revision_with_other_content_is_a_conflict() -> None:
    decision = _decided(_pool(expert(1)), expert(1, trained=False))

    assert (decision.reason.code, decision.reason.outcome) == ("revision-conflict", Outcome.REFUSED)


def test_an_expert_keeps_one_reference() -> None:
    decision = _decided(_pool(expert(1)), expert(1, business_reference="ZJ-other", revision=9))

    assert decision.reason.code == "expert-under-other-reference"


def test_a_reversal_of_an_expert_is_refused() -> None:
    assert _decided(None, expert(1, reverses="ZJ-0001")).reason.code == "reversal-unsupported"


# --- draws --------------------------------------------------------------------------------------------


def test_a_panel_of_three_is_booked_on_the_first_day_that_leaves_notice() -> None:
    decision = _decided(_pool(*(expert(n) for n in range(5))), request())
    drawn = _the(PanelDrawn, decision)

    assert decision.reason.code == "panel-drawn"
    assert (len(drawn.seats), drawn.sitting_on, drawn.slot, drawn.room) == (3, date(2024, 3, 12), "09:00", 1)


def test_an_auditor_draws_the_same_panel_from_what_the_fact_lists() -> None:
    pool = _pool(*(expert(n) for n in range(9)), expert(20, senior_title=False))
    drawn = _the(PanelDrawn, _decided(pool, request()))
    specialties_of = {key: known.specialties for key, known in pool.experts.items()}

    assert [tuple(seat) for seat in redrawn(drawn, specialties_of)] == [
        (seat.expert_key, seat.specialty) for seat in drawn.seats
    ]


def test_an_auditor_sees_a_seed_or_a_list_that_was_changed() -> None:
    drawn = _the(PanelDrawn, _decided(_pool(*(expert(n) for n in range(5))), request()))

    with pytest.raises(ValueError, match="seed"):
        redrawn(drawn.model_copy(update={"seed": "0" * 64}), {})
    with pytest.raises(ValueError, match="version"):
        redrawn(drawn.model_copy(update={"candidates": drawn.candidates[1:]}), {})


def test_another_request_event_draws_by_another_seed() -> None:
    pool = _pool(*(expert(n) for n in range(9)))
    seeds = {_the(PanelDrawn, _decided(pool, request(), event=f"event-{n}")).seed for n in range(4)}

    assert len(seeds) == 4


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(["orthopaedics", "neurology", "burns", "urology"]), min_size=1, max_size=2),
            st.sampled_from(["free", "employer", "kin", "hospital", "junior", "past"]),
        ),
        max_size=14,
    ),
    st.sets(st.sampled_from(["orthopaedics", "neurology", "burns", "urology"]), min_size=1, max_size=4),
)
def test_a_panel_never_holds_an_expert_who_must_not_sit(people: list[tuple[set[str], str]], needed: set[str]) -> None:
    obstacles: dict[str, dict[str, Any]] = {
        "free": {},
        "employer": {"employer_unit_code": EMPLOYER},
        "kin": {"related_person_keys": (person(1),)},
        "hospital": {"employer_unit_code": expert(99).employer_unit_code},
        "junior": {"senior_title": False},
        "past": {"term_until": date(2024, 3, 4)},
    }
    pool = PoolCase()
    for number, (specialties, obstacle) in enumerate(people):
        entered = expert(number, **({"specialties": tuple(sorted(specialties))} | obstacles[obstacle]))
        pool = _decided(pool, entered).state
    asked = request(specialties=tuple(sorted(needed)), treating_hospital_codes=(expert(99).employer_unit_code,))
    decision = _decided(pool, asked)

    if decision.reason.code == "panel-drawn":
        drawn = _the(PanelDrawn, decision)
        seated = [int(seat.expert_key[-4:]) for seat in drawn.seats]
        assert all(people[number][1] == "free" for number in seated)
        assert len(set(seated)) == (3 if len(needed) <= 3 else 5)
        assert {seat.specialty for seat in drawn.seats if seat.specialty} == needed
    else:
        declined = _the(PanelDeclined, decision)
        able = sum(1 for specialties, obstacle in people if obstacle == "free" and specialties & needed)
        assert declined.reasons
        assert declined.eligible_count == able


@settings(max_examples=15)
@given(st.integers(3, 8), st.integers(1, 60))
def test_no_room_and_no_expert_is_booked_beyond_capacity(experts: int, applications: int) -> None:
    pool = _pool(*(expert(n) for n in range(experts)))
    for number in range(applications):
        pool = _decided(pool, request(person_key=person(number), **FAR), event=f"event-{number}").state

    at_once = Counter((b.sitting_on, b.slot, key) for b in pool.bookings.values() for key in b.expert_keys)
    a_day = Counter((b.sitting_on, key) for b in pool.bookings.values() for key in b.expert_keys)
    rooms = Counter((b.sitting_on, b.slot, b.room) for b in pool.bookings.values())
    assert len(pool.bookings) == applications
    assert max(at_once.values()) == 1
    assert max(a_day.values()) <= OFFICE.expert_sittings_a_day_max
    assert max(rooms.values()) == 1
    assert all(PUBLISHED.is_working_day(booking.sitting_on) for booking in pool.bookings.values())


def test_a_full_day_sends_the_next_application_to_the_next_day() -> None:
    pool = _pool(*(expert(n) for n in range(30)))
    for number in range(OFFICE.capacity_a_day):
        pool = _decided(pool, request(person_key=person(number)), event=f"event-{number}").state
    assert {booking.sitting_on for booking in pool.bookings.values()} == {date(2024, 3, 12)}

    following = _the(PanelDrawn, _decided(pool, request(person_key=person(99))))

    assert following.sitting_on == date(2024, 3, 14)


# --- queue --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "code"), [(2, "panel-not-drawn"), (3, "panel-drawn")])
def test_three_experts_make_a_panel_two_do_not(count: int, code: str) -> None:
    assert _decided(_pool(*(expert(n) for n in range(count))), request()).reason.code == code


def test_every_reason_for_waiting_is_named() -> None:
    pool = _pool(expert(1), expert(2, specialties=("burns",)))
    asked = request(specialties=("neurology", "orthopaedics"))
    declined = _the(PanelDeclined, _decided(pool, asked))

    assert declined.reasons == ("specialty-unfilled", "too-few-experts")
    assert declined.unfilled_specialties == (Specialty.NEUROLOGY,)
    assert declined.eligible_count == 1


def test_one_expert_for_two_specialties_cannot_take_two_seats() -> None:
    both = ("burns", "neurology")
    others = [expert(n, specialties=("orthopaedics",)) for n in (2, 3, 4)]
    pool = _pool(expert(1, specialties=both), *others)
    declined = _the(PanelDeclined, _decided(pool, request(specialties=(*both, "orthopaedics"))))

    assert declined.reasons == ("specialties-share-experts",)


def test_a_waiting_request_is_served_when_the_missing_expert_registers() -> None:
    pool = _decided(_pool(expert(1), expert(2)), request(), event="request-1").state
    decision = _decided(pool, expert(3), event="expert-3")

    assert _the(PanelDrawn, decision).request_event_id == "request-1"
    assert decision.state.waiting == {}
    assert next_timer(decision.state) is None


def test_a_request_without_experts_waits_and_is_looked_at_each_morning_without_saying_the_same_again() -> None:
    pool = _decided(None, request()).state
    timer = next_timer(pool)
    assert timer is not None
    assert timer.due_at.isoformat() == "2024-03-02T01:00:00+00:00"

    again = _decided(pool, TimerDue(timer.name, timer.due_at), date(2024, 3, 2))

    assert (again.reason.code, again.facts) == ("pool-looked-over", ())
    assert next_timer(again.state) != timer


def test_the_term_that_begins_later_gives_the_date() -> None:
    """The third expert's term begins on 1 April: the first sitting is Tuesday the 2nd."""
    pool = _pool(expert(1), expert(2), expert(3, term_from=date(2024, 4, 1)))

    assert _the(PanelDrawn, _decided(pool, request())).sitting_on == date(2024, 4, 2)


def test_the_nearest_time_limit_is_served_first() -> None:
    late = request(person_key=person(1), **FAR)
    soon = request(person_key=person(2))
    pool = _decided(_decided(_pool(expert(1), expert(2)), late, event="a").state, soon, event="b").state
    drawn = [fact for fact in _decided(pool, expert(3)).facts if isinstance(fact, PanelDrawn)]

    assert [fact.person_key for fact in drawn] == [person(2), person(1)]


def test_a_long_queue_is_worked_off_in_bounded_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_desk, "SERVED_A_DECISION_MAX", 4)
    pool = _pool(*(expert(n) for n in range(2)))
    for number in range(10):
        needed = ("neurology",) if number < 5 else ("orthopaedics",)
        asked = request(person_key=person(number), specialties=needed)
        pool = _decided(pool, asked, event=f"event-{number}").state
    decision = _decided(pool, expert(3))
    said = len(decision.facts)
    for _ in range(5):
        timer = next_timer(decision.state)
        assert timer is not None
        if not decision.state.resume_after:
            break
        decision = _decided(decision.state, TimerDue(timer.name, timer.due_at))
        said += len(decision.facts)

    assert sorted(waiting.request.count("neurology") for waiting in decision.state.waiting.values()) == [1] * 5
    assert said == len(decision.state.bookings) == 5


# --- release, replacement -----------------------------------------------------------------------------


def test_a_released_sitting_is_free_for_others() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(3))), request()).state
    decision = _decided(pool, _released(1))

    assert decision.reason.code == "panel-released"
    assert decision.state.bookings == {}


def test_a_release_that_overtakes_its_request_prevents_the_booking() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(3))), _released(1)).state

    assert _decided(pool, request()).reason.code == "request-released-before"
    assert _decided(pool, request(request_number=2)).reason.code == "panel-drawn"
    assert _decided(pool, _released(1)).reason.outcome is Outcome.ALREADY_KNOWN


def test_a_higher_request_replaces_a_lower_one_never_the_other_way() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(6))), request(request_number=2)).state
    assert _decided(pool, request(request_number=1)).reason.code == "request-known"

    replaced = _decided(pool, request(request_number=3)).state

    assert len(replaced.bookings) == 1
    assert _decided(replaced, _released(2)).reason.code == "nothing-to-release"
    assert len(_decided(replaced, _released(2)).state.bookings) == 1


def test_past_sittings_are_dropped() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(3))), request()).state

    assert _decided(pool, expert(9), date(2024, 3, 12)).state.bookings != {}
    assert _decided(pool, expert(9), date(2024, 3, 13)).state.bookings == {}


# --- dates that cannot stand --------------------------------------------------------------------------


def test_a_sitting_moves_when_its_day_turns_out_a_day_off() -> None:
    """Booked before the year's calendar is published: Thursday 4 April 2024 is 清明."""
    unpublished = WorkingCalendar({})
    asked = request(**FAR)
    booked = _decided(_pool(*(expert(n) for n in range(3))), asked, date(2024, 3, 27), calendar=unpublished)
    assert _the(PanelDrawn, booked).sitting_on == date(2024, 4, 4)
    assert _the(PanelDrawn, booked).provisional
    timer = next_timer(booked.state)
    assert timer is not None

    moved = _decided(booked.state, TimerDue(timer.name, timer.due_at), date(2024, 3, 28))

    assert _the(PanelDrawn, moved).replaces
    assert _the(PanelDrawn, moved).sitting_on == date(2024, 4, 9)
    assert next_timer(moved.state) is None


def test_a_provisional_day_that_stands_becomes_firm_in_silence() -> None:
    booked = _decided(_pool(*(expert(n) for n in range(3))), request(), date(2024, 3, 1), calendar=WorkingCalendar({}))
    timer = next_timer(booked.state)
    assert timer is not None
    firm = _decided(booked.state, TimerDue(timer.name, timer.due_at), date(2024, 3, 2))

    assert firm.facts == ()
    assert [booking.provisional for booking in firm.state.bookings.values()] == [False]


def test_a_panel_is_drawn_anew_when_one_of_its_experts_may_no_longer_sit() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(3))), request()).state
    without = _decided(pool, expert(1, revision=2, related_unit_codes=(EMPLOYER,)))
    assert _the(PanelDeclined, without).reasons == ("too-few-experts",)
    assert without.state.bookings == {}

    again = _decided(without.state, expert(7))

    assert "expert-0001" not in {seat.expert_key for seat in _the(PanelDrawn, again).seats}


def test_a_correction_that_changes_nothing_for_the_panel_leaves_it() -> None:
    pool = _decided(_pool(*(expert(n) for n in range(3))), request()).state

    assert _decided(pool, expert(1, revision=2, term_until=date(2025, 1, 1))).facts == ()


def test_candidates_list_every_expert_with_how_they_stood() -> None:
    pool = _pool(*(expert(n) for n in range(3)), expert(3, term_until=date(2023, 12, 31)))
    drawn = _the(PanelDrawn, _decided(pool, request()))

    assert {it.expert_key: it.standing for it in drawn.candidates} == {
        "expert-0000": ELIGIBLE,
        "expert-0001": ELIGIBLE,
        "expert-0002": ELIGIBLE,
        "expert-0003": "outside-term",
    }
