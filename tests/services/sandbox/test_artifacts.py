import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.sandbox.artifacts import ATTEMPTS_MAX, PARALLEL_MAX, fetch_artifacts
from services.sandbox.errors import ArtifactError
from services.sandbox.lock import LockedArtifact

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@dataclass
class Repository:
    """A Maven repository on this machine that can be told to misbehave."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    cut_at: list[int] = field(default_factory=list)
    """The next answers end after so many bytes, one number an answer."""
    statuses: list[int] = field(default_factory=list)
    """The next answers are these, before anything else is tried."""
    ignores_ranges: bool = False
    at_once: int = 0
    at_once_max: int = 0

    def add(self, name: str, content: bytes = CONTENT, served: bytes | None = None) -> LockedArtifact:
        path = f"org/example/{name}/1/{name}-1.jar"
        self.files[path] = content if served is None else served
        digest = hashlib.sha256(content).hexdigest()
        return LockedArtifact("org.example", name, "1", f"{name}-1.jar", path, digest, len(content))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.at_once_max = max(self.at_once_max, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append(path)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        content = self.files.get(path)
        if content is None:
            return web.Response(status=404)
        asked_range = request.headers.get("Range", "")
        self.ranges.append(asked_range)
        start = int(asked_range.removeprefix("bytes=").rstrip("-")) if asked_range and not self.ignores_ranges else 0
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(content) - start
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        await response.prepare(request)
        await asyncio.sleep(0)
        if self.cut_at:
            await response.write(content[start : start + self.cut_at.pop(0)])
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write(content[start:])
        return response


@pytest_asyncio.fixture
async def repository() -> AsyncIterator[Repository]:
    repository = Repository()
    app = web.Application()
    app.router.add_get("/{path:.*}", repository.answer)
    async with TestServer(app) as server:
        repository.url = str(server.make_url("/"))
        yield repository


async def fetch(repository: Repository, folder: Path, *artifacts: LockedArtifact) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    await fetch_artifacts(
        artifacts, folder, repository.url, lambda done, total: told.append((done, total)), backoff_first_s=0.001
    )
    return told


@pytest.mark.asyncio
async def test_every_file_arrives_where_the_repository_has_it(repository: Repository, tmp_path: Path) -> None:
    one, two = repository.add("one"), repository.add("two", b"small")

    told = await fetch(repository, tmp_path, one, two)

    assert (tmp_path / one.path).read_bytes() == CONTENT
    assert (tmp_path / two.path).read_bytes() == b"small"
    assert told[-1] == (one.size + two.size, one.size + two.size)


@pytest.mark.asyncio
async def test_a_cut_download_goes_on_where_it_was_cut(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("cut")
    repository.cut_at = [300_000, 200_000]

    await fetch(repository, tmp_path, artifact)

    assert (tmp_path / artifact.path).read_bytes() == CONTENT
    assert repository.ranges == ["", "bytes=300000-", "bytes=500000-"]


@pytest.mark.asyncio
async def test_a_download_that_an_earlier_run_left_is_continued(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("left")
    part = tmp_path / (artifact.path + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:777])

    await fetch(repository, tmp_path, artifact)

    assert (tmp_path / artifact.path).read_bytes() == CONTENT
    assert repository.ranges == ["bytes=777-"]
    assert not part.exists()


@pytest.mark.asyncio
async def test_a_server_that_knows_no_ranges_sends_the_file_anew(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("whole")
    repository.cut_at = [1000]
    repository.ignores_ranges = True

    await fetch(repository, tmp_path, artifact)

    assert (tmp_path / artifact.path).read_bytes() == CONTENT


@pytest.mark.asyncio
async def test_a_damaged_beginning_is_thrown_away_and_fetched_again(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("damaged")
    part = tmp_path / (artifact.path + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 5000)

    await fetch(repository, tmp_path, artifact)

    assert (tmp_path / artifact.path).read_bytes() == CONTENT
    assert repository.ranges == ["bytes=5000-", ""]


@pytest.mark.asyncio
async def test_a_file_with_another_hash_is_refused_by_name(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("forged", b"the real one", served=b"another one!")

    with pytest.raises(ArtifactError, match=r"forged-1\.jar .*SHA-256.*SHEBAO_MAVEN_REPOSITORY"):
        await fetch(repository, tmp_path, artifact)

    assert len(repository.asked) == ATTEMPTS_MAX
    assert not (tmp_path / artifact.path).exists()


@pytest.mark.asyncio
async def test_a_file_that_is_longer_than_the_lock_says_is_refused(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("long", b"short", served=b"short" + b"x" * 100_000)

    with pytest.raises(ArtifactError, match=r"long-1\.jar"):
        await fetch(repository, tmp_path, artifact)

    assert not (tmp_path / artifact.path).exists()


@pytest.mark.asyncio
async def test_a_file_that_the_repository_has_not_is_asked_for_once(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("gone")
    repository.files.clear()

    with pytest.raises(ArtifactError, match=r"gone-1\.jar: http.* answered 404; name a Maven repository"):
        await fetch(repository, tmp_path, artifact)

    assert len(repository.asked) == 1


@pytest.mark.asyncio
async def test_a_busy_repository_is_asked_again(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("busy")
    repository.statuses = [503, 429]

    await fetch(repository, tmp_path, artifact)

    assert (tmp_path / artifact.path).read_bytes() == CONTENT


@pytest.mark.asyncio
async def test_no_repository_at_all_is_one_clear_sentence(repository: Repository, tmp_path: Path) -> None:
    artifact = repository.add("far")
    repository.url = "http://127.0.0.1:9/"

    with pytest.raises(ArtifactError, match=r"far-1\.jar from http://127\.0\.0\.1:9 after 6 attempts"):
        await fetch(repository, tmp_path, artifact)


@pytest.mark.asyncio
async def test_what_is_there_is_not_asked_for_and_what_was_damaged_is(repository: Repository, tmp_path: Path) -> None:
    sound, damaged = repository.add("sound"), repository.add("spoilt", b"12345")
    await fetch(repository, tmp_path, sound, damaged)
    (tmp_path / damaged.path).write_bytes(b"1234X")
    repository.asked.clear()

    await fetch(repository, tmp_path, sound, damaged)

    assert repository.asked == [damaged.path]
    assert (tmp_path / damaged.path).read_bytes() == b"12345"


@pytest.mark.asyncio
async def test_many_files_come_side_by_side_but_not_all_at_once(repository: Repository, tmp_path: Path) -> None:
    artifacts = [repository.add(f"jar{number}") for number in range(3 * PARALLEL_MAX)]

    await fetch(repository, tmp_path, *artifacts)

    assert 1 < repository.at_once_max <= PARALLEL_MAX
