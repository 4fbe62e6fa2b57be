"""How the sandbox starts a Java virtual machine: small, quick to start, quiet."""


def jvm_flags(heap_mib: int) -> list[str]:
    """Flags of every Java process here; `heap_mib` is the most its heap may take."""
    return [
        f"-Xmx{heap_mib}m",
        "-XX:+UseSerialGC",
        # Only the quick compiler: half the start-up time on two cores.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-Djava.awt.headless=true",
        # Kafka and its compression libraries still use these; without the flags each start prints warnings.
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
    ]
