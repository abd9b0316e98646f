"""The yardstick: a bare Flask page with one database read, under the same server."""

from __future__ import annotations

import sys

import waitress
from flask import Flask

from portal import database
from portal.config import read_settings
from portal.extensions import db
from portal.models import Department

app = Flask(__name__)
settings = read_settings()
app.config.update(
    SQLALCHEMY_DATABASE_URI=settings.engine_url,
    SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.engine_url, settings.threads),
)
db.init_app(app)
database.watch(app)


@app.get("/")
def page() -> str:
    """One row by its key, as text."""
    return db.session.get_one(Department, 1).name


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
