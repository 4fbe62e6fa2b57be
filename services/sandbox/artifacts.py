"""Fetch what `jars.lock.json` names: in parallel, resumed after a cut, checked by size and hash."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.sandbox.errors import ArtifactError
from services.sandbox.lock import LockedArtifact
from services.sandbox.tasks import side_by_side

PARALLEL_MAX = 8
ATTEMPTS_MAX = 6
BACKOFF_FIRST_S = 0.5
BACKOFF_MAX_S = 8.0

_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})

BytesCallback = Callable[[int, int], None]
"""Told of (bytes that are here, bytes in all)."""


class _CutError(Exception):
    """The answer ended early or cannot be used; another attempt may do better."""


class _Tally:
    """Bytes present of all files of one fetch."""

    def __init__(
        self, wanted: Iterable[LockedArtifact], missing: Iterable[LockedArtifact], report: BytesCallback
    ) -> None:
        self._done = {artifact.path: artifact.size for artifact in wanted}
        self._total = sum(self._done.values())
        self._done.update({artifact.path: 0 for artifact in missing})
        self._report = report

    def set(self, artifact: LockedArtifact, done: int) -> None:
        self._done[artifact.path] = done
        self._report(sum(self._done.values()), self._total)


def artifact_path(folder: Path, artifact: LockedArtifact) -> Path:
    """Where the file lies under `folder`, laid out as in the repository."""
    return folder / artifact.path


async def fetch_artifacts(
    artifacts: Iterable[LockedArtifact],
    folder: Path,
    repository: str,
    report: BytesCallback = lambda _done, _total: None,
    *,
    backoff_first_s: float = BACKOFF_FIRST_S,
) -> None:
    """Bring every file under `folder`, unless it is there already and is what the lock says.

    Raises `ArtifactError` naming the file and what to do. What came before a failure stays in a `.part` file,
    and the next call goes on from there.
    """
    wanted = tuple(artifacts)
    missing = [artifact for artifact in wanted if not await asyncio.to_thread(_is_present, artifact, folder)]
    if not missing:
        return
    tally = _Tally(wanted, missing, report)
    limits = httpx.Limits(max_connections=PARALLEL_MAX)
    timeout = httpx.Timeout(30.0, connect=15.0, pool=None)
    slots = asyncio.Semaphore(PARALLEL_MAX)
    async with httpx.AsyncClient(
        http1=True, http2=False, limits=limits, timeout=timeout, follow_redirects=True
    ) as client:
        fetcher = _Fetcher(client, folder, repository.rstrip("/"), tally, slots, backoff_first_s)
        async with side_by_side() as group:
            for artifact in missing:
                group.create_task(fetcher.fetch(artifact))


def _is_present(artifact: LockedArtifact, folder: Path) -> bool:
    target = artifact_path(folder, artifact)
    return _size(target) == artifact.size and _sha256(target) == artifact.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class _Fetcher:
    """Fetches single files with a bounded number of attempts."""

    client: httpx.AsyncClient
    folder: Path
    repository: str
    tally: _Tally
    slots: asyncio.Semaphore
    backoff_first_s: float

    async def fetch(self, artifact: LockedArtifact) -> None:
        target = artifact_path(self.folder, artifact)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        reason = ""
        async with self.slots:
            for attempt in range(ATTEMPTS_MAX):
                if attempt:
                    await asyncio.sleep(min(BACKOFF_MAX_S, self.backoff_first_s * 2 ** (attempt - 1)))
                try:
                    await self._append(artifact, part)
                    await self._check(artifact, part)
                except (_CutError, httpx.TransportError) as error:
                    reason = str(error) or type(error).__name__
                    continue
                part.replace(target)
                return
        raise ArtifactError(
            f"{artifact.file} 经 {ATTEMPTS_MAX} 次尝试仍未能从 {self.repository} 下载，请检查网络，或在 SHEBAO_MAVEN_REPOSITORY 中另填一个 Maven 仓库，再运行一次；下载将从中断处继续。",
            f"Could not download {artifact.file} from {self.repository} after {ATTEMPTS_MAX} attempts "
            f"({reason}): check the network or name another Maven repository in SHEBAO_MAVEN_REPOSITORY, and "
            f"run again; the download goes on where it was cut.",
        )

    async def _append(self, artifact: LockedArtifact, part: Path) -> None:
        """Ask for what is still missing and write it behind what is there."""
        have = _size(part)
        if have >= artifact.size:
            return
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        url = f"{self.repository}/{artifact.path}"
        async with self.client.stream("GET", url, headers=headers) as response:
            have = self._usable_bytes(artifact, response, have)
            with part.open("r+b" if have else "wb") as stream:
                stream.seek(have)
                stream.truncate()
                # No chunk size: gathering a chunk would lose what arrived of it when the connection is cut.
                async for chunk in response.aiter_raw():
                    have += len(chunk)
                    if have > artifact.size:
                        break
                    stream.write(chunk)
                    self.tally.set(artifact, have)

    def _usable_bytes(self, artifact: LockedArtifact, response: httpx.Response, have: int) -> int:
        """How many bytes of the `.part` file this answer continues; raises when it cannot be used."""
        status = response.status_code
        if status == httpx.codes.OK:
            return 0
        if status == httpx.codes.PARTIAL_CONTENT:
            if response.headers.get("content-range", "").startswith(f"bytes {have}-"):
                return have
            raise _CutError("the server sent another range than was asked for")
        if status in _RETRIED_STATUS:
            raise _CutError(f"the server answered {status}")
        raise ArtifactError(
            f"{artifact.file} 无法下载，请在 SHEBAO_MAVEN_REPOSITORY 中填写有此文件的 Maven 仓库，再运行一次。",
            f"Could not download {artifact.file}: {response.url} answered {status}; name a Maven repository "
            f"that has it in SHEBAO_MAVEN_REPOSITORY and run again.",
        )

    async def _check(self, artifact: LockedArtifact, part: Path) -> None:
        """Throw a complete but wrong file away; leave a short one to be continued."""
        size = _size(part)
        if size < artifact.size:
            raise _CutError(f"the connection was cut at {size} of {artifact.size} bytes")
        if await asyncio.to_thread(_sha256, part) == artifact.sha256:
            return
        _remove(part)
        self.tally.set(artifact, 0)
        raise _CutError("its SHA-256 is not the one in jars.lock.json")
