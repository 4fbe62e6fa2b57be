"""A task's memory: the cases of one partition of one service, as of the last committed transaction."""

from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec.structs import replace

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.decision import Timer
from schemas.fact import Fact
from schemas.mesh import CalendarPublished
from services.runtime.cases import (
    KEPT_PREFIX,
    META_KEY,
    PARKED_PREFIX,
    REFERENCE_PREFIX,
    Case,
    CaseFormat,
    ParkedRecord,
    TaskMeta,
    TimerIndex,
    decode_meta,
    decode_parked,
    state_digest,
)
from services.runtime.errors import NewerState, UnreadableState
from services.runtime.service import Service


@dataclass(slots=True)
class Shard:
    """Everything one task remembers. Changed only by `restore` (from the changelog) and by a committed batch."""

    service: Service
    partition: int
    format: CaseFormat = field(init=False)
    cases: dict[str, Case] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    parked: dict[str, dict[int, ParkedRecord]] = field(default_factory=dict)
    kept: dict[str, dict[str, ParkedRecord]] = field(default_factory=dict)
    references: dict[str, dict[str, Fact]] = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    timers: TimerIndex = field(default_factory=TimerIndex)
    meta: TaskMeta = field(default_factory=TaskMeta)

    def __post_init__(self) -> None:
        self.format = CaseFormat(self.service)

    def restore(self, key: str, value: bytes | None) -> None:
        """Take in one changelog record; a later record of the same key replaces the earlier, None removes it.

        `NewerState` and `UnreadableState` say what cannot be taken in.
        """
        try:
            self._take_in(key, value)
        except (NewerState, UnreadableState):
            raise
        except Exception as error:
            raise UnreadableState(
                f"{self.service.name} 分区 {self.partition} 的状态主题在 {key} 下有本版本无法读入的内容：由其他服务写入，或本版本处理出错；请启动此前运行的版本，并查明原因。",
                f"{self.service.name}: the changelog of partition {self.partition} holds under {key} what this release "
                f"cannot take in ({error!r}): another service wrote it, or this release breaks over it; start the one "
                "that ran before, and find out.",
            ) from error

    def _take_in(self, key: str, value: bytes | None) -> None:
        if key == META_KEY:
            self.meta = TaskMeta() if value is None else decode_meta(value)
        elif key.startswith(REFERENCE_PREFIX):
            self._restore_reference(key, value)
        elif key.startswith(PARKED_PREFIX):
            self._restore_parked(key, value)
        elif key.startswith(KEPT_PREFIX):
            case_key, _, name = key[len(KEPT_PREFIX) :].partition("/")
            self.put_kept(case_key, name, None if value is None else decode_parked(value))
        else:
            case = None if value is None else self._compacted(self.format.decode(value))
            self.put(key, case, state_digest(value), self.timer_of(case))

    def _compacted(self, case: Case) -> Case:
        if case.state is None:
            return case
        state = self.service.compacted(case.state)
        return case if state is case.state else replace(case, state=state)

    def timer_of(self, case: Case | None) -> Timer | None:
        """Ask the rules when a case wants to be looked at. A parked case's timers wait."""
        if case is None or case.parked or case.state is None:
            return None
        return self.service.next_timer(case.state)

    def put(self, key: str, case: Case | None, digest: bytes, timer: Timer | None) -> None:
        """Set or remove a case, with its timer."""
        self.timers.set(key, timer)
        if case is None:
            self.cases.pop(key, None)
            self.digests.pop(key, None)
            return
        self.cases[key] = case
        self.digests[key] = digest

    def put_reference(self, fact: Fact) -> None:
        """Keep a reference fact; a calendar is made ready for counting."""
        self.references.setdefault(fact.topic, {})[fact.case_key] = fact
        if isinstance(fact, CalendarPublished):
            year = CalendarYear(frozenset(fact.days_off), frozenset(fact.make_up_days))
            self.calendar = WorkingCalendar(MappingProxyType({**self.calendar.years, fact.year: year}))

    def put_parked(self, case_key: str, number: int, record: ParkedRecord | None) -> None:
        """Keep, or let go of, a record that waits."""
        waiting = self.parked.setdefault(case_key, {})
        if record is None:
            waiting.pop(number, None)
        else:
            waiting[number] = record
        if not waiting:
            del self.parked[case_key]

    def put_kept(self, case_key: str, name: str, record: ParkedRecord | None) -> None:
        """Keep, or let go of, the original of a record whose case cannot judge it yet."""
        kept = self.kept.setdefault(case_key, {})
        if record is None:
            kept.pop(name, None)
        else:
            kept[name] = record
        if not kept:
            del self.kept[case_key]

    def _restore_reference(self, key: str, value: bytes | None) -> None:
        topic = key[len(REFERENCE_PREFIX) :].split("/", 1)[0]
        kinds = {kind.topic: kind for kind in self.service.reference_kinds}
        if value is not None and topic in kinds:
            # A newer release may have written a field more: it is left out, as it is where the fact itself is read.
            self.put_reference(kinds[topic].model_validate_json(value, extra="ignore"))

    def _restore_parked(self, key: str, value: bytes | None) -> None:
        case_key, _, number = key[len(PARKED_PREFIX) :].rpartition("/")
        self.put_parked(case_key, int(number), None if value is None else decode_parked(value))
