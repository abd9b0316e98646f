"""Passwords held against a directory that speaks LDAP: encrypted, with its certificate checked, and never for long."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from urllib.parse import urlsplit

from ldap3 import NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core import results
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from portal.lib.directory import LOGIN, Directory, Unreachable

# What a directory answers where the password is wrong, or the account may not be used with it.
NO = {
    results.RESULT_INVALID_CREDENTIALS,
    results.RESULT_CONSTRAINT_VIOLATION,
    results.RESULT_UNWILLING_TO_PERFORM,
    results.RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    results.RESULT_INAPPROPRIATE_AUTHENTICATION,
    results.RESULT_NO_SUCH_OBJECT,
    results.RESULT_INVALID_DN_SYNTAX,
}


ANSWERS = 6  # as many times the seconds for one answer all of them together may take


class _Checked(Tls):
    """TLS as Python does it by itself: the certificate must be trusted, in time and of this very host."""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=False
        )
        if do_handshake:  # by now it can be broken off
            connection.socket.do_handshake()


def fits(directory: Directory, login: str, password: str) -> bool:
    """Whether the directory takes this password for this login; as slow for a login that it does not know.

    Raises:
        Unreachable: it cannot be asked.
    """
    if not password:
        return False  # a bind without one asks for nothing, and many directories grant it
    with _open(directory) as link:
        name = _name(directory, link, login)
        taken = _binds(link, name or f"cn=nobody,{directory.base}", password)
    return taken and name is not None


def find(directory: Directory, login: str) -> str | None:
    """The name under which the directory knows this login.

    Raises:
        Unreachable: it cannot be asked.
    """
    with _open(directory) as link:
        return _name(directory, link, login)


@contextmanager
def _open(directory: Directory) -> Iterator[Connection]:
    """A connection that is encrypted; whatever goes wrong with it is one kind of trouble."""
    address = urlsplit(directory.url)
    encrypted = address.scheme == "ldaps"
    server = Server(
        address.hostname,
        port=address.port or (636 if encrypted else 389),
        use_ssl=encrypted,
        tls=_Checked(ca_certs_file=directory.roots or None, validate=ssl.CERT_REQUIRED),
        get_info=NONE,
        connect_timeout=directory.seconds,
    )
    link = Connection(
        server, auto_referrals=False, check_names=False, receive_timeout=directory.seconds, read_only=True
    )
    end = Timer(ANSWERS * directory.seconds, _break_off, (link,))
    end.daemon = True
    end.start()
    try:
        link.open(read_server_info=False)
        if not encrypted:
            link.start_tls(read_server_info=False)
        yield link
        link.unbind()
    except (LDAPException, OSError) as why:
        raise Unreachable(link.last_error or str(why)) from None
    finally:
        end.cancel()
        link.strategy.close()
        if link.socket is not None:  # one that did not come to be open
            link.socket.close()


def _break_off(link: Connection) -> None:
    """Ends a conversation in which the directory says a little now and then, and never all."""
    if link.socket is not None:
        with suppress(OSError):
            socket.socket.shutdown(link.socket, socket.SHUT_RDWR)  # below TLS, which somebody is just reading


def _name(directory: Directory, link: Connection, login: str) -> str | None:
    """What to bind with for this login; None if nobody has it, or several have."""
    if not login:
        return None
    if directory.person:
        return directory.person.replace(LOGIN, escape_rdn(login))
    if directory.account and not _binds(link, directory.account, directory.secret):
        raise Unreachable("it does not take the portal's own account (LDAP_ACCOUNT, LDAP_PASSWORD)")
    wanted = f"({directory.attribute}={escape_filter_chars(login)})"
    link.search(directory.base, wanted, SUBTREE, attributes=None, size_limit=2, time_limit=directory.seconds)
    if link.result["result"] not in (results.RESULT_SUCCESS, results.RESULT_SIZE_LIMIT_EXCEEDED):
        raise Unreachable(f"it does not search below {directory.base}: {link.result['description']}")
    found = [one["dn"] for one in link.response if one["type"] == "searchResEntry"]
    return found[0] if len(found) == 1 else None


def _binds(link: Connection, name: str, password: str) -> bool:
    """Whether the directory takes this password for this name, sent as it was typed."""
    link.rebind(name, password.encode(), SIMPLE, read_server_info=False)
    code = link.result["result"]
    if code != results.RESULT_SUCCESS and code not in NO:
        raise Unreachable(f"it answers {link.result['description']}")
    return bool(code == results.RESULT_SUCCESS)
