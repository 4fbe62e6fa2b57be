"""One transaction's worth of work on one task: records in, outputs and changes out. Pure until applied.

A batch takes records and ticks in and gives what is to be committed. How a fact or a timer is decided stands in
`deciding.py`, how that is written down in `outcomes.py`; the shard itself changes only in `apply`, after the commit returned.
"""

from schemas import topics
from schemas.decision import Outcome, Reason
from schemas.mesh import ClockTicked, CommandIssued
from services.runtime import entries
from services.runtime.cases import META_KEY, TaskMeta, encode_struct
from services.runtime.commands import admit_command, original_record, parked_record
from services.runtime.deciding import TIMER_TOPIC, Deciding
from services.runtime.door import admit, admit_tick
from services.runtime.records import InputRecord, OutputRecord, append_time
from services.runtime.refusals import RefusedAtDoor

RESUMED = "resumed"
"""Code of the command that ended a halt."""


class Batch(Deciding):
    """Collects the outcome of records and timers of one task until the shell commits them together."""

    _has_reference = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been taken in."""
        return self.records == 0 and not self._ledger.entries

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
        elif record.topic in self.service.broadcast_inputs:
            self._reference(record)
        else:
            self.handle_fact(record, entries.RECORD)
        self._advance(record)
        return True

    def _advance(self, record: InputRecord) -> None:
        self.positions[record.topic] = record.offset + 1
        self.records += 1

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

    # --- reference facts and commands -------------------------------------------------------------

    def _reference(self, record: InputRecord) -> None:
        now = self.now_of(record)
        try:
            event = admit(record, self.codec, now, self.service.partitions, self._producers)
        except RefusedAtDoor as refused:
            self._refuse(record, entries.REFERENCE, "", "", refused.reason(), now)
            return
        known = self._overlay.reference(event.fact.topic, event.case_key)
        revision, known_revision = (getattr(fact, "revision", 1) for fact in (event.fact, known))
        if known is not None and revision == known_revision and event.fact != known:
            # Two said it at once, and other tasks may have read them the other way round: not to be passed over in silence.
            conflict = Reason("reference-conflict", outcome=Outcome.REFUSED)
            self._refuse(record, entries.REFERENCE, "", event.envelope.id, conflict, now)
            return
        newer = known is None or revision > known_revision
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

    # --- the end of the batch ---------------------------------------------------------------------

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
