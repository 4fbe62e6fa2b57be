"""Every metric a worker exposes at `/metrics`. The page docs/generated/metrics.md, the dashboards and the alert rules are made from it.

Names follow OpenTelemetry's semantic conventions for messaging where there is one (dots become underscores, the unit and
`_total` come last, as its Prometheus mapping says); all others begin with `shebao_`.
"""

from services.runtime.metrics.kinds import COUNTS, SECONDS, Kind, Metric

TASK = ("service", "partition")
_OF_A_CALL = ("messaging_system", "messaging_operation_name", "messaging_consumer_group_name")

# --- messaging, by OpenTelemetry's conventions --------------------------------------------------------

CONSUMED = Metric(
    "messaging_client_consumed_messages_total",
    Kind.COUNTER,
    "records",
    "Records taken in by a committed transaction, by topic.",
    ("messaging_system", "messaging_destination_name", "messaging_consumer_group_name"),
    "messaging.client.consumed.messages",
)
SENT = Metric(
    "messaging_client_sent_messages_total",
    Kind.COUNTER,
    "records",
    "Facts and dead letters said in committed transactions, by topic; state and decision records are not counted.",
    ("messaging_system", "messaging_destination_name", "messaging_consumer_group_name"),
    "messaging.client.sent.messages",
)
PROCESS_SECONDS = Metric(
    "messaging_process_duration_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "How long one batch took from its first record to its commit.",
    _OF_A_CALL,
    "messaging.process.duration",
    SECONDS,
)
OPERATION_SECONDS = Metric(
    "messaging_client_operation_duration_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "How long a call to the broker took; `commit` is the whole transaction: sends, offsets, commit.",
    _OF_A_CALL,
    "messaging.client.operation.duration",
    SECONDS,
)

# --- what was decided ----------------------------------------------------------------------------------

BATCH_RECORDS = Metric(
    "shebao_batch_records",
    Kind.HISTOGRAM,
    "records",
    "How many records one committed transaction took in.",
    ("service",),
    buckets=COUNTS,
)
DECISIONS = Metric(
    "shebao_decisions_total",
    Kind.COUNTER,
    "entries",
    "Decision entries by kind (record, timer, tick, reference, command, released, redriven, kept), outcome and reason code.",
    ("service", "kind", "outcome", "code"),
)
REFUSED = Metric(
    "shebao_refused_records_total",
    Kind.COUNTER,
    "records",
    "Records that went to the dead letters, by their topic and reason code.",
    ("service", "topic", "code"),
)

# --- a task, as it is when it is asked -------------------------------------------------------------------

PARTITIONS = Metric(
    "shebao_service_partitions",
    Kind.GAUGE,
    "tasks",
    "How many tasks a service has in all workers together.",
    ("service",),
)
RUNNING = Metric("shebao_task_running", Kind.GAUGE, "0 or 1", "1 while a task is open and decides.", TASK)
LAG = Metric("shebao_task_lag_records", Kind.GAUGE, "records", "Offsets readable and not decided yet.", TASK)
OLDEST = Metric(
    "shebao_task_oldest_undecided_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Age, by the broker's append time, of the oldest record that was read and not taken into a transaction; 0 without one.",
    TASK,
)
PROGRESS_AGE = Metric(
    "shebao_task_progress_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Time since a task last moved on, or had nothing to do.",
    TASK,
)
CASES = Metric("shebao_task_cases", Kind.GAUGE, "cases", "Cases a task remembers.", TASK)
PARKED = Metric(
    "shebao_task_parked_cases",
    Kind.GAUGE,
    "cases",
    "Cases that wait because handling one of their records failed.",
    TASK,
)
HALTED = Metric("shebao_task_halted", Kind.GAUGE, "0 or 1", "1 while a task reads nothing but its commands.", TASK)
WAITING = Metric(
    "shebao_task_waiting",
    Kind.GAUGE,
    "0 or 1",
    "1 while a task waits for an outside party, such as the registry.",
    TASK,
)
RESTARTS = Metric(
    "shebao_task_restarts_total", Kind.COUNTER, "restarts", "How often a task's clients were thrown away.", TASK
)
TIMERS_LATE = Metric(
    "shebao_task_timers_late_seconds",
    Kind.GAUGE,
    "seconds",
    "How long the earliest timer of a task has been due and not handled, by the mesh's clock; 0 when none is due.",
    TASK,
)
TICK_AGE = Metric(
    "shebao_task_tick_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Age of the last tick a task has handled; 0 under a simulated clock, and before the first.",
    TASK,
)
RESTORE_SECONDS = Metric(
    "shebao_task_restore_seconds", Kind.GAUGE, "seconds", "How long a task took to open the last time.", TASK
)
RESTORED = Metric(
    "shebao_task_restored_records",
    Kind.GAUGE,
    "records",
    "Changelog records read when a task opened the last time.",
    TASK,
)

# --- effects -----------------------------------------------------------------------------------------------

IN_FLIGHT = Metric(
    "shebao_effects_in_flight", Kind.GAUGE, "effects", "Attempts under way or waiting for their turn.", ("service",)
)
ATTEMPTS = Metric(
    "shebao_effect_attempts_total",
    Kind.COUNTER,
    "attempts",
    "Attempts and look-ups by what the port answered: done, failed, unknown, not-begun.",
    ("service", "operation", "outcome"),
)
ATTEMPT_SECONDS = Metric(
    "shebao_effect_attempt_duration_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "How long a port took to answer.",
    ("service", "operation"),
    buckets=(*SECONDS, 32.0, 64.0),
)
NOTES_LOST = Metric(
    "shebao_effect_notes_lost_total",
    Kind.COUNTER,
    "notes",
    "Answers of a port that could not be written down; the claim expires and is looked up.",
    ("service",),
)

# --- traces ------------------------------------------------------------------------------------------------

SPANS = Metric("shebao_spans_exported_total", Kind.COUNTER, "spans", "Spans a collector has taken.")
SPANS_DROPPED = Metric(
    "shebao_spans_dropped_total",
    Kind.COUNTER,
    "spans",
    "Spans let go of: too many waited (`queue`), the collector did not take them, or they could not be made (`broken`).",
    ("reason",),
)

# --- the process -------------------------------------------------------------------------------------------

INFO = Metric(
    "shebao_worker_info", Kind.GAUGE, "1", "Always 1; names the worker and its release.", ("worker", "version")
)
ALIVE = Metric("shebao_worker_alive", Kind.GAUGE, "0 or 1", "1 while `/health` answers 200.")
PROCESS = (
    Metric("process_virtual_memory_bytes", Kind.GAUGE, "bytes", "Virtual memory."),
    Metric("process_resident_memory_bytes", Kind.GAUGE, "bytes", "Resident memory."),
    Metric("process_start_time_seconds", Kind.GAUGE, "seconds", "Start of the process since 1970."),
    Metric("process_cpu_seconds_total", Kind.COUNTER, "seconds", "Processor time, user and system."),
    Metric("process_open_fds", Kind.GAUGE, "files", "Open file descriptors."),
    Metric("process_max_fds", Kind.GAUGE, "files", "Most file descriptors it may open."),
)
"""What prometheus-client itself tells of a process on Linux."""

ANY_WORKER = (INFO, ALIVE, *PROCESS)
"""What every worker exposes, whatever it does."""
MESSAGING = (CONSUMED, SENT, PROCESS_SECONDS, OPERATION_SECONDS)
WORK = (BATCH_RECORDS, DECISIONS, REFUSED)
TASKS = (
    PARTITIONS,
    RUNNING,
    LAG,
    OLDEST,
    PROGRESS_AGE,
    CASES,
    PARKED,
    HALTED,
    WAITING,
    RESTARTS,
    TIMERS_LATE,
    TICK_AGE,
    RESTORE_SECONDS,
    RESTORED,
)
EFFECTS = (IN_FLIGHT, ATTEMPTS, ATTEMPT_SECONDS, NOTES_LOST)
TRACES = (SPANS, SPANS_DROPPED)
DECIDING_WORKER = (*MESSAGING, *WORK, *TASKS, *EFFECTS, *TRACES, *ANY_WORKER)
"""What a worker exposes that runs deciding services or effect shells."""
