"""What an order of the page would be about, looked up with the eyes of who wants it; and writing it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.page import ORDER_NAMES_ZH
from schemas.topics import SERVICES, TOPICS, Kind
from services.page.store.answers import Access
from services.page.store.port import Queries
from services.page.web.mesh import MeshPort
from services.page.web.proposals import Proposal
from services.page.web.refused import RefusedHereError
from services.runtime.dead import original_of
from services.runtime.orders import (
    PAGE_SOURCE,
    Issuer,
    Named,
    Order,
    command_record,
    reconcile_order,
    redrive_order,
    refused_again_with,
    release_order,
    resume_order,
)
from services.runtime.records import InputRecord

ACTIONS: Mapping[str, str] = ORDER_NAMES_ZH
"""Orders of the page, with what people call them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One thing an order would be about. `code` says why it would not be given; empty: it would."""

    item: str
    about: str
    district: str = ""
    code: str = ""


async def prepared(
    queries: Queries, mesh: MeshPort, access: Access, action: str, service: str, item: str, now: datetime
) -> Prepared:
    """Look a thing up; what lies outside the access is not there, and `NotTheirs` where the store says so."""
    if service not in SERVICES:
        raise RefusedHereError(400, "action-unknown", service)
    if action == "redrive":
        return await _redriven(queries, mesh, access, service, item, now)
    found = [one async for one in _waiting(queries, access, action, service) if one.item == item]
    return found[0] if found else Prepared(item, "", code="item-unknown")


async def _waiting(queries: Queries, access: Access, action: str, service: str) -> AsyncIterator[Prepared]:
    """Give everything of a service that waits for an action."""
    if action == "release":
        for case in await queries.parked(access):
            if case.service == service:
                yield Prepared(case.case_key, f"{case.records}：{'、'.join(case.topics)}", case.district)
    elif action == "resume":
        for task in await queries.halted(access):
            if task.service == service:
                yield Prepared(str(task.partition), f"{task.topic}，{task.source}")
    else:
        for effect in await queries.unclear(access):
            if effect.service == service:
                yield Prepared(effect.case_key, effect.about, effect.district)


async def _redriven(
    queries: Queries, mesh: MeshPort, access: Access, service: str, item: str, now: datetime
) -> Prepared:
    letter = await queries.dead_letter(access, item)
    if letter is None or letter.service != service or not letter.is_open:
        return Prepared(item, "", code="item-unknown")
    record = await mesh.dead_record(service, letter.partition, letter.offset)
    if record is None:
        return Prepared(item, letter.content, letter.district, "original-missing")
    again = _again(mesh, service, original_of(record)[0], max(now, letter.decided_at))
    return Prepared(item, letter.content, letter.district, "would-be-refused-again" if again else "")


def _again(mesh: MeshPort, service: str, original: InputRecord, now: datetime) -> str:
    """Give the code with which the service's door would refuse a record once more.

    Signatures are not looked at here: the service's own door does, and a record it refuses again is a dead letter again.
    """
    return refused_again_with(mesh.codec, Named(service, mesh.partitions), heard_of_cases(service), original, now)


def heard_of_cases(service: str) -> frozenset[str]:
    """Name the topics of cases' facts that a service hears, by the inventory."""
    return frozenset(topic.name for topic in TOPICS if topic.kind is Kind.FACT and service in topic.consumers)


async def written(mesh: MeshPort, proposal: Proposal, at: datetime) -> list[str]:
    """Write the orders of an approved proposal; gives their ids. What has no original any more is left out.

    Both people stand in the order: who proposed issues it, who approved is named in its explanation.
    """
    issuer = Issuer(proposal.proposed_by, f"{proposal.because}（{proposal.decided_by} 批准）"[:200])
    ids, records = [], []
    for item in proposal.items:
        order = await _order(mesh, proposal, item)
        if order is not None:
            event_id, record = command_record(mesh.codec, order, issuer, at, PAGE_SOURCE)
            ids.append(event_id)
            records.append(record)
    if records:
        await mesh.append(records)
    return ids


async def _order(mesh: MeshPort, proposal: Proposal, item: str) -> Order | None:
    service = Named(proposal.service, mesh.partitions)
    if proposal.action == "release":
        return release_order(service, item)
    if proposal.action == "reconcile":
        return reconcile_order(service, item)
    if proposal.action == "resume":
        return resume_order(service, int(item))
    _, partition, offset = item.rsplit("/", 2)
    record = await mesh.dead_record(proposal.service, int(partition), int(offset))
    return None if record is None else redrive_order(service, original_of(record)[0])
