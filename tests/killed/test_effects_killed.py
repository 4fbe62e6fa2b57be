"""Workers are killed and frozen while mails and calls go out; no notice goes out twice, none is left without an outcome."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, time, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from rich.console import Console

from schemas.arrears import ReminderRequested
from schemas.decision import LEGAL_ZONE
from schemas.notifications import DeliveryAttempted, DeliveryCompleted, DeliveryRequested
from schemas.vocabulary import Agency, Channel, District
from services.clock.clock import Clock
from services.notifications.worker import DELIVERIES, SERVICE
from services.runtime.effects import DONE, FAILED, RECONCILE_EVERY, UNKNOWN
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.records import OutputRecord, derived_id
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE, development_vault
from services.runtime.settings import MeshSettings
from tests.harness import audit
from tests.harness.counting import unit_code
from tests.harness.service_topics import topics_of
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

OWN_TOPICS, OWN_SERVERS = topics_of(SERVICE, DELIVERIES), ("smtp", "calls")
NOTICES = 240
FAULTS = ("kill", "kill", "freeze", "kill", "kill")
WORKERS = 2
FROZEN_S = 7.0
"""Longer than the group's session timeout (6 s): a frozen worker comes back as a zombie, with attempts begun."""
SEED = 20261126
MORNING = datetime.combine(datetime.now(LEGAL_ZONE).date() + timedelta(days=1), time(10), LEGAL_ZONE).astimezone(UTC)
CLAIMS_EXPIRED = MORNING + timedelta(minutes=3)
LOOKED_UP = CLAIMS_EXPIRED + RECONCILE_EVERY + timedelta(minutes=1)
VAULT = development_vault()
ENDS = ([DONE], [FAILED], [UNKNOWN, DONE], [UNKNOWN, FAILED])


def notice(stack: Stack, number: int) -> OutputRecord:
    """A reminder for a unit of its own: by telephone or by mail, in turn."""
    unit, by_mail = unit_code(500_000 + number), number % 2 == 1
    contact = VAULT.seal("finance@unit.example", unit, CONTACT_EMAIL, date(2026, 11, 2)) if by_mail else None
    telephone = None if by_mail else VAULT.seal("0631-8451473", unit, CONTACT_PHONE, date(2026, 11, 2))
    fact = ReminderRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=MORNING.date(),
        unit_code=unit,
        notice_id=f"notice-{number}",
        channel=Channel.EMAIL if by_mail else Channel.TELEPHONE,
        title="社会保险费缴纳提醒",
        text="贵单位尚有社会保险费未缴纳，请尽快办理。",
        recipient_name="某单位",
        contact_phone=telephone,
        contact_email=contact,
        step=1,
    )
    return published(stack.codec, fact, derived_id((fact.topic, fact.notice_id)), "/services/arrears", MORNING, 12)


class Outside:
    """What reached the world: mails by Message-ID, calls by their id."""

    def __init__(self, stack: Stack) -> None:
        self._folder, self._calls_url = stack.settings.mail_dir, stack.settings.calls_url

    async def mails(self) -> Counter[str]:
        """How often each delivery lies in the mail folder."""
        return await asyncio.to_thread(_mails_in, self._folder)

    async def calls(self) -> set[str]:
        """The deliveries on the list of calls, which takes an id once however often it is given."""
        async with httpx.AsyncClient(timeout=5.0) as client:
            listed = (await client.get(f"{self._calls_url}/call-tasks")).json()
        return {task["task_id"] for task in listed}

    async def count(self) -> int:
        """How many went out."""
        return (await self.mails()).total() + len(await self.calls())


def _mails_in(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in folder.glob("*.eml"):
        with path.open("rb") as stream:
            found[str(BytesHeaderParser().parse(stream)["Message-ID"]).strip("<>").partition("@")[0]] += 1
    return found


class Campaign:
    """Bursts of notices, and a fault as soon as something of each has gone out."""

    def __init__(self, stack: Stack, workers: list[WorkerProcess], chance: random.Random) -> None:
        self.stack, self.workers, self.chance = stack, workers, chance
        self.outside = Outside(stack)

    async def run(self) -> None:
        records = [notice(self.stack, number) for number in range(NOTICES)]
        size = NOTICES // len(FAULTS)
        async with KafkaPublisher(self.stack.settings.connection) as publisher:
            for place, fault in enumerate(FAULTS):
                before = await self.outside.count()
                await publisher.append(records[place * size : (place + 1) * size])
                await until(lambda before=before: self._has_gone_out(before), 40, "deliveries go out")  # type: ignore[misc]
                await self._strike(fault, self.chance.choice(self.workers))

    async def _has_gone_out(self, before: int) -> bool:
        return await self.outside.count() > before

    async def _strike(self, fault: str, victim: WorkerProcess) -> None:
        if fault == "kill":
            await victim.kill()
            victim.start()
        else:
            victim.freeze()
            await asyncio.sleep(FROZEN_S)
            victim.thaw()


@pytest_asyncio.fixture(loop_scope="function")
async def workers(own_stack: Stack) -> AsyncIterator[list[WorkerProcess]]:
    made = [worker(own_stack, "services.notifications") for _ in range(WORKERS)]
    for one in made:
        one.start()
    yield made
    for one in made:
        one.thaw()
    await asyncio.gather(*(one.stop() for one in made))


def worker(stack: Stack, module: str) -> WorkerProcess:
    folder = {"SHEBAO_CHANNELS_MAIL_FOLDER": str(stack.settings.mail_dir.resolve())}
    return WorkerProcess(module, stack.settings, free_port(), folder)


async def said(stack: Stack, *kinds: type[Any]) -> dict[str, list[Any]]:
    """Every fact of these kinds by the effect it is about, in the order of its case."""
    found: dict[str, list[Any]] = defaultdict(list)
    async for record in read_topics(stack.settings.connection, [kind.topic for kind in kinds]):
        fact = stack.codec.decode(record.topic, record.value or b"")
        found[fact.effect_id].append(fact)
    return found


async def outcomes(stack: Stack) -> dict[str, list[str]]:
    completed = await said(stack, DeliveryCompleted)
    return {effect_id: [fact.outcome for fact in facts] for effect_id, facts in completed.items()}


async def all_ended(stack: Stack, requests: Iterable[str], *, unknown_too: bool) -> bool:
    found = await outcomes(stack)
    return all(effect_id in found and (unknown_too or found[effect_id][-1] != UNKNOWN) for effect_id in requests)


async def tick(stack: Stack, now: datetime) -> None:
    clock = Clock(stack.codec, MeshSettings(bootstrap_servers=stack.settings.bootstrap_servers))
    try:
        await clock.open()
        assert await clock.tick(now, simulated=True)
    finally:
        await clock.close()


@pytest.mark.broker
@pytest.mark.timeout(280)
@pytest.mark.asyncio
async def test_whatever_is_killed_every_notice_goes_out_at_most_once_and_gets_its_outcome(
    own_stack: Stack, workers: list[WorkerProcess]
) -> None:
    stack, services = own_stack, [SERVICE, DELIVERIES]
    campaign = Campaign(stack, workers, random.Random(SEED))
    await until(lambda: stack.all_running(workers, services), 60, "all tasks run")
    await tick(stack, MORNING)
    await stack.quiet(workers, services, 30, "it is morning for every task")
    await campaign.run()
    await stack.quiet(workers, services, 60, "what can be carried out is carried out")
    requests = await said(stack, DeliveryRequested)
    unanswered = set(requests) - set(await outcomes(stack))
    unheard = unanswered & set(await said(stack, DeliveryAttempted))
    await tick(stack, CLAIMS_EXPIRED)
    await until(lambda: all_ended(stack, requests, unknown_too=True), 40, "each request has an outcome, or is unknown")
    await asyncio.gather(*(one.stop() for one in workers))
    await settle(stack, requests)
    ends = await outcomes(stack)
    mails, calls = await campaign.outside.mails(), await campaign.outside.calls()
    settled = Counter(end[-1] for end in ends.values() if end[0] == UNKNOWN)
    Console().print(
        f"seed {SEED}: {len(requests)} requests under {', '.join(FAULTS)}; {len(unanswered)} claims whose worker died "
        f"before it noted an answer; looked up {dict(settled)}; {len(mails)} mails, {len(calls)} calls",
        soft_wrap=True,
    )

    assert set() == unheard
    assert unanswered <= {name for name, end in ends.items() if end[0] == UNKNOWN}
    assert NOTICES == len(requests)
    assert set(requests) == set(ends)
    assert [] == [end for end in ends.values() if end not in ENDS]
    assert {} == {name: count for name, count in mails.items() if count > 1}
    assert {} == {name: notes for name, notes in (await attempts(stack)).items() if notes > 1}
    assert what_arrived(requests, ends) <= set(mails) | calls <= set(requests)
    for service in services:
        (await audit.check(stack.settings.connection, service, stack.codec)).assert_clean()


async def settle(stack: Stack, requests: Iterable[str]) -> None:
    """Let ten minutes pass, and a worker look up what is unknown."""
    last = worker(stack, "tests.harness.hasty_notifications_worker")
    last.start()
    try:
        await until(lambda: stack.all_running([last], [SERVICE, DELIVERIES]), 60, "all tasks run")
        await tick(stack, LOOKED_UP)
        await until(lambda: all_ended(stack, requests, unknown_too=False), 40, "each request has its one outcome")
        await stack.quiet([last], [SERVICE, DELIVERIES], 40, "the outcomes are heard")
    finally:
        await last.stop()


async def attempts(stack: Stack) -> dict[str, int]:
    """How often each delivery was attempted, by the shell's own notes; one note may be written twice."""
    notes = await said(stack, DeliveryAttempted)
    return {name: len({note.attempted_at for note in facts if not note.reconciled}) for name, facts in notes.items()}


def what_arrived(requests: dict[str, list[Any]], ends: dict[str, list[str]]) -> set[str]:
    """The deliveries of which the mesh says that they arrived."""
    return {effect_id for effect_id in requests if ends[effect_id][-1] == DONE}
