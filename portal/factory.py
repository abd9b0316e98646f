"""Puts the portal together; reads like a table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, g, request
from flask.helpers import get_debug_flag
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from obstore.exceptions import BaseError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from portal import blueprints, cli, database, replica
from portal.config import NO_START, Settings, SettingsError, read_settings
from portal.extensions import alembic, babel, csrf, db, login
from portal.jobs import waking
from portal.lib import i18n
from portal.services import indexing
from portal.storage import files, package_store
from portal.web import (
    again,
    guard,
    headers,
    identity,
    incoming,
    navigation,
    outbox,
    own_key,
    posted,
    presence,
    rate_limit,
    reading,
    refusals,
    request_log,
    statics,
)
from portal.web.templates import Templates

CHINESE, ENGLISH = Locale("zh", "CN", script="Hans"), Locale("en")


class Portal(Flask):
    """Flask as the portal needs it."""

    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing here is asynchronous, and asking each view and hook costs every request."""
        return func


class PlainInteger(IntegerConverter):
    """A number in an address: plain digits, not those of other scripts."""

    regex = r"[0-9]+"


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as a WSGI application.

    Raises:
        SettingsError: a setting is wrong or missing.
    """
    app = Portal("portal")
    app.url_map.converters["int"] = PlainInteger
    settings = settings or read_settings()
    with _in(settings.portal_data):
        _configure(app, settings)
        request_log.init_app(app)
        _extend(app)
    statics.init_app(app)
    headers.init_app(app)
    guard.init_app(app)
    presence.init_app(app)
    incoming.init_app(app)
    own_key.init_app(app)
    identity.init_app(app)
    outbox.init_app(app)
    reading.init_app(app)
    rate_limit.init_app(app)
    refusals.init_app(app)
    again.init_app(app)
    app.teardown_request(posted.close_files)
    navigation.init_app(app)
    blueprints.init_app(app)
    cli.init_app(app)
    waking.init_app(app)
    return app


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    """What is opened in the folder of the data, and cannot be, stops the start with a sentence."""
    try:
        yield
    except (OSError, BaseError) as problem:
        said = str(problem).splitlines()[0]
        raise SettingsError(
            NO_START.format(f"The folder PORTAL_DATA={folder} cannot be used: {said}")
        ) from None


def _configure(app: Flask, settings: Settings) -> None:
    if get_debug_flag() and not settings.demo:
        raise SettingsError(
            "The portal cannot start. FLASK_DEBUG would show its insides to people; unset it."
        )
    settings.portal_data.mkdir(parents=True, exist_ok=True)
    url = settings.engine_url
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.key(),
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(url, settings.threads),
        ALEMBIC={"script_location": str(settings.migrations)},
        ALEMBIC_CONTEXT={"include_name": _is_in_models},
        BABEL_DEFAULT_LOCALE=str(CHINESE),
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="__Host-portal" if settings.secure_cookies else "portal",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_idle_minutes),
        SESSION_REFRESH_EACH_REQUEST=False,  # see `guard.prolong`
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=16 * 1024 * 1024,
        MAX_FORM_PARTS=40_000,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]


def _is_in_models(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the models say how a table is; the words of the search each database keeps in its own way."""
    return kind != "table" or not str(name).startswith("search_words")


def _extend(app: Flask) -> None:
    db.init_app(app)
    alembic.init_app(app)
    babel.init_app(app, locale_selector=_locale, default_translation_directories="translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n._, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    # Texts that a template spells out are marked up as they are; names from the books are escaped.
    app.jinja_env.globals["_"] = i18n.in_page
    app.jinja_env.filters["spoken"] = i18n._
    app.jinja_env.filters["unit"] = i18n.unit
    app.before_request(i18n.settle)
    app.teardown_request(lambda _error: i18n.unsettle())
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = _csrf_token
    app.context_processor(lambda: {"csrf_token": _csrf_token})  # in the place of Flask-WTF's own
    login.init_app(app)
    login.session_protection = None
    database.watch(app)
    replica.init_app(app)
    indexing.watch()
    files.init_app(app)
    package_store.init_app(app)


def _csrf_token() -> str:
    """The token of this request, made once: each form of a page asks for it."""
    found: str = g.get("csrf_token") or generate_csrf()
    return found


def _locale() -> Locale:
    """The person's language, else the cookie's, else Chinese."""
    actor: Any = g.get("actor")
    if actor is not None:
        chosen = actor.language
    elif request and current_user.is_authenticated:
        chosen = current_user.row.person.language
    else:
        chosen = request.cookies.get("language") if request else "zh"
    return ENGLISH if chosen == "en" else CHINESE
