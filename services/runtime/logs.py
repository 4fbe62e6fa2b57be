"""Logs: JSON for machines, console for people; only what the allow-list names is shown in clear."""

import logging
import logging.handlers
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.runtime.errors import WrongSetting
from services.runtime.private_numbers import hidden
from services.runtime.settings import MeshSettings

SHOWN = frozenset(
    "event level logger timestamp service services partition partitions topic topics offset worker generation error "
    "tries_left effect_id schema_ids cases restored records lag state code port url reason seconds restarts signal "
    "pid broker ports missing exc_info exception positional_args stack_info count schemas tasks process trace "
    "decision places committed".split()
)
"""Names of values that may be logged as they are; the value of any other name is masked."""
CASE, CASE_SHOWN_CHARS = "case", 4
"""The key of a case is shown by its end alone: enough to tell two apart beside each other."""

MASK = "[masked]"

LIBRARIES = ("aiokafka", "rdkafka", "httpx", "httpcore", "aiohttp.access", "opentelemetry", "urllib3")
"""Loggers of libraries: only their warnings are written, and the same one seldom."""
REPEAT_AFTER_S = 5.0
KINDS_MAX = 500
"""So many different messages are remembered; the one said longest ago is forgotten first."""
LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_FILES_KEPT = 3
_FIGURES = re.compile(r"\d+")


def mask_unlisted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask every value whose name is not on the allow-list, and anything that looks like a number of a citizen or a telephone."""
    shown: dict[str, Any] = {}
    for name, value in event.items():
        if name == CASE and isinstance(value, str):
            shown[name] = masked_case(value)
        elif name not in SHOWN and not name.startswith("_"):
            shown[name] = MASK
        else:
            shown[name] = value if name.startswith("_") else _without_numbers(value)
    return shown


def _without_numbers(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_numbers(part) for part in value]
    if isinstance(value, BaseException):  # written as its representation, which may quote what it met
        value = repr(value)
    return hidden(value, MASK) if isinstance(value, str) else value


def masked_case(key: str) -> str:
    """Give the end of a case's key, or nothing of one so short that its end is all."""
    if not key:
        return ""
    return f"…{key[-CASE_SHOWN_CHARS:]}" if len(key) > 2 * CASE_SHOWN_CHARS else MASK


class AtMostOnceInAWhile(logging.Filter):
    """Lets the same message of a library through once in `REPEAT_AFTER_S`, then says how many were left out.

    In an outage each client of each task tells every failed attempt: thousands of lines a minute that say one thing.
    Messages are the same when logger, level and template are; numbers and node names in them do not make them another.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._said: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is written; one that is written tells how many like it were not."""
        if not record.name.startswith(LIBRARIES):
            return True
        kind, now = (record.name, record.levelno, _FIGURES.sub("#", str(record.msg))), self._now()
        said_at, left_out = self._said.get(kind, (-REPEAT_AFTER_S, 0))
        if now - said_at < REPEAT_AFTER_S:
            self._said[kind] = (said_at, left_out + 1)
            return False
        if len(self._said) >= KINDS_MAX and kind not in self._said:
            del self._said[min(self._said, key=lambda known: self._said[known][0])]
        self._said[kind] = (now, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({left_out} more like it were left out)", ()
        return True


class TurnedOverFile(logging.handlers.RotatingFileHandler):
    """The log in files of bounded size; what the process prints itself (a crash) follows to the newest."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LOG_BYTES_MAX, backupCount=LOG_FILES_KEPT, encoding="utf-8")
        self._holds_prints = _is_same_file(path, sys.stderr.fileno())

    def doRollover(self) -> None:  # noqa: N802 — the standard library's name
        """Begin a new file."""
        super().doRollover()
        if self._holds_prints and self.stream is not None:
            for number in (sys.stdout.fileno(), sys.stderr.fileno()):
                os.dup2(self.stream.fileno(), number)


def _is_same_file(path: Path, number: int) -> bool:
    return path.exists() and os.path.samestat(os.fstat(number), path.stat())


def configure(settings: MeshSettings, worker: str) -> None:
    """Send structlog and the standard library's loggers (aiokafka, httpx) down one road: standard error, or a file."""
    structlog.contextvars.bind_contextvars(worker=worker)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_unlisted,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _handler(settings.log_file)
    handler.addFilter(AtMostOnceInAWhile())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in LIBRARIES:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _handler(path: Path | None) -> logging.Handler:
    if path is None:
        return logging.StreamHandler(sys.stderr)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return TurnedOverFile(path)
    except OSError as error:
        raise WrongSetting(
            f"SHEBAO_LOG_FILE 所指的 {path} 无法写入。",
            f"SHEBAO_LOG_FILE: {path} cannot be written ({error.strerror}).",
        ) from error
