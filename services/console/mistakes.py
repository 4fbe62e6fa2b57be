"""What goes wrong at the command line, in one sentence: the mesh's own errors, and those of files, ports and settings.

Errors that are none of these are bugs, and keep their traceback.
"""

import errno
from collections.abc import Iterator

from aiokafka.errors import KafkaError
from pydantic import ValidationError

from services.runtime.errors import MeshError
from services.sandbox.errors import SandboxError


def sentence(error: BaseException) -> str | None:
    """Say what went wrong; None for an error that is nobody's mistake but ours."""
    told = [_told(leaf) for leaf in _leaves(error)]
    return told[0] if told and all(told) else None


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """What is in a group was raised by things done side by side; one of it stands for all."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _told(error: BaseException) -> str | None:
    if isinstance(error, MeshError | SandboxError):
        return str(error)
    if isinstance(error, OSError) and error.errno != errno.EPIPE:  # a reader that went away is click's to handle
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or str(error) or type(error).__name__}."
    if isinstance(error, KafkaError):
        return f"The broker failed while it was asked ({error}): see `shebao status`, then try again."
    if isinstance(error, ValidationError) and error.title.endswith("Settings"):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{error.title} {'.'.join(map(str, first['loc']))}: {first['msg']}."
    return None
