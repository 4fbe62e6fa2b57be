"""How long one hop takes while nothing else happens: from publishing a fact until its follow-up can be read, committed."""

import asyncio
import random
import statistics
import sys
import time
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.broker import create_topics
from benchmarks.counting import bench_codec, counting_service
from benchmarks.feed import full_record, payment, unit_code
from benchmarks.positions import caught_up
from benchmarks.processes import Failed, running
from schemas.arrears import ArrearsChanged
from schemas.topics import PARTITIONS, changelog_topic, commands_topic, dead_topic, decisions_topic
from schemas.vocabulary import Insurance
from services.runtime.records import OutputRecord

SAMPLES = 400
WARM_UP = 20
THINK_S = (0.005, 0.1)
"""Between two records one waits at random, so that no rhythm of the clients is met or missed each time."""
ANSWER_S_MAX = 10.0
OPEN_S_MAX = 60.0
SEED = 7


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one hop."""

    p50_ms: float
    p99_ms: float
    samples: int


async def measured(bootstrap: str, service: str, units: int) -> Latency:
    """Measure on a worker of a service of this name, which has nothing else to do."""
    plain = [commands_topic(service), decisions_topic(service), dead_topic(service)]
    await create_topics(bootstrap, plain, [changelog_topic(service)])
    for partition in range(PARTITIONS):
        await caught_up(bootstrap, counting_service(service), partition)
    command = [sys.executable, "-m", "benchmarks.worker", "--bootstrap", bootstrap, "--service", service]
    with running(f"{service}-latency", command) as process:
        await process.wait_told("opened", OPEN_S_MAX)
        times = await _hops(bootstrap, service, units)
        process.check()
        await process.end()
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return Latency(cuts[49] * 1000, cuts[98] * 1000, len(times))


async def _hops(bootstrap: str, service: str, units: int) -> list[float]:
    chance = random.Random(SEED)
    codec = bench_codec(service)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, isolation_level="read_committed")
    await asyncio.gather(producer.start(), consumer.start())
    try:
        places = [TopicPartition(ArrearsChanged.topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_end(*places)
        times = []
        for number in range(WARM_UP + SAMPLES):
            await asyncio.sleep(chance.uniform(*THINK_S))
            fact = payment(f"{service}/hop/{number}", unit_code(chance.randrange(units)), Insurance.MEDICAL)
            times.append(await _hop(producer, consumer, full_record(codec, fact)))
        return times[WARM_UP:]
    finally:
        await asyncio.gather(producer.stop(), consumer.stop())


async def _hop(producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, record: OutputRecord) -> float:
    cause = dict(record.headers)["ce_id"]
    began = time.perf_counter()
    await producer.send(record.topic, record.value, record.key, record.partition, headers=list(record.headers))
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            while dict((await consumer.getone()).headers).get("ce_causationid") != cause:
                pass
    except TimeoutError:
        raise Failed(f"a follow-up was not readable within {ANSWER_S_MAX:.0f} s") from None
    return time.perf_counter() - began
