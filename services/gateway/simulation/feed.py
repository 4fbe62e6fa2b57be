"""The whole feed: a history up to a day, then three weeks in which things happen; written as CSV files with a plan."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from schemas.decision import LEGAL_ZONE
from services.gateway.simulation import appraisals, broken, cards, contributions, months
from services.gateway.simulation.contributions import Ledger, Row, TaxOffice
from services.gateway.simulation.units import Habit, Unit, make_units

PLAN_FILE = "plan.json"
MONDAY = 0


@dataclass(frozen=True, slots=True)
class FeedSize:
    """How much there is of everything."""

    units: int = 540
    months: int = 24
    applications: int = 40
    lost_cards: int = 40
    experts: int = 60
    broken: bool = True


@dataclass(frozen=True, slots=True)
class Phase:
    """Files that arrive together, and when."""

    title: str
    at: datetime
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """When what arrives; `effects_from` is the legal date before which nobody is told anything."""

    begins_at: datetime
    effects_from: date
    ends_at: datetime
    phases: tuple[Phase, ...]


class Feed:
    """Makes the rows of one seed and writes them."""

    def __init__(self, seed: int, end: date, size: FeedSize) -> None:
        """`end`: last day of the history, at best a month's last; the weeks after it begin on the next Tuesday."""
        self._random = Random(seed)  # noqa: S311 — a feed has to be the same for the same seed; nothing here is secret
        self._end, self._size = end, size
        self._tuesday = _next_weekday(end, MONDAY) + timedelta(days=1)
        self.files: dict[str, list[Row]] = {}
        self._phases: list[tuple[str, datetime, list[str]]] = []

    def make(self) -> None:
        """Make everything, in memory: a feed is as large as a morning's delivery, not as an archive."""
        random, end, size = self._random, self._end, self._size
        of_months = months.months_before(end, size.months)
        units = make_units(random, size.units, of_months[0], end)
        office = TaxOffice(random, end)
        for unit in units:
            office.write(unit, of_months)
        hospitals = appraisals.Hospital(random, 9)
        window = appraisals.IntakeWindow(random, units, hospitals)
        hotline = cards.Hotline(random)
        self._history(units, office.ledger, appraisals.experts(random, size.experts, hospitals, end), window)
        known = [unit for unit in units if unit.habit is not Habit.UNREGISTERED]
        missing = frozenset(unit.number for unit in random.sample(known, k=max(1, len(known) // 14)))
        ledger, newly_owed = contributions.latest_month(known, of_months[-1], missing)
        self._weeks(office.owed, newly_owed, ledger, window, hotline)

    def plan(self) -> Plan:
        """When what arrives."""
        begins = _at(self._end + timedelta(days=1), time(9))
        phases = tuple(Phase(title, at, tuple(files)) for title, at, files in self._phases)
        return Plan(begins, self._tuesday, _at(self._tuesday + timedelta(days=15), time(18)), phases)

    # --- what arrives when --------------------------------------------------------------------------

    def _history(self, units: Sequence[Unit], ledger: Ledger, pool: list[Row], window: appraisals.IntakeWindow) -> None:
        self._phase("history", _at(self._end + timedelta(days=1), time(9, 5)))
        registered = [unit for unit in units if unit.habit is not Habit.UNREGISTERED]
        self._file("units", "unit-registered", [contributions.registration(unit) for unit in registered])
        # Payments first: what was paid long ago is then never found owed on the way.
        self._file("payments", "contribution-paid", ledger.paid, twice="paid_fen")
        self._file("assessments", "contribution-assessed", ledger.assessed, twice="assessed_fen")
        self._file("missed", "contribution-missed", ledger.missed)
        self._file("experts", "expert-registered", pool)
        early = self._size.applications // 3
        days = [self._end - timedelta(days=self._random.randrange(3, 25)) for _ in range(early)]
        self._file("applications", "appraisal-submitted", [window.application(day) for day in sorted(days)])

    def _weeks(
        self,
        owed: Sequence[contributions.Line],
        newly_owed: Sequence[contributions.Line],
        latest: Ledger,
        window: appraisals.IntakeWindow,
        hotline: cards.Hotline,
    ) -> None:
        size, debtors = self._size, sorted({line.unit.number for line in owed})
        payers = self._random.sample(debtors, k=len(debtors) // 3)
        first, second = set(payers[: len(payers) // 2]), set(payers[len(payers) // 2 :])
        applications = size.applications - size.applications // 3
        reports: list[Row] = []
        for week in range(3):
            on = self._tuesday + timedelta(days=7 * week)
            if week == _WEEK_AFTER_DUE_DAY:
                self._phase("due-day", _at(on - timedelta(days=1), time(16)))
                self._file("payments", "contribution-paid", latest.paid)
            self._phase(f"week-{week + 1}", _at(on, time(9, 30)))
            if week == 0:
                self._file("assessments", "contribution-assessed", latest.assessed)
            self._cards(week, on, hotline, reports)
            if week < _WEEKS_OF_APPLICATIONS:
                count = applications // 2 if week == 0 else applications - applications // 2
                received = [window.application(on - timedelta(days=1)) for _ in range(count)]
                self._file("applications", "appraisal-submitted", received)
                if week == 0:
                    self._taken_back = received[1]
                else:
                    taken_back = [appraisals.withdrawal(self._taken_back, on)]
                    self._file("withdrawals", "appraisal-withdrawn", taken_back)
            self._payments(week, on, owed, newly_owed, (first, second), latest)

    def _payments(
        self,
        week: int,
        on: date,
        owed: Sequence[contributions.Line],
        newly_owed: Sequence[contributions.Line],
        payers: tuple[set[int], set[int]],
        latest: Ledger,
    ) -> None:
        yesterday = on - timedelta(days=1)
        if week < len(payers):
            lines = [line for line in owed if line.unit.number in payers[week]]
            self._file("payments", "contribution-paid", contributions.payments_for(lines, yesterday))
            return
        self._file("missed", "contribution-missed", latest.missed)
        late = contributions.payments_for(newly_owed[: len(newly_owed) // 3], yesterday, part=0.5)
        self._file("payments", "contribution-paid", late)

    def _cards(self, week: int, on: date, hotline: cards.Hotline, earlier: list[Row]) -> None:
        count = self._size.lost_cards // 3 + (week < self._size.lost_cards % 3)
        reports = [hotline.report(on) for _ in range(count)]
        again = [hotline.twice(reports[0])] if reports else []
        by_telephone = [report for report in earlier if cards.is_temporary(report)]
        written = [cards.in_writing(report, on) for report in by_telephone[::2]]
        self._file("lost-cards", "card-lost", reports + again + written)
        if by_telephone[1::2]:
            self._file("found-cards", "card-found", [cards.found(report, on) for report in by_telephone[1::2]])
        earlier[:] = reports

    # --- files --------------------------------------------------------------------------------------

    def _phase(self, title: str, at: datetime) -> None:
        self._phases.append((title, at, []))

    def _file(self, name: str, topic: str, rows: list[Row], twice: str = "") -> None:
        if not rows:
            return
        title, _, files = self._phases[-1]
        rows = sorted(rows, key=lambda row: (row["occurred_on"], row["reference"]))
        is_first = topic not in {row["topic"] for rows in self.files.values() for row in rows[:1]}
        if self._size.broken and is_first:
            doubled = [broken.doubled_reference(self._random, rows, twice)] if twice else []
            for row in broken.broken_rows(self._random, topic, rows):
                rows.insert(self._random.randrange(len(rows) + 1), row)
            rows += doubled
        path = f"{title}/{name}.csv"
        files.append(path)
        self.files[path] = [{"topic": topic} | row for row in rows]

    def write(self, folder: Path) -> None:
        """Write the files and the plan."""
        for path, rows in self.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("w", encoding="utf-8", newline="") as text:
                writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        plan = self.plan()
        (folder / PLAN_FILE).write_text(
            json.dumps(
                {
                    "begins_at": plan.begins_at.isoformat(),
                    "effects_from": plan.effects_from.isoformat(),
                    "ends_at": plan.ends_at.isoformat(),
                    "phases": [
                        {"title": phase.title, "at": phase.at.isoformat(), "files": list(phase.files)}
                        for phase in plan.phases
                    ],
                },
                ensure_ascii=False,
                indent=2,
            )
            + "\n",
            encoding="utf-8",
        )


_WEEKS_OF_APPLICATIONS = 2
_WEEK_AFTER_DUE_DAY = 2


def read_plan(folder: Path) -> Plan:
    """Read a feed's plan; FileNotFoundError, KeyError or ValueError where there is none that can be read."""
    plain = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
    return Plan(
        datetime.fromisoformat(plain["begins_at"]),
        date.fromisoformat(plain["effects_from"]),
        datetime.fromisoformat(plain["ends_at"]),
        tuple(
            Phase(phase["title"], datetime.fromisoformat(phase["at"]), tuple(phase["files"]))
            for phase in plain["phases"]
        ),
    )


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LEGAL_ZONE)
