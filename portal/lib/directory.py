"""The company's directory of people, as the settings name it; `directory_asked` asks it."""

from __future__ import annotations

from dataclasses import dataclass, field

LOGIN = "{login}"


class Unreachable(Exception):
    """The directory does not answer, not in time, not as itself, or not the portal; the text says which."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory as the portal knows it."""

    url: str  # ldaps:// is encrypted from the start, ldap:// before anything is said
    roots: str  # file of the certificates that its own must lead to; empty: those of the system
    seconds: int
    person: str  # name to bind with, with `{login}` in it; empty: the entry is looked for
    base: str
    attribute: str
    account: str
    secret: str = field(repr=False)
