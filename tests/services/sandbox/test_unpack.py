import io
import tarfile
from pathlib import Path

import pytest

from services.sandbox.errors import ArtifactError
from services.sandbox.unpack import unpack_once


def make_archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            content = b"content of " + member.name.encode()
            member.size = len(content) if member.isfile() else 0
            tar.addfile(member, io.BytesIO(content) if member.isfile() else None)
    return path


def link_to(target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo("lib/link")
    member.type = kind
    member.linkname = target
    return member


def test_an_archive_is_unpacked_whole(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "a.tar.gz", tarfile.TarInfo("run.jar"), tarfile.TarInfo("lib/one.jar"))
    told: list[float] = []

    unpack_once(archive, tmp_path / "out", told.append)

    assert (tmp_path / "out/lib/one.jar").read_bytes() == b"content of lib/one.jar"
    assert sorted(told) == told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "out"]


def test_what_is_unpacked_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    unpack_once(tmp_path / "not-there.tar.gz", tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("/outside"),
        link_to("/etc/passwd", tarfile.SYMTYPE),
        link_to("../../outside", tarfile.LNKTYPE),
        link_to("", tarfile.FIFOTYPE),
    ],
    ids=["parent", "absolute", "symbolic link", "hard link", "pipe"],
)
def test_an_archive_that_reaches_outside_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    archive = make_archive(tmp_path / "a.tar.gz", tarfile.TarInfo("good"), member)

    with pytest.raises(ArtifactError, match="not a plain file or folder"):
        unpack_once(archive, tmp_path / "deep" / "out")

    assert not (tmp_path / "deep" / "out").exists()
    assert not (tmp_path / "outside").exists()


def test_a_cut_archive_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "a.tar.gz", *(tarfile.TarInfo(f"lib/{number}.jar") for number in range(50)))
    archive.write_bytes(archive.read_bytes()[:200])

    with pytest.raises(ArtifactError, match=r"Could not unpack .*a\.tar\.gz.*delete the file"):
        unpack_once(archive, tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["a.tar.gz"]


def test_an_unpacking_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "a.tar.gz", tarfile.TarInfo("run.jar"))
    (tmp_path / "out.unpacking").mkdir()
    (tmp_path / "out.unpacking" / "half").write_bytes(b"")

    unpack_once(archive, tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.jar"]
