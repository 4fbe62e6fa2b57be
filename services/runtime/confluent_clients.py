"""What every client of librdkafka in this process is made with, and what its errors mean to us."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import RIGHTS, RIGHTS_ZH, BrokerRefused, Fenced, MeshError, TaskMustRestart
from services.runtime.settings import MeshSettings

WRITE_BATCH_BYTES = 1024 * 1024
WRITTEN_BYTES_MAX = 16 * 1024 * 1024
"""The largest record the client itself lets through: more than any topic takes, so that the broker is who judges."""
WRITTEN_AT_ONCE_MAX = 1_000_000
FETCH_BYTES = 8 * 1024 * 1024
PARTITION_FETCH_BYTES = 1024 * 1024
QUEUED_RECORDS = 10_000
QUEUED_KIB = 8 * 1024
"""How much one client fetches ahead; librdkafka's own 64 MiB would be 768 MiB for twelve tasks."""
FULL_QUEUE_PAUSE_MS = 50
END_TOLD_WITHIN_MS = 500
"""How long a broker may hold a fetch: the end of a topic behind a transaction's marker is told by the fetch after it."""
RECONNECT_MS_MAX = 1_000
RETRY_MS = 20
"""librdkafka's own 100 ms would be waited wherever the broker is still completing the last transaction."""
RDKAFKA = logging.getLogger("rdkafka")

# ruff: noqa: SLF001 — librdkafka's own codes begin with an underscore, and are public
FENCED = frozenset({KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED})
UNREADABLE = frozenset(
    {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError._BAD_COMPRESSION, KafkaError._NOT_IMPLEMENTED}
)

NOT_ALLOWED = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)


def connection_config(broker: BrokerConnection) -> dict[str, Any]:
    """Say in librdkafka's words how the brokers are reached: addresses, TLS, login."""
    config: dict[str, Any] = {"bootstrap.servers": broker.servers, "security.protocol": broker.security}
    if broker.logs_in:
        password = broker.password.get_secret_value() if broker.password is not None else ""
        config |= {"sasl.mechanism": broker.mechanism, "sasl.username": broker.user, "sasl.password": password}
    files = {
        "ssl.ca.location": broker.ca_file,
        "ssl.certificate.location": broker.certificate_file,
        "ssl.key.location": broker.key_file,
    }
    return config | {name: str(path) for name, path in files.items() if path is not None}


def _client_config(settings: MeshSettings) -> dict[str, Any]:
    return connection_config(settings.connection) | {
        "socket.timeout.ms": settings.request_timeout_ms,
        "reconnect.backoff.max.ms": RECONNECT_MS_MAX,
        "retry.backoff.ms": RETRY_MS,
        "logger": RDKAFKA,
    }


def consumer_config(settings: MeshSettings, group: str) -> dict[str, Any]:
    """Configure a consumer that is assigned by hand; the group is only its name, it never joins."""
    return _client_config(settings) | {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # a lost offset stops the task, it does not jump
        "isolation.level": "read_committed",
        "enable.partition.eof": True,  # the only word about positions behind the markers of transactions
        "check.crcs": True,
        "fetch.wait.max.ms": END_TOLD_WITHIN_MS,
        "fetch.max.bytes": FETCH_BYTES,
        "max.partition.fetch.bytes": PARTITION_FETCH_BYTES,
        "queued.min.messages": QUEUED_RECORDS,
        "queued.max.messages.kbytes": QUEUED_KIB,
        "fetch.queue.backoff.ms": FULL_QUEUE_PAUSE_MS,
    }


def producer_config(settings: MeshSettings, transactional_id: str) -> dict[str, Any]:
    """Configure the transactional producer of one task."""
    return _client_config(settings) | {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": settings.transaction_timeout_ms,
        "delivery.timeout.ms": settings.transaction_timeout_ms,
        "delivery.report.only.error": True,
        "compression.type": "zstd",
        "linger.ms": 0,  # what comes while a request is under way goes with the next: fewer, larger batches by itself
        "batch.size": WRITE_BATCH_BYTES,
        "message.max.bytes": WRITTEN_BYTES_MAX,
        "queue.buffering.max.messages": WRITTEN_AT_ONCE_MAX,
    }


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Say what an error of a consumer's own means; what the broker answers comes in place of a record."""
    try:
        yield
    except KafkaException as error:
        raise why_not_read(error.args[0], what) from error


def why_not_read(error: KafkaError, what: str) -> MeshError:
    """Give what an error in place of a record says is to be done."""
    if error.code() in UNREADABLE:
        return BrokerRefused(f"{what} 无法读取。", f"{what} cannot be read: {error.str()}.")
    # A wrong checksum too: that is no bad input but a broken broker, and what it holds must not be passed over.
    return TaskMustRestart(f"{what} cannot be read: {error.str()}")


def why_not_written(exception: KafkaException, what: str) -> MeshError:
    """Give what a failed transaction says is to be done."""
    error = exception.args[0]
    if error.code() in NOT_ALLOWED:
        return BrokerRefused(f"{what} 无权写入；{RIGHTS_ZH}。", f"{what} may not write ({error.name()}): {RIGHTS}.")
    if error.code() in FENCED:
        return Fenced(f"{what} belongs to another process now")
    return TaskMustRestart(f"the transaction of {what} did not go through: {error.str()}")
