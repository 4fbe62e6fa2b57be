"""Payments as they were said: each once, however often; a correction by what differs; what is taken back by itself.

What is said of one payment stands in one partition, in its order: so it does not matter in which order partitions are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.contributions import ContributionPaid
from schemas.settlements import UnitPaid
from services.monitoring.window import Place
from services.runtime.records import InputRecord

Payment = ContributionPaid | UnitPaid
REMEMBERED_MAX = 20_000
"""Payments of a partition that are remembered; the longest known is forgotten for the next, and would be counted once more."""


@dataclass(slots=True)
class Payments:
    """The revision and the amount (fen) of each payment, by its place and its unit's reference."""

    known: dict[Place, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def news(self, record: InputRecord, said: Payment) -> Mapping[str, int]:
        """Give what a record adds to which value of the indicator; nothing where it says what was said before."""
        known = self.known.setdefault(Place(record.topic, record.partition), {})
        name = f"{said.unit_code}/{said.business_reference}"
        revision, before_fen = known.pop(name, (0, 0))
        if said.revision <= revision:
            known[name] = revision, before_fen
            return {}
        known[name] = said.revision, said.paid_fen
        if len(known) > REMEMBERED_MAX:
            del known[next(iter(known))]
        count, amount = ("payments", "paid_fen") if said.reverses is None else ("reversals", "reversed_fen")
        differs = {amount: said.paid_fen - before_fen}
        return differs if revision else {count: 1} | differs
