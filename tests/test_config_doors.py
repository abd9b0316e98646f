"""Settings about signing in: what does not fit together stops the start with a sentence that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.config import Settings, SettingsError, read_settings

PROVIDER = {
    "oidc_issuer": "https://login.example.com/realms/company",
    "oidc_client_id": "portal",
    "oidc_client_secret": "secret",
}
PRODUCTION = {
    "portal_mode": "production",
    "secret_key": "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja",
    "trusted_hosts": "portal.example.com",
}


DIRECTORY = {"ldap_url": "ldaps://dc.example.com", "ldap_base": "dc=example,dc=com"}


def read(folder: Path, **values: Any) -> Settings:
    return read_settings(portal_data=folder, _env_file=None, **values)


def test_without_them_there_is_one_door(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.second_factor, settings.provider) == ("off", None)


def test_a_provider_with_what_it_needs(tmp_path: Path) -> None:
    client = read(tmp_path, **PROVIDER, **PRODUCTION, public_url="https://portal.example.com/in/").provider
    assert client is not None
    assert (client.issuer, client.id) == (PROVIDER["oidc_issuer"], "portal")
    assert client.back == "https://portal.example.com/in/sign-in/provider/back"
    assert read(tmp_path, **{**PROVIDER, "oidc_issuer": "http://127.0.0.1:9000"}).provider


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"oidc_issuer": "http://login.example.com"}, "OIDC_ISSUER must be an address"),
        ({"oidc_issuer": "login.example.com"}, "OIDC_ISSUER must be an address"),
        ({"oidc_issuer": "https://login.example.com/?a=b"}, "OIDC_ISSUER must be an address"),
        ({"oidc_client_id": ""}, "OIDC_ISSUER needs OIDC_CLIENT_ID"),
        ({"oidc_client_secret": ""}, "OIDC_ISSUER needs OIDC_CLIENT_ID"),
        ({"public_url": ""}, "PUBLIC_URL must be set when OIDC_ISSUER is"),
        ({"second_factor": "some"}, "SECOND_FACTOR:"),
        ({"second_factor": "roles"}, "SECOND_FACTOR=roles needs SECOND_FACTOR_ROLES"),
        ({"second_factor_roles": "administrator, king"}, "SECOND_FACTOR_ROLES: there is no role king"),
        ({"second_factor_roles": "applicant"}, "SECOND_FACTOR_ROLES: there is no role applicant"),
    ],
)
def test_what_does_not_fit_stops_the_start(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    good = {**PROVIDER, **PRODUCTION, "public_url": "https://portal.example.com"}
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, **{**good, **changed})


def test_roles_are_a_list(tmp_path: Path) -> None:
    roles = "administrator, security_officer,"
    settings = read(tmp_path, second_factor="roles", second_factor_roles=roles)
    assert settings.second_factor_roles == ("administrator", "security_officer")


def test_keys_are_the_present_and_the_former(tmp_path: Path) -> None:
    settings = read(tmp_path, secret_key="now" * 12, secret_key_fallbacks="before, long before")
    assert settings.keys() == ("now" * 12, "before", "long before")


def test_a_directory_with_what_it_needs(tmp_path: Path) -> None:
    assert read(tmp_path).directory is None
    directory = read(tmp_path, **DIRECTORY).directory
    assert directory is not None
    assert (directory.url, directory.attribute, directory.seconds) == ("ldaps://dc.example.com", "uid", 5)
    secret = read(tmp_path, **DIRECTORY, ldap_account="cn=portal", ldap_password="not to be told").directory
    assert "not to be told" not in repr(secret)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ldap_url": "https://dc.example.com"}, "LDAP_URL must be such as"),
        ({"ldap_url": "dc.example.com"}, "LDAP_URL must be such as"),
        ({"ldap_url": "ldaps://dc.example.com/dc=example"}, "LDAP_URL must be such as"),
        ({"ldap_base": ""}, "LDAP_URL needs LDAP_BASE"),
        ({"ldap_person": "uid=login,dc=example"}, "LDAP_PERSON must have {login} in it"),
        ({"ldap_login_attribute": "uid)(x"}, "LDAP_LOGIN_ATTRIBUTE must be the name"),
        ({"ldap_account": "cn=portal"}, "LDAP_ACCOUNT and LDAP_PASSWORD go together"),
        ({"ldap_ca": "/nowhere/root.pem"}, "LDAP_CA: must be a file of certificates"),
        ({"ldap_seconds": "0"}, "LDAP_SECONDS:"),
        ({"ldap_password_page": "javascript:alert(1)"}, "LDAP_PASSWORD_PAGE must be an address"),
    ],
)
def test_a_directory_that_does_not_fit_stops_the_start(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, **{**DIRECTORY, **changed})
