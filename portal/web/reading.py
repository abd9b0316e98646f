"""Views that only read, from the replica where there is one; who has just written reads from the primary until it is there too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, g, session
from werkzeug.wrappers import Response

from portal import replica

WROTE = "wrote"  # where the log ended after the last write from this browser
P = ParamSpec("P")
R = TypeVar("R")


def reads(view: Callable[P, R]) -> Callable[P, R]:
    """Lets a view read from the replica; once more from the primary, where the replica leaves it half-way."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with replica.reading(_written()):
                return view(*args, **kwargs)
        except replica.ReplicaLost:
            return view(*args, **kwargs)

    return run


def rows(found: Iterable[R]) -> Iterator[R]:
    """Reads rows from the replica while they are sent; what must be in them is what was written before this request."""
    after = _written()

    def read() -> Iterator[R]:
        with replica.reading(after):
            yield from found

    return read()


def init_app(app: Flask) -> None:
    """Keeps in mind, where there is a replica, up to where each browser has written."""
    app.after_request(_note)


def _written() -> str:
    return str(session.get(WROTE, replica.START))


def _note(response: Response) -> Response:
    if replica.is_there() and g.pop("moved", False):
        session[WROTE] = replica.end_of_log()
    return response
