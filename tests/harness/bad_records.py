"""One record of every kind of bad input that a worker meets, by the code it must be refused under."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import fastavro

from schemas.arrears import ArrearsChanged
from schemas.avro import AvroSchema, parsed
from schemas.contributions import ContributionMissed, ContributionPaid
from schemas.producers import ProducerKeyPublished
from schemas.signing import SIGNATURE_HEADERS, SIGNED_AT_HEADER, SigningKey
from schemas.vocabulary import Agency, District
from services.runtime.codec import Codec
from services.runtime.publishing import published
from services.runtime.records import Header, OutputRecord, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.signing import development_key, development_published, signed
from tests.harness.counting import paid, unit_code

TOPIC = ContributionPaid.topic
KEY = unit_code(1).encode()
PLACE = partition_of(KEY, 12)
OTHER_TYPE: AvroSchema = {
    "type": "record",
    "name": "ContributionPaid",
    "namespace": "cn.weihai.shebao",
    "fields": [{"name": "paid_fen", "type": "string"}],
}
"""A schema of the right name whose amount is text."""
UNKNOWN_ID, OTHER_TYPE_ID = 9_999, 9_000

KINDS = (
    "undecodable",
    "undecodable (cut)",
    "undecodable (too long)",
    "schema-id-unknown",
    "schema-of-another-subject",
    "type-wrong",
    "unit-code-invalid",
    "amount-out-of-range",
    "amount-out-of-range (high)",
    "month-invalid",
    "due-before-month",
    "fact-in-the-future",
    "value-null",
    "key-null",
    "key-foreign",
    "key-not-subject",
    "partition-wrong",
    "record-too-large",
    "envelope-invalid",
    "envelope-invalid (null)",
    "envelope-invalid (time)",
    "type-of-another-topic",
    "signature-missing",
    "signature-malformed",
    "signature-malformed (half)",
    "signature-malformed (double)",
    "signature-malformed (no zone)",
    "signing-key-unknown",
    "signing-key-of-another-producer",
    "signing-key-of-another-producer (source)",
    "signing-key-not-in-force",
    "signature-stale",
    "signature-ahead",
    "signature-wrong",
    "signature-wrong (of another record)",
)
"""The code of each kind; what stands in brackets tells kinds of one code apart."""


KEY_OF_TAX = development_key("tax")
ENDED_KEY, STRANGERS_KEY = development_key("tax", number=2), development_key("tax", number=3)
HOTLINES_KEY = development_key("card-hotline", "urn:weihai:tax")


def producer_keys() -> list[ProducerKeyPublished]:
    """The keys that a mesh knows which hears these records."""
    known, ended, of_others = development_published((KEY_OF_TAX, ENDED_KEY, HOTLINES_KEY))
    return [known, ended.model_copy(update={"ends_at": datetime(2021, 1, 1, tzinfo=UTC)}), of_others]


class BadRecords:
    """Makes them with a codec and at a time; all are signed, so that each has one fault.

    `other_type`: the schema id under which `OTHER_TYPE` is known. `signed_at`: the broker's time; `now` when left out.
    """

    def __init__(
        self, codec: Codec, now: datetime, other_type: int = OTHER_TYPE_ID, signed_at: datetime | None = None
    ) -> None:
        self._codec, self._now, self._other_type = codec, now, other_type
        self._signed_at = signed_at or now

    def good(self, reference: str = "good-1") -> OutputRecord:
        """A payment with which nothing is wrong."""
        return self.signed(self.unsigned(reference))

    def unsigned(self, reference: str = "good-1") -> OutputRecord:
        """The same without a signature."""
        return published(self._codec, paid(1, 100, reference), f"id-{reference}", "urn:weihai:tax", self._now, 12)

    def signed(
        self, record: OutputRecord, key: SigningKey = KEY_OF_TAX, after: timedelta = timedelta(0)
    ) -> OutputRecord:
        """The same record signed anew; one that cannot be signed keeps what it has."""
        headers = tuple(header for header in record.headers if header[0] not in SIGNATURE_HEADERS)
        if record.key is None or record.value is None:
            return record
        try:
            return signed(self._codec, record._replace(headers=headers), key, self._signed_at + after)
        except RefusedAtDoor:  # nobody knows its schema, so nobody can have signed it
            return record

    def all(self) -> dict[str, OutputRecord]:
        """Every kind, in the order of `KINDS`."""
        good = self.good()
        value = good.value or b""
        future = (self._now + timedelta(hours=24, seconds=1)).isoformat().encode()
        made = (
            good._replace(value=b"not avro at all"),
            good._replace(value=value[:-9]),
            good._replace(value=value + b"!"),
            good._replace(value=b"\x00" + UNKNOWN_ID.to_bytes(4, "big") + b"abc"),
            good._replace(value=self._codec.encode(ArrearsChanged.topic, _changed())),
            good._replace(value=self._much()),
            self._forged(unit_code="913710030000000010"),
            self._forged(paid_fen=-1),
            self._forged(paid_fen=10**12 + 1),
            self._forged(month="2026-13"),
            self._due_before_month(),
            with_headers(good, ce_time=future),
            good._replace(value=None),
            good._replace(key=None),
            good._replace(key=b"\xff\xfe"),
            good._replace(key=unit_code(2).encode()),
            good._replace(partition=(PLACE + 1) % 12),
            good._replace(value=b"x" * (1024 * 1024 + 1)),
            with_headers(good, ce_id=b""),
            with_headers(good, ce_causationid=None),
            with_headers(good, ce_time=b"yesterday"),
            with_headers(good, ce_type=b"cn.weihai.shebao.card-lost"),
        )
        return dict(zip(KINDS, (*map(self.signed, made), *self._of_signatures()), strict=True))

    def _of_signatures(self) -> tuple[OutputRecord, ...]:
        good, unsigned = self.good(), self.unsigned()
        at = dict(good.headers)[SIGNED_AT_HEADER] or b""
        return (
            unsigned,
            with_headers(good, ce_signature=b"no signature"),
            good._replace(headers=good.headers[:-1]),
            good._replace(headers=(*good.headers, (SIGNED_AT_HEADER, at))),
            with_headers(good, ce_signedat=at.removesuffix(b"Z")),
            self.signed(unsigned, STRANGERS_KEY),
            self.signed(unsigned, HOTLINES_KEY),
            with_headers(good, ce_source=b"urn:weihai:payroll"),
            self.signed(unsigned, ENDED_KEY),
            self.signed(unsigned, after=-timedelta(minutes=30)),
            self.signed(unsigned, after=timedelta(minutes=30)),
            good._replace(value=(good.value or b"")[:-1] + b"\x04"),  # revision 2
            with_headers(good, ce_signature=dict(self.good("good-2").headers)["ce_signature"]),
        )

    def _forged(self, topic: str = TOPIC, **fields: Any) -> OutputRecord:
        """A record whose Avro is sound and whose content the model would not make."""
        record = self.good("forged-1")
        plain = paid(1, 100, "forged-1").model_dump() | fields
        if topic != TOPIC:
            plain = {name: value for name, value in plain.items() if not name.startswith("paid")}
        headers = tuple(
            (name, value.replace(TOPIC.encode(), topic.encode())) for name, value in record.headers if value
        )
        return record._replace(topic=topic, value=self._codec.encode_plain(topic, plain), headers=headers)

    def _due_before_month(self) -> OutputRecord:
        return self._forged(ContributionMissed.topic, assessed_fen=100, due_on=date(2026, 8, 10))

    def _much(self) -> bytes:
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, parsed(OTHER_TYPE), {"paid_fen": "much"})
        return b"\x00" + self._other_type.to_bytes(4, "big") + buffer.getvalue()


def with_headers(record: OutputRecord, **changed: bytes | None) -> OutputRecord:
    """The same record with some headers otherwise."""
    headers: tuple[Header, ...] = tuple(
        (name, changed.get(name.replace("-", "_"), value)) for name, value in record.headers
    )
    return record._replace(headers=headers)


def _changed() -> ArrearsChanged:
    return ArrearsChanged(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 10, 10),
        unit_code=unit_code(1),
        unit_name="x",
        as_of=date(2026, 10, 10),
        line_count=1,
        principal_fen=1,
        late_fee_fen=0,
        stock_principal_fen=0,
    )
