"""Quix Streams: a stateful data frame (RocksDB and a changelog), exactly once, as its documentation shows."""

from typing import Any

from quixstreams import Application

from benchmarks.peers.work import arguments, follow_up, validated


def _counted(value: bytes, state: Any) -> bytes:
    paid = validated(value)
    count = state.get("payments", 0) + 1
    state.set("payments", count)
    return follow_up(paid, count)


def main() -> None:
    """Count until told to end."""
    given = arguments()
    app = Application(
        broker_address=given.bootstrap,
        consumer_group=given.group,
        auto_offset_reset="earliest",
        processing_guarantee=given.guarantee,
        state_dir=given.folder,
        loglevel="WARNING",
        producer_extra_config={"partitioner": "murmur2_random", "compression.type": "lz4"},
    )
    source = app.topic(given.source, value_deserializer="bytes", key_deserializer="str")
    target = app.topic(given.target, value_serializer="bytes", key_serializer="str")
    app.dataframe(source).apply(_counted, stateful=True).to_topic(target)
    app.run()


if __name__ == "__main__":
    main()
