"""Spans fit together over every hop, also over a timer and out of the mesh; a collector that is away harms nobody."""

import asyncio
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from schemas.arrears import ArrearsOpened
from schemas.contributions import ContributionMissed, UnitRegistered
from schemas.notifications import NotificationDelivered
from services.arrears.worker import SERVICE as ARREARS
from services.audit.replaying import ReplayFindings, replay_service
from services.console.all_services import ALL_SERVICES
from services.console.memory_mesh import InMemoryMesh
from services.runtime.entries import Entry
from services.runtime.envelope import decision_id, span_of, traceparent_of
from services.runtime.memory import MemoryMesh
from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.metrics.inventory import DECIDING_WORKER
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.tracing.export import SPANS_WAITING_MAX, Export, is_sampled
from services.runtime.tracing.span import (
    INTERNAL,
    LastDecisions,
    Place,
    Span,
    Times,
    of_attempt,
    of_replay,
    of_transaction,
    place_of,
)
from services.runtime.tracing.traces import CountedSpans, Traces, UncountedSpans, traces_of
from services.runtime.watch import Watch
from services.runtime.watched import Attempted, Committed, Timing
from tests.harness.otlp import Receiver, SeenSpan
from tests.stories.conftest import STORIES_BEGIN, begun
from tests.stories.test_arrears import Story

UPSTREAM = (UnitRegistered.topic, ContributionMissed.topic)


def told_mesh(traces: Traces, exposition: Exposition) -> Story:
    """A unit that owes, is reminded by telephone, and was reached: the whole road, over a timer and out of the mesh."""
    mesh = begun(MemoryMesh(ALL_SERVICES, STORIES_BEGIN, watch=Watch(exposition, [traces])))
    story = Story(mesh)
    story.register()
    story.line(ContributionMissed, story.today - timedelta(days=20))
    records = [record for topic in UPSTREAM for record in mesh.records(topic)]
    said = [OutputRecord(one.topic, one.partition, one.key, one.value, one.headers) for one in records]
    traces.published("gateway", said, time.time_ns())
    story.run()
    for _ in range(3):
        story.jump(1)
    return story


async def exported_road(receiver: Receiver) -> tuple[Story, Sequence[SeenSpan]]:
    exposition = Exposition("w", DECIDING_WORKER)
    settings = MeshSettings(traces_endpoint=receiver.endpoint)
    traces = traces_of(settings, "w", CountedSpans(exposition))
    assert traces is not None
    story = told_mesh(traces, exposition)
    await traces.export.close(20.0)
    assert f"{inventory.SPANS.name} {len(receiver.spans)}.0" in exposition.text(alive=True).decode()
    return story, receiver.spans


def header_place(story: Story, topic: str) -> Place:
    """What a record of the unit carries in its header."""
    record = next(one for one in story.mesh.records(topic) if one.key == story.unit.encode())
    place = place_of(traceparent_of(record.headers))
    assert place is not None
    return place


def way_back(spans: Sequence[SeenSpan], place: Place) -> list[str]:
    """The names of the spans from a place back to the beginning, over parents and links."""
    by_place = {(span.trace, span.span): span for span in spans}
    names: list[str] = []
    found = by_place.get((place.trace, place.span))
    while found is not None:
        names.append(f"{found.service}: {found.name}")
        before = (found.trace, found.parent) if found.parent else next(iter(found.links), None)
        found = None if before is None else by_place[before]
    return names


@pytest.fixture(scope="module")
def road() -> tuple[Story, Sequence[SeenSpan]]:
    """The whole road once, with what a collector heard of it."""

    async def taken() -> tuple[Story, Sequence[SeenSpan]]:
        async with Receiver() as receiver:
            return await exported_road(receiver)

    return asyncio.run(taken())


Road = tuple[Story, Sequence[SeenSpan]]


def test_a_trace_leads_from_the_delivered_message_back_to_the_tax_offices_record(road: Road) -> None:
    story, spans = road
    way = way_back(spans, header_place(story, NotificationDelivered.topic))

    assert [
        "notifications: publish notification-delivered",
        "notifications: process delivery-completed",
        "deliveries: publish delivery-completed",
        "deliveries: process delivery-attempted",
        "deliveries: publish delivery-attempted",
        "deliveries: deliver delivery-requested",
        "deliveries: process delivery-queued",
        "deliveries: publish delivery-queued",
        "deliveries: process delivery-requested",
        "notifications: publish delivery-requested",
        "notifications: process reminder-requested",
        "arrears: publish reminder-requested",
        "arrears: process reminder",
        "arrears: process contribution-missed",
        "gateway: publish contribution-missed",
    ] == way


def test_ids_are_those_of_the_headers_and_of_the_decisions(road: Road) -> None:
    story, spans = road
    ids = {(span.trace, span.span) for span in spans}
    opened = header_place(story, ArrearsOpened.topic)
    decided = [span for span in spans if "shebao.decision" in span.attributes]

    assert (opened.trace, opened.span) in ids
    assert [span_of(str(span.attributes["shebao.decision"])) for span in decided] == [one.span for one in decided]
    assert [] == [span for span in spans if span.parent and (span.trace, span.parent) not in ids]
    assert len(ids) == len(spans)


def test_no_span_tells_whose_case_it_is(road: Road) -> None:
    story, spans = road

    assert [] == [span for span in spans if story.unit in repr(span)]
    assert f"…{story.unit[-4:]}" in {span.attributes.get("shebao.case") for span in spans}


def test_a_replay_stands_beside_the_case_and_is_linked_to_it(road: Road) -> None:
    """Nothing follows from a replay: it has a trace of its own, and each of its spans names the decision it repeats."""
    story, spans = road
    made: list[Span] = []

    def heard(service: str, partition: int, again: Sequence[Entry]) -> None:
        made.extend(of_replay("c" * 32, service, partition, again, 5))

    async def again() -> ReplayFindings:
        reader = InMemoryMesh(STORIES_BEGIN)
        reader.twin = story.mesh
        return await replay_service(reader, ARREARS, heard=heard)

    findings = asyncio.run(again())
    decided = {
        (span.trace, span.span) for span in spans if span.service == "arrears" and "shebao.kind" in span.attributes
    }

    assert findings.agrees
    assert decided == {tuple(link) for span in made for link in span.links}
    assert {("c" * 32, "", True)} == {(one.place.trace, one.parent, one.attributes["shebao.replay"]) for one in made}


def entry(number: int, **changed: object) -> dict[str, object]:
    return {
        "number": number,
        "kind": "record",
        "topic": "unit-paid",
        "offset": 3,
        "event_id": "e-1",
        "case_key": "91371002YY8T7RBQ7W",
        "outcome": "decided",
        "code": "repaid",
        "said": [],
        "timer_name": "",
        "traceparent": "",
    } | changed


def spans_of(*entries: dict[str, object]) -> list[Span]:
    done = Committed("arrears", 3, len(entries), entries, (), Timing(1.0, 1.5, 1.75))
    return list(of_transaction(done, Times(1, 2, 3), LastDecisions()))


def test_a_timer_is_linked_to_the_decision_before_and_has_a_trace_of_its_own() -> None:
    before, timer = spans_of(entry(7), entry(8, kind="timer", topic="", timer_name="remind", event_id="t-1"))

    assert (before.place,) == timer.links
    assert (INTERNAL, "process remind", "") == (timer.kind, timer.name, timer.parent)
    assert before.place.trace != timer.place.trace


def test_a_fact_said_in_a_strangers_broken_trace_costs_only_its_own_span() -> None:
    headers = (("ce_source", b"/services/arrears"), ("ce_id", b"s-1"), ("traceparent", b"00-" + b"z" * 49 + b"-01"))
    done = Committed(
        "arrears", 3, 1, [entry(7, said=["s-1"])], [OutputRecord("a", 1, b"", b"", headers)], Timing(1.0, 1.5, 1.75)
    )

    assert ["process unit-paid"] == [span.name for span in of_transaction(done, Times(1, 2, 3), LastDecisions())]


@pytest.mark.parametrize(
    "context", ["", "x" * 55, f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'A' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-é"]
)
def test_what_a_stranger_writes_as_context_makes_no_broken_span(context: str) -> None:
    (span,) = spans_of(entry(7, traceparent=context))

    assert ("", 32, span_of(decision_id("arrears", 3, 7))) == (span.parent, len(span.place.trace), span.place.span)
    assert int(span.place.trace, 16)


def test_what_was_refused_ends_with_its_code() -> None:
    (span,) = spans_of(entry(7, outcome="refused", code="unit-unknown"))

    assert "unit-unknown" == span.fault


def test_ticks_have_no_span() -> None:
    assert [] == spans_of(entry(7, kind="tick", case_key=""))


class Counted:
    """Counts what became of spans."""

    def __init__(self) -> None:
        self.taken = 0
        self.lost: dict[str, int] = {}

    def exported(self, count: int) -> None:
        self.taken += count

    def dropped(self, reason: str, count: int) -> None:
        self.lost[reason] = self.lost.get(reason, 0) + count


def some_span(number: int = 1) -> Span:
    return Span("arrears", "process", INTERNAL, Place(f"{number:032x}", "1" * 16), "", (), 1, 2, {})


def export_to(receiver: Receiver | None, counted: Counted) -> Export:
    endpoint = "http://127.0.0.1:9/v1/traces" if receiver is None else receiver.endpoint
    traces = traces_of(MeshSettings(traces_endpoint=endpoint), "w", counted)
    assert traces is not None
    return traces.export


@pytest.mark.asyncio
@pytest.mark.timeout(60)
async def test_a_collector_that_hangs_holds_nobody_up_and_what_is_lost_is_counted() -> None:
    counted = Counted()
    async with Receiver(is_hanging=True) as receiver:
        export = export_to(receiver, counted)
        export.offer(lambda: [some_span()], 1)
        await receiver.asked.wait()  # the thread hangs now; nobody else does
        for _ in range(SPANS_WAITING_MAX + 500):
            export.offer(lambda: [some_span()], 1)
        await export.close(0.1)

    assert 0 == counted.taken
    assert {"queue": 501, "collector": SPANS_WAITING_MAX} == counted.lost


@pytest.mark.asyncio
@pytest.mark.timeout(60)
async def test_spans_that_cannot_be_made_cost_no_others() -> None:
    counted = Counted()
    async with Receiver() as receiver:
        export = export_to(receiver, counted)
        export.offer(lambda: [1 / 0], 1)  # type: ignore[list-item, return-value, unused-ignore]
        export.offer(lambda: [some_span()], 1)
        await export.close(20.0)

    assert (1, {"broken": 1}) == (counted.taken, counted.lost)


@pytest.mark.asyncio
@pytest.mark.timeout(60)
async def test_a_collector_that_refuses_or_is_away_costs_its_spans_and_nothing_else() -> None:
    refused, away = Counted(), Counted()
    async with Receiver(status=400) as receiver:
        export = export_to(receiver, refused)
        export.offer(lambda: [some_span()], 1)
        await export.close(20.0)
    export = export_to(None, away)
    export.offer(lambda: [some_span()], 1)
    await export.close(20.0)

    assert ({"collector": 1}, {"collector": 1}) == (refused.lost, away.lost)


class Willing:
    """A collector that takes everything at once."""

    def __init__(self) -> None:
        self.requests = 0
        self.asked = threading.Event()

    def take(self, spans: Sequence[Span]) -> bool:
        self.requests += 1
        self.asked.set()
        return True

    def close(self) -> None:
        pass


@pytest.mark.asyncio
@pytest.mark.timeout(60)
async def test_no_more_spans_a_second_are_sent_than_are_allowed_unless_the_worker_ends() -> None:
    """One in a quarter of an hour: the second waits until the worker ends, and then no longer."""
    collector, counted = Willing(), Counted()
    export = Export(collector, counted, a_second_max=0.001)
    for _ in range(3):
        export.offer(lambda: [some_span()], 1)
    await asyncio.to_thread(collector.asked.wait)
    before = collector.requests
    await export.close(20.0)

    assert (1, 3, 3) == (before, collector.requests, counted.taken)


def test_without_an_endpoint_nothing_is_started() -> None:
    assert traces_of(MeshSettings(), "w", UncountedSpans()) is None


def test_every_worker_chooses_the_same_traces() -> None:
    traces = [f"{number:032x}" for number in range(0, 1 << 64, 1 << 54)]
    chosen = [trace for trace in traces if is_sampled(trace, 0.25)]

    assert len(traces) // 4 == len(chosen)
    assert all(is_sampled(trace, 1.0) for trace in traces)
    assert not any(is_sampled(trace, 0.0) for trace in traces)


@pytest.mark.asyncio
@pytest.mark.timeout(60)
async def test_only_chosen_traces_are_sent() -> None:
    async with Receiver() as receiver:
        settings = MeshSettings(traces_endpoint=receiver.endpoint, traces_ratio=0.5)
        traces = traces_of(settings, "w", UncountedSpans())
        assert traces is not None
        traces.export.offer(lambda: [some_span(1), some_span((1 << 64) - 1)], 2)
        await traces.export.close(20.0)

    assert [f"{1:032x}"] == [span.trace for span in receiver.spans]


def test_an_attempt_without_a_context_of_its_own_is_passed_over() -> None:
    note = OutputRecord("delivery-attempted", 1, b"k", b"v", ())
    done = Attempted("deliveries", "attempt", "done", "answered", 0.1, "effect", "delivery-requested", "", note)

    assert [] == list(of_attempt(done, 5))
