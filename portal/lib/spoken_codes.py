"""Codes that nobody can guess and everybody can read out: groups of four signs, none of which looks like another."""

from __future__ import annotations

import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUP = 4


def new(groups: int) -> str:
    """A fresh code of so many groups; each has some twenty bits."""
    return _grouped("".join(secrets.choice(SIGNS) for _sign in range(groups * GROUP)))


def plain(text: str, groups: int) -> str:
    """A code as it is kept, however somebody has typed it; nothing for what can be none."""
    signs = "".join(sign for sign in text.upper() if sign in SIGNS)
    return _grouped(signs) if len(signs) == groups * GROUP else ""


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
