"""What people give before anything of their second factor changes: the password, and what they have besides."""

from __future__ import annotations

from portal.domain.refusal import IdentityNotConfirmed
from portal.lib.i18n import _l
from portal.services.passwords import WrongPassword
from portal.web import identity

WRONG = _l("密码不正确，两步验证没有改动。")


def prove() -> None:
    """The password and, of those who have a second factor, a code, a recovery code or the answer of a passkey.

    Raises:
        WrongPassword: the password does not fit.
        Refusal: what was given besides does not.
    """
    try:
        identity.take(identity.typed(), kind="confirmation_failed", recovery=True)
    except IdentityNotConfirmed:
        raise WrongPassword(WRONG) from None
