"""The table of rights: what the inventory says is in it, and nothing that it does not say."""

import pytest

from schemas import access, access_page
from schemas.access import Right, Thing
from schemas.producers import ProducerKeyPublished
from schemas.topics import BY_NAME, OPERATORS, PAGE, SERVICES, TOPICS, UPSTREAM, Kind, changelog_topic, commands_topic

TABLE = set(access.grants())
TO_WRITE = (Thing.TOPIC, Right.WRITE)


def names(principal: str, thing: Thing, right: Right) -> set[str]:
    return {grant.name for grant in TABLE if (grant.principal, grant.thing, grant.right) == (principal, thing, right)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_what_it_hears_and_writes_what_it_says(service: str) -> None:
    heard = {topic.name for topic in TOPICS if service in topic.consumers}
    said = {topic.name for topic in TOPICS if topic.owner == service}

    assert heard == names(service, Thing.TOPIC, Right.READ)
    assert said == names(service, Thing.TOPIC, Right.WRITE)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_group_transactional_ids_changelog_and_commands_and_nobody_elses(service: str) -> None:
    assert {service} == names(service, Thing.GROUP, Right.READ)
    assert {f"{service}-{number}" for number in range(12)} == names(service, Thing.TRANSACTIONAL_ID, Right.WRITE)
    assert changelog_topic(service) in names(service, Thing.TOPIC, Right.READ) & names(
        service, Thing.TOPIC, Right.WRITE
    )
    assert {commands_topic(service)} == {
        name for name in names(service, Thing.TOPIC, Right.READ) if BY_NAME[name].kind is Kind.COMMANDS
    }


def test_every_topic_has_one_writer_its_owner_and_orders_also_come_from_the_page() -> None:
    writers = [(grant.name, grant.principal) for grant in sorted(TABLE) if (grant.thing, grant.right) == TO_WRITE]
    orders = [(commands_topic(service), PAGE) for service in SERVICES]

    assert sorted([*((topic.name, topic.owner) for topic in TOPICS), *orders]) == sorted(
        (name, who) for name, who in writers if name in BY_NAME
    )


def test_nobody_writes_decisions_or_dead_letters_but_the_service_that_decided() -> None:
    kept = [topic for topic in TOPICS if topic.kind in (Kind.DECISIONS, Kind.DEAD)]

    assert {(topic.owner, topic.name) for topic in kept} == {
        (grant.principal, grant.name)
        for grant in TABLE
        if grant.right is Right.WRITE and grant.thing is Thing.TOPIC and grant.name in {topic.name for topic in kept}
    }


def test_the_console_reads_everything_and_writes_nothing() -> None:
    assert {topic.name for topic in TOPICS} == names(access.CONSOLE, Thing.TOPIC, Right.READ)
    assert {Right.READ} == {grant.right for grant in TABLE if grant.principal == access.CONSOLE}


def test_the_page_reads_all_but_the_seals() -> None:
    shown = {topic.name for topic in TOPICS if topic.kind is not Kind.SEALS}

    assert shown == names(PAGE, Thing.TOPIC, Right.READ)


def test_operators_and_upstream_systems_read_nothing() -> None:
    assert {Right.WRITE} == {grant.right for grant in TABLE if grant.principal in (OPERATORS, *UPSTREAM)}
    orders = {commands_topic(service) for service in SERVICES}

    assert {*orders, ProducerKeyPublished.topic} == names(OPERATORS, Thing.TOPIC, Right.WRITE)


def test_nothing_is_named_by_a_pattern_but_the_groups_of_the_registry() -> None:
    assert [] == [grant for grant in TABLE if "*" in (grant.name, grant.principal) or not grant.name]
    assert [access.REGISTRY] == [grant.principal for grant in TABLE if grant.thing is Thing.GROUPS]


def test_only_the_registry_makes_topics_and_only_its_own() -> None:
    made = [(grant.principal, grant.name) for grant in sorted(TABLE) if grant.right is Right.CREATE]

    assert [(access.REGISTRY, name) for name in access.REGISTRY_TOPICS] == made


def test_the_administrator_is_not_in_the_table() -> None:
    assert access.ADMIN not in access.principals()


def test_the_page_names_every_account_and_topic() -> None:
    page = access_page.text()

    assert [] == [name for name in access.principals() if f"| {name} |" not in page]
    assert [] == [
        topic.name for topic in TOPICS if f"| `{topic.name}` | {', '.join(sorted(topic.producers))} |" not in page
    ]
