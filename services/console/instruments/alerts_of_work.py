"""Alerts about what is decided: refused, parked, effects, seals."""

from services.audit import metrics as audit
from services.console.instruments.alert import Alert, Example, Severity, grown
from services.page.store import metrics as store
from services.runtime.metrics import inventory as of

REFUSED_MAX, IN_FLIGHT_MAX, UNSEALED_MAX, WAITING_MAX, ATTEMPTS_MIN, FAILED_PERCENT_MAX = (
    20,
    500,
    50_000,
    10_000,
    10,
    50,
)

_SHELL = {"service": "deliveries"}


def _attempts(outcome: str, operation: str = "attempt") -> str:
    return f'{of.ATTEMPTS.name}{{service="deliveries",operation="{operation}",outcome="{outcome}"}}'


_UNKNOWN = grown(of.ATTEMPTS, 30, ("service",), 'outcome="unknown"')
_MADE = grown(of.ATTEMPTS, 30, ("service",), 'operation="attempt"')
_NOT_DONE = grown(of.ATTEMPTS, 30, ("service",), 'operation="attempt",outcome!="done"')

ALERTS_OF_WORK = (
    Alert(
        "refusals-many",
        f"{grown(of.REFUSED, 5, ('service', 'topic'))} > {REFUSED_MAX}",
        0,
        Severity.TICKET,
        "Many records of one topic are refused; at fifty of one producer the task halts.",
        Example(
            {f'{of.REFUSED.name}{{service="arrears",topic="contribution-paid",code="unit-unknown"}}': "_x3 30x20"}, 6
        ),
        {"service": "arrears", "topic": "contribution-paid"},
        Example(
            {f'{of.REFUSED.name}{{service="arrears",topic="contribution-paid",code="unit-unknown"}}': "0+2x20"}, 10
        ),
    ),
    Alert(
        "cases-parked",
        f"sum by (service) ({of.PARKED.name}) > 0",
        1,
        Severity.TICKET,
        "Handling a record failed (a bug): its case waits, in order.",
        Example({f'{of.PARKED.name}{{service="arrears",partition="3"}}': "0x2 1x10"}, 6),
        {"service": "arrears"},
        Example({f'{of.PARKED.name}{{service="arrears",partition="3"}}': "0x20"}, 6),
    ),
    Alert(
        "effects-unclear",
        f"{_UNKNOWN} > 0",
        0,
        Severity.TICKET,
        "It is not known whether a call, mail or card went out; it is looked up, not repeated.",
        Example({_attempts("unknown"): "_x3 1x20"}, 6),
        _SHELL,
        Example({_attempts("done"): "_x3 1x20"}, 6),
    ),
    Alert(
        "effects-failing",
        f"{_NOT_DONE} * 100 / {_MADE} > {FAILED_PERCENT_MAX} and {_MADE} >= {ATTEMPTS_MIN}",
        0,
        Severity.PAGE,
        "More than half of the attempts of half an hour came to nothing: is the provider there?",
        Example({_attempts("failed"): "0+1x60", _attempts("done"): "0x60"}, 40),
        _SHELL,
        Example({_attempts("failed"): "0+1x60", _attempts("done"): "0+9x60"}, 40),
    ),
    Alert(
        "effects-waiting",
        f"max by (service) ({of.IN_FLIGHT.name}) > {IN_FLIGHT_MAX}",
        5,
        Severity.TICKET,
        "Effects wait for their turn; what waits longer than twenty seconds is declined, and follows later.",
        Example({f'{of.IN_FLIGHT.name}{{service="deliveries"}}': "600x20"}, 10),
        _SHELL,
        Example({f'{of.IN_FLIGHT.name}{{service="deliveries"}}': "16x20"}, 10),
    ),
    Alert(
        "effect-notes-lost",
        f"{grown(of.NOTES_LOST, 30, ('service',))} > 0",
        0,
        Severity.TICKET,
        "A provider's answer could not be written down: the effect becomes unclear and is looked up.",
        Example({f'{of.NOTES_LOST.name}{{service="deliveries"}}': "_x3 1x20"}, 6),
        _SHELL,
        Example({f'{of.NOTES_LOST.name}{{service="deliveries"}}': "0x20"}, 6),
    ),
    Alert(
        "seals-behind",
        f"max({audit.UNSEALED.name}) > {UNSEALED_MAX}",
        30,
        Severity.TICKET,
        "Many decision entries are not sealed: their tail could be cut without a trace.",
        Example({f'{audit.UNSEALED.name}{{instance="w:1"}}': "60000x60"}, 40),
        {},
        Example({f'{audit.UNSEALED.name}{{instance="w:1"}}': "60000x10 0x60"}, 40),
    ),
    Alert(
        "page-behind",
        f"max({store.WAITING.name}) > {WAITING_MAX}",
        5,
        Severity.TICKET,
        "The page's store lags behind the log: what people see there is old.",
        Example({f'{store.WAITING.name}{{instance="w:1"}}': "20000x20"}, 10),
        {},
        Example({f'{store.WAITING.name}{{instance="w:1"}}': "20000x2 10x20"}, 10),
    ),
    Alert(
        "decisions-not-sealed",
        f"max({audit.REFUSED_TASKS.name}) > 0",
        0,
        Severity.PAGE,
        "The decision records of a task do not continue what was sealed: somebody may have touched them.",
        Example({f'{audit.REFUSED_TASKS.name}{{instance="w:1"}}': "0x2 1x10"}, 5),
        {},
        Example({f'{audit.REFUSED_TASKS.name}{{instance="w:1"}}': "0x20"}, 5),
    ),
    Alert(
        "seals-not-counting",
        f"max({audit.FORGED.name}) > 0",
        0,
        Severity.PAGE,
        "A seal stands in the log that our keys do not verify.",
        Example({f'{audit.FORGED.name}{{instance="w:1"}}': "0x2 1x10"}, 5),
        {},
        Example({f'{audit.FORGED.name}{{instance="w:1"}}': "0x20"}, 5),
    ),
)
