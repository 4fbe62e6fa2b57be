"""What monitoring shows on loopback: `/summary` (JSON), `/metrics` (Prometheus text), `/health`."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.monitoring import metrics as inventory
from services.monitoring.alerts import AlertBook, Opening
from services.monitoring.counters import MINUTE_MS, Counters
from services.monitoring.reading import Reader
from services.monitoring.windows import Windows
from services.runtime.metrics import kinds
from services.runtime.metrics.exposition import CONTENT_TYPE, Exposition
from services.runtime.metrics.inventory import ANY_WORKER

WORKER = "monitoring"
Pair = tuple[str, str]


class Watched(Protocol):
    """What the pages are made from."""

    reader: Reader
    lag: int
    is_whole: bool

    @property
    def book(self) -> AlertBook:
        """The alerts that stand."""

    def is_alive(self) -> bool:
        """Tell whether counting goes on."""


def summary(counters: Counters, book: AlertBook, windows: Windows, lag: int) -> dict[str, Any]:
    """Give all counts as plain values; minutes by their start in seconds since 1970.

    Of the windows: where the last that is closed ends, and how many records came late, too late, or for too many at once.
    """
    minutes = {
        service: {str(minute * MINUTE_MS // 1000): dict(counts) for minute, counts in sorted(kept.items())}
        for service, kept in sorted(counters.minutes.items())
    }
    return {
        "records": counters.records,
        "lag": lag,
        "decisions": _nested(counters.decisions),
        "refusals": _nested(counters.refusals),
        "dead_letters": _nested(counters.dead),
        "arrears": _nested(counters.arrears),
        "deliveries": _nested(counters.deliveries),
        "facts": _nested(counters.facts),
        "unreadable": _nested(counters.unreadable),
        "minutes": minutes,
        "windows": {
            "open": len(windows.open),
            "closed_until_s": (windows.through + 1) * windows.window_ms // 1000,
            "corrected": windows.corrected,
            "too_late": windows.too_late,
            "crowded": windows.crowded,
        },
        "alerts": [_alert(opening) for _, opening in sorted(book.standing.items())],
    }


def _alert(opening: Opening) -> dict[str, Any]:
    rule, scope = opening.rule, opening.scope
    return {
        "alert": rule.name,
        **{name: value for name, value in scope._asdict().items() if name != "indicator"},
        "value": opening.value,
        "threshold": rule.threshold,
        "reason": rule.sentence.format(value=opening.value, threshold=rule.threshold),
        "runbook": rule.runbook,
    }


def _nested(counts: Mapping[Pair, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (outer, inner), count in sorted(counts.items()):
        found.setdefault(outer, {})[inner] = count
    return found


class Metrics(Collector):
    """The counts in Prometheus' terms. They begin anew with the process, as Prometheus expects of counters."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def collect(self) -> Iterator[Metric]:
        """Give every metric as it stands."""
        counters = self._watched.reader.counters
        yield _counter(inventory.ENTRIES, counters.decisions)
        yield _counter(inventory.REFUSALS, counters.refusals)
        yield _counter(inventory.DEAD_LETTERS, counters.dead)
        yield _counter(inventory.ARREARS, counters.arrears)
        yield _counter(inventory.DELIVERIES, counters.deliveries)
        yield _counter(inventory.FACTS, counters.facts)
        yield _counter(inventory.UNREADABLE, counters.unreadable)
        alerts = Counter((opening.rule.name, opening.scope.service) for opening in self._watched.book.standing.values())
        standing = inventory.ALERTS
        gauge = GaugeMetricFamily(standing.name, standing.sentence, labels=standing.labels)
        for labels, count in sorted(alerts.items()):
            gauge.add_metric(labels, count)
        yield gauge
        yield GaugeMetricFamily(inventory.LAG.name, inventory.LAG.sentence, self._watched.lag)


def exposed(watched: Watched) -> Callable[[], bytes]:
    """Give what writes everything as Prometheus reads it: the counts, and what every worker tells of itself."""
    counted, of_process = CollectorRegistry(), Exposition(WORKER, ANY_WORKER)
    counted.register(Metrics(watched))
    return lambda: of_process.text(alive=watched.is_alive()) + generate_latest(counted)


def _counter(metric: kinds.Metric, counts: Mapping[Pair, int]) -> Metric:
    family = CounterMetricFamily(metric.name, metric.sentence, labels=metric.labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def health(watched: Watched) -> dict[str, Any]:
    """The page every worker has; monitoring has no tasks. Who does not count every partition says nothing."""
    return {
        "worker": WORKER,
        "alive": watched.is_alive(),
        "effects_in_flight": 0,
        "tasks": [],
        "counts_every_partition": watched.is_whole,
    }


async def serve(port: int, watched: Watched) -> tuple[web.AppRunner, int]:
    """Serve the pages on loopback. Gives the runner and the port (any free one where `port` is 0)."""
    scrape = exposed(watched)

    def json_page(page: Callable[[], dict[str, Any]]) -> web.Response:
        shown = page()
        return web.json_response(shown, status=200 if shown.get("alive", True) else 503)

    async def show_health(_: web.Request) -> web.Response:
        return json_page(lambda: health(watched))

    async def show_summary(_: web.Request) -> web.Response:
        return json_page(lambda: summary(watched.reader.counters, watched.book, watched.reader.windows, watched.lag))

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=scrape(), headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.router.add_get("/health", show_health)
    application.router.add_get("/summary", show_summary)
    application.router.add_get("/metrics", show_metrics)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, int(runner.addresses[0][1])
