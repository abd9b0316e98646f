"""The worker in the server's own process."""

from __future__ import annotations

from typing import Any

from flask import Flask


def start(app: Flask) -> Any:
    """Starts it."""


def stop(consumer: Any) -> None:
    """Stops it."""
