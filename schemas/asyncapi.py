"""The AsyncAPI 3.0 document of the mesh, made from the inventory: channels, who sends and receives, messages, keys."""

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from schemas.avro import NAMESPACE, avro_schema
from schemas.contracts import CONTRACTS, TOPICS_OF, contract_name
from schemas.examples.building import valid_text
from schemas.fact import Wire
from schemas.signing import KEY_ID_HEADER, SIGNATURE_HEADER, SIGNED_AT_HEADER
from schemas.titles import TITLES_ZH
from schemas.topics import TOPICS, UPSTREAM, Kind, Topic

AVRO_FORMAT = "application/vnd.apache.avro+json;version=1.9.0"
KAFKA_BINDING = "0.5.0"
DEAD_LETTER = "dead-letter"
SCHEMA_ID_BYTES = "4"
_MS_A_DAY = 24 * 60 * 60 * 1000

_HEADERS: Mapping[str, tuple[str, str]] = {
    "ce_specversion": ("Always 1.0.", "required"),
    "ce_id": ("Names the event; the same event said again has the same id.", "required"),
    "ce_source": ("Who said it, e.g. /services/arrears.", "required"),
    "ce_type": (f"{NAMESPACE}.<topic>.", "required"),
    "ce_time": ("When it was said, RFC 3339 in UTC.", "required"),
    "content-type": ("application/avro.", ""),
    "ce_correlationid": ("The event at the beginning of it all.", ""),
    "ce_causationid": ("The event that led to this one.", ""),
    "ce_sequence": ("Counts what one service has said of one case.", ""),
    "traceparent": ("W3C trace context.", ""),
}
"""The CloudEvents 1.0 attributes and what else travels as Kafka headers."""
_UPSTREAM_HEADERS: Mapping[str, tuple[str, str]] = {
    KEY_ID_HEADER: ("The published key it is signed with; needed once the system has one.", ""),
    SIGNED_AT_HEADER: ("When it was signed, RFC 3339; at most 15 minutes before it reaches the broker.", ""),
    SIGNATURE_HEADER: ("Ed25519 signature, base64; what is signed stands in the package of contracts.", ""),
}
"""What an upstream system's records carry besides."""


def text() -> str:
    """Give the document as it is checked in."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def document() -> dict[str, Any]:
    """Give the document. Changelogs are left out: a service's state is nobody else's business."""
    public = [topic for topic in TOPICS if topic.kind is not Kind.CHANGELOG]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "shebao-mesh",
            "version": version("shebao-mesh"),
            "description": "Event mesh of a social-insurance agency. Every record is a CloudEvent in Kafka's binary mode; "
            "its value is the registry wire format (magic byte, schema id, Avro).",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/avro",
        "servers": {"sandbox": _sandbox()},
        "channels": {topic.name: _channel(topic) for topic in public},
        "operations": dict(operation for topic in public for operation in _operations(topic)),
        "components": {"messages": _messages()},
    }


def _sandbox() -> dict[str, Any]:
    return {
        "host": "127.0.0.1:19092",
        "protocol": "kafka",
        "description": "What `shebao up` starts on one machine.",
        "bindings": {
            "kafka": {
                "schemaRegistryUrl": "http://127.0.0.1:18081/apis/ccompat/v7",
                "schemaRegistryVendor": "apicurio",
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _message_name(topic: Topic) -> str:
    return DEAD_LETTER if topic.fact is None else contract_name(topic.fact)


def _channel(topic: Topic) -> dict[str, Any]:
    name = _message_name(topic)
    retention_ms = -1 if topic.retention_days is None else topic.retention_days * _MS_A_DAY
    return {
        "address": topic.name,
        "title": f"{topic.name} {TITLES_ZH.get(name, '拒收记录')}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": retention_ms,
                    "max.message.bytes": topic.bytes_max,
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
        "x-owner": topic.owner,
        "x-key": topic.key,
        "x-kind": topic.kind.value,
        "x-sensitivity": topic.sensitivity.value,
    }


def _operations(topic: Topic) -> Iterator[tuple[str, dict[str, Any]]]:
    for action, applications in (("send", topic.producers), ("receive", topic.consumers)):
        for application in applications:
            yield f"{application}.{action}.{topic.name}", _operation(topic, action, application)


def _operation(topic: Topic, action: str, application: str) -> dict[str, Any]:
    channel = f"#/channels/{topic.name}"
    operation: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_message_name(topic)}"}],
        "tags": [{"name": application}, {"name": "upstream" if application in UPSTREAM else "mesh"}],
    }
    if action == "receive":
        group = {"type": "string", "enum": [application]}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}}
    return operation


def _messages() -> dict[str, Any]:
    return {**{name: _message(name, model) for name, model in CONTRACTS.items()}, DEAD_LETTER: _dead_letter()}


def _message(name: str, model: type[Wire]) -> dict[str, Any]:
    whole, *_ = json.loads(valid_text(model))
    keys = sorted({topic.key for topic in TOPICS_OF[name]})
    is_upstream = any(topic.is_upstream for topic in TOPICS_OF[name])
    headers = {**_HEADERS, **(_UPSTREAM_HEADERS if is_upstream else {})}
    return {
        "name": model.__name__,
        "title": TITLES_ZH[name],
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/avro",
        "headers": {
            "type": "object",
            "required": [header for header, (_, need) in headers.items() if need],
            "properties": {header: {"type": "string", "description": says} for header, (says, _) in headers.items()},
        },
        "payload": {"schemaFormat": AVRO_FORMAT, "schema": avro_schema(model)},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"UTF-8 text: {', '.join(keys)}."},
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": SCHEMA_ID_BYTES,
                "schemaLookupStrategy": "TopicNameStrategy",
                "bindingVersion": KAFKA_BINDING,
            }
        },
        "examples": [{"name": "whole", "summary": whole["about"], "payload": whole["value"]}],
    }


def _dead_letter() -> dict[str, Any]:
    return {
        "name": "DeadLetter",
        "title": "拒收记录",
        "summary": "A refused record: its own key, bytes and headers, and why it was refused in `dead_*` headers.",
        "contentType": "application/octet-stream",
    }
