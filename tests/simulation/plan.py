"""What happens in one simulated run, as data: what upstream says, what goes wrong, and the shape of the mesh.

A plan drawn from a seed is a list of independent parts, so that a failing one can be made shorter by leaving parts out.
"""

import random
from dataclasses import dataclass

FEED_S = 16.0
INPUTS = 45
UNITS = 7
SIGNED_EVERY = 8
"""Every so many seeds upstream signs: a signature is checked in more time than all else takes."""

REQUEST_FAULTS = (
    "lost",  # never arrives
    "reply-lost",  # is done, and the asker does not hear of it
    "late",  # arrives after the asker gave up
    "rejected",  # is answered with an error
    "killed-unsent",  # the worker dies as it asks
    "killed-sent",  # the worker dies after it asked; the request arrives
    "killed-answered",  # the worker dies as the answer comes
    "stopped-unsent",  # the worker is stopped as it asks, and goes on later: a zombie
    "stopped-sent",  # the worker is stopped after it asked; the request arrives
)
"""What befalls a worker's `number`th request (fetches are not counted)."""
TIMED_FAULTS = (
    "killed",
    "ended",  # SIGTERM: finish the batch, commit, leave; started again later
    "stopped",
    "broker-away",
    "unmarked",  # the broker comes back, and counts transactions as ended without a marker
    "fenced",  # the controller misses the living brokers for a moment: nobody leads, and markers are lost
    "registry-away",
    "misheard",  # members are told that they own what others own
    "offset-moved",  # somebody moves an offset of the group by hand, and back
    "compacted",
)
"""What befalls a worker, or the broker, at an instant."""


@dataclass(frozen=True, slots=True)
class Input:
    """One thing upstream, the clock or an operator says. `within`: of a transaction that ends `hold_s` later."""

    at_s: float
    what: str
    unit: int = 0
    number: int = 0
    within: str = ""
    hold_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, at an instant or at a worker's `number`th request."""

    what: str
    worker: int = 0
    at_s: float = 0.0
    number: int = 0
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How the mesh is set up."""

    service: str = "tally"
    workers: int = 2
    partitions: int = 2
    batch_records_max: int = 10
    timers_a_batch_max: int = 2
    buffered_records_max: int = 100
    refusals_max: int = 50
    simulated_clock: bool = True
    signed: bool = False
    """Upstream signs what it says, with keys that change on the way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run. `seed` draws what is left: delays, and which process goes next."""

    seed: int
    shape: Shape
    inputs: tuple[Input, ...]
    faults: tuple[Fault, ...]


def drawn(seed: int, only: tuple[str, ...] = ()) -> Plan:
    """The plan of a seed; `only`: with many faults, all of these kinds."""
    chance = random.Random(seed)
    shape = _shape(chance, seed)
    inputs = [_input(chance, number) for number in range(chance.randint(INPUTS // 3, INPUTS))]
    inputs += [_tick(chance) for _ in range(chance.randint(2, 6))]
    faults = [_fault(chance, shape) for _ in range(chance.choice((0, 1, 2, 2, 3, 4, 5, 7, 12)))]
    if only:
        faults = [_fault(chance, shape, only) for _ in range(8)]
    if shape.signed:
        inputs += [Input(at_s, "key", number=number) for number, at_s in enumerate(_keys_at_s(chance))]
        inputs += [_stranger(chance, number) for number in range(3)]
    return Plan(seed, shape, tuple(sorted(inputs, key=lambda part: part.at_s)), tuple(faults))


def _shape(chance: random.Random, seed: int) -> Shape:
    return Shape(
        service="arrears" if seed % 8 == 0 else "tally",
        workers=chance.choice((1, 2, 2, 2, 3)),
        partitions=chance.choice((1, 2, 2, 3)),
        batch_records_max=chance.choice((1, 3, 10, 50)),
        timers_a_batch_max=chance.choice((1, 2, 50)),
        buffered_records_max=chance.choice((3, 20, 100)),
        refusals_max=chance.choice((3, 50)),
        simulated_clock=chance.random() < 0.5,
        signed=seed % SIGNED_EVERY == 3,
    )


def _stranger(chance: random.Random, number: int) -> Input:
    """A record without a signature, some time after the first key."""
    return Input(round(chance.uniform(FEED_S / 2, FEED_S), 3), "stranger", chance.randrange(UNITS), 1_000 + number)


def _keys_at_s(chance: random.Random) -> list[float]:
    return [0.0, *(round(chance.uniform(0.0, FEED_S), 3) for _ in range(3))]


WORDS = {
    "paid": 30,
    "missed": 8,
    "assessed": 8,
    "repeat": 6,
    "contradiction": 2,
    "junk": 3,
    "unknown-schema": 2,
    "calendar": 2,
    "parameter": 3,
    "release": 5,
    "redrive": 3,
    "resume": 1,
}
"""What is said, and how often."""


def _input(chance: random.Random, number: int) -> Input:
    what = chance.choices(list(WORDS), list(WORDS.values()))[0]
    within = chance.choices(("", "committed", "aborted"), (80, 12, 8))[0]
    hold_s = round(chance.uniform(0.1, 6.0), 3) if within else 0.0
    return Input(round(chance.uniform(0.0, FEED_S), 3), what, chance.randrange(UNITS), number, within, hold_s)


def _tick(chance: random.Random) -> Input:
    """A tick; `number` is by how many minutes the clock jumps, seldom back."""
    minutes = -30 if chance.random() < 0.1 else chance.randint(0, 90)
    return Input(round(chance.uniform(0.0, FEED_S), 3), "tick", number=minutes)


def _fault(chance: random.Random, shape: Shape, only: tuple[str, ...] = REQUEST_FAULTS + TIMED_FAULTS) -> Fault:
    worker = chance.randrange(shape.workers)
    lasts_s = round(chance.choice((0.3, 1.0, 3.0, 8.0, 20.0)) * chance.uniform(0.7, 1.3), 3)
    is_of_request = chance.random() < 0.6
    kinds = [what for what in only if (what in REQUEST_FAULTS) == is_of_request] or list(only)
    what = chance.choice(kinds)
    if what in REQUEST_FAULTS:
        number = int(chance.triangular(1, 150, 12))
        return Fault(what, worker, number=number, lasts_s=lasts_s)
    return Fault(what, worker, round(chance.uniform(0.0, FEED_S * 1.2), 3), chance.randrange(1000), lasts_s)
