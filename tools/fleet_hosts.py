"""Hosts in network namespaces of this machine, with the portal on them, for `tools/fleet.py`."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NET = "10.77.0"
HOSTS = {"web1": 11, "web2": 12, "jobs": 13, "db1": 21, "db2": 22, "store": 31}
SEED = """
from portal.factory import create_app
from portal.extensions import alembic, db
from portal.demo.company import seed_small
from portal.lib.clock import now
app = create_app()
with app.app_context():
    alembic.upgrade(); seed_small(now()); db.session.commit()
"""
BUCKET = "import boto3; boto3.client('s3', endpoint_url='http://{}:5000', region_name='us-east-1').create_bucket(Bucket='files')"


def sh(line: str) -> None:
    subprocess.run(line, shell=True, check=True, capture_output=True)


def address(host: str) -> str:
    return f"{NET}.{HOSTS[host]}"


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else Path(str(shutil.which("initdb"))).parent


class Fleet:
    """The hosts; each is a namespace on one bridge, which lies in a namespace too."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.running = folder, list[subprocess.Popen[bytes]]()
        self.environment = {
            "PATH": os.environ["PATH"],
            "PORTAL_MODE": "production",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TRUSTED_HOSTS": "portal.example.com",
            "DATABASE_URL": f"postgresql+psycopg://postgres@/portal?host={address('db1')}:5432&host={address('db2')}:5432"
            "&target_session_attrs=read-write",
            "FILES_URL": "s3://files/portal",
            "FILES_ENDPOINT": f"http://{address('store')}:5000",
            "FILES_KEY": "portal",
            "FILES_SECRET": "not-a-secret",
            "AWS_ACCESS_KEY_ID": "portal",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "WEB_WORKERS": "1",
            "LOG_FORMAT": "json",
        }

    def lay(self) -> None:
        """Makes hosts and wires."""
        self.remove()
        sh(
            "ip netns add fleet-hub && ip -n fleet-hub link add bridge type bridge && ip -n fleet-hub link set bridge up"
        )
        sh(f"ip -n fleet-hub link set lo up && ip -n fleet-hub addr add {NET}.1/24 dev bridge")
        for host in HOSTS:
            sh(f"ip netns add fleet-{host} && ip -n fleet-{host} link set lo up")
            sh(f"ip -n fleet-hub link add {host} type veth peer name eth0 netns fleet-{host}")
            sh(f"ip -n fleet-hub link set {host} master bridge up")
            sh(
                f"ip -n fleet-{host} addr add {address(host)}/24 dev eth0 && ip -n fleet-{host} link set eth0 up"
            )

    def wire(self, host: str, state: str) -> None:
        """Cuts a host off (`down`) or joins it again (`up`)."""
        sh(f"ip -n fleet-hub link set {host} {state}")

    def start(self, host: str, *words: object, data: str = "", **given: str) -> subprocess.Popen[bytes]:
        """Runs something on a host."""
        place = self.folder / (data or host)
        place.mkdir(exist_ok=True)
        environment = {**self.environment, "PORTAL_DATA": str(place), **given}
        with (self.folder / f"{host}.log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", f"fleet-{host}", *map(str, words)],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(process)
        return process

    def do(self, host: str, *words: object, **given: str) -> None:
        """Runs something on a host to its end."""
        if self.start(host, *words, **given).wait() != 0:
            raise SystemExit(f"{words} on {host}: {(self.folder / f'{host}.log').read_text()[-2000:]}")

    def postgres(self, host: str, program: str, *words: object) -> list[object]:
        """A program of PostgreSQL, which does not run as root."""
        return [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            binaries() / program,
            *words,
        ]

    def database(self) -> None:
        """A primary and a standby that has whatever the primary acknowledges."""
        for host in ("db1", "db2"):
            (self.folder / host).mkdir()
            shutil.chown(self.folder / host, "postgres", "postgres")
        home, standby = self.folder / "db1" / "data", self.folder / "db2" / "data"
        self.do(
            "db1",
            *self.postgres("db1", "initdb", "-D", home, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"),
        )
        with (home / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NET}.0/24 trust\nhost replication all {NET}.0/24 trust\n")
        options = ["-c", "listen_addresses=*", "-c", "unix_socket_directories=", "-c", "max_connections=100"]
        self.start("db1", *self.postgres("db1", "postgres", "-D", home, *options))
        self.wait("db1", 5432)
        upstream = f"host={address('db1')} user=postgres application_name=db2"
        self.do("db2", *self.postgres("db2", "pg_basebackup", "-R", "-d", upstream, "-D", standby))
        # Once it leads it waits for nobody: a standby of its own is for people to add.
        self.start(
            "db2",
            *self.postgres("db2", "postgres", "-D", standby, *options, "-c", "synchronous_standby_names="),
        )
        self.wait("db2", 5432)
        for line in (
            "CREATE DATABASE portal",
            "ALTER SYSTEM SET synchronous_standby_names = 'db2'",
            "SELECT pg_reload_conf()",
        ):
            self.do("db1", *self.postgres("db1", "psql", "-h", address("db1"), "-c", line))

    def promote(self) -> None:
        """Lets the standby lead."""
        self.do("db2", *self.postgres("db2", "psql", "-h", address("db2"), "-c", "SELECT pg_promote()"))

    def wait(self, host: str, port: int) -> None:
        """Waits until a port of a host answers."""
        probe = f"import socket; socket.create_connection(('{address(host)}', {port}), 1)"
        for _try in range(120):
            if self.start("web2", sys.executable, "-c", probe, data="probe").wait() == 0:
                return
            time.sleep(0.5)
        raise SystemExit(f"{host} does not answer: {(self.folder / f'{host}.log').read_text()[-2000:]}")

    def portal(self) -> None:
        """The store, the tables, pages and jobs."""
        self.start("store", sys.executable, "-m", "moto.server", "-H", address("store"), "-p", "5000")
        self.wait("store", 5000)
        self.do("web1", sys.executable, "-c", BUCKET.format(address("store")))
        self.do("web1", sys.executable, "-c", SEED, PYTHONPATH=str(ROOT))
        for host in ("web1", "web2"):
            gunicorn = (ROOT / ".venv/bin/gunicorn", "-c", "deploy/gunicorn.conf.py", "app:app")
            self.start(host, *gunicorn, PORTAL_HOST=address(host))
        self.start("jobs", ROOT / ".venv/bin/flask", "jobs", "run")
        for host in ("web1", "web2"):
            self.wait(host, 8000)

    def remove(self) -> None:
        """Ends what it has started, and takes the hosts away."""
        for process in reversed(self.running):
            process.send_signal(signal.SIGINT)  # PostgreSQL waits for its clients otherwise
        for process in self.running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()
        for host in ("hub", *HOSTS):
            subprocess.run(["ip", "netns", "del", f"fleet-{host}"], check=False, capture_output=True)


def enter_hub() -> None:
    """This process and what it starts from now on see the bridge."""
    with Path("/run/netns/fleet-hub").open() as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), 0x40000000) != 0:
            raise SystemExit("The hub cannot be entered.")
