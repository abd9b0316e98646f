"""The company's directory: whose passwords it checks, and asking it."""

from __future__ import annotations

from flask import current_app

from portal.domain.refusal import Refusal
from portal.lib.directory import Directory, Unreachable
from portal.lib.i18n import _l
from portal.models import Person


class DirectoryAway(Refusal):
    """The directory cannot be asked for a password."""

    status = 503
    text = _l("公司目录暂时不能核对密码，没有写入任何内容。请稍后再试；有门户密码的账号不受影响。")


def known() -> Directory | None:
    """The directory of the settings."""
    found: Directory | None = current_app.config["SETTINGS"].directory
    return found


def is_asked(person: Person | None) -> bool:
    """Whether the directory checks this person's password; of a login that nobody has, so that both look the same."""
    return person.of_directory if person is not None else known() is not None


def fits(login: str, password: str) -> bool:
    """Whether the directory takes the password; slow, so call it before the write.

    Raises:
        DirectoryAway: it cannot be asked.
    """
    directory = known()
    if directory is None:
        raise DirectoryAway
    from portal.lib import directory_asked as ldap  # the library of LDAP, 6 MB, where there is a directory

    try:
        return ldap.fits(directory, login, password)
    except Unreachable as why:
        current_app.logger.warning("directory of passwords: %s", why)
        raise DirectoryAway from None
