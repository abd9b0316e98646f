"""How often one address may ask what is open to everybody: counted in this process, or for all of them by the broker."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, current_app, request
from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l
from portal.web import again


class TooOften(Refusal):
    """The address has asked often enough for now."""

    status = 429
    text = _l("这个网络地址查验得太频繁，请稍后再试。")


def init_app(app: Flask) -> None:
    """Opens the counters: the shared ones, where there is a broker, and those of this process for when it is away."""
    urls = [url for url in (app.config["SETTINGS"].broker_url, "memory://") if url]
    storages = [storage_from_string(url, wrap_exceptions=True) for url in urls]
    app.extensions["rate_limit"] = [MovingWindowRateLimiter(one) for one in storages]


def count(what: str, often: str) -> None:
    """Counts this request, of which an address may send so many, e.g. `30 per minute`.

    Raises:
        TooOften: it is one too many.
    """
    again.once(f"count {what}", lambda: _hit(what, often))


def _hit(what: str, often: str) -> None:
    for counter in current_app.extensions["rate_limit"]:
        with suppress(StorageError):  # the broker is away
            if not counter.hit(parse(often), what, request.remote_addr or ""):
                raise TooOften
            return
