"""`flask people`: the first administrator."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("people", help="People and their rights.")
