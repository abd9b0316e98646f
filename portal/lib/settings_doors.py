"""Settings of the ways in that must go together; each rule takes all settings and says no with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.lib.settings_rules import LOOPBACK
from portal.lib.web_address import is_web, parted


def second_factor(given: Any) -> None:
    """Whom a second factor is demanded of.

    Raises:
        ValueError: nobody is named.
    """
    if given.second_factor == "roles" and not given.second_factor_roles:
        raise ValueError(
            "SECOND_FACTOR=roles needs SECOND_FACTOR_ROLES, such as administrator,security_officer"
        )


def provider(given: Any) -> None:
    """What a provider that signs people in needs besides its address.

    Raises:
        ValueError: something is missing, or secrets would travel readable.
    """
    if not given.oidc_issuer:
        return
    issuer = parted(given.oidc_issuer)
    at_home = issuer.scheme == "http" and issuer.hostname in LOOPBACK
    if not issuer.hostname or issuer.query or not (issuer.scheme == "https" or at_home):
        raise ValueError("OIDC_ISSUER must be an address such as https://login.example.com/realms/company")
    if not (given.oidc_client_id and given.oidc_client_secret and given.oidc_login_claim):
        raise ValueError("OIDC_ISSUER needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_LOGIN_CLAIM")
    if not given.address:
        raise ValueError(
            "PUBLIC_URL must be set when OIDC_ISSUER is, as the provider leads people back to it"
        )


def directory(given: Any) -> None:
    """What a directory that checks passwords needs besides its address.

    Raises:
        ValueError: something is missing or makes no sense.
    """
    if not given.ldap_url:
        return
    address = parted(given.ldap_url)
    if address.scheme not in ("ldap", "ldaps") or not address.hostname or address.path.strip("/"):
        raise ValueError("LDAP_URL must be such as ldaps://dc.example.com or ldap://dc.example.com:389")
    if given.ldap_person and "{login}" not in given.ldap_person:
        raise ValueError(
            "LDAP_PERSON must have {login} in it, such as uid={login},ou=people,dc=example,dc=com"
        )
    if not given.ldap_person and not given.ldap_base:
        raise ValueError("LDAP_URL needs LDAP_BASE, below which people are looked for, or LDAP_PERSON")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", given.ldap_login_attribute):
        raise ValueError("LDAP_LOGIN_ATTRIBUTE must be the name of an attribute, such as uid")
    if bool(given.ldap_account) != bool(given.ldap_password):
        raise ValueError("LDAP_ACCOUNT and LDAP_PASSWORD go together: set both or neither")
    if given.ldap_password_page and not is_web(given.ldap_password_page):
        raise ValueError("LDAP_PASSWORD_PAGE must be an address such as https://password.example.com")


RULES: tuple[Callable[[Any], None], ...] = (second_factor, provider, directory)
