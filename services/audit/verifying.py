"""Verifying the decision records of services against their hashes and their seals: `shebao audit verify`. Reads only.

The records are read once, link by link, and only their openings are decoded. A task in which anything does not fit
is read a second time, whole, to say what was done to it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas import topics
from services.audit.chain import BEGINNING, SERVICE_OF, ChainEnd, Link, LinkReader, NotALinkError
from services.audit.diagnosis import diagnosed
from services.audit.findings import Finding, Kind, TaskStanding, Verification
from services.audit.reading import MeshReader
from services.audit.seal_file import SealFile, root_of
from services.audit.seal_keys import PublicKeys
from services.audit.seals import Sealed, Task, found_seal, sealed_by, task_of
from services.runtime.records import InputRecord

Seals = dict[Task, list[Sealed]]
"""What the seals that count say, by task."""

EXPORTED = "exported"
"""Stands in place of the topic in findings about a file of seals; the offset is then the line."""


async def verify(
    reader: MeshReader,
    services: Sequence[str],
    keys: PublicKeys,
    exported: SealFile | None = None,
    expected_root: str = "",
) -> Verification:
    """Verify services by name, against the seals in their topic and, if given, those that were exported.

    `expected_root`: the Merkle root that was noted elsewhere for the exported seals.
    """
    verification = Verification()
    # Seals first: whatever is sealed later is not looked for in what was read earlier.
    seals = await _standing_seals(reader, services, keys, verification)
    if exported is not None:
        _add_exported(exported, services, keys, seals, expected_root, verification)
    verification.seals = sum(len(found) for found in seals.values())
    tasks = await _walked(reader, services, seals)
    verification.tasks = [task.standing for _, task in sorted(tasks.items())]
    verification.findings += await _diagnoses(reader, {name: task for name, task in tasks.items() if task.is_broken})
    return verification


async def _standing_seals(
    reader: MeshReader, services: Sequence[str], keys: PublicKeys, verification: Verification
) -> Seals:
    counting: Seals = defaultdict(list)
    async for record in reader.records([topics.AUDIT_SEALS]):
        found = found_seal(reader.codec, keys, record)
        if found.seal is not None and not found.fault:
            if found.seal.service in services:
                counting[task_of(found.seal)].append(sealed_by(found.seal))
                verification.keys.add(found.seal.key_id)
        elif _concerns(record, services):
            verification.findings.append(Finding(Kind(found.fault), record.topic, record.partition, record.offset))
    return counting


def _concerns(record: InputRecord, services: Sequence[str]) -> bool:
    """Tell whether a seal that does not count claims to be of one of the services, or of none there is."""
    claimed = (record.key or b"").decode("utf-8", "replace").rpartition("-")[0]
    return claimed in services or claimed not in topics.SERVICES


def _add_exported(
    exported: SealFile,
    services: Sequence[str],
    keys: PublicKeys,
    seals: Seals,
    expected_root: str,
    verification: Verification,
) -> None:
    """Judge the seals of a file; those that count, and no longer stand in the topic, join those that do."""
    for line, seal in enumerate(exported.seals, start=1):
        if seal.service not in services:
            continue
        place = EXPORTED, seal.partition, line, seal.last_number, seal.last_number, seal.service
        if (fault := keys.fault(seal)) is not None:
            verification.findings.append(Finding(Kind(fault), *place))
        elif not any(standing.agrees_with(seal) for standing in seals[task_of(seal)]):
            verification.findings.append(Finding(Kind.SEAL_MISSING, *place))
            seals[task_of(seal)].append(sealed_by(seal))
            verification.keys.add(seal.key_id)
    if not exported.is_whole or expected_root not in ("", exported.merkle_root):
        detail = f"{root_of(exported.seals)} {expected_root or exported.merkle_root}"
        verification.findings.append(Finding(Kind.ROOT_DIFFERS, EXPORTED, -1, len(exported.seals) + 1, detail=detail))


@dataclass(slots=True)
class _Walked:
    """One task as it is walked through once."""

    standing: TaskStanding
    seals: Sequence[Sealed]
    """Those that count, by the entry they reach to."""
    end: ChainEnd = BEGINNING
    next_seal: int = 0
    is_broken: bool = False

    def take(self, links: LinkReader, record: InputRecord) -> None:
        standing = self.standing
        standing.records += 1
        try:
            link = links.link(record)
        except NotALinkError:
            self.is_broken = True
            return
        standing.entries += link.last_number + 1 - link.first_number
        standing.head = link.own_hash
        standing.unsealed_records += 1
        if not self.end.continues_with(link):
            self.is_broken = True
        self.end = self.end.after(link)
        self._against_seals(link)

    def _against_seals(self, link: Link) -> None:
        while self.next_seal < len(self.seals) and self.seals[self.next_seal].last_number <= link.last_number:
            seal = self.seals[self.next_seal]
            self.next_seal += 1
            if (seal.last_number, seal.head_hash) == (link.last_number, link.own_hash):
                self.standing.sealed, self.standing.unsealed_records = seal, 0
                self.is_broken = self.is_broken or seal.offset != link.offset
            else:
                self.is_broken = True

    def finish(self) -> None:
        self.is_broken = self.is_broken or self.next_seal < len(self.seals)


async def _walked(reader: MeshReader, services: Sequence[str], seals: Seals) -> dict[Task, _Walked]:
    links = LinkReader(reader.codec, only_kept=True)
    tasks = {task: _Walked(TaskStanding(*task), sorted(found)) for task, found in seals.items()}
    async for record in reader.records([topics.decisions_topic(name) for name in services]):
        task = SERVICE_OF[record.topic], record.partition
        walked = tasks.get(task)
        if walked is None:
            walked = tasks[task] = _Walked(TaskStanding(*task), ())
        walked.take(links, record)
    for walked in tasks.values():
        walked.finish()
    return tasks


@dataclass(slots=True)
class _Gathered:
    """Everything the topic holds of one task."""

    links: list[Link] = field(default_factory=list)
    unreadable: dict[int, str] = field(default_factory=dict)


async def _diagnoses(reader: MeshReader, broken: dict[Task, _Walked]) -> list[Finding]:
    if not broken:
        return []
    links = LinkReader(reader.codec, only_kept=True)
    gathered = {task: _Gathered() for task in broken}
    async for record in reader.records(sorted({topics.decisions_topic(service) for service, _ in broken})):
        found = gathered.get((SERVICE_OF[record.topic], record.partition))
        if found is None:
            continue
        try:
            found.links.append(links.link(record))
        except NotALinkError as error:
            found.unreadable[record.offset] = str(error)
    findings: list[Finding] = []
    for task, found in sorted(gathered.items()):
        told = diagnosed(task, found.links, found.unreadable, broken[task].seals)
        # What does not fit is told in any case, even where nothing can be said about how it came about.
        findings += told or [Finding(Kind.REWRITTEN, topics.decisions_topic(task[0]), task[1], -1)]
    return findings
