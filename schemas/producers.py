"""Whose signature counts: the public keys of upstream systems, each with its source and its period."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import Fact
from schemas.signing import KEY_BYTES, SigningKey, key_id_of
from schemas.vocabulary import Revision, SaidInstant, ShortText

SigningKeyId = Annotated[str, Field(pattern=r"^s1-[0-9a-f]{24}$")]
"""Name of a producer's public key, made of its bytes and of whose it is."""


class ProducerKeyPublished(Fact):
    """The public key of an upstream system was published, or its end was (上报单位签名公钥).

    A rotation is a new key and an end for the old one; a key that is not to be trusted any more ends at once, with the reason. The
    highest revision holds; it can move the period and nothing else, since the id is made of the rest.
    """

    topic: ClassVar[str] = "producer-key-published"
    key_field: ClassVar[str] = "key_id"
    broadcast: ClassVar[bool] = True

    key_id: SigningKeyId
    public_key: bytes
    """The 32 bytes of an Ed25519 public key (RFC 8032)."""
    system: ShortText
    """The upstream system, as the inventory names the owner of its topics."""
    source: ShortText
    """The one `ce_source` for which the key may sign."""
    begins_at: SaidInstant
    """First instant at which it may sign."""
    ends_at: SaidInstant | None = None
    """First instant at which it may sign no more; absent: it is in force."""
    ended_because: ShortText | None = None
    demanded_since: SaidInstant | None = None
    """From when records of the system have to be signed, so that its programs can change over one by one; absent: from the beginning."""
    authority: ShortText
    """On whose decision: a document's number, a letter, a record of approval."""
    published_by: ShortText
    """The person who published it."""
    revision: Revision = 1

    @model_validator(mode="after")
    def _is_itself(self) -> Self:
        if len(self.public_key) != KEY_BYTES or self.key_id != key_id_of(self.public_key, self.system, self.source):
            raise PydanticCustomError("key-id-of-another-key", "the id is not made of this key, system and source")
        if self.ends_at is not None and self.ends_at < self.begins_at:
            raise PydanticCustomError("key-period-reversed", "the key ends before it begins")
        return self

    @property
    def obliges_since(self) -> datetime:
        """From when the system's records have to be signed because of this key, also after its end."""
        return self.begins_at if self.demanded_since is None else self.demanded_since

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the key may sign at an instant."""
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


def key_published(key: SigningKey, begins_at: datetime, authority: str, published_by: str) -> ProducerKeyPublished:
    """Give the fact that publishes a key."""
    return ProducerKeyPublished(
        key_id=key.key_id,
        public_key=key.public_key,
        system=key.system,
        source=key.source,
        begins_at=begins_at,
        authority=authority,
        published_by=published_by,
    )
