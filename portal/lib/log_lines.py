"""Lines of the log: as text, or one JSON object each; nobody can write a line of their own into it."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

WORK: ContextVar[str] = ContextVar("work", default="")  # the id of the request or job that is under way
MARK = "  | "  # before the lines of a trace: no event begins with it
# PostgreSQL says there what the row was that it did not take.
_DETAIL = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=^\[SQL|^\S+Error|^Traceback|^During|^The above|\Z)", re.S | re.M
)


def plain(text: str) -> str:
    """The text on one line: breaks, control characters and those that turn the reading direction are shown by their code."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class TextLines(logging.Formatter):
    """A line for people to read; what went wrong stands below it, behind marks."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, place, request and words."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        work = f" {WORK.get()}" if WORK.get() else ""
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items() if value is not None)
        said = plain(" ".join(filter(None, (record.getMessage(), facts))))
        line = f"[{at}] {record.levelname}{work} in {record.module}: {said}"
        return "\n".join([line, *(MARK + plain(one) for one in _trace(self, record).split("\n") if one)])


class JsonLines(logging.Formatter):
    """One object a line, in plain ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what its caller gave as `facts` stands beside the words."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if WORK.get():
            line["id"] = WORK.get()
        line |= _facts(record)
        if trace := _trace(self, record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=True, default=str)


def facts(**given: Any) -> dict[str, Any]:
    """What a call of the log hands on as `extra`."""
    return {"facts": given}


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = getattr(record, "facts", {})
    return found


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """What went wrong and where, without the values that a database tells of a row."""
    if not record.exc_info:
        return ""
    return _DETAIL.sub("DETAIL: left out\n", formatter.formatException(record.exc_info)).rstrip("\n")
