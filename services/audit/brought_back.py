"""Records that orders brought back, held against the topics in which they are said to have stood.

A `redrive` encloses a record whole, with the place and the instant of its first arrival. A task cannot look whether that is
true: it decides what it is given, and only a signature, where a system signs, binds it. An auditor can: facts are kept.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from schemas.mesh import CommandIssued
from schemas.topics import commands_topic
from services.audit.reading import MeshReader
from services.runtime import entries
from services.runtime.commands import original_record
from services.runtime.records import InputRecord

INVENTED = "重投指令所附的原记录与该处所存不符，或者该处并无记录"
"""What is said of a record that never stood where its order says."""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


class _Claim(NamedTuple):
    """What an order says of a record, and the decision that this came to."""

    partition: int
    number: int
    digest: bytes


class BroughtBack:
    """Hears what is decided again of a service, and keeps which orders brought records back."""

    def __init__(self, service: str) -> None:
        """`service`: its name."""
        self._service = service
        self._orders: dict[tuple[int, int], int] = {}
        """The number of the decision about what was brought back, by the order's partition and offset."""

    def heard(self, partition: int, group: Sequence[entries.Entry]) -> None:
        """Hear the entries that one record or timer came to; an order's own is the last of them."""
        for entry in group[:-1]:
            if entry["kind"] == entries.REDRIVEN:
                self._orders[partition, group[-1]["offset"]] = entry["number"]

    async def invented(self, reader: MeshReader) -> list[str]:
        """Name the records that do not stand where their orders say, with the same bytes, headers and append time."""
        claims = await self._claims(reader)
        await _leave_out_what_stands(reader, claims)
        return [
            f"{topic} {place}/{offset}（{self._service} 分区 {claim.partition} 第 {claim.number} 项）：{INVENTED}"
            for (topic, place, offset), false in sorted(claims.items())
            for claim in false
        ]

    async def _claims(self, reader: MeshReader) -> dict[Place, list[_Claim]]:
        claims = defaultdict[Place, list[_Claim]](list)
        if not self._orders:
            return claims
        topic, partitions = commands_topic(self._service), {partition for partition, _ in self._orders}
        async for partition, records in reader.by_task({topic}, sorted(partitions)):
            for record in records:
                if (number := self._orders.get((partition, record.offset))) is None:
                    continue
                command: CommandIssued = reader.codec.decode(topic, record.value or b"")
                assert command.original is not None  # else nothing was brought back
                original = original_record(command.original, command.original.partition)
                claim = _Claim(partition, number, _digest(original))
                claims[original.topic, original.partition, original.offset].append(claim)
        return claims


async def _leave_out_what_stands(reader: MeshReader, claims: dict[Place, list[_Claim]]) -> None:
    topics = {topic for topic, _, _ in claims}
    partitions = {partition for _, partition, _ in claims if 0 <= partition < reader.partitions}
    if not partitions:
        return
    async for _, records in reader.by_task(topics, sorted(partitions)):
        for record in records:
            place = record.topic, record.partition, record.offset
            if place in claims:
                digest = _digest(record)
                claims[place] = [claim for claim in claims[place] if claim.digest != digest]


def _digest(record: InputRecord) -> bytes:
    """Digest of all that an order says of a record: SHA-256 over its append time, key, value and headers, each behind its length."""
    digest = hashlib.sha256(record.append_time_ms.to_bytes(8, "big"))
    texts = [part for name, content in record.headers for part in (name.encode(), content)]
    for part in (record.key, record.value, *texts):
        digest.update(b"\x00" if part is None else b"\x01" + len(part).to_bytes(4, "big") + part)
    return digest.digest()
