"""A mesh whose tax office signs: records, keys and codes, for the tests of signatures."""

from collections.abc import Sequence
from datetime import datetime

from schemas.mesh import EarlierValue, ParameterPublished
from schemas.producers import ProducerKeyPublished
from schemas.signing import SigningKey
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord, partition_of
from services.runtime.signing import development_key, development_published, signed
from tests.harness.counting import COUNTING, NOON, paid, unit_code

TAX = "urn:weihai:tax"
UNIT = unit_code(1)
PLACE = partition_of(UNIT.encode(), 12)
KEY = development_key("tax")


class Office:
    """The tax office, and the mesh that hears it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.mesh = MemoryMesh([COUNTING], now)

    def publish_key(self, key: SigningKey = KEY, **changes: object) -> ProducerKeyPublished:
        """A key becomes known."""
        (word,) = development_published([key])
        word = ProducerKeyPublished.model_validate(word.model_dump() | changes)
        self.mesh.publish(word, source="/console")
        self.mesh.run()
        return word

    def demand(self, value: str = "required", on: datetime = NOON, *earlier: EarlierValue) -> None:
        """The parameter of signatures is published."""
        parameter = ParameterPublished(name="upstream-signatures", value=value, effective_on=on.date(), earlier=earlier)
        self.mesh.publish(parameter, source="/services/clock")
        self.mesh.run()

    def payment(self, reference: str = "JF-1", fen: int = 100) -> OutputRecord:
        """A payment without a signature."""
        fact = paid(1, fen, reference)
        return published(self.mesh.codec, fact, f"id-{reference}", TAX, self.mesh.clock, 12)

    def signed(self, at: datetime | None = None, key: SigningKey = KEY, reference: str = "JF-1") -> OutputRecord:
        """The same with one, as of an instant; now when left out."""
        return signed(self.mesh.codec, self.payment(reference), key, at or self.mesh.clock)

    def say(self, *records: OutputRecord) -> InputRecord:
        """Records arrive and are decided; gives the last."""
        stored = [self.mesh.append(record) for record in records]
        self.mesh.run()
        return stored[-1]

    def codes(self) -> Sequence[str]:
        """What became of each payment."""
        entries = self.mesh.decisions("arrears")
        return [entry.code for entry in entries if entry.topic == "contribution-paid"]
