"""Plans that once failed, as short as they would go: each is called by the hole that it showed.

They hold the inputs and faults themselves, so they mean the same whatever `plan.drawn` becomes. Delays and turns come
from the seed as before; a change of the simulated brokers may shift them, and the hole is then no longer met.
"""

from tests.simulation.plan import Fault, Input, Plan, Shape

KEPT = {
    "ticks fill the buffer and wait for facts that no longer find room": Plan(
        seed=28,
        shape=Shape(
            workers=1, batch_records_max=3, timers_a_batch_max=1, buffered_records_max=3, simulated_clock=False
        ),
        inputs=(
            Input(at_s=1.108, what="parameter", unit=3, number=7),
            Input(at_s=3.701, what="parameter", number=16),
            Input(at_s=6.512, what="assessed", number=1),
            Input(at_s=8.07, what="calendar", unit=5, number=9),
            Input(at_s=8.715, what="repeat", unit=3, number=14),
            Input(at_s=9.904, what="paid", number=20),
            Input(at_s=10.441, what="tick", number=77),
            Input(at_s=12.16, what="tick", number=-30),
            Input(at_s=12.277, what="paid", unit=1, number=10),
            Input(at_s=13.476, what="paid", unit=1),
            Input(at_s=14.206, what="tick", number=66),
            Input(at_s=15.114, what="contradiction", unit=1, number=11),
            Input(at_s=15.143, what="tick", number=40),
        ),
        faults=(Fault(what="killed-answered", number=95, lasts_s=0.326),),
    ),
    "a batch of held ticks is full and takes in no fact": Plan(
        seed=2,
        shape=Shape(workers=1, partitions=1, batch_records_max=1, buffered_records_max=3),
        inputs=(
            Input(at_s=14.367, what="tick", number=-30),
            Input(at_s=14.505, what="junk", unit=6, number=7),
            Input(at_s=14.522, what="unknown-schema", unit=1, number=19),
            Input(at_s=14.91, what="parameter", unit=3, number=3),
        ),
        faults=(),
    ),
    "whoever is overtaken while opening takes what it read for a disagreement": Plan(
        seed=253,
        shape=Shape(workers=3, partitions=3, batch_records_max=50, timers_a_batch_max=1, refusals_max=3),
        inputs=(Input(at_s=14.792, what="tick", number=25),),
        faults=(Fault(what="stopped", worker=2, at_s=1.081, number=826, lasts_s=22.475),),
    ),
    "what was released and parks again goes behind what came later": Plan(
        seed=82,
        shape=Shape(partitions=3, timers_a_batch_max=1, buffered_records_max=3),
        inputs=(
            Input(at_s=10.441, what="paid", unit=3, number=15),
            Input(at_s=11.447, what="assessed", unit=3, number=4),
            Input(at_s=14.625, what="release", unit=6, number=23),
            Input(at_s=14.801, what="release", unit=6, number=32, within="aborted", hold_s=5.388),
        ),
        faults=(),
    ),
    "a second release in one batch decides again what the first released": Plan(
        seed=148,
        shape=Shape(partitions=1, batch_records_max=50, buffered_records_max=20),
        inputs=(
            Input(at_s=2.691, what="tick", number=12),
            Input(at_s=3.459, what="unknown-schema", unit=2, number=14),
            Input(at_s=3.904, what="repeat", unit=5, number=7),
            Input(at_s=3.995, what="paid", unit=5, number=4),
            Input(at_s=4.152, what="paid", number=2, within="committed", hold_s=1.872),
            Input(at_s=6.369, what="calendar", unit=3, number=28),
            Input(at_s=6.371, what="tick", number=62),
            Input(at_s=7.891, what="tick", number=83),
            Input(at_s=9.28, what="resume", unit=2, number=20),
            Input(at_s=12.383, what="release", unit=3, number=15),
            Input(at_s=12.684, what="release", unit=6, number=25),
        ),
        faults=(),
    ),
    "what is redriven is decided at an instant that lies behind": Plan(
        seed=14,
        shape=Shape(workers=1, timers_a_batch_max=50, buffered_records_max=20, simulated_clock=False),
        inputs=(
            Input(at_s=4.005, what="junk", unit=4, number=24),
            Input(at_s=4.521, what="redrive", unit=6, number=22),
        ),
        faults=(),
    ),
    "a replay does not know that the task had halted": Plan(
        seed=9,
        shape=Shape(timers_a_batch_max=1, buffered_records_max=3, refusals_max=3),
        inputs=(
            Input(at_s=4.268, what="paid", unit=1, number=6),
            Input(at_s=9.724, what="contradiction", number=22),
            Input(at_s=13.758, what="paid", unit=2, number=28),
            Input(at_s=14.28, what="paid", unit=1, number=11, within="committed", hold_s=2.048),
        ),
        faults=(),
    ),
    "a replay takes two dead letters of one instant for a repetition": Plan(
        seed=2,
        shape=Shape(workers=1, partitions=1, batch_records_max=1, buffered_records_max=3),
        inputs=(
            Input(at_s=2.184, what="tick", number=66),
            Input(at_s=8.958, what="paid", unit=3, number=6),
            Input(at_s=12.064, what="redrive", unit=5, number=9),
        ),
        faults=(),
    ),
    "a case that is forgotten while it is released takes along what still waits": Plan(
        seed=1028,
        shape=Shape(partitions=3, timers_a_batch_max=1, buffered_records_max=20, simulated_clock=False),
        inputs=(
            Input(at_s=0.546, what="tick", number=63),
            Input(at_s=1.266, what="paid", unit=1, number=15),
            Input(at_s=1.873, what="tick", number=71),
            Input(at_s=5.741, what="assessed", unit=1, number=20),
            Input(at_s=13.835, what="paid", unit=1, number=22),
            Input(at_s=14.493, what="release", unit=1, number=36),
        ),
        faults=(),
    ),
}
