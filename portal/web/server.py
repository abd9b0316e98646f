"""The portal's own web server: how much it takes in, how many it serves, and what it does not even read."""

from __future__ import annotations

import gc
import socket
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer

from portal.config import NO_START, SettingsError

CONNECTIONS = 1000  # at once; those who send slowly take none of the threads
PER_ADDRESS = 250  # of them, so that no one takes them all
AT_ONCE = (
    8  # requests on one connection that wait for their answers; browsers send none before they have the last
)
HELD = (
    256 << 20
)  # bytes of answers that wait on the disk for whoever reads slowly, while their thread goes on
PATIENCE = 120  # seconds without a byte after which a connection is closed


class Parser(HTTPRequestParser):
    """Refuses a request that says its length in two ways: a proxy in front might have believed the other one."""

    def parse_header(self, header_plus: bytes) -> None:
        """Reads the head of a request.

        Raises:
            ParsingError: it makes no sense.
        """
        super().parse_header(header_plus)
        twice = self.chunked and "CONTENT_LENGTH" in self.headers
        if twice or "TRANSFER_ENCODING" in self.headers:  # the latter is left over of HTTP/1.0
            raise ParsingError("The length is said in two ways")


class Channel(HTTPChannel):
    """Closes the idlest connection of an address that has too many, so that others still get one, and one that asks too much."""

    parser_class = Parser

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        super().__init__(server, sock, addr, adj, map=map)
        if not adj.clear_untrusted_proxy_headers:
            return  # all of them are the proxy's
        theirs = [one for one in server.active_channels.values() if one.addr[0] == addr[0]]
        idle = [one for one in theirs if one is not self and not one.requests and not one.will_close]
        if idle and len(theirs) > PER_ADDRESS:
            min(idle, key=lambda one: one.last_activity).will_close = True

    def received(self, data: bytes) -> bool:
        """Takes in what comes; whoever asks ever more and reads no answer is hung up on."""
        more = bool(super().received(data))
        if len(self.requests) > AT_ONCE:
            self.will_close = True
        return more


def settle() -> None:
    """What was made at the start stays: lets the collector look through what requests leave behind, and less often.

    A page makes thousands of objects and next to no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def listen(app: Flask, host: str, port: int, *, threads: int) -> Any:
    """A server on this address, which serves once it is told to `run`.

    A body is refused by the length that its head says, or as soon as it has become too long.

    Raises:
        SettingsError: nobody can listen there.
    """
    BaseWSGIServer.channel_class = Channel
    try:
        return _server(app, host, port, threads)
    except (OSError, ValueError) as problem:  # the latter for a name that is of no host
        why = problem.strerror if isinstance(problem, OSError) else "no such host"
        raise SettingsError(NO_START.format(f"PORTAL_HOST={host}, PORT={port}: {why}")) from None


def _server(app: Flask, host: str, port: int, threads: int) -> Any:
    return waitress.create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        channel_timeout=PATIENCE,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
        outbuf_high_watermark=HELD,
        # else the proxies' word counts, see the setting PROXIES
        clear_untrusted_proxy_headers=app.config["SETTINGS"].proxies == 0,
    )
