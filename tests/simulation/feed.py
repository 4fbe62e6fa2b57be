"""What upstream, the clock and operators say in a run, as records appended to the simulated brokers."""

from datetime import date, timedelta

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.mesh import (
    CalendarPublished,
    ClockTicked,
    CommandIssued,
    OriginalRecord,
    ParameterPublished,
)
from schemas.signing import SigningKey
from schemas.topics import changelog_topic, commands_topic, dead_topic
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.cases import META_KEY, PARKED_PREFIX, decode_meta
from services.runtime.codec import Codec
from services.runtime.publishing import published, upstream_id
from services.runtime.records import OutputRecord, derived_id, partition_of
from services.runtime.service import Service
from services.runtime.signing import development_key, development_published, signed
from tests.harness.counting import unit_code
from tests.harness.letters import original_in
from tests.simulation.cluster import Cluster
from tests.simulation.plan import Input, Shape
from tests.simulation.tally import FORGOTTEN_FEN, LOOKED_AT_FEN, REFUSED_FEN, UNLUCKY_FEN

TAX, CLOCK, OPERATOR = "urn:weihai:tax", "/services/clock", "/operator"
AMOUNTS_FEN = (100, 200, LOOKED_AT_FEN, 300, UNLUCKY_FEN, 100, REFUSED_FEN, LOOKED_AT_FEN, 500, 100, 42)
UNKNOWN_SCHEMA = 60_000


class Feed:
    """Appends inputs; remembers what was said, for repeats, and what operators have done."""

    def __init__(self, cluster: Cluster, service: Service, codec: Codec, shape: Shape) -> None:
        self._cluster, self._service, self._codec, self._shape = cluster, service, codec, shape
        self._ahead = timedelta()
        self._said: list[Fact] = []
        self._key: SigningKey | None = None
        self._redriven: set[tuple[int, int]] = set()
        self._orders = 0

    def say(self, part: Input) -> None:
        """Append what an input stands for."""
        if part.what == "tick":
            self._tick(part)
        elif part.what == "key":
            self._rotate(part)
        elif part.what == "stranger":
            self._append(self._unsigned(self._fact(part)), part)
        elif part.what in ("calendar", "parameter"):
            self._broadcast(part)
        elif part.what in ("release", "redrive", "resume"):
            self._order(part)
        else:
            self._append(self._record(part), part)

    def _append(self, record: OutputRecord, part: Input) -> None:
        if part.within:
            self._cluster.append_within(record, part.hold_s, committed=part.within == "committed")
        else:
            self._cluster.append(record)

    # --- facts --------------------------------------------------------------------------------------

    def _record(self, part: Input) -> OutputRecord:
        if part.what in ("repeat", "contradiction") and self._said:
            fact = self._said[part.number % len(self._said)]
            if part.what == "contradiction":
                fact = fact.model_copy(update={"occurred_on": date(2026, 10, 11)})
            return self._published(fact)
        fact = self._fact(part)
        record = self._published(fact)
        if part.what == "junk":
            return record._replace(value=(record.value or b"")[: part.number % 30])
        if part.what == "unknown-schema":
            prefix = b"\x00" + (UNKNOWN_SCHEMA + part.number % 3).to_bytes(4, "big")
            return record._replace(value=prefix + (record.value or b"")[5:])
        if not part.within:
            self._said.append(fact)
        return record

    def _unsigned(self, fact: Fact) -> OutputRecord:
        event_id = upstream_id(TAX, f"{fact.topic}/{fact.business_reference}", 1)  # type: ignore[attr-defined]
        return published(self._codec, fact, event_id, TAX, self._cluster.now, self._shape.partitions)

    def _published(self, fact: Fact) -> OutputRecord:
        record = self._unsigned(fact)
        return record if self._key is None else signed(self._codec, record, self._key, self._cluster.now)

    def _fact(self, part: Input) -> Fact:
        common = {
            "district": District.WENDENG,
            "agency": Agency.WENDENG,
            "occurred_on": date(2026, 10, 10),
            "business_reference": f"{part.what}/{part.number}",
            "unit_code": unit_code(part.unit),
        }
        if part.number % 5 == 0 and self._service.name == "arrears" and UnitRegistered in self._service.hears:
            return UnitRegistered(**common, unit_name=f"文登试验厂{part.unit}号")
        line = {"month": f"2026-{part.number % 9 + 1:02d}", "insurance": Insurance.PENSION}
        amount_fen = AMOUNTS_FEN[part.number % len(AMOUNTS_FEN)]
        if part.what == "missed":
            return ContributionMissed(**common, **line, assessed_fen=amount_fen, due_on=date(2026, 10, 15))
        if part.what == "assessed":
            assessed_fen = FORGOTTEN_FEN if part.number % 4 == 0 else amount_fen
            return ContributionAssessed(**common, **line, assessed_fen=assessed_fen, due_on=date(2026, 10, 15))
        return ContributionPaid(**common, **line, paid_fen=amount_fen, paid_on=date(2026, 10, 10))

    # --- clock and references -----------------------------------------------------------------------

    def _tick(self, part: Input) -> None:
        self._ahead += timedelta(minutes=part.number)
        now = self._cluster.now + self._ahead
        fact = ClockTicked(now=now, simulated=self._shape.simulated_clock)
        for partition in range(self._shape.partitions):
            event_id = derived_id(("clock", now.isoformat(), str(partition)))
            self._append(published(self._codec, fact, event_id, CLOCK, now, self._shape.partitions, partition), part)

    def _rotate(self, part: Input) -> None:
        """Publish a key; what is said from now on is signed with it."""
        key = development_key("tax", number=part.number)
        (fact,) = development_published([key])
        for partition in range(self._shape.partitions):
            event_id = derived_id((fact.topic, fact.key_id, str(partition)))
            self._cluster.append(
                published(self._codec, fact, event_id, OPERATOR, self._cluster.now, self._shape.partitions, partition)
            )
        self._key = key

    def _broadcast(self, part: Input) -> None:
        revision = part.number % 4 + 1
        fact: Fact
        if part.what == "calendar":
            days = (date(2026, 10, revision),)
            fact = CalendarPublished(year=2026, days_off=days, make_up_days=(), authority="x", revision=revision)
        else:
            fact = ParameterPublished(
                name="tally-mode", value=f"mode-{revision}", effective_on=date(2026, 1, 1), revision=revision
            )
        for partition in range(self._shape.partitions):
            event_id = derived_id((fact.topic, str(revision), str(partition)))
            self._append(
                published(self._codec, fact, event_id, TAX, self._cluster.now, self._shape.partitions, partition),
                part,
            )

    # --- operators ----------------------------------------------------------------------------------

    def _order(self, part: Input) -> None:
        partition = part.number % self._shape.partitions
        if part.what == "resume":
            self.order(partition, "task", "resume")
        elif part.what == "release":
            parked = self._parked()
            subject = parked[part.number % len(parked)] if parked else unit_code(part.unit)
            self.order(partition_of(subject.encode(), self._shape.partitions), subject, "release")
        else:
            self._redrive(partition)

    def order(self, partition: int, subject: str, action: str, original: OriginalRecord | None = None) -> None:
        """Give an order to one task."""
        self._orders += 1
        fact = CommandIssued(
            subject=subject, action=action, issued_by="operator", explanation="simulated", original=original
        )
        topic, partitions = commands_topic(self._service.name), self._shape.partitions
        event_id = derived_id(("order", str(self._orders)))
        self._cluster.append(
            published(self._codec, fact, event_id, OPERATOR, self._cluster.now, partitions, partition, topic)
        )

    def _parked(self) -> list[str]:
        """Cases in which records wait, as an operator sees them."""
        waiting: dict[str, bool] = {}
        for partition in range(self._shape.partitions):
            for record in self._cluster.log(changelog_topic(self._service.name), partition).records():
                key = (record.key or b"").decode()
                if key.startswith(PARKED_PREFIX):
                    waiting[key] = record.value is not None
        return sorted({key[len(PARKED_PREFIX) :].rpartition("/")[0] for key, is_parked in waiting.items() if is_parked})

    def _redrive(self, partition: int) -> None:
        """Bring back the oldest dead letter that nobody has brought back."""
        for letter in self._cluster.log(dead_topic(self._service.name), partition).records():
            if (partition, letter.offset) not in self._redriven and letter.key:
                self._redriven.add((partition, letter.offset))
                self.order(partition, letter.key.decode(), "redrive", original_in(letter))
                return

    def resume_halted(self) -> None:
        """Resume every task that says it has halted, as an operator would in the end."""
        for partition in range(self._shape.partitions):
            log = self._cluster.log(changelog_topic(self._service.name), partition)
            metas = [
                slot.record.value for slot in log.committed(0) if slot.record and slot.record.key == META_KEY.encode()
            ]
            if metas and metas[-1] is not None and decode_meta(metas[-1]).halted is not None:
                self.order(partition, "task", "resume")
