"""Every kept version of every contract is registered, oldest first, under FULL_TRANSITIVE; and read back for checks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.avro import AvroSchema, fingerprint
from schemas.avro.versions import Versions, kept_versions
from schemas.compatibility import Report, check_all
from schemas.contracts import TOPICS_OF
from services.runtime.errors import SchemaRefused
from services.runtime.registry_client import RegistryClient

LEVEL = "FULL_TRANSITIVE"
SUBJECTS_AT_ONCE_MAX = 8


@dataclass(frozen=True, slots=True)
class PushReport:
    """Ids by subject of the newest version, and how many versions were not registered before."""

    ids: Mapping[str, int]
    registered: int


async def push(client: RegistryClient, kept: Mapping[str, Versions] | None = None) -> PushReport:
    """Register what is checked in for every topic of the inventory; a second time changes nothing.

    `SchemaRefused` names every subject the registry refuses and says in words what would break;
    `RegistryUnavailable` when it does not answer.
    """
    versions = kept_versions() if kept is None else kept
    subjects = {
        topic.subject: versions[name] for name, carriers in TOPICS_OF.items() if name in versions for topic in carriers
    }
    outcomes = await _side_by_side(client, subjects)
    refused = [outcome for outcome in outcomes.values() if isinstance(outcome, SchemaRefused)]
    if refused:
        raise SchemaRefused(*(" ".join(said) for said in zip(*(error.sentences for error in refused), strict=True)))
    done = {subject: outcome for subject, outcome in outcomes.items() if isinstance(outcome, _Pushed)}
    return PushReport(
        {subject: pushed.newest_id for subject, pushed in done.items()},
        sum(pushed.registered for pushed in done.values()),
    )


async def versions_in(client: RegistryClient) -> dict[str, Versions]:
    """Read every version a registry holds, by contract; for a check against what a living mesh really has.

    Where one contract travels on several topics, versions are numbered through over all their subjects.
    """
    slots = asyncio.Semaphore(SUBJECTS_AT_ONCE_MAX)

    async def of_subject(subject: str) -> list[AvroSchema]:
        async with slots:
            found = [await client.version(subject, number) for number in await client.versions(subject)]
        return [schema for schema in found if schema is not None]

    async def of_contract(name: str) -> list[AvroSchema]:
        found = await asyncio.gather(*(of_subject(topic.subject) for topic in TOPICS_OF[name]))
        return list({fingerprint(schema): schema for schemas in found for schema in schemas}.values())

    by_name = await asyncio.gather(*(of_contract(name) for name in TOPICS_OF))
    return {name: dict(enumerate(found, start=1)) for name, found in zip(TOPICS_OF, by_name, strict=True) if found}


@dataclass(frozen=True, slots=True)
class _Pushed:
    newest_id: int
    registered: int


async def _side_by_side(
    client: RegistryClient, subjects: Mapping[str, Versions]
) -> dict[str, "_Pushed | SchemaRefused"]:
    slots = asyncio.Semaphore(SUBJECTS_AT_ONCE_MAX)
    present = await client.subjects()

    async def one(subject: str, versions: Versions) -> "_Pushed | SchemaRefused":
        async with slots:
            try:
                ordered = [versions[number] for number in sorted(versions)]
                return await _push_subject(client, subject, ordered, is_new=subject not in present)
            except SchemaRefused as error:
                return SchemaRefused(
                    f"模式注册中心拒绝登记 {subject}。",
                    f"{subject} is refused: {await _explained(client, subject, versions, error)}",
                )

    tasks = [asyncio.create_task(one(subject, versions)) for subject, versions in subjects.items()]
    try:
        return dict(zip(subjects, await asyncio.gather(*tasks), strict=True))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _push_subject(
    client: RegistryClient, subject: str, versions: Sequence[AvroSchema], *, is_new: bool
) -> _Pushed:
    """Register what the subject lacks; its rule is set first, so that not even the first push can break it."""
    if is_new or await client.compatibility(subject) != LEVEL:
        await client.set_compatibility(subject, LEVEL)
    newest_id, registered = 0, 0
    for schema in versions:
        known = None if is_new else await client.id_of(subject, schema)
        newest_id = await client.register(subject, schema) if known is None else known
        registered += known is None
    return _Pushed(newest_id, registered)


async def _explained(client: RegistryClient, subject: str, versions: Versions, error: SchemaRefused) -> str:
    """Give the reason in words by comparing with what the subject holds; the registry's own words if there is none."""
    held = [await client.version(subject, number) for number in await client.versions(subject)]
    kept = {subject: {number: schema for number, schema in enumerate(held, start=1) if schema is not None}}
    report: Report = check_all(kept, {subject: versions[max(versions)]}, {})
    reasons = [finding.finding.english for finding in report.breaking if finding.finding is not None]
    return "; ".join(dict.fromkeys(reasons)) + "." if reasons else str(error)
