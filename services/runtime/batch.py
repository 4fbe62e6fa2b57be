"""One transaction's worth of work on one task: records in, outputs and changes out. Pure until applied.

A batch lays its changes over the shard (`overlay.py`) and enters what it decides (`ledger.py`); the shard itself changes
only in `apply`, after the commit returned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import topics
from schemas.decision import Context, Originals, Outcome, Reason, Timer
from schemas.fact import Fact
from schemas.mesh import ClockTicked, CommandIssued
from services.runtime import entries
from services.runtime.cases import META_KEY, Case, Halt, ParkedRecord, TaskMeta, encode_struct
from services.runtime.codec import Codec
from services.runtime.commands import admit_command, original_record, parked_record
from services.runtime.dead import dead_letter
from services.runtime.door import Event, admit, admit_tick
from services.runtime.entries import Entry
from services.runtime.envelope import Envelope, context_of_decision, decision_id, headers_of, source_of
from services.runtime.ledger import Ledger
from services.runtime.overlay import Overlay, StoredCase
from services.runtime.records import InputRecord, OutputRecord, append_time, partition_of
from services.runtime.refusal_count import RefusalCount
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service
from services.runtime.shard import Shard
from services.runtime.signatures import Producers
from services.runtime.step import SaidFact, Step, step_fact, step_timer, timer_cause

REFUSALS_MAX = 50
"""Refusals of one producer on one topic, less what was decided in between, at which the task halts."""
PARKED_MAX = 1_000
"""Records that may wait behind one parked case before the task halts."""
CASE_BYTES_MAX = 4 * 1024 * 1024
"""Largest stored form of a case: what the changelog would not take, no task could ever commit."""
TIMER_TOPIC = "@timer"
RESUMED = "resumed"
"""Code of the command that ended a halt."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What one step changed in a case's state, for an effect shell to see what is now to be attempted.

    `traceparent` is the trace context of the decision.
    """

    case_key: str
    before: Any
    after: Any
    traceparent: str = ""


class _CaseTooLargeError(Exception):
    """With this record the case would be larger than a case may be."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What a step comes to, in the form that is written; made before anything changes, so that what fails parks."""

    case: StoredCase | None
    """None where the case stays as it is."""
    said: Sequence[OutputRecord]


class Batch:
    """Collects the outcome of records and timers of one task until the shell commits them together."""

    def __init__(
        self,
        shard: Shard,
        codec: Codec,
        refusals_max: int = REFUSALS_MAX,
        parked_then: Mapping[int, Entry] = MappingProxyType({}),
        rules: Service | None = None,
        *,
        signatures_judged: bool = False,
    ) -> None:
        """`parked_then`: entries by number that a replay takes as parked, as they were, without deciding them.

        `rules`: the release by whose rules a replay decides; None: by those in force. `signatures_judged`: the log says that the
        signatures of these records were found good, and they are not verified again.
        """
        self._parked_then, self._fixed_rules = parked_then, rules
        self.shard = shard
        self.service = shard.service
        self.codec = codec
        self.records = 0
        self.transitions: list[Transition] = []
        meta = shard.meta
        self.positions = dict(meta.positions)
        self.halted = meta.halted
        self._last_tick, self._simulated = meta.last_tick, meta.simulated
        self._refusals = RefusalCount(meta.refusals, refusals_max)
        self._has_reference = False
        self._now: datetime | None = None
        self._overlay = Overlay(shard)
        self._producers = None if signatures_judged else Producers(self._overlay)
        self._ledger = Ledger(shard, codec)
        self._releasing: int | None = None
        self._said: list[OutputRecord] = []
        self._dead: list[OutputRecord] = []

    @property
    def decided_entries(self) -> Sequence[Entry]:
        """The decision entries so far."""
        return self._ledger.entries

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been taken in."""
        return self.records == 0 and not self._ledger.entries

    @property
    def touches_no_case(self) -> bool:
        """Tell whether it holds nothing but ticks that found nothing due, and the like."""
        return not self._overlay.touched and not self._dead

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return len(self._dead)

    def accepts(self, record: InputRecord) -> bool:
        """Tell whether a record may join: once a reference fact was taken in, whoever must see it comes later."""
        return not self._has_reference or self.service.inputs[record.topic] in self.service.reference_kinds

    # --- one record -------------------------------------------------------------------------------

    def handle(self, record: InputRecord, timers_max: int | None) -> bool:
        """Take in one record; False when a tick has more due timers than `timers_max`: commit, then hand it in again.

        `timers_max` None: a tick only sets the time; a replay fires the timers that its entries name.
        """
        kind = self.service.inputs[record.topic]
        if kind is ClockTicked:
            return self._tick(record, timers_max)
        if kind is CommandIssued:
            self._command(record)
        elif kind.broadcast:
            self._reference(record)
        else:
            self.handle_fact(record, entries.RECORD)
        self._advance(record)
        return True

    def _advance(self, record: InputRecord) -> None:
        self.positions[record.topic] = record.offset + 1
        self.records += 1

    def now_of(self, record: InputRecord) -> datetime:
        """The instant a record is decided at: see `Context.now`."""
        if self._now is not None:
            return self._now
        appended = append_time(record)
        if self._last_tick is None:
            return appended
        return self._last_tick if self._simulated else max(self._last_tick, appended)

    def decide_at(self, now: datetime) -> None:
        """Fix the instant of what follows: a replay takes it from the decision entry."""
        self._now = now

    def handle_fact(self, record: InputRecord, kind: str) -> bool:
        """Decide a case's fact, refuse it or park it; True when it was decided or known."""
        now = self.now_of(record)
        try:
            event = admit(record, self.codec, now, self.service.partitions, self._producers)
        except RefusedAtDoor as refused:
            self._refuse(record, kind, "", "", refused.reason(), now)
            return False
        case = self._overlay.case(event.case_key)
        if case is not None and case.parked and kind != entries.RELEASED:
            self.park(record, kind, event.case_key, event.envelope.id, "case-parked", now)
            return False
        if (then := self._parked_then.get(self._ledger.next_number)) is not None:
            self._park_as(then, record, now)
            return False
        context = self._context(now, event.envelope.id, event.envelope.source)
        try:
            step = step_fact(self._rules_at(now), case, event, context)
            written = self._written(case, step)
        except _CaseTooLargeError:
            reason, before = Reason("case-too-large", outcome=Outcome.REFUSED), self._overlay.digest(event.case_key)
            self._refuse(record, kind, event.case_key, event.envelope.id, reason, now, before)
            return False
        except Exception as error:  # a bug in the rules: this case parks, others flow
            self.park(record, kind, event.case_key, event.envelope.id, "rules-broken", now, type(error).__name__)
            return False
        self._decided(record, kind, event, step, written, now)
        return step.reason.outcome is not Outcome.REFUSED

    def _written(self, before: Case | None, step: Step) -> _Written:
        changed = None if step.case is before else self._overlay.stored(step.case)
        if changed is not None and len(changed.value or b"") > CASE_BYTES_MAX:
            raise _CaseTooLargeError
        return _Written(changed, [self._spoken(*said) for said in step.said])

    def _decided(
        self, record: InputRecord, kind: str, event: Event, step: Step, written: _Written, now: datetime
    ) -> None:
        before = self._overlay.digest(event.case_key)
        self._change(event.case_key, written, event.envelope, event.envelope.id)
        if step.reason.outcome is Outcome.REFUSED:
            self._refuse(record, kind, event.case_key, event.envelope.id, step.reason, now, before, step.said)
            return
        self._refusals.decided(record.topic, event.envelope.source)
        if step.originals is Originals.KEEP:
            self._overlay.kept.keep(event.case_key, record)
        elif step.originals is not Originals.AS_THEY_ARE:
            self._let_go(event.case_key, step, now, before)
        after = self._overlay.digest(event.case_key)
        self._ledger.enter(entries.of_record, kind, record, event, step, now, before, after)

    def _change(self, key: str, written: _Written, cause: Envelope | None, cause_id: str) -> None:
        """Let a case and what was said be as a step made them."""
        self._said += written.said
        if written.case is None:
            return
        if self.service.effect_port:
            before, after = self._overlay.case(key), written.case.case
            decision = decision_id(self.service.name, self.shard.partition, self._ledger.next_number)
            trace = context_of_decision(cause, cause_id, decision)
            self.transitions.append(Transition(key, before and before.state, after and after.state, trace))
        self._overlay.put(key, written.case)

    def _refuse(
        self,
        record: InputRecord,
        kind: str,
        case_key: str,
        event_id: str,
        reason: Reason,
        now: datetime,
        before: bytes = b"",
        said: Sequence[SaidFact] = (),
    ) -> None:
        self._dead.append(dead_letter(self.service.name, self.shard.partition, record, reason, now))
        source = source_of(record.headers)
        if self._refusals.refused(record.topic, source) and self.halted is None:
            self.halted = Halt(record.topic, source, now)
        after = self._overlay.digest(case_key) if case_key else b""
        self._ledger.enter(entries.of_outcome, kind, record, case_key, event_id, reason, now, before, after, said)

    def _let_go(self, case_key: str, step: Step, now: datetime, before: bytes) -> None:
        """Let go of a case's kept originals; refused ones are no fault of a producer's, so they halt nothing."""
        for record in self._overlay.kept.let_go(case_key):
            if step.originals is not Originals.REFUSE:
                continue
            reason = Reason(step.reason.code, step.reason.paragraphs, outcome=Outcome.REFUSED)
            self._dead.append(dead_letter(self.service.name, self.shard.partition, record, reason, now))
            event_id = (dict(record.headers).get("ce_id") or b"").decode()
            self._ledger.enter(
                entries.of_outcome, entries.KEPT, record, case_key, event_id, reason, now, before, before, ()
            )

    def park(
        self,
        record: InputRecord,
        kind: str,
        case_key: str,
        event_id: str,
        code: str,
        now: datetime,
        error: str = "",
    ) -> None:
        """Let a record wait in its case: it, later records of the case and its timers wait in order."""
        before = self._overlay.digest(case_key)
        waiting = ParkedRecord(
            record.topic,
            record.partition,
            record.offset,
            record.append_time_ms,
            record.key,
            record.value,
            list(record.headers),
        )
        if self._overlay.park(case_key, waiting, self._releasing) >= PARKED_MAX:
            self.halted = Halt(record.topic, case_key, now)
        values = {"error": error} if error else {}
        reason = Reason(code, values=values, outcome=Outcome.PARKED)
        after = self._overlay.digest(case_key)
        self._ledger.enter(entries.of_outcome, kind, record, case_key, event_id, reason, now, before, after, ())

    def _park_as(self, then: Entry, record: InputRecord, now: datetime) -> None:
        error = then["values"].get("error", "")
        self.park(record, then["kind"], then["case_key"], then["event_id"], then["code"], now, error)

    # --- ticks and timers -------------------------------------------------------------------------

    def _tick(self, record: InputRecord, timers_max: int | None) -> bool:
        if self._overlay.touched:
            raise ValueError("a tick needs a batch of its own: commit what came before it first")
        now = append_time(record)
        try:
            event, tick = admit_tick(record, self.codec, now)
        except RefusedAtDoor as refused:
            self._refuse(record, entries.TICK, "", "", refused.reason(), now)
            self._advance(record)
            return True
        if self._last_tick is not None and tick.now < self._last_tick:
            reason = Reason("tick-not-later", outcome=Outcome.ALREADY_KNOWN)
        else:
            self._last_tick, self._simulated = tick.now, tick.simulated
            if timers_max is not None and (self.fire_due(timers_max) >= timers_max or self._is_due_again()):
                return False
            reason = Reason("tick", values={"simulated": "true"} if tick.simulated else {})
        self._outcome(record, entries.TICK, "", event.envelope.id, reason, self.now_of(record))
        self._advance(record)
        return True

    def fire_due(self, timers_max: int) -> int:
        """Handle cases whose timers the last tick has passed, in (due, key) order; gives how many."""
        if self._last_tick is None:
            return 0
        due = self.shard.timers.due(self._last_tick, timers_max, skip=self._overlay.touched)
        for case_key, timer in due:
            self.fire(case_key, timer, self._last_tick)
        return len(due)

    def _is_due_again(self) -> bool:
        now = self._last_tick
        timers = (stored.timer for stored in self._overlay.touched.values())
        return now is not None and any(timer is not None and timer.due_at <= now for timer in timers)

    def fire(self, case_key: str, timer: Timer, now: datetime) -> None:
        """Handle one case's timer."""
        case = self._overlay.case(case_key)
        assert case is not None
        before = self._overlay.digest(case_key)
        cause = timer_cause(case_key, timer)
        stand_in = InputRecord(TIMER_TOPIC, self.shard.partition, 0, 0, timer.name.encode(), None, ())
        if (then := self._parked_then.get(self._ledger.next_number)) is not None:
            self._park_as(then, stand_in, now)
            return
        try:
            context = self._context(now, cause, self.service.source)
            step = step_timer(self._rules_at(now), case, case_key, timer, context)
            written = self._written(case, step)
        except Exception as error:  # a bug in the rules: this case parks with its timers, others flow
            self.park(stand_in, entries.TIMER, case_key, cause, "rules-broken", now, type(error).__name__)
            return
        self._change(case_key, written, None, cause)
        if step.originals is not Originals.AS_THEY_ARE:
            self._let_go(case_key, step, now, before)
        self._ledger.enter(entries.of_timer, case_key, timer, cause, step, now, before, self._overlay.digest(case_key))

    # --- reference facts and commands -------------------------------------------------------------

    def _reference(self, record: InputRecord) -> None:
        now = self.now_of(record)
        try:
            event = admit(record, self.codec, now, self.service.partitions, self._producers)
        except RefusedAtDoor as refused:
            self._refuse(record, entries.REFERENCE, "", "", refused.reason(), now)
            return
        known = self._overlay.reference(event.fact.topic, event.case_key)
        newer = known is None or getattr(event.fact, "revision", 1) > getattr(known, "revision", 1)
        if newer:
            self._overlay.refer(event.fact)
            self._has_reference = True
            reason = Reason("reference-kept")
        else:
            reason = Reason("reference-not-newer", outcome=Outcome.ALREADY_KNOWN)
        self._outcome(record, entries.REFERENCE, event.case_key, event.envelope.id, reason, now)

    def _command(self, record: InputRecord) -> None:
        now = self.now_of(record)
        try:
            event, command = admit_command(record, self.codec, now, self.service)
        except RefusedAtDoor as refused:
            self._refuse(record, entries.COMMAND, "", "", refused.reason(), now)
            return
        if command.action == "reconcile":
            self.handle_fact(record, entries.RECORD)
            return
        # What it brings back is decided now, not when it first came: a task's instants go forward, also on replay.
        fixed, self._now = self._now, now
        code = self._obey(command)
        self._now = fixed
        reason = Reason(code, values={"issued_by": command.issued_by, "explanation": command.explanation})
        self._outcome(record, entries.COMMAND, command.subject, event.envelope.id, reason, now)

    def _obey(self, command: CommandIssued) -> str:
        if command.action == "resume":
            resumed = RESUMED if self.halted else "nothing-halted"
            self.halted = None
            self._refusals.forget()
            return resumed
        if command.action == "release":
            return "released" if self._release(command.subject) else "nothing-parked"
        assert command.original is not None
        self.handle_fact(original_record(command.original, self.shard.partition), entries.REDRIVEN)
        return "redriven"

    def _release(self, case_key: str) -> bool:
        """Decide a parked case's records again, in order; stops at the first that parks again."""
        waiting = self._overlay.waiting(case_key)
        following = max(waiting, default=0) + 1
        for left, (number, parked) in zip(reversed(range(len(waiting))), waiting.items(), strict=True):
            self._overlay.unpark(case_key, number, left, following)
            if parked.topic == TIMER_TOPIC:
                continue
            self._releasing = number
            self.handle_fact(parked_record(parked), entries.RELEASED)
            self._releasing = None
            if self._ledger.entries[-1]["outcome"] == Outcome.PARKED:
                break
        return bool(waiting)

    # --- small ------------------------------------------------------------------------------------

    def _rules_at(self, now: datetime) -> Service:
        return self._fixed_rules or self.service.rules_at(now)

    def _context(self, now: datetime, fact_id: str, source: str) -> Context:
        return Context(now, fact_id, source, self.shard.calendar, self.shard.references)

    def _spoken(self, fact: Fact, envelope: Envelope) -> OutputRecord:
        key = fact.case_key.encode()
        partition = partition_of(key, self.service.partitions)
        value = self.codec.encode(fact.topic, fact)
        return OutputRecord(fact.topic, partition, key, value, headers_of(fact.topic, envelope))

    def _outcome(
        self, record: InputRecord, kind: str, case_key: str, event_id: str, reason: Reason, now: datetime
    ) -> None:
        """Enter a record that is about the task, not about one case."""
        self._ledger.enter(entries.of_outcome, kind, record, case_key, event_id, reason, now, b"", b"", ())

    # --- the end of the batch ---------------------------------------------------------------------

    def spoken(self) -> list[OutputRecord]:
        """Give what others read: the facts said and the dead letters."""
        return [*self._said, *self._dead]

    def outputs(self) -> list[OutputRecord]:
        """Give everything the transaction writes: facts, dead letters, decision records, state, and where the task stands."""
        written = [*self.spoken(), *self._ledger.records()]
        name, partition = topics.changelog_topic(self.service.name), self.shard.partition
        written += [OutputRecord(name, partition, key.encode(), value) for key, value in self._overlay.changes()]
        written.append(OutputRecord(name, partition, META_KEY.encode(), encode_struct(self._meta())))
        return written

    def _meta(self) -> TaskMeta:
        return TaskMeta(
            positions=self.positions,
            last_tick=self._last_tick,
            simulated=self._simulated,
            head=self._ledger.head,
            next_number=self._ledger.next_number,
            halted=self.halted,
            refusals=self._refusals.counts,
        )

    def apply(self) -> None:
        """Change the shard: only after the transaction was committed."""
        self._overlay.apply()
        self.shard.meta = self._meta()
