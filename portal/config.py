"""Settings from the environment; a wrong or missing one stops the start with a sentence.

Each is described here once; the table in the README is compared with this class by a test.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.x509 import load_pem_x509_certificates
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from portal.domain.roles import GRANTABLE
from portal.lib import relying_party, settings_doors, settings_places, settings_rules
from portal.lib.directory import Directory
from portal.lib.oidc import Client
from portal.lib.relying_party import RelyingParty
from portal.lib.web_address import is_web

ROOT = Path(__file__).resolve().parent.parent
VERIFIER = ROOT / "tools" / "verify_record.py"  # the program that everybody gets
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

NO_START = "The portal cannot start. {}."
DRIVERS = frozenset({"postgresql", "postgresql+psycopg", "sqlite"})


class SettingsError(SystemExit):
    """The environment does not allow a start; the text says what to change."""


class Settings(BaseSettings):
    """Everything that differs from one installation to another."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    portal_mode: Literal["demo", "production"] = Field(
        "demo", description="`demo`: a made-up company on this machine only; `production`: a real one."
    )
    secret_key: str = Field("", description="Signs cookies; in production at least 32 random characters.")
    secret_key_fallbacks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Earlier secret keys, comma separated, still accepted while keys are turned over."
    )
    portal_data: Path = Field(ROOT / "var", description="Folder of the SQLite database and the files.")
    database_url: str = Field(
        "", description="`postgresql+psycopg://user:password@host/name`; empty: SQLite in PORTAL_DATA."
    )
    database_read_url: str = Field(
        "",
        description="Address of a standby of that database, for registers, search, charts and exports; empty: none.",
    )
    portal_host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the server listens on.")
    threads: int = Field(8, ge=1, le=64, description="Requests that one process answers at a time.")
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names that the portal answers to, comma separated; needed in production."
    )
    public_url: str = Field(
        "", description="Address that people type, for links in mail and on paper, and for passkeys."
    )
    proxies: int = Field(0, ge=0, le=3, description="Reverse proxies in front whose X-Forwarded-* count.")
    company: str = Field("华衡制造建设集团", description="Name of the company on pages and records.")
    session_idle_minutes: int = Field(
        60, ge=1, le=1440, description="Signed out after so long without a click."
    )
    session_hours: int = Field(12, ge=1, le=168, description="Signed out after so long in any case.")
    signing_window_minutes: int = Field(
        10, ge=0, le=120, description="How long a confirmed password counts for further signatures."
    )
    second_factor: Literal["off", "roles", "everybody"] = Field(
        "off",
        description="Who must have a second factor: nobody, those with SECOND_FACTOR_ROLES, or `everybody`; others may.",
    )
    second_factor_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Keys of these roles, comma separated, with SECOND_FACTOR=roles."
    )
    oidc_issuer: str = Field(
        "",
        description="Address of the company's OpenID Connect provider; empty: people sign in by password only.",
    )
    oidc_client_id: str = Field("", description="Name under which that provider knows the portal.")
    oidc_client_secret: str = Field("", description="Secret that belongs to it.")
    oidc_login_claim: str = Field(
        "preferred_username", description="Claim of the provider that is a person's login in the portal."
    )
    ldap_url: str = Field(
        "",
        description="`ldaps://dc.example.com`, or `ldap://`, then with StartTLS: directory that checks passwords; empty: none.",
    )
    ldap_ca: str = Field(
        "", description="PEM file of the certificates that its own must lead to; empty: those of the system."
    )
    ldap_base: str = Field("", description="`ou=people,dc=example,dc=com`: below it people are looked for.")
    ldap_login_attribute: str = Field(
        "uid",
        description="Attribute that is a person's login in the portal; Active Directory: `sAMAccountName`.",
    )
    ldap_account: str = Field(
        "", description="Account that looks for people there; empty: nobody's, where the directory allows it."
    )
    ldap_password: str = Field("", description="Password of that account.")
    ldap_person: str = Field(
        "",
        description="`uid={login},ou=people,dc=example,dc=com`: name that people have there, instead of looking for them.",
    )
    ldap_seconds: int = Field(5, ge=1, le=30, description="How long each answer of the directory may take.")
    ldap_password_page: str = Field(
        "", description="Page where people change their password of the directory, shown to them."
    )
    seal_folder: str = Field(
        "", description="Folder of the organisation's certificate and key; empty: `seal` in PORTAL_DATA."
    )
    seal_pkcs11_module: str = Field(
        "",
        description="Library (PKCS #11) of the token that holds the key; empty: the key lies in SEAL_FOLDER.",
    )
    seal_pkcs11_token: str = Field("", description="Label of the token.")
    seal_pkcs11_key: str = Field("", description="Label of the key in it.")
    seal_pkcs11_pin: str = Field("", description="PIN of the token's user.")
    tsa_url: str = Field("", description="Time stamp authority (RFC 3161) for seals; empty: no time stamps.")
    tsa_user: str = Field("", description="Account at that authority; empty: it asks for none.")
    tsa_password: str = Field("", description="Password of that account.")
    tsa_trust: str = Field(
        "",
        description="PEM file of the root certificates that its time stamps must lead to; empty: not looked at.",
    )
    seal_level: Literal["b-t", "b-lta"] = Field(
        "b-t",
        description="With TSA_URL: `b-t` stamps the seal; `b-lta` the whole file too, with certificates.",
    )
    files_url: str = Field(
        "",
        description="`s3://bucket/prefix`: S3-compatible object store of the files; empty: `files` in PORTAL_DATA.",
    )
    files_endpoint: str = Field("", description="Address of that store; empty: the one of Amazon's region.")
    files_key: str = Field(
        "", description="Access key there; empty: as the environment of the host gives it."
    )
    files_secret: str = Field("", description="Secret of that key.")
    files_region: str = Field("us-east-1", description="Region there; other stores than Amazon's take any.")
    upload_megabytes: int = Field(25, ge=1, le=500, description="Largest file that may be uploaded.")
    upload_day_megabytes: int = Field(
        1000, ge=1, le=100_000, description="What one person may upload within 24 hours, all files together."
    )
    clamd_address: str = Field(
        "",
        description="`host:port` or socket of ClamAV's clamd, which looks at each file first; empty: nobody does.",
    )
    broker_url: str = Field(
        "",
        description="`redis://host:6379/0` for job processes on several machines; empty: each looks by itself.",
    )
    smtp_host: str = Field("", description="Mail server; empty: no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="`starttls`: encrypted after the greeting; `tls`: from the start, mostly on port 465; `none`: not at all.",
    )
    smtp_user: str = Field("", description="Account at the mail server; empty: it asks for none.")
    smtp_password: str = Field("", description="Password of that account.")
    mail_from: str = Field("", description="Address that mails come from; needed with SMTP_HOST.")
    digest_hour: int = Field(
        8, ge=0, le=23, description="Hour of the company's clock at which the daily mails go out."
    )
    assurance_file: str = Field(
        "",
        description="What a run of the tests has shown; empty: `.cache/assurance.json` beside the program.",
    )
    metrics_address: str = Field(
        "",
        description="`127.0.0.1:9464`: where Prometheus asks a process for its figures; empty: nowhere.",
    )
    metrics_token: str = Field(
        "", description="What Prometheus must bring along (Bearer); needed where others than this host reach."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`json`: one object a line, also one for each request and job."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What the log tells.")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("secret_key_fallbacks", "trusted_hosts", "second_factor_roles"):
            if isinstance(values.get(name), str):
                values[name] = tuple(part.strip() for part in values[name].split(",") if part.strip())
        return values

    @model_validator(mode="after")
    def _fit(self) -> Settings:
        if self.portal_mode == "production":
            if len(self.secret_key) < 32 or len(set(self.secret_key)) < 10:
                raise ValueError("SECRET_KEY must be at least 32 random characters in production")
            if not self.trusted_hosts:
                raise ValueError("TRUSTED_HOSTS must name the portal's host in production")
        elif self.portal_host not in settings_rules.LOOPBACK:
            raise ValueError(
                "the demo company is served on the loopback address only: leave PORTAL_HOST at 127.0.0.1"
            )
        return self

    @model_validator(mode="after")
    def _go_together(self) -> Settings:
        for rule in (*settings_places.RULES, *settings_rules.RULES, *settings_doors.RULES):
            rule(self)
        return self

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [key for key in keys if key not in {role.key for role in GRANTABLE}]:
            raise ValueError(f"there is no role {unknown[0]}")
        return keys

    @field_validator("tsa_trust", "ldap_ca")
    @classmethod
    def _roots(cls, file: str) -> str:
        try:
            load_pem_x509_certificates(Path(file).read_bytes()) if file else None
        except (OSError, ValueError):
            raise ValueError("must be a file of certificates in PEM") from None
        return str(Path(file).resolve()) if file else ""

    @field_validator("database_url", "database_read_url")
    @classmethod
    def _database(cls, url: str) -> str:
        try:
            there = make_url(url or "sqlite://")
            good = there.drivername in DRIVERS and "@" not in (there.host or "")
        except (ArgumentError, ValueError):  # the latter for a port that is no number
            good = False
        if not good:  # the password, which may be what was written wrongly, is not told
            raise ValueError(
                "must be such as postgresql+psycopg://user:password@host/name, with %40 for an @ in the password"
            )
        return url

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not (is_web(url) and re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url)):
            raise ValueError("must be an address such as https://portal.example.com")
        return url.rstrip("/")

    @field_validator("portal_data", "seal_folder", "assurance_file")
    @classmethod
    def _somebodys(cls, path: Path | str) -> Path | str:
        try:
            Path(path).expanduser()
        except RuntimeError:
            raise ValueError(f"this host has nobody whose folder is {Path(path).parts[0]}") from None
        return path

    @field_validator("portal_data")
    @classmethod
    def _whole_path(cls, folder: Path) -> Path:
        return folder.expanduser().resolve()

    @property
    def demo(self) -> bool:
        """Whether the made-up company is served."""
        return self.portal_mode == "demo"

    @property
    def engine_url(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.portal_data / 'portal.db'}"

    @property
    def address(self) -> str:
        """Address of the portal for links that are read elsewhere; the demo's own port without PUBLIC_URL."""
        return self.public_url or (f"http://127.0.0.1:{self.port}" if self.demo else "")

    @property
    def seal_path(self) -> Path:
        """Folder of the organisation's certificate and key."""
        return (
            Path(self.seal_folder).expanduser().resolve() if self.seal_folder else self.portal_data / "seal"
        )

    @property
    def assurance_path(self) -> Path:
        """File in which a run of the tests has written what it has shown."""
        given = Path(self.assurance_file).expanduser() if self.assurance_file else None
        return given.resolve() if given else ROOT / ".cache" / "assurance.json"

    @property
    def sends_mail(self) -> bool:
        """Whether notices go out by mail."""
        return bool(self.smtp_host)

    @property
    def sends_to_robots(self) -> bool:
        """Whether notices go out to group robots: the demo tells nobody outside, unless it has a mail server."""
        return not self.demo or self.sends_mail

    @property
    def provider(self) -> Client | None:
        """How the portal speaks with the provider that signs people in, if there is one."""
        back = f"{self.address}/sign-in/provider/back"
        return (
            Client(self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, back)
            if self.oidc_issuer
            else None
        )

    @property
    def relying_party(self) -> RelyingParty | None:
        """Whom passkeys are made for, if the portal has an address for them; the demo's is localhost."""
        own = f"http://localhost:{self.port}" if self.demo else ""
        return relying_party.at(self.public_url or own)

    @property
    def directory(self) -> Directory | None:
        """How the portal speaks with the directory that checks passwords, if there is one."""
        if not self.ldap_url:
            return None
        return Directory(
            url=self.ldap_url,
            roots=self.ldap_ca,
            seconds=self.ldap_seconds,
            person=self.ldap_person,
            base=self.ldap_base,
            attribute=self.ldap_login_attribute,
            account=self.ldap_account,
            secret=self.ldap_password,
        )

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies go over TLS only: always, but in the demo."""
        return not self.demo

    @property
    def migrations(self) -> Path:
        """Folder of the Alembic revisions."""
        return ROOT / "migrations"

    def keys(self) -> tuple[str, ...]:
        """The secret key, and those before it that still count."""
        return (self.key(), *self.secret_key_fallbacks)

    def key(self) -> str:
        """The secret key; the demo keeps one of its own beside its database."""
        if self.secret_key:
            return self.secret_key
        file = self.portal_data / "demo-secret-key"
        if not file.exists() or not file.stat().st_size:  # the disk was full when it was made
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(48))
        return file.read_text()


def read_settings(**given: Any) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one is wrong or missing; the text names it.
    """
    file = Path(".env")
    try:
        if file.is_symlink() and not file.exists():  # else the demo would start in its place
            raise SettingsError(
                NO_START.format(f"{file.absolute()} leads to {file.readlink()}, which is not there")
            )
        return Settings(**given)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(NO_START.format(f"{file.absolute()} cannot be read: {error}")) from None
    except ValidationError as error:
        sentences = []
        for problem in error.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else ""
            text = problem["msg"].removeprefix("Value error, ")
            sentences.append(f"{name}: {text}" if name else text)
        raise SettingsError(NO_START.format("; ".join(sentences))) from None
