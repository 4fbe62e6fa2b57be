"""One fact or one timer is taken through door and rules: decided, refused or parked. Pure, like `step` that it rests on."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from schemas.decision import Context, Originals, Outcome, Reason, Timer
from schemas.fact import Fact
from services.runtime import entries
from services.runtime.cases import Case
from services.runtime.codec import Codec
from services.runtime.door import Event, admit
from services.runtime.entries import Entry
from services.runtime.envelope import Envelope, headers_of
from services.runtime.outcomes import Outcomes, Written
from services.runtime.records import InputRecord, OutputRecord, append_time, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service
from services.runtime.shard import Shard
from services.runtime.signatures import Producers
from services.runtime.step import Step, step_fact, step_timer, timer_cause

REFUSALS_MAX = 50
"""Refusals of one producer on one topic, less what was decided in between, at which the task halts."""
CASE_BYTES_MAX = 4 * 1024 * 1024
"""Largest stored form of a case: what the changelog would not take, no task could ever commit."""
TIMER_TOPIC = "@timer"
_REFUSED, _KEEP, _AS_THEY_ARE = Outcome.REFUSED, Originals.KEEP, Originals.AS_THEY_ARE


class _CaseTooLargeError(Exception):
    """With this record the case would be larger than a case may be."""


class Deciding(Outcomes):
    """Decides facts and timers, each at its instant and by the rules in force then."""

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
        super().__init__(shard, codec, refusals_max)
        self._parked_then, self._fixed_rules = parked_then, rules
        self._producers = None if signatures_judged else Producers(self._overlay)
        self._last_tick, self._simulated = shard.meta.last_tick, shard.meta.simulated
        self._now: datetime | None = None

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
        return step.reason.outcome is not _REFUSED

    def _written(self, before: Case | None, step: Step) -> Written:
        changed = None if step.case is before else self._overlay.stored(step.case)
        if changed is not None and len(changed.value or b"") > CASE_BYTES_MAX:
            raise _CaseTooLargeError
        return Written(changed, [self._spoken(*said) for said in step.said] if step.said else ())

    def _decided(
        self, record: InputRecord, kind: str, event: Event, step: Step, written: Written, now: datetime
    ) -> None:
        before = self._overlay.digest(event.case_key)
        self._change(event.case_key, written, event.envelope, event.envelope.id)
        if step.reason.outcome is _REFUSED:
            self._refuse(record, kind, event.case_key, event.envelope.id, step.reason, now, before, step.said)
            return
        self._refusals.decided(record.topic, event.envelope.source)
        if step.originals is _KEEP:
            self._overlay.kept.keep(event.case_key, record)
        elif step.originals is not _AS_THEY_ARE:
            self._let_go(event.case_key, step, now, before)
        after = self._overlay.digest(event.case_key)
        self._ledger.enter(entries.of_record, kind, record, event, step, now, before, after)

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
        if step.originals is not _AS_THEY_ARE:
            self._let_go(case_key, step, now, before)
        self._ledger.enter(entries.of_timer, case_key, timer, cause, step, now, before, self._overlay.digest(case_key))

    def _park_as(self, then: Entry, record: InputRecord, now: datetime) -> None:
        error = then["values"].get("error", "")
        self.park(record, then["kind"], then["case_key"], then["event_id"], then["code"], now, error)

    def _rules_at(self, now: datetime) -> Service:
        return self._fixed_rules or self.service.rules_at(now)

    def _context(self, now: datetime, fact_id: str, source: str) -> Context:
        return Context(now, fact_id, source, self.shard.calendar, self.shard.references)

    def _spoken(self, fact: Fact, envelope: Envelope) -> OutputRecord:
        key = fact.case_key.encode()
        partition = partition_of(key, self.service.partitions)
        value = self.codec.encode(fact.topic, fact)
        return OutputRecord(fact.topic, partition, key, value, headers_of(fact.topic, envelope))
