"""Passkeys at a browser: which site they are made for, and what a question to them is about.

A question names one act: the address that the form is sent to, and those of its fields that say which one and about
what. A form that is sent with anything else of these is another act, which the answer does not cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from flask import current_app, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.domain.refusal import NotFound
from portal.lib.hashing import canonical_json, sha256
from portal.lib.i18n import _l
from portal.lib.relying_party import RelyingParty
from portal.lib.text import clean
from portal.services.passkey_questions import About

# Task, content as it was shown (its hash), what becomes of it, where it goes back to, opinion, who signs from outside;
# several at once; a page's version.
NAMED = ("_task", "_seen", "_op", "_to", "_opinion", "_outside_name", "task", "seen")
ANSWER = "_passkey"
MAKING = "a new passkey"
WORDS = {  # of js/passkeys.js
    "missing": _l("这个浏览器不能用通行密钥。请换一个浏览器，或用其他方式确认；已填内容都还在。"),
    "cancelled": _l("没有用通行密钥确认：已取消，或超过了时间。已填内容都还在，可以再试一次。"),
    "elsewhere": _l("通行密钥只能在 %(origin)s 使用，请从这个地址打开门户。"),
    "there": _l("这台设备上已有您的通行密钥。"),
    "failed": _l("通行密钥没有成功。已填内容都还在，可以再试一次，或用其他方式确认。"),
}


def party() -> RelyingParty | None:
    """Whom passkeys are made for; None where the settings give no address for them."""
    found: RelyingParty | None = current_app.config["SETTINGS"].relying_party
    return found


def words() -> dict[str, str]:
    """What the script says in the reader's language."""
    site = party()
    return {name: str(text) % {"origin": site.origin if site else ""} for name, text in WORDS.items()}


def about(subject: str, holder: str = "") -> About:
    """A question about this, at the browser's session unless something else is named.

    Raises:
        NotFound: there are no passkeys here.
    """
    site = party()
    if site is None:
        raise NotFound
    return About(site, holder or f"session {current_user.row.id}", subject)


def this_act() -> str:
    """The subject of the act that this request is."""
    return act(request.path, request.form)


def act(path: str, form: MultiDict[str, str]) -> str:
    """The subject of an act: a hash of where it is sent and what it names.

    A text counts as it is kept: browsers end lines otherwise in a question than in a form.
    """
    named: Mapping[str, list[str]] = {
        name: [clean(value, multiline=True) for value in form.getlist(name)] for name in NAMED
    }
    return sha256(canonical_json({"path": path, "named": named}))


def act_of_page() -> str:
    """The subject of the act that a form on the person's page will be; `_at` is where the form says that it goes."""
    return act(unquote(request.form.get("_at", "").partition("?")[0]), request.form)
