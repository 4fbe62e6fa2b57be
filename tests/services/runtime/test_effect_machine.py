"""Under any interleaving of answers, look-ups, timers, orders, repeats and crashes nothing is done twice, nothing lost.

Half of the requests have an end and stand in line first; any may be withdrawn at any time.

The provider here is honest and not idempotent: it counts. Time passes as the mesh's does, in ticks; a process may die
before an attempt, between the attempt and its note, and keep a note back as long as it likes.
"""

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.calendar import WorkingCalendar
from schemas.decision import Context, TimerDue
from schemas.effects import EffectAttempted, EffectOutcome, EffectQueued
from schemas.mesh import CommandIssued
from schemas.notifications import (
    DeliveryAttempted,
    DeliveryCompleted,
    DeliveryQueued,
    DeliveryRequested,
    DeliveryWithdrawn,
)
from schemas.vocabulary import Agency, Channel, District
from services.runtime.effects import (
    ATTEMPT_WITHIN,
    DONE,
    FAILED,
    NOT_BEGUN,
    UNKNOWN,
    Attempt,
    Effect,
    EffectCase,
    Intent,
    next_effect_timer,
)
from services.runtime.outcomes import Transition

UNIT = "11371000004359918E"
EFFECT = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted, DeliveryQueued, DeliveryWithdrawn)
BEGINNING = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
ENDS = {"effect-0": BEGINNING + timedelta(minutes=15), "effect-2": BEGINNING + timedelta(hours=12)}
EFFECTS = st.sampled_from([f"effect-{number}" for number in range(4)])
TURNS_MAX = 200


def request(effect_id: str) -> DeliveryRequested:
    return DeliveryRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        effect_id=effect_id,
        recipient_key=UNIT,
        notice_id=effect_id,
        channel=Channel.TELEPHONE,
        title="提醒",
        text="请缴费",
        recipient_name="某单位",
        expires_at=ENDS.get(effect_id),
    )


def withdrawal(effect_id: str) -> DeliveryWithdrawn:
    return DeliveryWithdrawn(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 8),
        effect_id=effect_id,
        recipient_key=UNIT,
        reason_code="arrears-paid",
    )


class EffectMachine(RuleBasedStateMachine):
    """One case of an effect shell, its process, and the provider."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINNING
        self.case: EffectCase | None = None
        self.asked: set[str] = set()
        self.waiting: list[Intent] = []
        self.notes: list[EffectAttempted | EffectQueued] = []
        self.withdrawn_in_line: set[str] = set()
        self.carried_out: dict[str, int] = {}
        self.said: dict[str, list[str]] = {}

    def take(self, fact: object) -> None:
        context = Context(self.now, "fact", "/test", WorkingCalendar(), {})
        decision = EFFECT.decide(self.case, fact, context)
        self.waiting += EFFECT.intents(Transition(UNIT, self.case, decision.state))
        self.case = decision.state
        if decision.reason.code.startswith("effect-withdrawn") and decision.reason.code != "effect-withdrawn-too-late":
            assert isinstance(fact, DeliveryWithdrawn)
            self.withdrawn_in_line.add(fact.effect_id)
        for outcome in decision.facts:
            if isinstance(outcome, EffectQueued):
                self.notes.append(outcome)
                continue
            assert isinstance(outcome, EffectOutcome)
            self.said.setdefault(outcome.effect_id, []).append(outcome.outcome)

    def answer(self, intent: Intent, answer: Attempt) -> None:
        self.notes.append(EFFECT.attempted_fact(intent, answer, self.now))

    def truth(self, effect_id: str) -> Attempt:
        return Attempt(DONE if self.carried_out.get(effect_id) else FAILED, "looked-up")

    def begins(self, intent: Intent) -> bool:
        """Tell whether the process may still begin this attempt; it is done if so, and declined if not."""
        if self.now - intent.decided_at > ATTEMPT_WITHIN:
            self.answer(intent, Attempt(FAILED, NOT_BEGUN))
            return False
        effect_id = intent.request.effect_id
        end = ENDS.get(effect_id)
        assert end is None or self.now <= end
        self.carried_out[effect_id] = self.carried_out.get(effect_id, 0) + 1
        return True

    @rule(effect_id=EFFECTS)
    def a_request_comes_perhaps_again(self, effect_id: str) -> None:
        self.asked.add(effect_id)
        self.take(request(effect_id))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), is_clear=st.booleans())
    def the_process_carries_out_what_it_was_asked(self, data: st.DataObject, *, is_clear: bool) -> None:
        intent = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        if intent.is_lookup:
            self.answer(intent, self.truth(intent.request.effect_id) if is_clear else Attempt(UNKNOWN, "silence"))
        elif self.begins(intent):
            self.answer(intent, Attempt(DONE, "done") if is_clear else Attempt(UNKNOWN, "answer-lost"))

    @precondition(lambda self: self.waiting)
    @rule(happens_first=st.booleans())
    def the_process_dies(self, *, happens_first: bool) -> None:
        """All that it was to do is gone; of the attempt it was at, perhaps only the note."""
        if happens_first and not self.waiting[0].is_lookup:
            self.begins(self.waiting[0])
        self.waiting.clear()

    @precondition(lambda self: self.notes)
    @rule(data=st.data(), keep=st.booleans())
    def a_note_arrives_perhaps_twice(self, data: st.DataObject, *, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.notes) - 1))
        note = self.notes[place] if keep else self.notes.pop(place)
        self.take(note)

    @rule(effect_id=EFFECTS)
    def a_withdrawal_comes(self, effect_id: str) -> None:
        self.take(withdrawal(effect_id))

    @rule()
    def an_operator_asks_to_reconcile(self) -> None:
        self.take(CommandIssued(subject=UNIT, action="reconcile", issued_by="operator", explanation="now"))

    @rule(seconds=st.sampled_from([1, 10, 19, 21, 119, 121, 600, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.fire()

    def fire(self) -> None:
        for _ in range(TURNS_MAX):
            timer = None if self.case is None else next_effect_timer(self.case)
            if timer is None or timer.due_at > self.now:
                return
            self.take(TimerDue(timer.name, timer.due_at))
        raise AssertionError("a timer does not move on")

    @invariant()
    def nothing_is_done_twice(self) -> None:
        assert all(count == 1 for count in self.carried_out.values())

    @invariant()
    def what_was_withdrawn_before_its_claim_is_never_done(self) -> None:
        assert not self.withdrawn_in_line & set(self.carried_out)

    @invariant()
    def nothing_is_looked_up_while_it_may_still_be_begun(self) -> None:
        looked_up = {intent.request.effect_id for intent in self.waiting if intent.is_lookup}
        fresh = [intent for intent in self.waiting if self.now - intent.decided_at <= ATTEMPT_WITHIN]
        assert not looked_up & {intent.request.effect_id for intent in fresh if not intent.is_lookup}

    @invariant()
    def what_was_asked_is_open_or_answered(self) -> None:
        still_open = set() if self.case is None else set(self.case.open)
        assert self.asked <= still_open | set(self.said)

    def teardown(self) -> None:
        """Everything settles: all notes arrive, all look-ups are answered, an operator asks; then the truth was said."""
        for _ in range(TURNS_MAX):
            for intent in self.waiting:
                if intent.is_lookup:
                    self.answer(intent, self.truth(intent.request.effect_id))
            self.waiting.clear()
            while self.notes:
                self.take(self.notes.pop())
            if self.case is None or not self.case.open:
                break
            self.now += timedelta(hours=1)
            self.fire()
            self.an_operator_asks_to_reconcile()
        assert self.case is None or not self.case.open
        for effect_id in self.asked:
            assert self.said[effect_id][-1] == self.truth(effect_id).outcome


TestEffects = EffectMachine.TestCase
TestEffects.settings = settings(max_examples=300, stateful_step_count=40)
