"""From a fact to its rows: itself, masked; where its case lies; what cards and limits need of it. Pure."""

from schemas import topics
from schemas.appraisal import AppraisalAccepted, AppraisalExtended
from schemas.cards import CardIssued, CardLost
from schemas.fact import CaseFact, Fact
from schemas.mesh import ClockTicked, CommandIssued
from schemas.outlets import OutletPublished
from schemas.signing import KEY_ID_HEADER, SIGNED_AT_HEADER
from services.page.store import tables
from services.page.store.changes import Changes, Row, micros_of
from services.page.store.masking import masked_json, masked_text
from services.runtime.codec import Codec
from services.runtime.envelope import Envelope, envelope_of
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor

KEY_CHARACTERS_MAX = 200
TEXT_CHARACTERS_MAX = 256
_REFERENCES = ("business_reference", "application_reference", "clearance_number", "number")
_SERVICES = frozenset(topics.SERVICES)


def take_fact(record: InputRecord, codec: Codec, changes: Changes) -> None:
    """Take in a fact, or an operator's command. One without a readable envelope is only counted, as elsewhere."""
    if record.topic == ClockTicked.topic:
        return
    topic = topics.BY_NAME[record.topic]
    changes.count(record.topic, "", record.append_time_ms)
    try:
        envelope = envelope_of(record.headers)
    except RefusedAtDoor:
        return
    try:
        fact: Fact | None = codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        fact = None
    if isinstance(fact, CommandIssued):
        fact = _without_original(record, envelope, fact, changes)
    row = _fact_row(record, envelope, fact)
    changes.insert(tables.fact, row)
    if topic.owner in _SERVICES and row["district"]:  # what others say may be refused, and may name any case
        changes.districts.add((row["case_key"], row["district"]))
    if fact is not None:
        _take_particulars(record, fact, changes)


def key_text(key: bytes | None) -> str:
    """A record's key as rows keep it: masked and bounded, whatever it is."""
    return masked_text((key or b"").decode("utf-8", "replace")[:KEY_CHARACTERS_MAX])


def district_of(fact: Fact | None) -> str:
    """The district a fact names; empty where it names none."""
    district = getattr(fact, "district", None)
    return str(district) if isinstance(fact, CaseFact | OutletPublished) and district is not None else ""


def bounded(text: str) -> str:
    """A sender's text, masked and bounded."""
    return masked_text(text[:TEXT_CHARACTERS_MAX])


def _fact_row(record: InputRecord, envelope: Envelope, fact: Fact | None) -> Row:
    headers = dict(record.headers)
    signed = [(headers.get(name) or b"").decode("utf-8", "replace") for name in (KEY_ID_HEADER, SIGNED_AT_HEADER)]
    references = (getattr(fact, name, None) for name in _REFERENCES)
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "append_time": record.append_time_ms,
        "event_id": bounded(envelope.id),
        "case_key": key_text(record.key),
        "source": bounded(envelope.source),
        "said_at": micros_of(envelope.time),
        "correlation_id": bounded(envelope.correlation_id),
        "causation_id": bounded(envelope.causation_id),
        "district": district_of(fact),
        "reference": next((bounded(one) for one in references if isinstance(one, str) and one), ""),
        "effect_id": bounded(str(getattr(fact, "effect_id", None) or "")),
        "signed": bounded(" ".join(signed)) if all(signed) else "",
        "body": "" if fact is None else masked_json(fact.model_dump_json().encode()).decode(),
    }


def _without_original(
    record: InputRecord, envelope: Envelope, command: CommandIssued, changes: Changes
) -> CommandIssued:
    """A command as it is shown; the record inside it, if any, is the dead letter that it gives back."""
    if command.original is None:
        return command
    original = command.original
    row = {
        "service": record.topic.removesuffix(topics.commands_topic("")),
        "partition": record.partition,
        "offset": record.offset,
        "event_id": bounded(envelope.id),
        "topic": bounded(original.topic),
        "from_partition": original.partition,
        "from_offset": original.offset,
    }
    changes.insert(tables.redriven, row)
    return command.model_copy(update={"original": None})


def _take_particulars(record: InputRecord, fact: Fact, changes: Changes) -> None:
    if isinstance(fact, CardLost):
        if fact.wants_instant_card:
            _take_card(record, "", micros_of(fact.reported_at), changes)
    elif isinstance(fact, CardIssued):
        _take_card(record, fact.outlet_key, micros_of(fact.issued_at), changes)
    elif isinstance(fact, AppraisalAccepted | AppraisalExtended):
        due_on = fact.conclusion_due_on if isinstance(fact, AppraisalAccepted) else fact.extended_due_on
        key = {"case_key": fact.case_key, "reference": bounded(fact.application_reference), "topic": fact.topic}
        changes.set(tables.application_limit, key, {"due_on": due_on.isoformat()})
    elif isinstance(fact, OutletPublished):
        _take_outlet(fact, changes)


def _take_card(record: InputRecord, outlet_key: str, at: int, changes: Changes) -> None:
    row = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "case_key": key_text(record.key),
        "outlet_key": outlet_key,
        "at": at,
    }
    changes.insert(tables.card, row)


def _take_outlet(fact: OutletPublished, changes: Changes) -> None:
    values = {
        "revision": fact.revision,
        "name": masked_text(fact.name),
        "district": str(fact.district),
        "address": masked_text(fact.address),
        "telephone": fact.telephone,
        "latitude_microdeg": fact.latitude_microdeg,
        "longitude_microdeg": fact.longitude_microdeg,
        "makes_cards": fact.makes_cards,
        "is_assumed": bool(fact.assumed),
    }
    changes.revise(tables.outlet, {"outlet_key": fact.outlet_key}, values)
