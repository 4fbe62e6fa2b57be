"""The catalogue of everything that is said: one page for people, made from the inventory and the contracts."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from schemas.avro.versions import current_number, kept_versions, released
from schemas.contracts import CONTRACTS, TOPICS_OF
from schemas.fact import Sealed, Wire
from schemas.sealed_fields import note_of
from schemas.source_notes import field_notes, modules_behind, type_notes
from schemas.titles import TITLES_ZH
from schemas.topics import (
    AUDIT_SEALS,
    SEALS,
    SERVICES,
    TOPICS,
    Kind,
    Topic,
    changelog_topic,
    commands_topic,
    dead_topic,
    decisions_topic,
)

_NAMES = re.compile(r"[A-Za-z]+")


_HEAD = """\
Generated from `schemas/` by `make generate`. The same for machines: [asyncapi.json](asyncapi.json). Who says what to
whom: [map](map.md).

Every value is Avro in the registry wire format; money is whole fen; legal dates are dates in Asia/Shanghai, instants are
UTC; sealed fields open for those alone who are named beside them. Everything is kept for ever unless it says otherwise."""


def text() -> str:
    """Give the page as it is checked in."""
    parts = [
        "# Catalogue of contracts",
        _HEAD,
        "\n".join(_overview()),
        *(_section(name) for name in _facts()),
        "## Every service besides",
        "\n".join(_besides()),
        *(_section(name) for name in CONTRACTS if name not in _facts()),
        "## Types",
        "\n".join(_types()),
    ]
    return "\n\n".join(parts) + "\n"


def _facts() -> list[str]:
    return [name for name, topics in TOPICS_OF.items() if topics[0].kind in (Kind.FACT, Kind.BROADCAST, Kind.OPS)]


def _overview() -> Iterator[str]:
    yield "| topic | 含义 | said by | heard by | key |"
    yield "|---|---|---|---|---|"
    for name in _facts():
        topic = TOPICS_OF[name][0]
        yield f"| [{name}](#{name}) | {TITLES_ZH[name]} | {topic.owner} | {_hearers(topic)} | `{topic.key}` |"


def _hearers(topic: Topic) -> str:
    return "every service" if set(SERVICES) <= set(topic.consumers) else ", ".join(topic.consumers)


def _section(name: str) -> str:
    model = CONTRACTS[name]
    return "\n\n".join(
        [f"## {name}", f"**{TITLES_ZH[name]}** · {_prose(model)}", *_standing(name), _field_table(model)]
    )


def _prose(model: type[Wire]) -> str:
    return " ".join((model.__doc__ or "").split())


def _standing(name: str) -> Iterator[str]:
    topic = TOPICS_OF[name][0]
    number = current_number(name, CONTRACTS[name], kept_versions().get(name, {}), released())
    files = (
        f"schema [v{number}](../../schemas/avro/{name}/v{number}.avsc), "
        f"examples [valid](../../schemas/examples/{name}/v{number}.valid.json) and "
        f"[invalid](../../schemas/examples/{name}/v{number}.invalid.json)"
    )
    if topic.kind in (Kind.COMMANDS, Kind.DECISIONS):
        yield f"On every `…-{topic.kind.value}` topic; key: {topic.key}; {files}."
        return
    everywhere = "; written to every partition" if topic.kind is Kind.BROADCAST else ""
    yield (
        f"Said by **{topic.owner}**, heard by {_hearers(topic)}; key `{topic.key}`{everywhere}; {topic.sensitivity.value}; "
        f"kept {_kept(topic)}; {files}."
    )


def _kept(topic: Topic) -> str:
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"


def _field_table(model: type[Wire]) -> str:
    lines = ["| field | type | |", "|---|---|---|"]
    for note in field_notes(model):
        field = model.model_fields[note.name]
        default = "" if field.default in (None, (), "") else f", else `{str(field.default).lower()}`"
        need = "required" if field.is_required() else f"optional{default}"
        sealed = note_of(getattr(model, "topic", ""), note.name) if Sealed.__name__ in note.written_type else ""
        says = "; ".join(part for part in (need, sealed, note.note) if part)
        lines.append(f"| `{note.name}` | {_cell(note.written_type)} | {_cell(says)} |")
    return "\n".join(lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _besides() -> Iterator[str]:
    yield f"`<service>` is one of {', '.join(SERVICES)}."
    yield ""
    yield "| topic | what | key | kept |"
    yield "|---|---|---|---|"
    rows = (
        (commands_topic, Kind.COMMANDS, "操作指令: what operators order this one service to do"),
        (decisions_topic, Kind.DECISIONS, "决定记录: what became of every record, in the order of deciding"),
        (dead_topic, Kind.DEAD, "拒收记录: refused records with their own bytes and headers, and why"),
        (changelog_topic, Kind.CHANGELOG, "状态: the service's cases, compacted; nobody else's business"),
    )
    for name_of, kind, what in rows:
        topic = _first(kind)
        kept = "the newest of a key" if kind is Kind.CHANGELOG else _kept(topic)
        yield f"| `{name_of('<service>')}` | {what} | {topic.key} | {kept} |"
    seals = "决定记录签封: how far each task's decision records reach, signed; of all services together"
    yield f"| `{AUDIT_SEALS}` | {seals} | {SEALS.key} | {_kept(SEALS)} |"


def _first(kind: Kind) -> Topic:
    return next(topic for topic in TOPICS if topic.kind is kind)


def _types() -> Iterator[str]:
    """Tell of the types that fields name, and of the records inside records."""
    records = {model.__name__: model for model in CONTRACTS.values()}
    for model in CONTRACTS.values():
        records.update({inner.__name__: inner for inner in _inside(model)})
    written = (note.written_type for model in records.values() for note in field_notes(model))
    used = {word for words in written for word in _NAMES.findall(words)}
    notes = {name: says for module in modules_behind(records.values()) for name, says in type_notes(module).items()}
    yield "| type | what it is |"
    yield "|---|---|"
    for name in sorted(used & (notes.keys() | records.keys())):
        yield f"| `{name}` | {_cell(notes[name] if name in notes else _record(records[name]))} |"


def _record(model: type[Wire]) -> str:
    fields = ", ".join(f"`{note.name}` ({note.written_type})" for note in field_notes(model))
    return f"{_prose(model)} Fields: {fields}."


def _inside(model: type[Wire]) -> Iterator[type[Wire]]:
    for field in model.model_fields.values():
        for inner in _records_in(field.annotation):
            yield inner
            yield from _inside(inner)


def _records_in(annotation: Any) -> Iterator[type[Wire]]:
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        yield annotation
    for part in get_args(annotation):
        yield from _records_in(part)
