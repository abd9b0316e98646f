"""Lines of the log that nobody can forge: an event is one line, whatever people have typed into it.

A trace takes lines of its own, each behind a mark that no event begins with.
"""

from __future__ import annotations

import logging

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MARK = "  | "


def plain(text: str) -> str:
    """The text on one line: breaks, control characters and those that turn the reading direction are shown by their code."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class OneLine(logging.Formatter):
    """Writes each event as one line, with its trace behind marks."""

    def __init__(self) -> None:
        super().__init__(FORM)

    def format(self, record: logging.LogRecord) -> str:
        """The event as it goes into the log."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        lines = [plain(self.formatMessage(record))]
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            lines += [MARK + plain(line) for line in trace.split("\n")]
        return "\n".join(lines)
