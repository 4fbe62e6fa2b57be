"""The list of telephone reminders to be made: `python -m services.sandbox.calls --port --folder`.

Nobody really calls: `POST /call-tasks {"task_id": …, "asked_on": …}` takes the task and answers the outcome that the id
stands for: about four in five are taken, and some of those promise a day or refuse.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.sandbox.job_service import JobKind, serve, share_of
from services.sandbox.job_store import Answer

_BELOW = (
    (0.62, "answered"),
    (0.74, "promised"),
    (0.80, "refused"),
    (0.95, "not-answered"),
    (1.0, "wrong-number"),
)
"""Outcomes by the share of ids below which they lie."""
PROMISE_DAYS_MAX = 10


def call_outcome(task_id: str) -> str:
    """`answered` (已接听), `promised` (承诺缴费), `refused` (拒绝), `not-answered` (无人接听) or `wrong-number` (号码错误), by the id alone."""
    share = share_of(task_id, "call-outcome")
    return next(outcome for below, outcome in _BELOW if share < below)


def promised_on(task_id: str, asked_on: date) -> date:
    """The day a call's promise names: one to ten days after the call, by the id alone."""
    return asked_on + timedelta(days=1 + int(share_of(task_id, "promise") * PROMISE_DAYS_MAX))


def make_call(job_id: str, request: Mapping[str, Any]) -> Answer:
    """What the call desk answers for a task; a promise needs the day on which the call was asked for."""
    outcome = call_outcome(job_id)
    answer = {"status": "done", "outcome": outcome}
    try:
        asked_on = date.fromisoformat(str(request.get("asked_on")))
    except ValueError:
        return answer
    return answer | ({"promised_on": promised_on(job_id, asked_on).isoformat()} if outcome == "promised" else {})


CALL_TASKS = JobKind(path="call-tasks", id_field="task_id", work=make_call)


if __name__ == "__main__":
    serve(CALL_TASKS)
