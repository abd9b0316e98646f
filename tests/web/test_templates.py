"""Templates: what they spell out is put in when they are compiled, for each language apart."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import DictLoader

from portal.lib.i18n import speaking
from portal.web.statics import static
from portal.web.templates import Templates

PAGE = '{{ _("退出登录") }}|{{ icon("key") }}|{{ static("css/admin.css") }}|{{ _("共 %(count)d 项", count=count) }}'


def environment(app: Flask, **pages: str) -> Templates:
    """The portal's own way with these templates."""
    found = Templates(app, loader=DictLoader(pages), autoescape=True)
    found.globals.update(app.jinja_env.globals)
    return found


def test_each_reader_is_spoken_to_in_turn(client: FlaskClient) -> None:
    for _again in range(2):
        for language, text, other in (("zh", "登录", "Sign in"), ("en", "Sign in", "登录")):
            client.set_cookie("language", language)
            page = client.get("/sign-in").text
            heading = page[page.index("<h1") : page.index("</h1>")]
            assert text in heading
            assert other not in heading


def test_what_a_template_spells_out_is_constant_and_the_rest_is_not(context: Flask) -> None:
    pages = environment(context, page=PAGE)
    shown = {}
    for language in ("zh", "en", "zh"):
        with speaking(language):
            for count in (1, 2):
                said, sign, address, counted = pages.get_template("page").render(count=count).split("|")
                assert str(count) in counted
                assert sign.startswith("<svg")
                assert address == static("css/admin.css")
            assert shown.setdefault(language, said) == said
    assert shown == {"zh": "退出登录", "en": "Sign out"}


def test_a_text_given_by_somebody_is_no_constant(context: Flask) -> None:
    pages = environment(
        context, page='{% set said = given %}{{ _(said) }} {{ icon(name="key", label=said) }}'
    )
    for given in ("<b>", "&amp;"):
        assert "aria-label" in (shown := pages.get_template("page").render(given=given))
        assert "<b>" not in shown.partition("<svg")[2]


def test_every_template_compiles_for_both_languages(context: Flask) -> None:
    for language in ("zh", "en"):
        with speaking(language):
            for name in context.jinja_env.list_templates(extensions=["html"]):
                context.jinja_env.get_template(name)
