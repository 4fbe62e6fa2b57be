import json
import re
from pathlib import Path, PurePosixPath

import pytest

from services.sandbox.lock import load_lock, save_lock


def test_every_locked_file_has_a_hash_a_size_and_a_place_in_the_repository() -> None:
    for artifact in load_lock().artifacts:
        assert re.fullmatch(r"[0-9a-f]{64}", artifact.sha256)
        assert artifact.size > 0
        expected = PurePosixPath(*artifact.group.split("."), artifact.artifact, artifact.version, artifact.file)
        assert artifact.path == str(expected)


def test_no_file_is_locked_twice() -> None:
    paths = [artifact.path for artifact in load_lock().artifacts]

    assert len(set(paths)) == len(paths)


def test_all_of_kafka_is_one_version() -> None:
    versions = {jar.version for jar in load_lock().kafka if jar.group == "org.apache.kafka"}

    assert versions == {"4.3.1"}


def test_kafka_has_a_logger_that_fits_its_logging_interface() -> None:
    versions = {jar.artifact: jar.version for jar in load_lock().kafka}

    assert versions["slf4j-api"].startswith("1.7.")
    assert versions["log4j-slf4j-impl"] == versions["log4j-core"] == versions["log4j-api"]
    assert [name for name in versions if name.startswith("slf4j-")] == ["slf4j-api"]


def test_a_lock_reads_as_it_was_written(tmp_path: Path) -> None:
    lock = load_lock()

    save_lock(lock, tmp_path / "lock.json")

    assert load_lock(tmp_path / "lock.json") == lock


def test_a_lock_of_another_format_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text(json.dumps({"format": 2}), encoding="utf-8")

    with pytest.raises(ValueError, match="format 2"):
        load_lock(path)
