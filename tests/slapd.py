"""A directory (OpenLDAP's slapd) on the loopback address, with a database and certificates of the tests' own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from portal.config import ROOT
from portal.lib import certificates
from tests.object_store import free_port

HOST, PATIENCE = "127.0.0.1", 60
BASE = "ou=people,dc=example,dc=com"
ACCOUNT, SECRET = "cn=portal,dc=example,dc=com", "only for looking 7"
UNPACKED = ROOT / ".cache" / "slapd"
SYSTEM = Path("/")
HOME = UNPACKED if (UNPACKED / "usr/sbin/slapd").exists() else SYSTEM
# A bind without a password is granted, as many directories do it: whoever forgets to refuse it lets everybody in.
CONFIG = """include {home}/etc/ldap/schema/core.schema
include {home}/etc/ldap/schema/cosine.schema
include {home}/etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath {home}/usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/own.pem
TLSCertificateKeyFile {folder}/key.pem
allow bind_anon_cred bind_anon_dn
database mdb
suffix "dc=example,dc=com"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{account}" read by * none
"""
PEOPLE = """dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: {account}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: portal
userPassword: {secret}

dn: {base}
objectClass: organizationalUnit
ou: people
"""
PERSON = """
dn: uid={login},{base}
objectClass: inetOrgPerson
uid: {login}
cn: {login}
sn: {login}
userPassword: {password}
"""


@dataclass(frozen=True)
class Slapd:
    """The directory that answers."""

    tls: int
    plain: int
    root: Path

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Settings of a portal that looks for people with its own account."""
        given = {
            "ldap_url": f"ldaps://{HOST}:{self.tls}",
            "ldap_ca": str(self.root),
            "ldap_base": BASE,
            "ldap_account": ACCOUNT,
            "ldap_password": SECRET,
            "ldap_seconds": 5,
        }
        return {**given, **changed}


@contextmanager
def served(folder: Path, passwords: dict[str, str]) -> Iterator[Slapd]:
    """A directory that knows these logins."""
    found = Slapd(free_port(), free_port(), folder / "root.pem")
    _certify(folder)
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(CONFIG.format(home=str(HOME).rstrip("/"), folder=folder, account=ACCOUNT))
    people = PEOPLE.format(account=ACCOUNT, secret=SECRET, base=BASE)
    people += "".join(PERSON.format(login=login, password=one, base=BASE) for login, one in passwords.items())
    program = str(HOME / "usr/sbin/slapd")
    subprocess.run(
        [program, "-T", "add", "-f", config], input=people, env=_environment(), check=True, text=True
    )
    addresses = f"ldaps://{HOST}:{found.tls} ldap://{HOST}:{found.plain}"
    server = subprocess.Popen([program, "-f", config, "-h", addresses, "-d", "0"], env=_environment())
    try:
        _await(server, found)
        yield found
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _await(server: subprocess.Popen[bytes], found: Slapd) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            for port in (found.tls, found.plain):
                socket.create_connection((HOST, port), 1).close()
        except OSError:
            assert server.poll() is None, "slapd has ended"
            assert time.monotonic() < until, "slapd does not listen"
            time.sleep(0.05)
        else:
            return


def _environment() -> dict[str, str]:
    """Where the unpacked libraries lie."""
    folders = [*UNPACKED.glob("usr/lib/*-linux-gnu"), *UNPACKED.glob("lib/*-linux-gnu")]
    path = ":".join(map(str, folders))
    return {**os.environ, "LD_LIBRARY_PATH": path} if HOME == UNPACKED else dict(os.environ)


def _certify(folder: Path) -> None:
    """A root, and a certificate of this address under it."""
    now = datetime.now(UTC)
    root = certificates.make_authority("目录测试", now=now)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "directory")])
    built = (
        x509.CertificateBuilder(root.certificate.subject, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(root.key, hashes.SHA256())  # type: ignore[arg-type]
    )
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (folder / "own.pem").write_bytes(built.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server((HOST, 0)) as listening:
        yield int(listening.getsockname()[1])
