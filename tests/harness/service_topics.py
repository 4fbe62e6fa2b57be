"""The topics that a test needs, of all that the mesh has."""

from schemas import topics
from schemas.topics import Topic
from services.runtime.service import Service


def topics_of(*services: Service) -> list[Topic]:
    """The topics that services read and write, in the order of the inventory.

    A broker makes the files of every partition, some milliseconds each, and reads them again after a kill: with all
    topics of the mesh that takes longer than most tests.
    """
    names = {name for service in services for name in (*service.inputs, *_written(service))}
    return [topic for topic in topics.TOPICS if topic.name in names]


def _written(service: Service) -> list[str]:
    own = (topics.changelog_topic, topics.decisions_topic, topics.dead_topic)
    return [fact.topic for fact in service.says] + [named(service.name) for named in own]
