"""The base of every contract: one pydantic model a fact, one topic a fact."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.vocabulary import Agency, BusinessReference, District, LegalDate, Revision


class Wire(BaseModel):
    """A record on the wire, or a part of one: closed, frozen, known field by field."""

    model_config = ConfigDict(
        frozen=True,
        # A process meets a fifth of all contracts; to build the others took a third of its start.
        defer_build=True,
        extra="forbid",
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )

    added_later: ClassVar[frozenset[str]] = frozenset()
    """Optional fields that came with a later version of the contract."""


def absent_of_later(record: Wire) -> dict[str, Any]:
    """Name the fields of a record and of its parts that came later and are absent.

    Left out where a record is kept as text, they leave it as an earlier release wrote it, so that digests of state agree.
    """
    found: dict[str, Any] = {name: True for name in record.added_later if getattr(record, name) is None}
    for name, value in record:
        inner = absent_of_later(value) if isinstance(value, Wire) else None
        if inner:
            found[name] = inner
    return found


SEALED_BYTES_MAX = 16 * 1024
"""Longest sealed value: some pages of findings. It stands in the state of its case, and is carried from fact to fact."""


class Sealed(Wire):
    """A sensitive value (name, ID number, telephone, medical finding) that only its reader may open.

    `ciphertext` is AES-SIV (RFC 5297) bound to subject, field and version, so the same input gives the
    same bytes; `key_reference` names the key and its generation, and nothing about whom. Rules forward it and never read it.
    """

    key_reference: Annotated[str, Field(max_length=100)]
    ciphertext: Annotated[bytes, Field(max_length=SEALED_BYTES_MAX)]


class Fact(Wire):
    """Something that happened. Class attributes say where it travels.

    `topic` is the Kafka topic and the last part of the CloudEvents type; `version` the major version;
    `key_field` the field whose value is the record key and the case key.
    """

    topic: ClassVar[str] = ""
    version: ClassVar[int] = 1
    key_field: ClassVar[str] = ""
    broadcast: ClassVar[bool] = False
    """Written to every partition: a tick or a reference fact, so each task has it in its own order."""

    @property
    def case_key(self) -> str:
        """The key this fact travels under."""
        return str(getattr(self, self.key_field))

    def content(self, *left_out: str) -> str:
        """Write what it says as text, for a digest or a comparison: without what it leaves at its default, and without `left_out`.

        A field that a later version adds is optional, so a record that came before it, and is sent again after it, has the
        content, and any digest of it, that was kept then: it is known again, and no conflict.
        """
        return self.model_dump_json(exclude_defaults=True, exclude=set(left_out) or None)


class CaseFact(Fact):
    """A fact about one case: which district it lies in, which agency answers for it, and its legal dates.

    `occurred_on` is the Asia/Shanghai date on which it happened; `effective_on` the date from which it
    counts, where that differs. The instant it was said is `ce_time`, the instant it was recorded the
    broker's append time.
    """

    district: District
    agency: Agency
    occurred_on: LegalDate
    effective_on: LegalDate | None = None


class SourceFact(CaseFact):
    """A fact from an upstream system, which may correct it.

    The highest `revision` of a `business_reference` holds; an equal one with other content is a conflict;
    `reverses` names the business reference that this one takes back.
    """

    business_reference: BusinessReference
    revision: Revision = 1
    reverses: BusinessReference | None = None
