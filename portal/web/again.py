"""A request that met another one in the database is run again, whole, and leaves nothing of the try before.

Every try gets a request of its own: session, `g`, forms and files are made anew from what the browser has sent. What a
try has committed by itself on the way (a password that was proven, a question that was counted) is not done twice.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, TypeVar

from flask import Flask, g, request

from portal.domain.refusal import Refusal
from portal.lib import conflicts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

IN_MEMORY = 1 << 20  # bytes of a body above which it is kept on the disk
LAST, DONE = "portal.last_try", "portal.done"  # where the environment of a try holds what it has to know
Result = TypeVar("Result")
log = logging.getLogger("portal.requests")


class Again(BaseException):
    """Ends a try; no Exception, so that nothing on its way out takes it for a failure."""


class KeptBody(io.RawIOBase):
    """What came with a request; it can be read from its beginning once more."""

    def __init__(self, source: IO[bytes] | Any) -> None:
        self._source = source
        self._kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- closed with this one

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, room: Any) -> int:
        """First what was read before, then what nobody has read yet."""
        data = self._kept.read(len(room))
        if not data:
            data = self._source.read(len(room))
            self._kept.write(data)
        room[: len(data)] = data
        return len(data)

    def rewind(self) -> None:
        """Begins anew."""
        self._kept.seek(0)

    def close(self) -> None:
        """Lets go of what was kept."""
        self._kept.close()
        super().close()


class Tries:
    """Around the whole application: one call of it for each try."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer of the first try that meets nobody, or of the last one."""
        with KeptBody(environ["wsgi.input"]) as body:
            shared: WSGIEnvironment = {**environ, "wsgi.input": body, DONE: {}}
            for before in range(1, conflicts.TRIES):
                try:
                    return self._inner({**shared}, start_response)
                except Again:
                    body.rewind()
                    conflicts.pause(before)
            return self._inner({**shared, LAST: True}, start_response)


def init_app(app: Flask) -> None:
    """Puts the tries around what the application is by now."""
    app.wsgi_app = Tries(app.wsgi_app)  # type: ignore[method-assign]


def is_undone(error: BaseException) -> bool:
    """Whether the request has met another one and has written nothing.

    Raises:
        Again: there is another try.
    """
    if not conflicts.is_conflict(error) or g.get("written"):
        return False
    if not request.environ.get(LAST):
        log.info("a request met another one and is run again")
        raise Again
    return True


def once(what: str, act: Callable[[], Result]) -> Result:
    """What a part of the request gives, or why it refuses; the tries that follow are told the same."""
    done: dict[str, Result | Refusal] = request.environ.setdefault(DONE, {})
    if what not in done:
        try:
            done[what] = act()
        except Refusal as refusal:
            done[what] = refusal
    found = done[what]
    if isinstance(found, Refusal):
        raise found
    return found
