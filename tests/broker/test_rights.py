"""Who may do what, on a real broker: the table holds in both directions, and TLS and logins let nobody else in."""

from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
)

from schemas import access
from schemas.access import Grant, Right, Thing
from schemas.topics import TOPICS
from services.outlets.worker import SERVICE as OUTLETS
from services.runtime import access_admin
from services.runtime.broker_admin import BrokerAdmin
from services.runtime.client import broker_of
from services.runtime.errors import BrokerRefused, UserMistake
from services.runtime.kafka import KafkaBroker
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.records import OutputRecord
from tests.harness.rights import Account
from tests.harness.stack import Stack
from tests.harness.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

IN_TOPICS = {topic.name for topic in TOPICS}
TABLE = [
    grant
    for grant in access.grants()
    if grant.thing is not Thing.GROUPS and (grant.thing is not Thing.TOPIC or grant.name in IN_TOPICS)
]
"""What everybody tries. The registry's topics are not there while it keeps its schemas elsewhere; its groups are tried apart."""
ACCOUNTS = [name for name in access.principals() if name != access.REGISTRY]
STRANGER = "audit"
"""Whose rights are broken on purpose: no story needs them."""


async def proved(stack: Stack, accounts: Iterable[str]) -> dict[str, tuple[list[str], list[str]]]:
    """For each account what it may do beyond the table, and what it may not although the table says so."""
    found = {}
    for name in accounts:
        async with Account(stack.connection_as(name)) as account:
            may, should = await account.may(TABLE), {grant for grant in TABLE if grant.principal == name}
        if may != should:
            found[name] = (sorted(map(str, may - should)), sorted(map(str, should - may)))
    return found


async def test_every_account_may_do_to_everything_what_the_table_says_and_nothing_else(secure_stack: Stack) -> None:
    assert {} == await proved(secure_stack, [*ACCOUNTS, access.REGISTRY])


async def test_a_group_that_begins_as_the_registrys_is_the_registrys_alone(secure_stack: Stack) -> None:
    group = Grant("", Thing.GROUP, f"{access.REGISTRY_GROUPS}1b4e28ba", Right.READ)
    found = []
    for name in access.principals():
        async with Account(secure_stack.connection_as(name)) as account:
            found += [grant.principal for grant in await account.may([group])]

    assert [access.REGISTRY] == found


async def test_the_broker_holds_the_table_and_not_one_right_more(secure_stack: Stack) -> None:
    report = await access_admin.apply(secure_stack.settings.connection, dry_run=True)

    assert ((), access.grants(), ()) == (report.given, report.present, report.surplus)


def binding(grant: Grant, operation: AclOperation) -> AclBinding:
    pattern, allow = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    return AclBinding(ResourceType.TOPIC, grant.name, pattern, f"User:{grant.principal}", "*", operation, allow)


async def test_a_right_too_much_is_seen_and_taken_away(secure_stack: Stack) -> None:
    broker = secure_stack.settings.connection
    forged = Grant(STRANGER, Thing.TOPIC, "arrears-decisions", Right.WRITE)
    admin = BrokerAdmin(broker)
    await admin.answers(admin.client.create_acls([binding(forged, AclOperation.WRITE)]).values())
    await until_may(secure_stack, forged)

    assert {STRANGER: ([str(forged)], [])} == await proved(secure_stack, [STRANGER])
    assert (str(forged),) == (await access_admin.apply(broker)).surplus
    assert (str(forged),) == (await access_admin.apply(broker, take_surplus=True)).taken
    assert () == (await access_admin.apply(broker)).surplus


async def test_a_right_that_no_table_can_say_is_seen_in_words(secure_stack: Stack) -> None:
    broker = secure_stack.settings.connection
    admin = BrokerAdmin(broker)
    forged = Grant(STRANGER, Thing.TOPIC, "*", Right.READ)
    await admin.answers(admin.client.create_acls([binding(forged, AclOperation.ALTER)]).values())
    taken = (await access_admin.apply(broker, take_surplus=True)).taken

    assert (f"{STRANGER} may alter topic *",) == taken


async def test_a_right_that_is_missing_is_seen_and_given(secure_stack: Stack) -> None:
    broker = secure_stack.settings.connection
    needed = Grant(STRANGER, Thing.TOPIC, "arrears-decisions", Right.READ)
    without = [grant for grant in access.grants() if grant != needed]
    taken = await access_admin.apply(broker, without, take_surplus=True)
    before = await proved(secure_stack, [STRANGER])
    given = await access_admin.apply(broker)

    assert (str(needed),) == taken.taken
    assert {STRANGER: ([], [str(needed)])} == before
    assert (needed,) == given.given
    assert {} == await proved(secure_stack, [STRANGER])


async def until_may(stack: Stack, grant: Grant) -> None:
    async with Account(stack.connection_as(grant.principal)) as account:

        async def it_may() -> bool:
            return grant in await account.may([grant])

        await until(it_may, 30, f"the broker knows that {grant}")


RECORD = OutputRecord("arrears-opened", 0, b"91371002YY8T7RBQ7W", b"{}", ())


@pytest.mark.parametrize("account", ["notifications", "tax", "audit", "operators", "clock", "monitoring"])
async def test_who_does_not_own_a_topic_writes_nothing_to_it(secure_stack: Stack, account: str) -> None:
    async with KafkaPublisher(secure_stack.connection_as(account)) as publisher:
        with pytest.raises(UserMistake, match=f"{account} may not write to arrears-opened"):
            await publisher.append([RECORD])


@pytest.mark.parametrize("account", ["console"])
async def test_who_only_looks_writes_nothing_anywhere(secure_stack: Stack, account: str) -> None:
    with pytest.raises(UserMistake, match=f"{account} may not write to any topic"):
        await KafkaPublisher(secure_stack.connection_as(account)).__aenter__()


@pytest.mark.parametrize("account", ["tax", "outlets", "operators", "cards"])
async def test_who_does_not_hear_a_topic_reads_nothing_of_it(secure_stack: Stack, account: str) -> None:
    with pytest.raises(UserMistake, match=f"{account} may not read arrears-opened"):
        [record async for record in read_topics(secure_stack.connection_as(account), ["arrears-opened"])]


def orders(admin: BrokerAdmin) -> dict[str, Iterable[Future[Any]]]:
    """What only whoever manages the broker may order."""
    topic, broker = ConfigResource(ResourceType.TOPIC, "unit-registered"), ConfigResource(ResourceType.BROKER, "1")
    forged = binding(Grant(STRANGER, Thing.TOPIC, "arrears-decisions", Right.WRITE), AclOperation.WRITE)
    nobodys = UserScramCredentialDeletion("arrears", ScramMechanism.SCRAM_SHA_512)
    client = admin.client
    return {
        "make a topic": client.create_topics([NewTopic("made-up", 1, 1)]).values(),
        "remove a topic": client.delete_topics(["unit-registered"]).values(),
        "see a topic's settings": client.describe_configs([topic]).values(),
        "see a broker's settings": client.describe_configs([broker]).values(),
        "take a login": client.alter_user_scram_credentials([nobodys]).values(),
        "give a right": client.create_acls([forged]).values(),
    }


@pytest.mark.parametrize("account", ACCOUNTS)
async def test_nobody_but_the_administrator_manages_the_broker(secure_stack: Stack, account: str) -> None:
    connection, done = secure_stack.connection_as(account), []
    admin = BrokerAdmin(connection)
    for order, asked in orders(admin).items():
        with pytest.raises(UserMistake, match=f"refuses this to {account}: [A-Z_]+_AUTHORIZATION_FAILED"):
            done.append((order, await admin.answers(asked)))
    with pytest.raises(UserMistake, match=f"{account} may not describe rights"):
        await access_admin.apply(connection, dry_run=True)
    with pytest.raises(UserMistake, match=f"{account} may not alter rights"):
        await access_admin.apply(connection)

    assert [] == done
    assert access.grants() == (await access_admin.apply(secure_stack.settings.connection, dry_run=True)).present


async def test_a_worker_that_may_not_join_its_group_does_not_start(secure_stack: Stack) -> None:
    """The console reads all inputs, so that the group alone is wanting."""
    broker = KafkaBroker(OUTLETS, secure_stack.mesh_settings("console"))
    with pytest.raises(BrokerRefused, match="outlets may not join its group: `shebao acls check`"):
        await broker.start()
    await broker.stop()


def outlets_as(stack: Stack, account: str, client: str) -> KafkaBroker:
    return broker_of(OUTLETS, stack.mesh_settings(account).model_copy(update={"client": client}))


@pytest.mark.parametrize("client", ["aiokafka", "confluent"])
async def test_a_task_of_another_service_is_not_taken_over(secure_stack: Stack, client: str) -> None:
    broker = outlets_as(secure_stack, "cards", client)
    writer = broker.writer(0)
    with pytest.raises(BrokerRefused, match=r"may not write .*: `shebao acls check`"):
        await writer.open()
    await writer.close()
    await broker.stop()


@pytest.mark.parametrize("client", ["aiokafka", "confluent"])
async def test_a_service_that_says_what_is_not_its_own_ends(secure_stack: Stack, client: str) -> None:
    broker = outlets_as(secure_stack, "outlets", client)
    writer = broker.writer(0)
    await writer.open()
    with pytest.raises(BrokerRefused, match=r"may not write .*: `shebao acls check`"):
        await writer.commit([RECORD], {})
    await writer.close()
    await broker.stop()
