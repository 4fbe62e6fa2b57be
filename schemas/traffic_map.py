"""The map of who says what to whom, as Mermaid drawings, made from the inventory."""

from collections.abc import Iterable, Iterator

from schemas.topics import FACTS, MONITORING, PAGE, SERVICES, UPSTREAM, Kind, Topic

WATCHERS = (MONITORING, PAGE)
"""Who hears every fact: drawn only where nobody else does."""
Traffic = dict[tuple[str, str], list[str]]
"""Names of topics by (who says, who hears)."""


def text() -> str:
    """Give the page as it is checked in."""
    facts = [topic for topic in FACTS if topic.kind is Kind.FACT]
    references = [topic for topic in FACTS if topic.kind is Kind.BROADCAST]
    parts = [
        "# Who says what to whom",
        "Generated from `schemas/topics.py` by `make generate`. What each topic carries: [catalogue](catalogue.md).",
        "## The mesh at a glance",
        "Numbers count topics. `monitoring` and the page's store hear everything; they are drawn only where nobody else hears.",
        _drawing(_counted(_traffic(facts))),
        *_services(facts),
        "## Told to everybody",
        "Written to every partition, so that each task has them in its own order.",
        _drawing(_named(_traffic(references))),
        "## What every service has besides",
        _drawing(_besides()),
    ]
    return "\n\n".join(parts) + "\n"


def _services(facts: Iterable[Topic]) -> Iterator[str]:
    for service in SERVICES:
        mine = [topic for topic in facts if service in (*topic.producers, *topic.consumers)]
        traffic = {pair: names for pair, names in _traffic(mine).items() if service in pair}
        yield f"## {service}"
        yield _drawing(_named(traffic))


def _traffic(facts: Iterable[Topic]) -> Traffic:
    found: Traffic = {}
    for topic in facts:
        others = [hearer for hearer in topic.consumers if hearer not in WATCHERS]
        for speaker in topic.producers:
            for hearer in others or topic.consumers:
                found.setdefault((speaker, hearer), []).append(topic.name)
    return found


def _counted(traffic: Traffic) -> Iterator[str]:
    yield from _nodes(traffic)
    for (speaker, hearer), names in traffic.items():
        yield f"{speaker} -->|{len(names)}| {hearer}"


def _named(traffic: Traffic) -> Iterator[str]:
    yield from _nodes(traffic)
    for (speaker, hearer), names in traffic.items():
        yield f'{speaker} -->|"{"<br/>".join(names)}"| {hearer}'


def _besides() -> Iterator[str]:
    yield 'operators{{"operators, page"}} -->|"«service»-commands"| service["a service"]'
    yield 'service -->|"«service»-changelog<br/>(its state, compacted)"| service'
    yield 'service -->|"«service»-decisions"| audit["audit, monitoring, console"]'
    yield 'service -->|"«service»-dead"| desk["console, monitoring"]'
    yield 'page{{"page"}} -->|"page-act-recorded<br/>(what people did there)"| page'
    yield 'auditor{{"audit"}} -->|"audit-seals<br/>(signed heads)"| readers["audit, console"]'


def _nodes(traffic: Traffic) -> Iterator[str]:
    """Deciding services are boxes, systems outside the mesh are rounded, all others hexagons."""
    for name in dict.fromkeys(name for pair in traffic for name in pair):
        if name in SERVICES:
            yield f'{name}["{name}"]'
        elif name in UPSTREAM:
            yield f'{name}(["{name}"])'
        else:
            yield f'{name}{{{{"{name}"}}}}'


def _drawing(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", "flowchart LR", *(f"    {line}" for line in lines), "```"])
