"""Why a message has not gone out; the name of each class is what administrators are told in plain words."""

from __future__ import annotations


class Unsent(Exception):
    """The message has not gone out; `for_good` if trying again by itself would not help."""

    for_good = False


class ServerAway(Unsent):
    """The mail server could not be reached, or broke off."""


class TriedLater(Unsent):
    """The other side asks to try later."""


class NotSetUp(Unsent):
    """There is no mail server any more."""

    for_good = True


class NoEncryption(Unsent):
    """The mail server does not speak in the way that was set."""

    for_good = True


class LoginRefused(Unsent):
    """The mail server does not take the account or its password."""

    for_good = True


class AddressRefused(Unsent):
    """The mail server does not take the recipient's address."""

    for_good = True


class MessageRefused(Unsent):
    """The mail server does not take the sender or the letter."""

    for_good = True


class RobotRefused(Unsent):
    """The service does not take messages for this robot."""

    for_good = True
