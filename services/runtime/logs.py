"""Logs: JSON for machines, console for people; only what the allow-list names is shown in clear."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SHOWN = frozenset(
    "event level logger timestamp service services partition partitions topic topics offset worker generation error "
    "tries_left effect_id schema_ids cases restored records lag state code port url reason seconds restarts signal "
    "pid broker ports missing exc_info exception positional_args stack_info count schemas tasks process".split()
)
"""Names of values that may be logged as they are; the value of any other name is masked."""

MASK = "[masked]"
_NUMBERS = re.compile(r"(?<![0-9A-Za-z-])(\d{17}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z-])")


def mask_unlisted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask every value whose name is not on the allow-list, and anything that looks like an ID or mobile number."""
    shown: dict[str, Any] = {}
    for name, value in event.items():
        if name not in SHOWN and not name.startswith("_"):
            shown[name] = MASK
        elif isinstance(value, str):
            shown[name] = _NUMBERS.sub(MASK, value)
        else:
            shown[name] = value
    return shown


def configure(log_format: str, level: str, worker: str) -> None:
    """Send structlog and the standard library's loggers (aiokafka, httpx) down one road to standard error."""
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
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiokafka", "httpx", "httpcore", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
