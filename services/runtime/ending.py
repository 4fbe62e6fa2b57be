"""How a worker process ends: an exit code, and one sentence where a sentence is enough."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.runtime.errors import MeshError, ToldToPeople, Unavailable, WillNotStart, WrongSetting

log = structlog.get_logger(__name__)

EXIT_CRASHED, EXIT_WILL_NOT_START = 1, 3


@contextmanager
def told_in_words() -> Iterator[None]:
    """Run a worker's main: what the mesh itself raises becomes an exit code.

    3: it will not start, and starting it again will not help. 1: a fault, or something outside does not answer now;
    start it again. Other errors are bugs and keep their traceback.
    """
    try:
        yield
    except (WillNotStart, WrongSetting) as error:
        _tell("will not start", error)
        sys.exit(EXIT_WILL_NOT_START)
    except Unavailable as error:
        _tell("cannot start now", error)
        sys.exit(EXIT_CRASHED)
    except MeshError as error:
        log.exception("stopped by a fault", error=repr(error))
        sys.exit(EXIT_CRASHED)


def _tell(what: str, error: ToldToPeople) -> None:
    if structlog.is_configured():  # not yet where the settings themselves are wrong
        log.error(what, reason=str(error))
    sys.stderr.write(f"{error.told}\n")
