"""Where the time of a running worker goes: its main thread is looked at 250 times a second.

A sample belongs to the stage of the innermost frame that the table below names, so what a stage calls counts for
it. Frames are named by file and function: a stage survives changes inside, and what is no longer named falls
to the stage around it, or to `other`.
"""

import sys
import threading
import time
from collections import Counter
from types import FrameType

EVERY_S = 0.004
SWITCH_S = 0.001
"""How soon the interpreter hands over to the sampler; the usual 5 ms would blur what is short."""

STAGES: dict[str, tuple[str, ...]] = {
    "fetch and unpack": (
        "runtime/kafka_reader.py:fetch",
        "runtime/fetching.py:*",
        "runtime/task.py:_fetch",
        "runtime/task.py:_learn_schemas",
        "runtime/merge.py:*",
        "aiokafka/consumer/*",
        "aiokafka/protocol/fetch.py:*",
    ),
    "door: decode, validate": ("runtime/door.py:*", "runtime/codec.py:decode", "runtime/envelope.py:envelope_of"),
    "step: dedupe, derive ids": ("runtime/step.py:*",),
    "decide: the rules": ("benchmarks/counting.py:decide", "services/arrears/*"),
    "encode what was said": ("runtime/deciding.py:_spoken", "runtime/outcomes.py:spoken"),
    "encode state": ("runtime/overlay.py:stored", "runtime/cases.py:encode", "runtime/cases.py:state_digest"),
    "enter and pack decisions": ("runtime/entries.py:*", "runtime/ledger.py:*"),
    "write and commit": (
        "runtime/kafka.py:commit",
        "runtime/kafka.py:_transaction",
        "runtime/kafka.py:_send",
        "runtime/batch.py:outputs",
        "aiokafka/producer/*",
        "aiokafka/protocol/produce.py:*",
    ),
    "apply, keep timers": ("runtime/batch.py:apply", "runtime/overlay.py:apply", "runtime/shard.py:*"),
    "batch and task": (
        "runtime/batch.py:*",
        "runtime/deciding.py:*",
        "runtime/outcomes.py:*",
        "runtime/overlay.py:*",
        "runtime/task.py:*",
    ),
    "connections": ("aiokafka/*",),
}
OTHER = "event loop, network, waiting"
FRAMES_MAX = 60


class Sampler:
    """Samples the thread that makes it, from a thread of its own, until stopped."""

    def __init__(self) -> None:
        self._watched = threading.get_ident()
        self._found: Counter[str] = Counter()
        self._functions: Counter[str] = Counter()
        self._stage_of: dict[tuple[str, str], str | None] = {}
        self._ended = threading.Event()
        self._before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, dict[str, float]]:
        """End, and give each stage's share of all samples, and the functions seen most often at the top."""
        self._ended.set()
        self._thread.join()
        sys.setswitchinterval(self._before)
        total = max(1, sum(self._found.values()))
        return {
            "shares": {stage: count / total for stage, count in self._found.most_common()},
            "functions": {name: count / total for name, count in self._functions.most_common(40)},
        }

    def _run(self) -> None:
        while not self._ended.is_set():
            time.sleep(EVERY_S)
            frame = sys._current_frames().get(self._watched)  # noqa: SLF001 — its documented use is this
            if frame is not None:
                self._count(frame)

    def _count(self, frame: FrameType) -> None:
        code = frame.f_code
        self._functions[f"{'/'.join(code.co_filename.split('/')[-2:])}:{code.co_name}"] += 1
        current: FrameType | None = frame
        for _ in range(FRAMES_MAX):
            if current is None:
                break
            stage = self._stage(current.f_code.co_filename, current.f_code.co_name)
            if stage is not None:
                self._found[stage] += 1
                return
            current = current.f_back
        self._found[OTHER] += 1

    def _stage(self, filename: str, function: str) -> str | None:
        place = (filename, function)
        if place not in self._stage_of:
            self._stage_of[place] = stage_of(filename, function)
        return self._stage_of[place]


def stage_of(filename: str, function: str) -> str | None:
    """Name the stage of a function: a rule that names it goes before one that names its file or folder."""
    best, precision = None, 0
    for stage, rules in STAGES.items():
        for rule in rules:
            found = _match(rule, filename, function)
            if found > precision:
                best, precision = stage, found
    return best


def _match(rule: str, filename: str, function: str) -> int:
    """How precisely a rule names a function: 0 not at all, 1 by folder, 2 by file, 3 by name."""
    place, _, name = rule.partition(":")
    if place.endswith("/*"):
        return 1 if f"/{place[:-1]}" in filename else 0
    if not filename.endswith(f"/{place}"):
        return 0
    if name == "*":
        return 2
    return 3 if name == function else 0
