"""`python -m tests.upgrades.keeping`: write down what this release leaves in its topics, for later releases to read.

One folder a version: `records.jsonl.gz` (every record of every topic, changelogs as compaction leaves them), and
`schemas.json` (which schema id is which kept version of which contract). A version that `released.json` names is never
written again: a mesh that runs it has such bytes in its topics.
"""

import dataclasses
import gzip
import hashlib
import json
import sys
import tomllib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from schemas import topics
from schemas.avro.versions import current_number, kept_versions, released
from schemas.contracts import contract_name
from schemas.decision import Context, Decision
from schemas.mesh import ParameterPublished
from services.arrears.worker import SERVICE as ARREARS
from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.outlets.directory import published_outlets
from services.runtime.codec import Codec
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusals import RefusedAtDoor
from tests.fuzz.hostile import Hostile, Hostiles
from tests.fuzz.others_schemas import BAD
from tests.fuzz.values import BEGIN
from tests.harness.counting import paid, unit_code

FOLDER = Path(__file__).parent / "golden"
RECORDS, SCHEMAS, RELEASED = "records.jsonl.gz", "schemas.json", "released.json"
SEED, STEP, FACTS, FACTS_A_DAY = 1, 10, 600, 40
OURS_FROM_ID = 50_000
"""A reader's own schemas are registered from this id on: those of the files keep theirs."""
PARKED_UNIT, UNLUCKY_FEN = unit_code(900), 13
HALTED_PLACE, JUNK = 5, 60
CASE_TOPICS = [
    topic for topic in topics.FACTS if topic.kind is topics.Kind.FACT and set(topic.consumers) - {"monitoring"}
]


class Golden(NamedTuple):
    """What a release left: its records by topic, and the kept schemas by their ids there."""

    version: str
    records: Mapping[str, Sequence[InputRecord]]
    schemas: Mapping[int, Mapping[str, Any]]

    def codec(self) -> Codec:
        """A codec of this release that also knows the ids of those records."""
        codec = Codec()
        for number, topic in enumerate(topics.TOPICS):
            if topic.fact is not None:
                codec.agree(topic.name, topic.fact, OURS_FROM_ID + number)
        for schema_id, schema in self.schemas.items():
            codec.learn(schema_id, dict(schema))
        return codec


def present_version() -> str:
    """The version this code says it has."""
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


# --- playing ----------------------------------------------------------------------------------------


def _unlucky(state: Any, fact: Any, context: Context) -> Decision[Any]:
    """A bug in the rules, so that something is parked."""
    if getattr(fact, "paid_fen", 0) == UNLUCKY_FEN and fact.unit_code == PARKED_UNIT:
        raise ZeroDivisionError
    return ARREARS.decide(state, fact, context)


def played() -> MemoryMesh:
    """A mesh in which every service has cases of many shapes, something parked, something kept, one task halted."""
    broken = dataclasses.replace(ARREARS, decide=_unlucky)
    mesh = MemoryMesh([broken if service is ARREARS else service for service in ALL_SERVICES], BEGIN)
    mesh.tick(BEGIN)
    for calendar in published_calendars()[-2:]:
        mesh.publish(calendar, source="/services/clock")
    for outlet in published_outlets()[:3]:
        mesh.publish(outlet, source="urn:outlets")
    mesh.publish(ParameterPublished(name="effects-from", value="2026-01-01", effective_on=date(2026, 1, 1)))
    for number, hostile in enumerate(_sound(mesh.codec)):
        mesh.append(hostile.as_output())
        if number % FACTS_A_DAY == 0:
            mesh.tick(mesh.clock + timedelta(days=1))
    for fen in (UNLUCKY_FEN, 100):
        mesh.publish(paid(900, fen, f"unlucky-{fen}"))
    for number in range(JUNK):
        mesh.append(OutputRecord("outlet-stocked", HALTED_PLACE, b"outlet-aa", b"junk %d" % number))
    mesh.run()
    return mesh


def _sound(codec: Codec) -> Iterator[Hostile]:
    hostiles = Hostiles(codec, SEED, dict.fromkeys(BAD, 0), CASE_TOPICS)
    made = (hostiles.record(number) for number in count(step=STEP))
    return islice((hostile for hostile in made if hostile.layer == "as it is" and _is_read(codec, hostile)), FACTS)


def _is_read(codec: Codec, hostile: Hostile) -> bool:
    try:
        codec.decode(hostile.topic, hostile.record.value or b"")
    except RefusedAtDoor:
        return False
    return True


# --- files ------------------------------------------------------------------------------------------


def files_of(mesh: MemoryMesh) -> dict[str, bytes]:
    """What is to be written for a version."""
    lines = [json.dumps(_plain(record), ensure_ascii=False) for record in _kept(mesh)]
    kept, releases = kept_versions(), released()
    schemas = {}
    for topic in topics.TOPICS:
        if topic.fact is not None:
            name = contract_name(topic.fact)
            schema_id = int.from_bytes(mesh.codec.contracts[topic.name].prefix[1:], "big")
            schemas[schema_id] = [name, current_number(name, topic.fact, kept[name], releases)]
    return {
        RECORDS: gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0),
        SCHEMAS: (json.dumps(schemas, indent=1) + "\n").encode(),
    }


def _kept(mesh: MemoryMesh) -> Iterator[InputRecord]:
    for topic in topics.TOPICS:
        records = mesh.records(topic.name)
        if topic.kind is topics.Kind.CHANGELOG:
            latest = {(record.partition, record.key): record for record in records}
            records = [record for record in latest.values() if record.value is not None]
        yield from records


def _plain(record: InputRecord) -> list[Any]:
    headers = [[name, _text(value)] for name, value in record.headers]
    key, value = _text(record.key), _text(record.value)
    return [record.topic, record.partition, record.offset, record.append_time_ms, key, value, headers]


def _text(part: bytes | None) -> str | None:
    return None if part is None else b64encode(part).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)


def load(version: str, folder: Path = FOLDER) -> Golden:
    """Read what a version left."""
    kept = kept_versions()
    named = json.loads((folder / version / SCHEMAS).read_text(encoding="utf-8"))
    schemas = {int(schema_id): kept[name][number] for schema_id, (name, number) in named.items()}
    records: dict[str, list[InputRecord]] = {}
    for line in gzip.decompress((folder / version / RECORDS).read_bytes()).decode().splitlines():
        topic, partition, offset, time_ms, key, value, headers = json.loads(line)
        found = tuple((name, _bytes(content)) for name, content in headers)
        record = InputRecord(topic, partition, offset, time_ms, _bytes(key), _bytes(value), found)
        records.setdefault(topic, []).append(record)
    return Golden(version, records, schemas)


def versions(folder: Path = FOLDER) -> list[str]:
    """Every version that is kept."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def digest_of(version: str, folder: Path = FOLDER) -> str:
    """Name all that is kept of a version."""
    return hashlib.sha256(b"".join((folder / version / name).read_bytes() for name in (RECORDS, SCHEMAS))).hexdigest()


def released_digests(folder: Path = FOLDER) -> dict[str, str]:
    """The versions that some mesh may run, each with the digest of its files."""
    file = folder / RELEASED
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def write(version: str, files: Mapping[str, bytes], folder: Path = FOLDER, *, release: bool = False) -> str:
    """Write a version's files, and fix them where it is released with that; gives why not, or empty text."""
    known = released_digests(folder)
    if version in known:
        return f"{version} is released: its files stay as they are; raise the version in pyproject.toml first."
    (folder / version).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / version / name).write_bytes(content)
    if release:
        text = json.dumps(known | {version: digest_of(version, folder)}, indent=1) + "\n"
        (folder / RELEASED).write_text(text, encoding="utf-8")
    return ""


def main(words: Sequence[str]) -> int:
    """Write the present version; `--release` fixes it for good."""
    problem = write(present_version(), files_of(played()), release="--release" in words)
    sys.stderr.write(f"{problem}\n" if problem else "")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
