"""Texts in the language of the reader: Chinese is the text itself, English its translation.

Flask-Babel chooses the locale; the texts are looked up here, as a page asks for hundreds of them.
"""

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask_babel import LazyString, force_locale, get_locale

LANGUAGES = {"zh": "中文", "en": "English"}
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def _(text: str, /, **facts: Any) -> str:
    """The text in the reader's language, now."""
    shown = text if language() == "zh" else english().gettext(text)
    return shown % facts if facts else shown


def _l(text: str, /, **facts: Any) -> Any:
    """The text in the reader's language, when it is shown."""
    return LazyString(_, text, **facts)


def plural(one: str, many: str, count: int) -> str:
    """The text for this count; Chinese has one form for all."""
    return many if language() == "zh" else english().ngettext(one, many, count)


def language() -> str:
    """The reader's language, `zh` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@cache
def english() -> NullTranslations:
    """The English catalogue."""
    return Translations.load(str(CATALOGUES), ["en"])


def both(text: object) -> dict[str, str]:
    """A lazy text in both languages, as frozen into form versions."""
    shown = {}
    for code, locale in LOCALES.items():
        with force_locale(locale):
            shown[code] = str(text)
    return shown
