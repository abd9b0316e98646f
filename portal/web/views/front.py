"""The department's front page."""

from flask import Blueprint


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
