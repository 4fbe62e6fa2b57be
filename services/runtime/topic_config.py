"""How each topic of the inventory is kept by the broker, and why."""

from collections.abc import Mapping

from schemas.topics import Kind, Topic

FOR_EVER = "-1"
_MIB = 1 << 20
_HOUR_MS = 60 * 60 * 1000
_DAY_MS = 24 * _HOUR_MS


def configuration(topic: Topic, replication: int) -> Mapping[str, str]:
    """Give a topic's settings, all of them said outright: a broker's own defaults decide nothing here."""
    return {
        # Tasks merge their inputs by the time at which the broker appended; a producer's clock orders nothing.
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(topic.bytes_max),
        # Uncompressed, the broker unpacks what comes from outside our services, people and the clock included: a
        # compression bomb meets its limit there, not a worker (decision 0070).
        "compression.type": "producer" if topic.is_of_a_service else "uncompressed",
        # A record is acknowledged once all replicas but one have it: one machine may fail, none may lie.
        "min.insync.replicas": str(max(1, replication - 1)),
        **(_compacted() if topic.kind is Kind.CHANGELOG else _kept(topic)),
    }


def _kept(topic: Topic) -> dict[str, str]:
    """Facts, commands, decisions and dead letters are the record of what was done: kept, never compacted."""
    retention = FOR_EVER if topic.retention_days is None else str(topic.retention_days * _DAY_MS)
    return {"cleanup.policy": "delete", "retention.ms": retention, "retention.bytes": FOR_EVER}


def _compacted() -> dict[str, str]:
    """State is read back whole when a task starts, so its log is kept short."""
    return {
        "cleanup.policy": "compact",
        # Only closed segments are compacted: close them early. A task that opens decides nothing until it has read what the newest holds.
        "segment.bytes": str(8 * _MIB),
        "segment.ms": str(6 * _HOUR_MS),
        # Compact once a fifth of the log is outdated.
        "min.cleanable.dirty.ratio": "0.2",
        # What a tombstone removes is gone for good within a week, however quiet the partition is.
        "max.compaction.lag.ms": str(7 * _DAY_MS),
        # A task that restores sees a tombstone for a day: no restore takes longer.
        "delete.retention.ms": str(_DAY_MS),
    }
