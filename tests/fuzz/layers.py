"""Spoils a record on one layer: its bytes, its key, its headers, its size."""

import random

from schemas.topics import BROKER_BYTES_MAX, RECORD_BYTES_MAX
from tests.fuzz.signatures import signature_headers
from tests.fuzz.values import TEXTS
from tests.harness.header_batches import RawHeader, RawRecord

KEYS = (
    None,
    b"",
    b"@task",
    b"@parked/x/00000001",
    b"a/b",
    b"\xff\xfe",
    b"\x00",
    b"91371003MA3N5Y8K1E",
    b"11010519491231002X",
    b"p1-" + b"0" * 32,
    b"x" * 100,
    b"x" * 101,
    b"x" * 60_000,
    "威海".encode(),
    b"task",
)
TIMES = (
    b"yesterday",
    b"",
    None,
    b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59",
    b"2026-11-02",
    b"2026-11-02T01:00:00",
    b"2026-11-02T01:00:00+00:00:00.000001",
    b"2262-04-11T23:47:16Z",
    b"2026-W45-1T01Z",
    "２０２６-11-02T01:00:00Z".encode(),
    b"2026-11-02T01:00:00Z" + b"0" * 300,
)
NUMBERS = (b"-1", b"9" * 250, "٣".encode(), b"1e3", b" 7 ", b"1_000", b"", None, b"0x10")
TRACES = (b"00-" + b"f" * 52, ("ж" * 55).encode(), ("\U0001f600" * 55).encode(), b"-" * 55, b"00", None, b"\xff" * 55)
NAMES = (b"\xff\xfe", b"", b"ce_id", b"dead_code", b"dead_topic", b"na\xffme", b"\xed\xa0\x80", b"x" * 5_000, b"\x00")
REQUIRED = (b"ce_specversion", b"ce_id", b"ce_source", b"ce_type", b"ce_time")


def spoilt_bytes(record: RawRecord, chance: random.Random) -> RawRecord:
    """Cut, grown, turned, mixed, repeated, or nothing but chance."""
    value = bytearray(record.value or b"")
    kind, at = chance.randrange(8), chance.randrange(len(value))
    if kind == 0:
        del value[at:]
    elif kind == 1:
        value += chance.randbytes(chance.choice((1, 5, 200)))
    elif kind == 2:
        for _ in range(chance.choice((1, 2, 8))):
            value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
    elif kind == 3:
        value[at:at] = value[chance.randrange(len(value)) :]
    elif kind == 4:
        value[at : at + 1] = b"\xff" * chance.choice((1, 9, 10, 40)) + b"\x01"
    elif kind == 5:
        value[5:] = chance.randbytes(chance.choice((0, 1, 40, 4_000)))
    elif kind == 6:
        value = bytearray(chance.randbytes(chance.choice((0, 1, 4, 5, 6, 300))))
    else:
        value[at:] = b"\x01" * chance.choice((1, 30))  # lengths of minus one
    return record._replace(value=None if chance.random() < 0.02 else bytes(value))


def spoilt_key(record: RawRecord, chance: random.Random) -> RawRecord:
    """A key that is none, nobody's, somebody else's or no key of the mesh."""
    return record._replace(key=chance.choice(KEYS))


def spoilt_headers(record: RawRecord, chance: random.Random) -> RawRecord:
    """Missing, double, empty, malformed, far too long or many, in any bytes."""
    headers = list(record.headers)
    kind = chance.randrange(10)
    if kind == 0:
        del headers[chance.randrange(len(headers))]
    elif kind == 1:
        headers.append(chance.choice(headers))
    elif kind == 2:
        headers = [(name, chance.choice(TIMES)) if name == b"ce_time" else (name, value) for name, value in headers]
    elif kind == 3:
        headers = [
            (name, chance.choice(NUMBERS)) if name == b"ce_sequence" else (name, value) for name, value in headers
        ]
    elif kind == 4:
        headers = [
            (name, chance.choice(TRACES)) if name == b"traceparent" else (name, value) for name, value in headers
        ]
    elif kind == 5:
        place = chance.randrange(len(headers))
        headers[place] = (headers[place][0], _content(chance))
    elif kind == 6:
        headers += [(b"h%d" % number, b"x" * chance.randrange(40)) for number in range(chance.choice((100, 3_000)))]
    elif kind == 7:
        headers.insert(chance.randrange(len(headers)), _any(chance))
    elif kind == 8:
        headers += signature_headers(chance)
    else:
        chance.shuffle(headers)
        headers = [_any(chance), *headers, _any(chance)]
    return record._replace(headers=headers)


def _any(chance: random.Random) -> RawHeader:
    return chance.choice(NAMES), _content(chance)


def _content(chance: random.Random) -> bytes | None:
    return chance.choice(
        (
            None,
            b"",
            b"\xff\xfe",
            b"x" * 256,
            b"x" * 257,
            b"x" * 70_000,
            chance.choice(TEXTS).encode(),
            chance.randbytes(30),
        )
    )


def spoilt_size(record: RawRecord, chance: random.Random) -> RawRecord:
    """At and beyond the limits of a record, in its value or in its headers; some pack to next to nothing."""
    value = record.value or b""
    size = chance.choice((RECORD_BYTES_MAX - 1_000, RECORD_BYTES_MAX, RECORD_BYTES_MAX + 1, BROKER_BYTES_MAX - 100_000))
    filled = b"\x00" * size if chance.random() < 0.7 else chance.randbytes(size)
    if chance.random() < 0.3:
        return record._replace(headers=[*record.headers, (chance.choice((b"big", b"b\xffg")), filled)])
    return record._replace(value=value + filled)
