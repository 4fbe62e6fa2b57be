"""No topic without somebody who writes it and somebody who reads it; services and inventory agree."""

from dataclasses import replace
from importlib import import_module

import pytest

from schemas.topics import BY_NAME, TOPICS, Topic
from tests.house.inventory import service_faults, topic_faults
from tests.house.services_here import deciding_folders, plugged_services

OPENED = BY_NAME["arrears-opened"]
REMINDER = BY_NAME["reminder-requested"]


def test_every_topic_has_a_producer_and_a_consumer() -> None:
    assert [] == topic_faults(TOPICS)


def test_topics_are_listed_once() -> None:
    assert len(TOPICS) == len(BY_NAME)


def test_services_say_and_hear_what_the_inventory_has() -> None:
    assert [] == service_faults(TOPICS, plugged_services().values())


@pytest.mark.parametrize("folder", deciding_folders())
def test_the_room_of_events_is_what_is_plugged_in(folder: str) -> None:
    events = import_module(f"services.{folder}.events")
    service = import_module(f"services.{folder}.worker").SERVICE

    assert (events.HEARS, events.SAYS) == (service.hears, service.says)
    assert getattr(events, "REFERENCES", ()) == service.references


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (replace(OPENED, consumers=()), "arrears-opened has no consumer"),
        (replace(OPENED, producers=(), owner=""), "arrears-opened has no producer"),
        (replace(OPENED, consumers=("tea-room",)), "arrears-opened names tea-room, who does not exist"),
        (replace(OPENED, producers=("cards",)), "arrears-opened is not written by its owner arrears"),
    ],
)
def test_a_topic_without_parties_is_seen(broken: Topic, fault: str) -> None:
    assert fault in topic_faults([broken])


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (replace(OPENED, owner="cards"), "arrears says arrears-opened, the inventory does not"),
        (replace(OPENED, owner="cards"), "the inventory has cards say arrears-opened, it does not"),
        (replace(REMINDER, consumers=()), "notifications hears reminder-requested, the inventory does not know"),
        (replace(REMINDER, consumers=("cards",)), "the inventory has cards hear reminder-requested, it does not"),
    ],
)
def test_a_difference_between_service_and_inventory_is_seen(broken: Topic, fault: str) -> None:
    topics = [broken if topic.name == broken.name else topic for topic in TOPICS]

    assert fault in service_faults(topics, plugged_services().values())
