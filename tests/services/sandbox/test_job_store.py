import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.calls import call_outcome
from services.sandbox.job_store import Answer, JobConflictError, JobStore
from services.sandbox.printer import card_serial, print_card


def print_then(path: Path, *job_ids: str) -> JobStore:
    store = JobStore(path)

    async def run() -> None:
        for job_id in job_ids:
            await store.do_once(job_id, {"job_id": job_id}, print_card)

    asyncio.run(run())
    return store


@pytest.mark.asyncio
async def test_a_job_that_is_asked_for_again_gets_the_same_answer_and_is_not_done_again(tmp_path: Path) -> None:
    done: list[str] = []

    def work(job_id: str) -> Answer:
        done.append(job_id)
        return {"number": len(done)}

    store = JobStore(tmp_path / "jobs.ndjson")
    first, first_is_new = await store.do_once("a", {"x": 1}, work)
    second, second_is_new = await store.do_once("a", {"x": 1}, work)
    store.close()

    assert first == second
    assert (first_is_new, second_is_new) == (True, False)
    assert done == ["a"]


@pytest.mark.asyncio
async def test_a_job_asked_for_many_times_at_once_is_done_once(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.ndjson")

    results = await asyncio.gather(*(store.do_once("a", {}, print_card) for _ in range(20)))
    store.close()

    assert sum(is_new for _, is_new in results) == 1
    assert len((tmp_path / "jobs.ndjson").read_text().splitlines()) == 1


@pytest.mark.asyncio
async def test_an_id_that_comes_back_with_another_request_is_a_conflict(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.ndjson")
    await store.do_once("a", {"card": 1}, print_card)

    with pytest.raises(JobConflictError):
        await store.do_once("a", {"card": 2}, print_card)
    store.close()


def test_jobs_are_remembered_over_a_restart(tmp_path: Path) -> None:
    print_then(tmp_path / "jobs.ndjson", "a", "b").close()

    store = print_then(tmp_path / "jobs.ndjson", "b", "c")
    store.close()

    assert [job.job_id for job in store] == ["a", "b", "c"]


def test_a_line_that_a_crash_left_half_written_at_any_byte_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "jobs.ndjson"
    print_then(path, "a", "b").close()
    whole = path.read_bytes()
    second_line = whole.index(b"\n") + 1

    for length in range(second_line, len(whole)):
        path.write_bytes(whole[:length])
        store = print_then(path, "c")
        store.close()

        assert [job.job_id for job in store] == ["a", "c"]
        assert [json.loads(line)["job_id"] for line in path.read_text().splitlines()] == ["a", "c"]


@given(st.lists(st.uuids().map(str), min_size=2, max_size=50, unique=True))
def test_two_jobs_never_get_the_same_card(job_ids: list[str]) -> None:
    assert len({card_serial(job_id) for job_id in job_ids}) == len(job_ids)


def test_a_card_serial_belongs_to_its_job_for_ever() -> None:
    assert card_serial("job-1") == card_serial("job-1") == "WH" + card_serial("job-1")[2:]
    assert len(card_serial("job-1")) == 14


def test_about_four_calls_in_five_are_taken_and_every_outcome_occurs() -> None:
    outcomes = [call_outcome(f"task-{number}") for number in range(2000)]

    taken = [outcome for outcome in outcomes if outcome in ("answered", "promised", "refused")]
    assert set(outcomes) == {"answered", "promised", "refused", "not-answered", "wrong-number"}
    assert 0.75 < len(taken) / len(outcomes) < 0.85
