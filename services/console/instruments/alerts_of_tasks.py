"""Alerts about workers and their tasks: nobody decides, or not in time."""

from services.console.instruments.alert import JOB, Alert, Example, Severity, grown, highest
from services.runtime.metrics import inventory as of

PROGRESS_S_MAX, OLDEST_S_MAX, LATE_S_MAX, TICK_S_MAX, COMMIT_S_MAX, RESTORE_S_MAX = 60, 300, 300, 180, 2, 60
LAG_MAX, RESTARTS_MAX, MEMORY_BYTES_MAX, FILES_PERCENT_MAX = 1_000, 3, 1_500_000_000, 80

_TASK = {"service": "arrears", "partition": "3"}
_LABELS = 'service="arrears",partition="3"'
_BY = ("service", "partition")
_BUCKETS = f"{of.OPERATION_SECONDS.name}_bucket"
_COMMIT = 'messaging_operation_name="commit",messaging_consumer_group_name="arrears"'


def _task(metric: str, values: str) -> dict[str, str]:
    return {f"{metric}{{{_LABELS}}}": values}


ALERTS_OF_TASKS = (
    Alert(
        "worker-down",
        f'up{{job="{JOB}"}} == 0',
        2,
        Severity.PAGE,
        "A worker does not answer Prometheus.",
        Example({f'up{{job="{JOB}",instance="w:1"}}': "1x2 0x10"}, 8),
        {"job": JOB, "instance": "w:1"},
        Example({f'up{{job="{JOB}",instance="w:1"}}': "1x2 0x1 1x10"}, 8),
    ),
    Alert(
        "worker-not-alive",
        f"max by (instance) ({of.ALIVE.name}) == 0",
        2,
        Severity.PAGE,
        "A worker answers and says itself that it does not get on.",
        Example({f'{of.ALIVE.name}{{instance="w:1"}}': "1x2 0x10"}, 8),
        {"instance": "w:1"},
        Example({f'{of.ALIVE.name}{{instance="w:1"}}': "1x20"}, 8),
    ),
    Alert(
        "tasks-without-owner",
        f"sum by (service) ({of.RUNNING.name}) < max by (service) ({of.PARTITIONS.name})",
        3,
        Severity.PAGE,
        "Some tasks of a service run nowhere: their cases stand still.",
        Example(
            {**_task(of.RUNNING.name, "1x2 0x10"), f'{of.PARTITIONS.name}{{service="arrears"}}': "1x20"},
            8,
        ),
        {"service": "arrears"},
        Example(
            {**_task(of.RUNNING.name, "1x2 0x1 1x10"), f'{of.PARTITIONS.name}{{service="arrears"}}': "1x20"},
            8,
        ),
    ),
    Alert(
        "task-stuck",
        f"{highest(of.PROGRESS_AGE, *_BY)} > {PROGRESS_S_MAX} and {highest(of.LAG, *_BY)} > 0 "
        f"unless {highest(of.HALTED, *_BY)} == 1 unless {highest(of.WAITING, *_BY)} == 1",
        1,
        Severity.PAGE,
        "A task has records to decide, and does not move on.",
        Example({**_task(of.PROGRESS_AGE.name, "0+60x20"), **_task(of.LAG.name, "5x20")}, 6),
        _TASK,
        Example(
            {**_task(of.PROGRESS_AGE.name, "0+60x20"), **_task(of.LAG.name, "5x20"), **_task(of.WAITING.name, "1x20")},
            6,
        ),
    ),
    Alert(
        "task-begins-anew",
        f"max by (service, partition) (increase({of.RESTARTS.name}[15m])) > {RESTARTS_MAX}",
        0,
        Severity.TICKET,
        "A task throws its clients away again and again.",
        Example(_task(of.RESTARTS.name, "0+1x30"), 20),
        _TASK,
        Example(_task(of.RESTARTS.name, "0x5 1x30"), 20),
    ),
    Alert(
        "task-halted",
        f"{highest(of.HALTED, *_BY)} == 1",
        0,
        Severity.PAGE,
        "A task has refused too much of one producer and reads nothing but its commands.",
        Example(_task(of.HALTED.name, "0x2 1x10"), 5),
        _TASK,
        Example(_task(of.HALTED.name, "0x20"), 5),
    ),
    Alert(
        "task-waits-for-outside",
        f"{highest(of.WAITING, *_BY)} == 1",
        2,
        Severity.PAGE,
        "A task waits for an outside party, such as the registry.",
        Example(_task(of.WAITING.name, "0x2 1x10"), 8),
        _TASK,
        Example(_task(of.WAITING.name, "0x2 1x1 0x10"), 8),
    ),
    Alert(
        "lag-grows",
        f"sum by (service) ({of.LAG.name}) > {LAG_MAX} and sum by (service) (delta({of.LAG.name}[10m])) > 0",
        10,
        Severity.TICKET,
        "A service gets more than it decides.",
        Example(_task(of.LAG.name, "0+200x60"), 40),
        {"service": "arrears"},
        Example(_task(of.LAG.name, "9000-200x40"), 40),
    ),
    Alert(
        "undecided-too-old",
        f"{highest(of.OLDEST, *_BY)} > {OLDEST_S_MAX}",
        2,
        Severity.TICKET,
        "A record has waited for its decision for more than five minutes.",
        Example(_task(of.OLDEST.name, "0+60x30"), 12),
        _TASK,
        Example(_task(of.OLDEST.name, "0+1x30"), 12),
    ),
    Alert(
        "timers-late",
        f"{highest(of.TIMERS_LATE, *_BY)} > {LATE_S_MAX}",
        2,
        Severity.PAGE,
        "A legal deadline has come and the case was not looked at.",
        Example(_task(of.TIMERS_LATE.name, "0+60x30"), 12),
        _TASK,
        Example(_task(of.TIMERS_LATE.name, "0x5 60x30"), 12),
    ),
    Alert(
        "clock-silent",
        f"quantile(0.5, {of.TICK_AGE.name}) > {TICK_S_MAX}",
        1,
        Severity.PAGE,
        "Nobody says what time it is: no deadline can pass.",
        Example(_task(of.TICK_AGE.name, "0+60x30"), 8),
        {},
        Example(_task(of.TICK_AGE.name, "30x30"), 8),
    ),
    Alert(
        "commits-slow",
        f"histogram_quantile(0.99, sum by (le, messaging_consumer_group_name) "
        f'(rate({_BUCKETS}{{messaging_operation_name="commit"}}[5m]))) > {COMMIT_S_MAX}',
        5,
        Severity.TICKET,
        "One transaction in a hundred takes more than two seconds to commit.",
        Example(
            {
                f'{_BUCKETS}{{{_COMMIT},le="2.0"}}': "0x30",
                f'{_BUCKETS}{{{_COMMIT},le="4.0"}}': "0+60x30",
                f'{_BUCKETS}{{{_COMMIT},le="+Inf"}}': "0+60x30",
            },
            20,
        ),
        {"messaging_consumer_group_name": "arrears"},
        Example(
            {f'{_BUCKETS}{{{_COMMIT},le="2.0"}}': "0+60x30", f'{_BUCKETS}{{{_COMMIT},le="+Inf"}}': "0+60x30"},
            20,
        ),
    ),
    Alert(
        "restore-slow",
        f"max by (service) ({of.RESTORE_SECONDS.name}) > {RESTORE_S_MAX}",
        0,
        Severity.TICKET,
        "A task took more than a minute to open.",
        Example(_task(of.RESTORE_SECONDS.name, "90x10"), 5),
        {"service": "arrears"},
        Example(_task(of.RESTORE_SECONDS.name, "4x10"), 5),
    ),
    Alert(
        "memory-large",
        f'process_resident_memory_bytes{{job="{JOB}"}} > {MEMORY_BYTES_MAX}',
        10,
        Severity.TICKET,
        "A worker holds twice the memory that 100,000 cases need.",
        Example({f'process_resident_memory_bytes{{job="{JOB}",instance="w:1"}}': "1600000000x30"}, 20),
        {"job": JOB, "instance": "w:1"},
        Example({f'process_resident_memory_bytes{{job="{JOB}",instance="w:1"}}': "700000000x30"}, 20),
    ),
    Alert(
        "files-run-out",
        f'100 * process_open_fds{{job="{JOB}"}} / process_max_fds{{job="{JOB}"}} > {FILES_PERCENT_MAX}',
        5,
        Severity.TICKET,
        "A worker has opened four fifths of the files and connections it may.",
        Example(
            {
                f'process_open_fds{{job="{JOB}",instance="w:1"}}': "900x20",
                f'process_max_fds{{job="{JOB}",instance="w:1"}}': "1024x20",
            },
            10,
        ),
        {"job": JOB, "instance": "w:1"},
        Example(
            {
                f'process_open_fds{{job="{JOB}",instance="w:1"}}': "90x20",
                f'process_max_fds{{job="{JOB}",instance="w:1"}}': "1024x20",
            },
            10,
        ),
    ),
    Alert(
        "spans-dropped",
        f"{grown(of.SPANS_DROPPED, 15, ('reason',))} > 0",
        0,
        Severity.TICKET,
        "Traces have holes: the collector does not take what is sent. Decisions are not touched.",
        Example({f'{of.SPANS_DROPPED.name}{{reason="collector"}}': "_x5 7x20"}, 10),
        {"reason": "collector"},
        Example({f'{of.SPANS_DROPPED.name}{{reason="collector"}}': "7x40"}, 30),
    ),
)
