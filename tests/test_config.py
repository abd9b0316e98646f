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
