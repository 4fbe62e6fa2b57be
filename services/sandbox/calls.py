"""The list of telephone reminders to be made: `python -m services.sandbox.calls --port --folder`.

Nobody really calls: `POST /call-tasks {"task_id": …, …}` takes the task and answers the outcome that the id
stands for, about four in five answered.
"""

from services.sandbox.job_service import JobKind, serve, share_of
from services.sandbox.job_store import Answer

_ANSWERED_BELOW = 0.80
_NOT_ANSWERED_BELOW = 0.95


def call_outcome(task_id: str) -> str:
    """`answered` (已接听), `not-answered` (无人接听) or `wrong-number` (号码错误), by the id alone."""
    share = share_of(task_id, "call-outcome")
    if share < _ANSWERED_BELOW:
        return "answered"
    return "not-answered" if share < _NOT_ANSWERED_BELOW else "wrong-number"


def make_call(task_id: str) -> Answer:
    """What the call desk answers for a task."""
    return {"status": "done", "outcome": call_outcome(task_id)}


CALL_TASKS = JobKind(path="call-tasks", id_field="task_id", work=make_call)


if __name__ == "__main__":
    serve(CALL_TASKS)
