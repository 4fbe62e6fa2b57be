"""Who takes part: our runtime and its peers, each one process with the same events to do."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.environments import python_of
from benchmarks.feed import JSON_TOPIC
from schemas.arrears import ArrearsChanged
from services.runtime.codec import local_codec


@dataclass(frozen=True)
class Contender:
    """One way to do the work. `figure`: its name in `bench.json`; `environment`: a peer's own, or empty for ours."""

    figure: str
    title: str
    guarantee: str
    peer: str = ""
    environment: str = ""
    setting: str = ""
    client: str = "aiokafka"
    """Of ours alone: the client that moves the records."""

    async def prepared(self) -> str:
        """Make what it needs, and give the interpreter it runs on."""
        return sys.executable if not self.environment else await python_of(self.environment)

    def command(self, python: str, bootstrap: str, run: str, target: str, folder: Path) -> list[str]:
        """What starts it."""
        if not self.peer:
            worker = [python, "-m", "benchmarks.worker", "--bootstrap", bootstrap, "--service", run]
            return [*worker, "--client", self.client]
        options = {
            "bootstrap": bootstrap,
            "group": run,
            "source": JSON_TOPIC,
            "target": target,
            "folder": str(folder),
            "guarantee": self.setting,
        }
        module = f"benchmarks.peers.{self.peer}"
        return [python, "-m", module, *(part for name, value in options.items() for part in (f"--{name}", value))]

    def topics(self, run: str) -> tuple[list[str], list[str]]:
        """Topics to be made for a run: plain, compacted."""
        if not self.peer:
            return [f"{run}-commands", f"{run}-decisions", f"{run}-dead"], [f"{run}-changelog"]
        return [f"{run}-out"], [f"{run}-out-changelog"]

    def run_name(self, number: int) -> str:
        """Name of its `number`th run: service, group, transactional id."""
        return f"run-{self.figure.removesuffix('_events_per_s').replace('_', '-')}-{number}"

    def target(self, run: str) -> str:
        """The topic it writes its follow-ups to."""
        return f"{run}-out" if self.peer else ArrearsChanged.topic

    def count_reader(self) -> Callable[[bytes], int]:
        """Reads the count of a unit out of a follow-up."""
        if self.peer:
            decoder = msgspec.json.Decoder(_FollowUp)
            return lambda value: decoder.decode(value).payments
        codec = local_codec()
        return lambda value: int(codec.decode(ArrearsChanged.topic, value).line_count)


class _FollowUp(msgspec.Struct):
    payments: int


OURS = Contender("runtime_events_per_s", "this runtime, full road", "exactly once")
OURS_ON_CONFLUENT = Contender(
    "runtime_on_confluent_events_per_s", "the same on confluent-kafka", "exactly once", client="confluent"
)
PEERS = (
    Contender(
        "confluent_transactional_events_per_s",
        "bare confluent-kafka 2.16.1",
        "exactly once",
        "confluent_peer",
        "confluent",
        "exactly-once",
    ),
    Contender(
        "quix_exactly_once_events_per_s", "Quix Streams 3.28.1", "exactly once", "quix_peer", "quix", "exactly-once"
    ),
    Contender(
        "faust_at_least_once_events_per_s",
        "Faust 0.15.3",
        "at least once",
        "faust_peer",
        setting="at_least_once",
    ),
    Contender("faust_exactly_once_events_per_s", "Faust 0.15.3", "exactly_once", "faust_peer", setting="exactly_once"),
    Contender("faststream_events_per_s", "FastStream 0.7.8", "at least once", "faststream_peer", "faststream", "ack"),
)
