"""The portal as the units in `deploy/` start it: behind their nginx, on loopback, with folders of the test's own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.config import ROOT
from tests.object_store import free_port

UNITS = ROOT / "deploy" / "systemd"
PROGRAM = "/opt/portal/current"
CERTIFICATE = ROOT / "tests" / "mail" / "loopback.pem"
SITE = ROOT / "deploy" / "nginx" / "portal.conf"
PATIENCE = 90
NGINX = next(
    (one for one in (shutil.which("nginx"), "/usr/sbin/nginx", ROOT / ".cache/nginx/usr/sbin/nginx") if one and Path(one).exists()),
    None,
)  # fmt: skip
WRAPPER = """daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/other.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


@dataclass(frozen=True)
class Stand:
    """What runs, and where."""

    port: int
    figures: int
    folder: Path

    def log(self) -> str:
        """What the portal has written."""
        return (self.folder / "web.log").read_text()


def command(unit: str) -> list[str]:
    """What the unit starts, with this checkout in the place of the installed program."""
    lines = re.findall(r"^ExecStart=(.+)$", (UNITS / unit).read_text(), re.M)
    assert len(lines) == 1
    return [word.replace(PROGRAM, str(ROOT)) for word in lines[0].split()]


def environment(data: Path, **given: str) -> dict[str, str]:
    """Settings of production."""
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")},
        "PORTAL_MODE": "production",
        "SECRET_KEY": "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja",
        "TRUSTED_HOSTS": "portal.example.com",
        "PUBLIC_URL": "https://portal.example.com",
        "PROXIES": "1",
        "PORTAL_DATA": str(data),
        "LOG_FORMAT": "json",
        **given,
    }


def write_site(folder: Path, web: Path, port: int, plain: int) -> Path:
    """The site of `deploy/nginx/`, with ports, socket and certificate of the test; returns the whole configuration."""
    text = SITE.read_text()
    for pattern, put in (
        (r"listen \[::\]:\d+[^;]*;", ""),
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"unix:/run/portal/web\.sock", f"unix:{web}"),
        (r"/etc/ssl/portal/portal\.(pem|key)", str(CERTIFICATE)),
        (r"/var/log/nginx/portal\.log", f"{folder}/access.log"),
    ):
        text, count = re.subn(pattern, put, text)
        assert count, pattern
    (folder / "portal.conf").write_text(text)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(WRAPPER.format(folder=folder, user=user))
    return folder / "nginx.conf"


@contextmanager
def stand(data: Path, folder: Path) -> Iterator[Stand]:
    """nginx and gunicorn, the latter with its socket handed over as systemd does."""
    assert NGINX, "The tests of deploy/ need nginx: run bin/programs, or apt-get install nginx."
    port, plain, figures = free_port(), free_port(), free_port()
    settings = environment(data, METRICS_ADDRESS=f"127.0.0.1:{figures}", WEB_WORKERS="2", THREADS="2")
    with socket.socket(socket.AF_UNIX) as web, (folder / "web.log").open("w") as log:
        web.bind(str(folder / "web.sock"))
        web.listen(64)
        handed = 'exec 3<&"$0"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        line = ["bash", "-c", handed, str(web.fileno()), *command("portal-web.service")]
        gunicorn = subprocess.Popen(
            line, cwd=ROOT, env=settings, pass_fds=[web.fileno()], stdout=log, stderr=log
        )
        config = write_site(folder, folder / "web.sock", port, plain)
        nginx = subprocess.Popen([NGINX, "-c", config, "-e", folder / "error.log"], stderr=subprocess.DEVNULL)
        try:
            _wait(port, nginx, folder / "error.log")
            _wait(figures, gunicorn, folder / "web.log")
            yield Stand(port, figures, folder)
        finally:
            nginx.send_signal(signal.SIGTERM)
            gunicorn.send_signal(signal.SIGTERM)
            nginx.wait(PATIENCE)
            gunicorn.wait(PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text() if log.exists() else "it has not begun")
