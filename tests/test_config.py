"""Settings about mail and the database: what does not fit together stops the start with a sentence that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.config import Settings, SettingsError, read_settings

GOOD = {
    "smtp_host": "mail.example.com",
    "mail_from": "portal@example.com",
    "public_url": "https://portal.example.com/",
    "portal_mode": "production",
    "secret_key": "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja",
    "trusted_hosts": "portal.example.com",
}


def read(folder: Path, **values: Any) -> Settings:
    return read_settings(portal_data=folder, _env_file=None, **values)


def test_a_mail_server_with_what_it_needs(tmp_path: Path) -> None:
    settings = read(tmp_path, **GOOD)
    assert settings.sends_mail
    assert settings.address == "https://portal.example.com"
    assert (settings.smtp_port, settings.smtp_tls, settings.digest_hour) == (587, "starttls", 8)
    read(tmp_path, **GOOD, smtp_user="portal", smtp_password="secret")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mail_from": ""}, "MAIL_FROM must be a mail address"),
        ({"mail_from": "portal"}, "MAIL_FROM must be a mail address"),
        ({"mail_from": "Portal <portal@example.com>"}, "MAIL_FROM must be a mail address"),
        ({"public_url": ""}, "PUBLIC_URL must be set"),
        ({"public_url": "portal.example.com"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "javascript:alert(1)"}, "PUBLIC_URL: must be an address"),
        ({"smtp_user": "portal"}, "SMTP_USER and SMTP_PASSWORD go together"),
        ({"smtp_password": "secret"}, "SMTP_USER and SMTP_PASSWORD go together"),
        ({"smtp_user": "p", "smtp_password": "s", "smtp_tls": "none"}, "SMTP_TLS=none would send"),
        ({"smtp_port": "0"}, "SMTP_PORT:"),
        ({"smtp_tls": "ssl"}, "SMTP_TLS:"),
        ({"digest_hour": "24"}, "DIGEST_HOUR:"),
    ],
)
def test_what_does_not_fit_stops_the_start(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as stopped:
        read(tmp_path, **(GOOD | changed))
    assert "The portal cannot start." in str(stopped.value)
    assert said in str(stopped.value)
    assert "secret" not in str(stopped.value)


def test_the_demo_sends_nothing_unless_it_has_a_mail_server(tmp_path: Path) -> None:
    quiet = read(tmp_path)
    assert (quiet.sends_mail, quiet.sends_to_robots) == (False, False)
    loud = read(tmp_path, smtp_host="127.0.0.1", mail_from="portal@example.com", port=8123)
    assert (loud.sends_mail, loud.sends_to_robots) == (True, True)
    assert loud.address == "http://127.0.0.1:8123"
    production = read(tmp_path, **(GOOD | {"smtp_host": ""}))
    assert (production.sends_mail, production.sends_to_robots) == (False, True)


@pytest.mark.parametrize(
    "urls",
    [
        {"database_read_url": "postgresql+psycopg://portal@standby/portal"},
        {"database_read_url": "sqlite:///x.db", "database_url": "postgresql+psycopg://portal@db/portal"},
        {"database_read_url": "postgresql+psycopg://p@standby/portal", "database_url": "sqlite:///x.db"},
    ],
)
def test_a_standby_stands_by_a_database_of_its_kind(tmp_path: Path, urls: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="DATABASE_READ_URL must be"):
        read(tmp_path, **urls)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"database_url": "foo"}, "DATABASE_URL: must be such as"),
        ({"database_url": "mysql://u:geheim@db/portal"}, "DATABASE_URL: must be such as"),
        ({"database_url": "postgresql+psycopg://u:ge@heim@db/portal"}, "DATABASE_URL: must be such as"),
        ({"database_url": "postgresql+psycopg://u:geheim@db:abc/portal"}, "DATABASE_URL: must be such as"),
        ({"database_read_url": "postgresql+psycopg://a:b:c/d"}, "DATABASE_READ_URL: must be such as"),
        ({"broker_url": "redis://127.0.0.1:abc/0"}, "BROKER_URL must begin"),
        ({"broker_url": "rediss"}, "BROKER_URL must begin"),
        ({"trusted_hosts": "portal.example.com,https://portal.example.com"}, "TRUSTED_HOSTS must be names"),
        ({"trusted_hosts": "*"}, "TRUSTED_HOSTS must be names"),
        ({"public_url": "https://[portal"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "https://portal:abc"}, "PUBLIC_URL: must be an address"),
        ({"tsa_url": "http://[::1"}, "TSA_URL must be an address"),
        ({"tsa_url": "http://127.0.0.1:abc"}, "TSA_URL must be an address"),
        (
            {"oidc_issuer": "https://[x", "oidc_client_id": "a", "oidc_client_secret": "b"},
            "OIDC_ISSUER must be",
        ),
        ({"ldap_url": "ldaps://[x", "ldap_base": "dc=a"}, "LDAP_URL must be such as"),
        ({"ldap_url": "ldaps://h:abc", "ldap_base": "dc=a"}, "LDAP_URL must be such as"),
        ({"files_url": "s3://bucket", "files_endpoint": "http://127.0.0.1:abc"}, "FILES_ENDPOINT must be"),
        ({"seal_folder": "~nobody-of-that-name/seal"}, "SEAL_FOLDER: this host has nobody"),
        ({"assurance_file": "~nobody-of-that-name/x"}, "ASSURANCE_FILE: this host has nobody"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as stopped:
        read(tmp_path, **(GOOD | changed))
    assert said in str(stopped.value)
    assert "heim" not in str(stopped.value), "no password is told"


def test_a_home_of_nobody_is_named() -> None:
    with pytest.raises(SettingsError, match="PORTAL_DATA: this host has nobody"):
        read(Path("~nobody-of-that-name/data"))


def test_settings_that_are_not_where_they_should_be_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").symlink_to("/etc/portal/nothing.env")
    with pytest.raises(SettingsError, match=r"leads to /etc/portal/nothing\.env, which is not there"):
        read_settings()
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").write_bytes("COMPANY=华衡".encode("gbk"))
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        read_settings()
