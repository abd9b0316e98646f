"""A SQLite database as it was at a moment, to be put back again and again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from flask import Flask

from portal.extensions import db


@dataclass
class Kept:
    """The database of a portal on SQLite."""

    app: Flask

    def keep(self) -> None:
        """Remembers the database as it is."""
        with self.app.app_context():
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._close()
        shutil.copyfile(self._folder / "portal.db", self._folder / "before.db")

    def reset(self) -> None:
        """Puts the database back."""
        self._close()
        for end in ("-wal", "-shm"):
            (self._folder / f"portal.db{end}").unlink(missing_ok=True)
        shutil.copyfile(self._folder / "before.db", self._folder / "portal.db")

    def __post_init__(self) -> None:
        self._folder = self.app.config["SETTINGS"].portal_data

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
