"""Structured logs: coloured text for people, one JSON object per line for machines."""

import logging
import sys

import structlog


def configure(level: str = "INFO", *, as_json: bool = False) -> None:
    """Set up structlog for this process. Ids bound with `structlog.contextvars` are in each line.

    Raises: KeyError for an unknown level.
    """
    last = structlog.processors.JSONRenderer() if as_json else _console()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([structlog.processors.format_exc_info] if as_json else []),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _console() -> structlog.dev.ConsoleRenderer:
    """Plain tracebacks: the pretty ones show local variables, and keys are among them."""
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
