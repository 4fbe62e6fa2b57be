"""One unit's case lived from its first fact: whoever chooses what comes next, every decision is held to what must hold.

A part of the case (`LifePart`) says which facts may come, which stages it has and which of them are final, and what must
hold after each decision. Hypothesis chooses in `test_whole_life.py`, a seeded generator in `tests/harness/hashed_life.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from schemas.contributions import UnitRegistered
from schemas.decision import Context, Decision, Originals, Outcome, TimerDue
from schemas.fact import Fact, SourceFact
from schemas.mesh import ParameterPublished
from schemas.officers import OfficerPublished
from services.arrears.rules import decide, next_timer
from services.arrears.rules_state import UnitCase
from services.arrears.worker import SERVICE
from tests.services.arrears.samples import PUBLISHED, at, context
from tests.services.arrears.samples_assignment import ROSTER

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
FIRST_DAY = date(2023, 10, 9)
TIMERS_A_WAIT_MAX = 400
"""More timers than any wait could need: a case that asks for more does not move on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about the case, with what it knew."""

    before: UnitCase | None
    cause: Fact | TimerDue
    decision: Decision[UnitCase]
    context: Context

    @property
    def now(self) -> UnitCase | None:
        """The case after it."""
        return self.decision.state


@dataclass(frozen=True)
class LifePart:
    """What a part of the case brings to its life.

    `comes`: gives the next fact of this part, or None where none fits. `stage`: the name of the part's stage. `final`: stages
    that nothing leaves, each with why. `faults`: what does not hold after a step, in words.
    """

    name: str
    comes: Callable[["Life"], Fact | None]
    stage: Callable[[UnitCase | None], str]
    stages: frozenset[str]
    final: Mapping[str, str] = field(default_factory=dict)
    faults: Callable[["Life", Step], Iterable[str]] = lambda life, step: ()


class Broken(AssertionError):
    """Something that must hold does not; with the way that led there."""


class Life:
    """A case under way. `choose` picks one of the options it is shown."""

    def __init__(self, choose: Callable[[Sequence[int]], int], parts: Sequence[LifePart]) -> None:
        self.parts = parts
        self.case: UnitCase | None = None
        self.now: datetime = at(FIRST_DAY)
        self.parameters: dict[str, ParameterPublished] = {}
        self.heard: list[SourceFact] = []
        """Facts that were decided, and so count."""
        self.steps: list[Step] = []
        self.left: set[tuple[str, str, str]] = set()
        """Part, stage, next stage: every change seen."""
        self.decide: Callable[[UnitCase | None, Any, Context], Decision[UnitCase]] = decide
        """The rules under trial; a test of the guards puts broken ones in their place."""
        self._choose = choose
        self._count = 0

    def one_of(self, options: Sequence[T]) -> T:
        """Pick one."""
        return options[self._choose(range(len(options)))]

    def reference(self, letter: str) -> str:
        """A business reference that nobody has used."""
        self._count += 1
        return f"{letter}-{self._count}"

    @property
    def today(self) -> date:
        """The legal date."""
        return self.context.today

    @property
    def context(self) -> Context:
        """What the next decision may know; every decision has an id of its own."""
        fact_id = f"00000000-0000-5000-8000-{len(self.steps):012d}"
        plain = context(self.now, PUBLISHED, fact_id, self.parameters.values())
        officers = {one.officer: one for one in ROSTER}
        references = {**plain.references, OfficerPublished.topic: officers}
        return Context(plain.now, plain.fact_id, plain.source, plain.calendar, references)

    def lives_on(self, part: LifePart) -> None:
        """Hear the part's next fact, where one fits."""
        fact = part.comes(self)
        if fact is not None:
            self.hear(fact)

    def hear(self, fact: Fact) -> Step:
        """Decide a fact."""
        return self._decide(fact)

    def wait(self, days: int) -> None:
        """Let days pass; every timer fires at its own instant."""
        end = self.now + timedelta(days=days)
        for _ in range(TIMERS_A_WAIT_MAX):
            timer = None if self.case is None else next_timer(self.case)
            if timer is None or timer.due_at > end:
                self.now = end
                return
            self.now = max(self.now, timer.due_at)
            self._decide(TimerDue(timer.name, timer.due_at))
        raise Broken(f"more than {TIMERS_A_WAIT_MAX} timers in {days} days: the last {self.steps[-1].cause}")

    def _decide(self, cause: Fact | TimerDue) -> Step:
        step = Step(self.case, cause, self.decide(self.case, cause, self.context), self.context)
        self.case = step.now
        self.steps.append(step)
        self._remember(step)
        for part in self.parts:
            was, becomes = part.stage(step.before), part.stage(step.now)
            if was != becomes:
                self.left.add((part.name, was, becomes))
        faults = [*_faults_of_any(step)]
        for part in self.parts:
            faults += [f"{part.name}: {fault}" for fault in part.faults(self, step)]
        if faults:
            way = "\n".join(f"  {one.decision.reason.code:34} {one.cause!r}" for one in self.steps)
            raise Broken("\n".join([*faults, f"today {self.today}", way]))
        return step

    def _remember(self, step: Step) -> None:
        """Facts that were decided count; of a unit that never registered what was held is refused."""
        if step.decision.originals is Originals.REFUSE:
            self.heard = [fact for fact in self.heard if isinstance(fact, UnitRegistered)]
        if isinstance(step.cause, SourceFact) and step.decision.reason.outcome is Outcome.DECIDED:
            self.heard.append(step.cause)


def _faults_of_any(step: Step) -> Iterable[str]:
    """What holds of every decision of every part."""
    reason, now = step.decision.reason, step.now
    if reason.outcome is not Outcome.DECIDED and (now != step.before):
        yield f"{reason.code} is no decision, and changed the case"
    template = SERVICE.text_of(reason.code)
    if template is None:
        yield f"{reason.code} has no text"
    else:
        try:
            template.format_map(reason.values)
        except KeyError as missing:
            yield f"the text of {reason.code} lacks {missing}"
    if now is not None and msgspec.json.decode(msgspec.json.encode(now), type=UnitCase) != now:
        yield "read back from its stored form the case is another"
    if isinstance(step.cause, TimerDue):
        if step.context.now < step.cause.due_at:
            yield f"{step.cause.name} fired before its instant"
        following = None if now is None else next_timer(now)
        if following is not None and (following.name, following.due_at) == (step.cause.name, step.cause.due_at):
            yield f"{step.cause.name} asks for the same instant again"


def days_after(day: date, days: int) -> date:
    """A day counted from another."""
    return day + timedelta(days=days)
