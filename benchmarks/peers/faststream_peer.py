"""FastStream: a subscriber whose pydantic argument is validated, a dict of counts, each answer awaited: at least once."""

import uvloop
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from benchmarks.peers.work import arguments, follow_up
from schemas.contributions import ContributionPaid


def main() -> None:
    """Count until told to end."""
    given = arguments()
    broker = KafkaBroker(given.bootstrap)
    publisher = broker.publisher(given.target)
    counts: dict[str, int] = {}

    async def count(paid: ContributionPaid) -> None:
        counts[paid.unit_code] = counts.get(paid.unit_code, 0) + 1
        await publisher.publish(follow_up(paid, counts[paid.unit_code]), key=paid.unit_code.encode())

    subscribe = broker.subscriber(
        given.source, group_id=given.group, auto_offset_reset="earliest", ack_policy=AckPolicy.ACK
    )
    subscribe(count)
    uvloop.run(FastStream(broker).run())


if __name__ == "__main__":
    main()
