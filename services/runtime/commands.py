"""Operators' commands at the door, and the records they bring back. Pure."""

from datetime import datetime

from schemas.mesh import CommandIssued, OriginalRecord
from services.runtime.cases import ParkedRecord
from services.runtime.codec import Codec
from services.runtime.door import Event, admit
from services.runtime.records import InputRecord, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service

ACTIONS = ("redrive", "release", "resume", "reconcile")


def admit_command(record: InputRecord, codec: Codec, now: datetime, service: Service) -> tuple[Event, CommandIssued]:
    """Let an operator's command through; `resume` is for a task, the others for a case of this task."""
    event = admit(record, codec, now, 0)
    command = event.fact
    assert isinstance(command, CommandIssued)
    if command.action not in ACTIONS:
        raise RefusedAtDoor("command-unknown", command.action)
    if command.action == "resume":
        return event, command
    if partition_of(command.subject.encode(), service.partitions) != record.partition:
        raise RefusedAtDoor("command-of-another-task")
    if command.action == "reconcile" and not service.effect_port:
        raise RefusedAtDoor("command-of-another-task", "nothing here has effects")
    if command.action == "redrive":
        _check_original(command.original, command.subject, service)
    return event, command


def _check_original(original: OriginalRecord | None, subject: str, service: Service) -> None:
    if original is None:
        raise RefusedAtDoor("command-without-original")
    if original.key != subject.encode():  # an order stands in the story of the case it names
        raise RefusedAtDoor("command-of-another-task", "the record is another case's")
    if original.topic not in {kind.topic for kind in service.hears}:
        raise RefusedAtDoor("command-of-another-task", original.topic)


def original_record(original: OriginalRecord, partition: int) -> InputRecord:
    """Give a dead record as it stood when it was first read, on the partition where its key belongs."""
    headers = tuple((header.name, header.value) for header in original.headers)
    return InputRecord(
        original.topic, partition, original.offset, original.append_time_ms, original.key, original.value, headers
    )


def parked_record(parked: ParkedRecord) -> InputRecord:
    """Give a waiting record as it stood when it was parked."""
    return InputRecord(
        parked.topic,
        parked.partition,
        parked.offset,
        parked.append_time_ms,
        parked.key,
        parked.value,
        tuple((name, value) for name, value in parked.headers),
    )
