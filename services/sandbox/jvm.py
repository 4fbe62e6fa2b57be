"""How the sandbox starts a Java virtual machine: small, quick to start, quiet (decision 0020)."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.sandbox.java import java_path


@dataclass(frozen=True)
class FastStart:
    """What a Java process does about an ahead-of-time cache: `record` a practice run, or `use` a cache."""

    record: Path | None = None
    use: Path | None = None

    def flags(self) -> list[str]:
        """The flags that say so; none when there is no cache."""
        if self.record is not None:
            return ["-XX:AOTMode=record", f"-XX:AOTConfiguration={self.record}"]
        if self.use is not None:
            # A cache that does not fit is left unused by the virtual machine, which then starts slower.
            return [f"-XX:AOTCache={self.use}", "-Xlog:aot*=error"]
        return []


NO_FAST_START = FastStart()


def jvm_flags(heap_mib: int) -> list[str]:
    """Flags of every Java process here; `heap_mib` is the most its heap may take."""
    return [
        f"-Xmx{heap_mib}m",
        "-XX:+UseSerialGC",
        # Only the quick compiler: starts in two thirds of the time, and up to half a million records it also
        # costs less processor time per record than both compilers do.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-Djava.awt.headless=true",
        # Kafka and its compression libraries still use these; without the flags each start prints warnings.
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
    ]


def join_class_path(jars: Iterable[Path]) -> str:
    """The class path in the form the virtual machine reads."""
    return os.pathsep.join(str(jar.resolve()) for jar in jars)


def assemble_command(heap_mib: int, class_path: str, recorded: Path, cache: Path) -> list[str]:
    """The command that turns a recorded training run into a cache; it runs no application."""
    return [
        str(java_path()),
        *jvm_flags(heap_mib),
        "-XX:AOTMode=create",
        f"-XX:AOTConfiguration={recorded}",
        f"-XX:AOTCache={cache}",
        "-cp",
        class_path,
    ]


def cache_key(jars: Iterable[Path], flags: Sequence[str]) -> str:
    """Change whenever a cache made before would be rejected: other Java, jars, places or flags."""
    release = java_path().parents[1] / "release"
    parts = [release.read_text(encoding="utf-8"), str(java_path()), *flags]
    for jar in jars:
        facts = jar.stat()
        parts.append(f"{jar} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
