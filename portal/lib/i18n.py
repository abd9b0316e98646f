"""Texts in the language of the reader: Chinese is the text itself, English its translation."""

from typing import Any

import flask_babel
from flask_babel import force_locale, get_locale

LANGUAGES = {"zh": "中文", "en": "English"}
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def _(text: str, **facts: Any) -> str:
    """The text in the reader's language, now."""
    return str(flask_babel.gettext(text, **facts))


def _l(text: str, **facts: Any) -> Any:
    """The text in the reader's language, when it is shown."""
    return flask_babel.lazy_gettext(text, **facts)


def language() -> str:
    """The reader's language, `zh` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def both(text: object) -> dict[str, str]:
    """A lazy text in both languages, as frozen into form versions."""
    shown = {}
    for code, locale in LOCALES.items():
        with force_locale(locale):
            shown[code] = str(text)
    return shown
