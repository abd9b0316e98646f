"""Where Prometheus asks: an address of its own, which only this host reaches, or who brings the token along."""

from __future__ import annotations

import hmac
import logging
import os
import threading
from collections.abc import Callable, Iterable
from socket import AF_INET6
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from portal.config import NO_START, Settings, SettingsError
from portal.lib.settings_rules import host_and_port

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
log = logging.getLogger("portal.metrics")


def page(token: str, registry: Any = REGISTRY) -> WsgiApp:
    """The page with all figures; with a token for those alone who know it."""
    shown: WsgiApp = make_wsgi_app(registry)
    wanted = f"Bearer {token}".encode()

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        given = str(environ.get("HTTP_AUTHORIZATION", "")).encode("latin-1", "replace")
        if token and not hmac.compare_digest(given, wanted):
            start("401 Unauthorized", [("WWW-Authenticate", "Bearer"), ("Content-Length", "0")])
            return []
        if environ.get("PATH_INFO") != "/metrics":
            start("404 Not Found", [("Content-Length", "0")])
            return []
        return shown(environ, start)

    return answer


def of_all_workers() -> CollectorRegistry:
    """What all processes have counted that share a folder, those that have ended too."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=os.environ["PROMETHEUS_MULTIPROC_DIR"])
    return registry


class Server(ThreadingMixIn, WSGIServer):
    """Answers each question in a thread that ends with the process."""

    daemon_threads = True

    def server_bind(self) -> None:
        """Binds without asking name servers what this host is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def close(self) -> None:
        """Answers no more."""
        self.shutdown()
        self.server_close()


class _Server6(Server):
    address_family = AF_INET6


class _Silent(WSGIRequestHandler):
    timeout = 10  # seconds for whoever asks and does not go on

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: that somebody asks every few seconds is no news."""


def serve(settings: Settings, registry: Any = REGISTRY) -> Server | None:
    """Answers from now on in a thread; returns the server, None where the settings name no address.

    Raises:
        SettingsError: nobody can listen there.
    """
    if not settings.metrics_address:
        return None
    host, port = host_and_port(settings.metrics_address)
    kind = _Server6 if ":" in host else Server
    try:
        server: Server = make_server(host, port, page(settings.metrics_token, registry), kind, _Silent)
    except OSError as problem:
        raise SettingsError(
            NO_START.format(f"METRICS_ADDRESS={settings.metrics_address}: {problem.strerror}")
        ) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("figures are told at %s", settings.metrics_address)
    return server
