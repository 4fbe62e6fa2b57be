"""Faust: an agent that counts in a Table and sends what follows, as its documentation shows."""

import logging
import sys
from pathlib import Path
from typing import Any

import faust

from benchmarks.peers.work import PARTITIONS, arguments, follow_up, validated


def main() -> None:
    """Count until told to end."""
    given = arguments()
    logging.getLogger("faust").setLevel(logging.WARNING)
    app = faust.App(
        given.group,
        broker=f"kafka://{given.bootstrap}",
        store="memory://",
        processing_guarantee=given.guarantee,
        topic_partitions=PARTITIONS,
        datadir=Path(given.folder),
        web_enabled=False,
    )
    source = app.topic(given.source, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")
    target = app.topic(given.target, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")
    payments = app.Table("payments", default=int, partitions=PARTITIONS)

    async def count(stream: Any) -> None:
        async for value in stream:
            paid = validated(value)
            payments[paid.unit_code] += 1
            await target.send(key=paid.unit_code.encode(), value=follow_up(paid, payments[paid.unit_code]))

    app.agent(source)(count)
    sys.argv = [sys.argv[0], "--loop", "uvloop", "worker", "--loglevel", "warn", "--without-web"]
    app.main()


if __name__ == "__main__":
    main()
