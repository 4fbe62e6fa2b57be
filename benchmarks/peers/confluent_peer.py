"""Bare confluent-kafka: one consumer, one transactional producer, one transaction a batch, counts kept in a changelog."""

import itertools
import signal
from typing import Any

from confluent_kafka import Consumer, Producer

from benchmarks.peers.work import BATCH_RECORDS, arguments, follow_up, validated

POLL_S = 0.5
TRANSACTION_S = 30.0


def main() -> None:
    """Count until told to end."""
    given = arguments()
    common = {"bootstrap.servers": given.bootstrap}
    consumer = Consumer(
        common
        | {
            "group.id": given.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    producer = Producer(
        common
        | {
            "transactional.id": given.group,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    consumer.subscribe([given.source])
    producer.init_transactions(TRANSACTION_S)
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    counts: dict[bytes, int] = {}
    while not ended:
        records = consumer.consume(BATCH_RECORDS, POLL_S)
        if records:
            _transaction(consumer, producer, records, counts, given.target)
    consumer.close()


def _transaction(consumer: Any, producer: Any, records: list[Any], counts: dict[bytes, int], target: str) -> None:
    changed: dict[bytes, int] = {}
    producer.begin_transaction()
    for number, record in zip(itertools.count(1), records, strict=False):
        if record.error() is not None:
            raise RuntimeError(str(record.error()))
        paid, key = validated(record.value()), record.key()
        count = changed.get(key, counts.get(key, 0)) + 1
        changed[key] = count
        producer.produce(target, follow_up(paid, count), key)
        if number % 500 == 0:
            producer.poll(0)
    for key, count in changed.items():
        producer.produce(f"{target}-changelog", str(count).encode(), key)
    producer.send_offsets_to_transaction(
        consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), TRANSACTION_S
    )
    producer.commit_transaction(TRANSACTION_S)
    counts.update(changed)


if __name__ == "__main__":
    main()
