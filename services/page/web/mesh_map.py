"""The mesh as a map: services as places, topics between them as roads. Pure: gives what a template draws as SVG."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.page.store.answers import Overview, ServiceNow, TopicNow

COLUMN_WIDTH, ROW_HEIGHT, BOX_WIDTH, BOX_HEIGHT, MARGIN = 400, 78, 172, 62, 16
BEND = 60
"""How far a road between two of one column goes out to the right."""
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("tax", "market-regulation", "collection-desk", "appraisal-window", "card-hotline", "outlet-ledger", "payroll"),
    ("arrears", "appraisal", "cards", "outlets"),
    ("notifications", "documents", "card-printing", "deliveries"),
)
"""Who stands where: upstream systems, deciding services, what acts outside. Whoever is not here has no place on the map."""
UPSTREAM_NAMES = {
    "tax": ("税务", "Tax office"),
    "market-regulation": ("市场监管", "Registrar"),
    "collection-desk": ("征缴岗位", "Collection desk"),
    "appraisal-window": ("鉴定窗口", "Appraisal window"),
    "card-hotline": ("挂失热线", "Card hotline"),
    "outlet-ledger": ("网点台账", "Outlet ledger"),
    "payroll": ("工资", "Payroll"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A party on the map; `service` where it is one of ours. `x`, `y`: its upper left corner."""

    name: str
    title_zh: str
    title_en: str
    x: int
    y: int
    service: ServiceNow | None


@dataclass(frozen=True, slots=True)
class Road:
    """All topics from one party to another: `path` is SVG, `records` came in the last hour, `topics` are told in words."""

    start: str
    end: str
    path: str
    width: float
    records: int
    topics: tuple[str, ...]
    is_stuck: bool


@dataclass(frozen=True, slots=True)
class MeshMap:
    """The whole drawing."""

    places: tuple[Place, ...]
    roads: tuple[Road, ...]
    width: int
    height: int


def mesh_map(overview: Overview) -> MeshMap:
    """Draw the overview."""
    services = {service.name: service for service in overview.services}
    used = {name for topic in overview.topics for name in (*topic.producers, *topic.consumers)} | set(services)
    columns = [[name for name in column if name in used] for column in COLUMNS]
    rows = max((len(column) for column in columns), default=1)
    height = rows * ROW_HEIGHT + MARGIN
    places = [
        _place(name, column, row, len(names), height, services.get(name))
        for column, names in enumerate(columns)
        for row, name in enumerate(names)
    ]
    roads = tuple(_roads(overview.topics, {place.name: place for place in places}))
    width = (len(COLUMNS) - 1) * COLUMN_WIDTH + BOX_WIDTH + 2 * MARGIN + BEND
    return MeshMap(tuple(places), roads, width, height)


def _place(name: str, column: int, row: int, count: int, height: int, service: ServiceNow | None) -> Place:
    free = (height - count * BOX_HEIGHT) / (count + 1)
    chinese, english = UPSTREAM_NAMES.get(name, (name, name))
    title = service.name_zh if service is not None else chinese
    return Place(
        name,
        title,
        english,
        MARGIN + column * COLUMN_WIDTH,
        round(free + row * (BOX_HEIGHT + free)),
        service,
    )


def _roads(topics: Iterable[TopicNow], places: dict[str, Place]) -> Iterable[Road]:
    between: dict[tuple[str, str], list[TopicNow]] = defaultdict(list)
    for topic in topics:
        for start in topic.producers:
            for end in topic.consumers:
                if start in places and end in places and start != end:
                    between[start, end].append(topic)
    for (start, end), found in sorted(between.items()):
        records = sum(sum(topic.minutes) for topic in found)
        hearer = places[end].service
        is_stuck = hearer is not None and hearer.is_stuck
        told = tuple(f"{topic.title_zh}（{topic.name}）" for topic in found)
        yield Road(
            start, end, _path(places[start], places[end]), 1.0 + min(5.0, records**0.5 / 8), records, told, is_stuck
        )


def _path(start: Place, end: Place) -> str:
    """Draw a curve from side to side; within a column it bends to the right, backwards it leaves and enters on the left."""
    middle = BOX_HEIGHT // 2
    if start.x < end.x:
        x1, y1, x2, y2 = start.x + BOX_WIDTH, start.y + middle - 8, end.x, end.y + middle - 8
        bend = (x2 - x1) // 2
        return f"M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}"
    if start.x > end.x:
        x1, y1, x2, y2 = start.x, start.y + middle + 10, end.x + BOX_WIDTH, end.y + middle + 10
        bend = (x1 - x2) // 2
        return f"M{x1},{y1} C{x1 - bend},{y1} {x2 + bend},{y2} {x2},{y2}"
    x, y1, y2 = start.x + BOX_WIDTH, start.y + middle, end.y + middle
    return f"M{x},{y1} C{x + BEND},{y1} {x + BEND},{y2} {x},{y2}"
