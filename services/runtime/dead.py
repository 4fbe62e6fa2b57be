"""Dead letters: what was refused, with its original key, bytes and headers, and why beside them as `dead_*` headers."""

from datetime import datetime

from schemas.decision import Reason
from schemas.topics import dead_topic
from services.runtime.envelope import instant_text
from services.runtime.records import Header, InputRecord, OutputRecord

PREFIX = "dead_"


def dead_letter(service: str, partition: int, record: InputRecord, reason: Reason, now: datetime) -> OutputRecord:
    """Wrap a refused record; it stays on the partition number of the task that refused it."""
    why: tuple[Header, ...] = (
        (f"{PREFIX}service", service.encode()),
        (f"{PREFIX}code", reason.code.encode()),
        (f"{PREFIX}detail", reason.values.get("detail", "").encode()),
        (f"{PREFIX}topic", record.topic.encode()),
        (f"{PREFIX}partition", str(record.partition).encode()),
        (f"{PREFIX}offset", str(record.offset).encode()),
        (f"{PREFIX}append_time_ms", str(record.append_time_ms).encode()),
        (f"{PREFIX}decided_at", instant_text(now).encode()),
    )
    return OutputRecord(dead_topic(service), partition, record.key, record.value, record.headers + why)


def split_dead(headers: tuple[Header, ...]) -> tuple[tuple[Header, ...], dict[str, str]]:
    """Part a dead letter's headers into the original ones and the reason's, the latter without their prefix.

    Only the last eight count as the reason's: an original may itself carry such names.
    """
    count = 8
    original, why = headers[:-count], headers[-count:]
    return original, {name.removeprefix(PREFIX): (value or b"").decode("utf-8", "replace") for name, value in why}


def original_of(record: InputRecord) -> tuple[InputRecord, dict[str, str]]:
    """Give a dead letter's original as it stood in its topic, and the reason's headers without their prefix."""
    headers, why = split_dead(record.headers)
    place = why["topic"], int(why["partition"]), int(why["offset"]), int(why["append_time_ms"])
    return InputRecord(*place, record.key, record.value, headers), why
