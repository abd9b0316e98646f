"""A time stamp authority on the loopback address, which answers as each test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.sign.timestamps import DummyTimeStamper

from portal.lib import certificates

REPLY = "application/timestamp-reply"
Answer = tuple[int, str, bytes]
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "测试时间戳机构")])


@dataclass
class Clock:
    """The authority: its root, its certificate, and what it does with a question."""

    root: x509.Certificate
    stamper: DummyTimeStamper
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[bytes], Answer] | None = None  # in place of a good one
    lists: dict[str, bytes] = field(default_factory=dict)  # what it serves besides

    def stamp(self, question: bytes) -> Answer:
        """A good answer."""
        return 200, REPLY, self.stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()

    def trust(self, folder: Path) -> Path:
        """A file with its root."""
        file = folder / "tsa.pem"
        file.write_bytes(certificates.dump_public([self.root]))
        return file


def make_clock(
    now: datetime,
    *,
    days: int = 3650,
    purpose: x509.ObjectIdentifier = x509.ExtendedKeyUsageOID.TIME_STAMPING,
) -> Clock:
    """An authority of time with its own root; its keys are RSA, as the stamper of pyHanko has it."""
    root = certificates.make_authority("时间戳根", now=now)
    key = rsa.generate_private_key(65537, 2048)
    built = (
        x509.CertificateBuilder(root.certificate.subject, NAME, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .sign(root.key, hashes.SHA256())  # type: ignore[arg-type]
    )
    (own,) = load_certs_from_pemder_data(certificates.dump_public([built]))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Clock(root.certificate, DummyTimeStamper(own, load_private_key_from_pemder_data(plain, None)))


@contextmanager
def served(clock: Clock) -> Iterator[Clock]:
    """The authority, answering."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            clock.asked.append(dict(self.headers))
            self._say(*(clock.answer or clock.stamp)(question))

        def do_GET(self) -> None:
            found = clock.lists.get(self.path)
            self._say(200 if found else 404, "application/pkix-crl", found or b"")

        def _say(self, status: int, type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    clock.url = f"http://127.0.0.1:{server.server_port}/stamp"
    try:
        yield clock
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
