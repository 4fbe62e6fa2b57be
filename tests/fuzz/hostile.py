"""Hostile records: a seed and an index give the same record again.

Each starts from values that a contract of an input topic allows, field by field, and is then spoilt on one layer: its
content, its bytes, its schema id, its key, its headers, its size, its identity; or it is left as it is, nasty enough.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from schemas import topics
from schemas.avro import avro_schema
from schemas.fact import Wire
from schemas.mesh import ClockTicked
from schemas.producers import ProducerKeyPublished
from schemas.topics import Topic
from services.console.all_services import ALL_SERVICES
from services.runtime.codec import Codec
from services.runtime.envelope import Envelope, event_type, headers_of
from services.runtime.records import OutputRecord, partition_of
from tests.fuzz.layers import spoilt_bytes, spoilt_headers, spoilt_key, spoilt_size
from tests.fuzz.others_schemas import BAD, MODEL
from tests.fuzz.signatures import published_key
from tests.fuzz.values import BEGIN, WHOLE, Values
from tests.harness.header_batches import RawRecord

SOURCES = ("urn:weihai:tax", "urn:weihai:window", "urn:hostile:one", "urn:hostile:\u202etwo", "/services/clock")
EARLIER_MAX = 400
"""A record that is said again was said at most so many places before."""
END_OF_TIME = 180_000
"""From this index on ticks may say any time: before it, time would stand at its end for all that follows."""
SAMPLE_SEED, SAMPLE = 4, range(600)
"""What a real broker gets with every run of the tests: something of every layer, to every input; `make fuzz` sends more."""
SOUND_TRIES = 6
TICK_STEP = timedelta(seconds=20)
CODECS = ("", "", "gzip", "snappy", "lz4", "zstd")

INPUTS: tuple[Topic, ...] = tuple(
    topic for topic in topics.TOPICS if any(topic.name in service.inputs for service in ALL_SERVICES)
)
"""Every topic that any service reads."""

Ids = Mapping[str, int]
"""Schema ids of `others_schemas`, by name."""


class Hostile(NamedTuple):
    """One record, where it is to stand, and what was done to it."""

    number: int
    layer: str
    topic: str
    partition: int
    record: RawRecord
    packed: str = ""
    """How its batch is to be compressed; empty: not."""

    def as_output(self) -> OutputRecord:
        """As an ordinary producer writes it; only where header names are text."""
        headers = tuple((name.decode(), value) for name, value in self.record.headers)
        return OutputRecord(self.topic, self.partition, self.record.key, self.record.value, headers)

    @property
    def is_text(self) -> bool:
        """Tell whether every header name is UTF-8, so that any client can write and read it."""
        try:
            self.as_output()
        except UnicodeDecodeError:
            return False
        return True


class Hostiles:
    """Makes hostile records for the input topics given."""

    def __init__(self, codec: Codec, seed: int, others: Ids, inputs: Sequence[Topic] = INPUTS) -> None:
        self._codec, self._seed, self._others, self.inputs = codec, seed, others, inputs

    def record(self, index: int) -> Hostile:
        """The record of this index, always the same."""
        chance = self._chance(index)
        if chance.random() < 0.06:
            return self._again(index, chance)
        return self._fresh(index, chance)

    def _chance(self, index: int) -> random.Random:
        return random.Random(f"{self._seed}/{index}")

    def _again(self, index: int, chance: random.Random) -> Hostile:
        """What was said before, once more: the same, or under the same id with what another record says."""
        earlier = max(0, index - chance.randint(1, EARLIER_MAX))
        one = self._fresh(earlier, self._chance(earlier))
        if chance.random() < 0.5:
            return one._replace(number=index, layer="again")
        topic = topics.BY_NAME[one.topic]
        other = self._made(index, chance, topic)
        key, value = other.record.key, other.record.value
        return other._replace(layer="same id", record=RawRecord(key, value, one.record.headers))

    def _fresh(self, index: int, chance: random.Random) -> Hostile:
        made = self._made(index, chance, chance.choice(self.inputs))
        layer, spoil = _chosen(chance)
        spoilt = spoil(self, made, chance)
        return spoilt._replace(layer=layer, packed=chance.choice(CODECS))

    def _made(self, index: int, chance: random.Random, topic: Topic) -> Hostile:
        """A record whose values are allowed one by one."""
        model: Any = topic.fact
        plain = _sound(model, chance, index)
        is_redrive = topic.kind is topics.Kind.COMMANDS and plain.get("action") == "redrive"
        if is_redrive and chance.random() < 0.8:
            self._enclose(plain, topic, chance, index)
        if model is ProducerKeyPublished and chance.random() < 0.6:
            plain |= published_key(chance)
        if model is ClockTicked and index < END_OF_TIME:
            plain |= {"clock": "clock", "now": BEGIN + index * TICK_STEP, "simulated": True}
        value = self._codec.encode_plain(topic.name, plain)
        key = str(plain[model.key_field]).encode()
        said_at = BEGIN + timedelta(seconds=chance.randint(-3_600, 3_600))
        event_id, source = f"hostile-{self._seed}-{index}", chance.choice(SOURCES)
        envelope = Envelope(event_id, source, event_type(topic.name), said_at, event_id, "", 0, "")
        headers = [(name.encode(), content) for name, content in headers_of(topic.name, envelope)]
        is_anywhere = topic.kind is topics.Kind.BROADCAST or plain.get("action") == "resume"
        partition = chance.randrange(topics.PARTITIONS) if is_anywhere else partition_of(key, topics.PARTITIONS)
        return Hostile(index, "", topic.name, partition, RawRecord(key, value, headers))

    def _enclose(self, order: dict[str, Any], commands: Topic, chance: random.Random, number: int) -> None:
        """Let a redrive bring back a record of the service, sound or spoilt, from anywhere and any time."""
        service = next(service for service in ALL_SERVICES if topics.commands_topic(service.name) == commands.name)
        made = self._made(number, chance, topics.BY_NAME[chance.choice(service.hears).topic])
        record = chance.choice((spoilt_bytes, spoilt_headers, lambda record, _: record))(made.record, chance)
        order["subject"] = (made.record.key or b"").decode()
        order["original"] = {
            "topic": made.topic,
            "partition": made.partition,
            "offset": chance.choice(WHOLE),
            "append_time_ms": chance.choice(WHOLE),
            "key": record.key,
            "value": record.value,
            "headers": [{"name": name.decode("utf-8", "replace"), "value": value} for name, value in record.headers],
        }

    # --- layers that need the codec -----------------------------------------------------------------

    def as_it_is(self, made: Hostile, _: random.Random) -> Hostile:
        """Allowed, and nasty."""
        return made

    def wrong_content(self, made: Hostile, chance: random.Random) -> Hostile:
        """Sound Avro whose content the contract would not make."""
        model: Any = topics.BY_NAME[made.topic].fact
        plain = Values(chance, made.number).fact(model)
        for field in chance.sample(avro_schema(model)["fields"], k=min(len(plain), chance.choice((1, 1, 2, 5)))):
            try:
                plain[field["name"]] = Values(chance, made.number).wrong(field["type"])
            except LookupError:  # records, arrays and maps stay as they are
                continue
        value = self._codec.encode_plain(made.topic, plain)
        key = made.record.key if chance.random() < 0.2 else str(plain[model.key_field]).encode()[:300]
        return made._replace(record=made.record._replace(key=key, value=value))

    def of_another_schema(self, made: Hostile, chance: random.Random) -> Hostile:
        """Under an id that is nobody's, another contract's, or of a schema that another system registered."""
        value, kind = made.record.value or b"", chance.random()
        if kind < 0.4:
            made_up = chance.choice((0, 2**32 - 1, 2**31, 900_000 + chance.randrange(50), chance.randrange(2**32)))
            return _with_value(made, b"\x00" + made_up.to_bytes(4, "big") + value[5:])
        if kind < 0.7:
            other = chance.choice(self.inputs)
            return _with_value(made, self._codec.contracts[other.name].prefix + value[5:])
        name = chance.choice(sorted(BAD))
        prefix = b"\x00" + self._others[name].to_bytes(4, "big")
        return _with_value(self._made(made.number, chance, topics.BY_NAME[MODEL.topic]), prefix + BAD[name][1])


def _sound(model: type[Wire], chance: random.Random, number: int) -> dict[str, Any]:
    """Values that the contract allows as a whole as well, if a few tries find them."""
    plain: dict[str, Any] = {}
    for _ in range(SOUND_TRIES):
        plain = Values(chance, number).fact(model)
        try:
            model.model_validate(plain)
        except ValidationError:
            continue
        break
    return plain


def _with_value(made: Hostile, value: bytes) -> Hostile:
    return made._replace(record=made.record._replace(value=value))


def _on_record(
    spoil: Callable[[RawRecord, random.Random], RawRecord],
) -> Callable[[Hostiles, Hostile, random.Random], Hostile]:
    return lambda _, made, chance: made._replace(record=spoil(made.record, chance))


def _spoilt_place(_: Hostiles, made: Hostile, chance: random.Random) -> Hostile:
    if chance.random() < 0.4:
        return made._replace(partition=(made.partition + chance.randrange(1, topics.PARTITIONS)) % topics.PARTITIONS)
    return made._replace(record=spoilt_key(made.record, chance))


LAYERS: tuple[tuple[str, float, Callable[[Hostiles, Hostile, random.Random], Hostile]], ...] = (
    ("as it is", 0.34, Hostiles.as_it_is),
    ("content", 0.2, Hostiles.wrong_content),
    ("bytes", 0.16, _on_record(spoilt_bytes)),
    ("schema", 0.08, Hostiles.of_another_schema),
    ("headers", 0.13, _on_record(spoilt_headers)),
    ("key or place", 0.088, _spoilt_place),
    ("size", 0.002, _on_record(spoilt_size)),
)
"""Layers with the share of records that is spoilt there."""


def _chosen(chance: random.Random) -> tuple[str, Callable[[Hostiles, Hostile, random.Random], Hostile]]:
    draw = chance.random()
    for layer, share, spoil in LAYERS:
        draw -= share
        if draw < 0:
            return layer, spoil
    return LAYERS[0][0], LAYERS[0][2]
