"""What a command says is its output and at most one sentence: logs of libraries and of the runtime belong to workers."""

import logging

import structlog


def keep_silent() -> None:
    """Let the runtime's log go the road of the standard library, and nothing of it to the terminal.

    aiokafka tells of each connection that fails before the error itself arrives, which is then told in our own words.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("services.runtime").setLevel(logging.ERROR)
    if not structlog.is_configured():
        structlog.configure(logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger)
