"""An append-only list of jobs, each done at most once whatever is repeated or killed.

The file is NDJSON, one job a line, flushed to the disk before anybody is told that the job is done.
"""

import asyncio
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

Answer = Mapping[str, Any]


class JobConflictError(Exception):
    """The id is known, with another content: neither the old nor the new content may be assumed."""


@dataclass(frozen=True)
class Job:
    """A job that was done: what was asked and what was answered."""

    job_id: str
    request_sha256: str
    request: Mapping[str, Any]
    answer: Answer


class JobStore:
    """Jobs by id, kept in one file; open it in one process only."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("ab", buffering=0)
        self._jobs = {job.job_id: job for job in _read_jobs(path)}
        self._writing = asyncio.Lock()

    def __iter__(self) -> Iterator[Job]:
        """All jobs, in the order in which they were done."""
        return iter(tuple(self._jobs.values()))

    def find(self, job_id: str) -> Job | None:
        """The job, if it was done."""
        return self._jobs.get(job_id)

    async def do_once(self, job_id: str, request: Mapping[str, Any], work: Callable[[str], Answer]) -> tuple[Job, bool]:
        """Do the job unless it was done; returns it and whether it was done just now.

        Raises `JobConflictError` when the id was used for another request.
        """
        digest = hashlib.sha256(_canonical(request)).hexdigest()
        async with self._writing:
            known = self._jobs.get(job_id)
            if known is None:
                job = Job(job_id, digest, dict(request), dict(work(job_id)))
                await asyncio.to_thread(_append, self._stream, job)
                self._jobs[job_id] = job
                return job, True
        if known.request_sha256 != digest:
            raise JobConflictError(job_id)
        return known, False

    def close(self) -> None:
        """Close the file; what was answered is on the disk already."""
        self._stream.close()


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _read_jobs(path: Path) -> Iterator[Job]:
    """Read every whole line, and cut off a last one left half written by a crash: nobody was told of it."""
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    for line in whole.splitlines():
        yield Job(**json.loads(line))


def _append(stream: FileIO, job: Job) -> None:
    """Write one line to the disk, whole or not at all."""
    before = os.fstat(stream.fileno()).st_size
    line = _canonical(vars(job)) + b"\n"
    try:
        _write_whole(stream, line)
        os.fsync(stream.fileno())
    except OSError:
        stream.truncate(before)
        raise


def _write_whole(stream: FileIO, line: bytes) -> None:
    if stream.write(line) != len(line):
        raise OSError(errno.ENOSPC, "the disk took only a part of the job")
