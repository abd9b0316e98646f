"""How often one address may ask what is open to everybody: counted in this process, or for all of them by the broker."""

from __future__ import annotations

from flask import Flask, current_app, request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l


class TooOften(Refusal):
    """The address has asked often enough for now."""

    status = 429
    text = _l("这个网络地址查验得太频繁，请稍后再试。")


def init_app(app: Flask) -> None:
    """Opens the counters."""
    storage = storage_from_string(app.config["SETTINGS"].broker_url or "memory://")
    app.extensions["rate_limit"] = MovingWindowRateLimiter(storage)


def count(what: str, often: str) -> None:
    """Counts this request, of which an address may send so many, e.g. `30 per minute`.

    Raises:
        TooOften: it is one too many.
    """
    if not current_app.extensions["rate_limit"].hit(parse(often), what, request.remote_addr or ""):
        raise TooOften
