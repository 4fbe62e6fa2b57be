"""What became of records and timers of one transaction, in the form in which it is written down.

Changes are laid over the shard (`overlay.py`), entries go to the ledger (`ledger.py`); the shard itself stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from schemas.decision import Originals, Outcome, Reason
from services.runtime import entries
from services.runtime.cases import Halt, ParkedRecord
from services.runtime.codec import Codec
from services.runtime.dead import dead_letter
from services.runtime.entries import Entry
from services.runtime.envelope import Envelope, context_of_decision, decision_id, source_of
from services.runtime.ledger import Ledger
from services.runtime.overlay import Overlay, StoredCase
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusal_count import RefusalCount
from services.runtime.shard import Shard
from services.runtime.step import SaidFact, Step

PARKED_MAX = 1_000
"""Records that may wait behind one parked case before the task halts."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What one step changed in a case's state, for an effect shell to see what is now to be attempted.

    `traceparent` is the trace context of the decision.
    """

    case_key: str
    before: Any
    after: Any
    traceparent: str = ""


class Written(msgspec.Struct, frozen=True, gc=False):
    """What a step comes to, in the form that is written; made before anything changes, so that what fails parks."""

    case: StoredCase | None
    """None where the case stays as it is."""
    said: Sequence[OutputRecord]


class Outcomes:
    """Writes down what became of each record: changes of cases, facts said, dead letters, parked records, entries."""

    def __init__(self, shard: Shard, codec: Codec, refusals_max: int) -> None:
        self.shard, self.service, self.codec = shard, shard.service, codec
        self.transitions: list[Transition] = []
        self.records, self.positions = 0, dict(shard.meta.positions)
        self.halted = shard.meta.halted
        self._refusals = RefusalCount(shard.meta.refusals, refusals_max)
        self._overlay, self._ledger = Overlay(shard), Ledger(shard, codec)
        self._releasing: int | None = None
        self._said: list[OutputRecord] = []
        self._dead: list[OutputRecord] = []

    @property
    def decided_entries(self) -> Sequence[Entry]:
        """The decision entries so far."""
        return self._ledger.entries

    @property
    def touches_no_case(self) -> bool:
        """Tell whether it holds nothing but ticks that found nothing due, and the like."""
        return not self._overlay.touched and not self._dead

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return len(self._dead)

    def spoken(self) -> list[OutputRecord]:
        """Give what others read: the facts said and the dead letters."""
        return [*self._said, *self._dead]

    def _change(self, key: str, written: Written, cause: Envelope | None, cause_id: str) -> None:
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

    def _outcome(
        self, record: InputRecord, kind: str, case_key: str, event_id: str, reason: Reason, now: datetime
    ) -> None:
        """Enter a record that is about the task, not about one case."""
        self._ledger.enter(entries.of_outcome, kind, record, case_key, event_id, reason, now, b"", b"", ())

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
        waiting = ParkedRecord.of(record)
        if self._overlay.park(case_key, waiting, self._releasing) >= PARKED_MAX:
            self.halted = Halt(record.topic, case_key, now)
        values = {"error": error} if error else {}
        reason = Reason(code, values=values, outcome=Outcome.PARKED)
        after = self._overlay.digest(case_key)
        self._ledger.enter(entries.of_outcome, kind, record, case_key, event_id, reason, now, before, after, ())
