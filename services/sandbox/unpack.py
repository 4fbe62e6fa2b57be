"""Unpack the registry's archive once, safely, and all or nothing."""

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from services.sandbox.errors import ArtifactError


def unpack_once(archive: Path, folder: Path, report: Callable[[float], None] = lambda _fraction: None) -> None:
    """Unpack `archive` into `folder`, which either exists whole afterwards or not at all.

    The work happens in a folder beside it that is renamed at the end. Raises `ArtifactError` for an archive
    with anything but plain files and folders inside it.
    """
    if folder.exists():
        return
    working = folder.with_name(folder.name + ".unpacking")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            _extract(tar, working, archive.stat().st_size, report)
    except (tarfile.TarError, EOFError, OSError) as error:
        shutil.rmtree(working, ignore_errors=True)
        raise ArtifactError(
            f"{archive} 无法解包，请删除该文件后再运行一次。",
            f"Could not unpack {archive}: {error}; delete the file and run again.",
        ) from error
    working.rename(folder)


def _extract(tar: tarfile.TarFile, folder: Path, archive_bytes: int, report: Callable[[float], None]) -> None:
    unpacked = 0
    # The documented way to ask for the filter where this Python has it (3.11.4 and later) without failing
    # where not.
    tar.extraction_filter = getattr(tarfile, "data_filter", None)
    for member in tar:
        _refuse_unsafe(member)
        tar.extract(member, folder)
        unpacked += member.size
        report(min(1.0, unpacked / archive_bytes))


def _refuse_unsafe(member: tarfile.TarInfo) -> None:
    """Say no to links, devices and paths that leave the folder, with or without the filter."""
    path = PurePosixPath(member.name)
    if not (member.isfile() or member.isdir()) or path.is_absolute() or ".." in path.parts:
        raise tarfile.TarError(f"the archive holds {member.name!r}, which is not a plain file or folder inside it")
