"""Letting a consumer learn where topics are, all of them with one question.

Asked about places whose topics it does not know yet, aiokafka 0.14 meets those one by one, and waits 0.1 s after each. What
is assigned to it, it looks up at once. For who then begins to read; a connection that is kept only to ask (`stable_ends.py`)
has nothing assigned, since aiokafka asks without a pause where an assigned place has no leader.
"""

from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, TopicPartition


def learn_of(consumer: AIOKafkaConsumer, places: Collection[TopicPartition]) -> None:
    """Turn a consumer to places, so that the next question about them waits once for all their topics. Nothing is fetched.

    They are paused, and each has a position at once: for a place without one, aiokafka keeps an error
    (`NoOffsetForPartitionError`) and tells it later, when the place has long been sought.
    """
    consumer.assign(places)
    consumer.pause(*places)
    for place in places:
        consumer.seek(place, 0)
