"""Texts in the language of the reader: Chinese is the text itself, English its translation.

Flask-Babel chooses the locale; the texts are looked up here, as a page asks for hundreds of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask_babel import LazyString, get_locale
from markupsafe import Markup

LANGUAGES = {"zh": "中文", "en": "English"}
_spoken: ContextVar[str] = ContextVar("language", default="")
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def _(text: str, /, **facts: Any) -> str:
    """The text in the reader's language, now."""
    shown = text if language() == "zh" else english().gettext(text)
    return shown % facts if facts else shown


def _l(text: str, /, **facts: Any) -> Any:
    """The text in the reader's language, when it is shown."""
    return LazyString(_, text, **facts)


def in_page(text: str, /, **facts: Any) -> Markup:
    """The text as pages show it: marked up as it is, its facts escaped."""
    spoken = language()
    return _marked_up(text, spoken) % facts if facts else _said(text, spoken)


def pgettext(context: str, text: str, /) -> str:
    """The text in the reader's language, where English has another word for it in this context."""
    return text if language() == "zh" else str(english().pgettext(context, text))


def _lp(context: str, text: str, /) -> Any:
    """The text in the reader's language, in a context, when it is shown."""
    return LazyString(pgettext, context, text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count; Chinese has one form for all."""
    return many if language() == "zh" else english().ngettext(one, many, count)


def unit(of: object, count: object) -> str:
    """A unit as it stands behind this count: English has it in the plural, but behind one."""
    said = str(of)
    return said.removesuffix("s") if language() == "en" and count == 1 else said


def language() -> str:
    """The reader's language, `zh` or `en`."""
    if spoken := _spoken.get():
        return spoken
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@lru_cache(maxsize=10_000)
def _marked_up(text: str, spoken: str) -> Markup:
    return Markup(text if spoken == "zh" else english().gettext(text))  # nosec B704 -- our own texts


@lru_cache(maxsize=10_000)
def _said(text: str, spoken: str) -> Markup:
    return _marked_up(text, spoken) % {}


@cache
def english() -> NullTranslations:
    """The English catalogue."""
    return Translations.load(str(CATALOGUES), ["en"])


def settle() -> None:
    """Asks Flask-Babel once for the language of this request."""
    _spoken.set("")
    _spoken.set(language())


def unsettle() -> None:
    """After a request: the language is open again."""
    _spoken.set("")


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Texts are in this language meanwhile, whoever reads."""
    token = _spoken.set(spoken)
    try:
        yield
    finally:
        _spoken.reset(token)


def both(text: object) -> dict[str, str]:
    """A lazy text in both languages, as frozen into form versions."""
    shown = {}
    for code in LANGUAGES:
        with speaking(code):
            shown[code] = str(text)
    return shown
