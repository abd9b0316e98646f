"""The house rules: reading changes nothing, pages carry no script of their own, every answer its headers, texts both languages."""

from __future__ import annotations

import ast
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.config import ROOT
from portal.extensions import db
from portal.lib.clock import now
from portal.models.base import Base
from tests import tables
from tests.architecture.visitors import PEOPLE, ROOMS, Site

PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
SCRIPTS = sorted((PORTAL / "static" / "js").rglob("*.js"))
CJK = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff，。、：；！？（）“”《》\w]*")


def name(path: Path) -> str:
    """A file as it is called from the top of the house."""
    return str(path.relative_to(ROOT))


# Reading changes nothing


def addresses(site: Site) -> list[str]:
    """Every address that is read, with the seeded record in it; each department's front page and registers."""
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    found = []
    for rule in rules:
        room = rule.rule.split("/")[1]
        if room in ROOMS[1:] and "<slug>" in rule.rule:
            continue  # the views of all departments are the same
        found.append(site.path(rule.rule))
    return sorted(set(found))


@pytest.mark.proves("S14")
@pytest.mark.parametrize(
    ("visitor", "method"), [*((one, "GET") for one in PEOPLE), ("owner", "HEAD"), ("administrator", "HEAD")]
)
def test_reading_changes_nothing(site: Site, visitor: str, method: str) -> None:
    site.browsers[visitor].get("/")  # notes when somebody was there last, which it does every few minutes
    with time_machine.travel(now(), tick=False):
        _read_everything(site, visitor, method)


def _read_everything(site: Site, visitor: str, method: str) -> None:
    before = tables.hashes(site.app)
    record = site.path("/<department>/<slug>/<number>")
    taken = site.path("/<department>/<slug>/<number>/prints/<int:id>.pdf")
    looked_at = {record, f"{record}.pdf", f"{record}.json", taken} if visitor == "auditor" else set()
    for path in addresses(site):
        if path in looked_at:
            continue  # that an auditor, and nobody else, has looked at a record stands in the trail
        if path.startswith("/documents/") and path.endswith(("/print", "/docx")):
            continue  # that a controlled document was taken away stands in the trail
        site.browsers[visitor].open(path, method=method).close()
    assert tables.changed(before, tables.hashes(site.app)) == []


# Pages carry neither script nor style of their own

INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "a style in the page": re.compile(r"<style[\s>]|\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"\shx-on", re.I),
    "hx values that are run": re.compile(
        r"""\shx-(?:vals|headers)[\w:]*\s*=\s*["'](?:js|javascript):""", re.I
    ),
    "an address that is run": re.compile(r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.I),
    "a trigger with a condition": re.compile(r"""\shx-trigger\s*=\s*["'][^"']*\["""),
}


@pytest.mark.proves("S25")
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_script_or_style_in_templates(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
    found = [what for what, pattern in INLINE.items() if pattern.search(text)]
    assert not found


TRUSTED = re.compile(r"""\b(?:_|gettext|ngettext)\(\s*(?!["'])|\|\s*safe\b""")  # marked up as it is
OWN_MARKUP = "'<b data-unsaved-at></b>'|safe"


@pytest.mark.proves("S25")
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_only_texts_that_a_template_spells_out_are_marked_up(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(OWN_MARKUP, "''")
    found = [text[one.start() : one.start() + 60] for one in TRUSTED.finditer(text)]
    assert not found, "a name from the books is said by the filter `spoken`, which leaves it to be escaped"


@pytest.mark.proves("S25")
@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_code_made_of_text(path: Path) -> None:
    assert not re.search(
        r"\beval\(|new Function|setTimeout\(\s*[\"']|document\.write", path.read_text(encoding="utf-8")
    )


@pytest.mark.proves("S13")
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_posts_carries_a_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b[^>]*\bmethod=\"post\".*?</form>", text, re.S | re.I):
        assert any(one in form for one in ("csrf_token", "token()", "caller()")), form[:120]


# Addresses

VARIABLE = re.compile(r"<[^>]+>")


def test_addresses_are_kebab_case(site: Site) -> None:
    wrong = []
    for rule in site.app.url_map.iter_rules():
        for part in VARIABLE.sub("", rule.rule).split("/"):
            if part and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*(\.pdf)?|\.(pdf|json)", part):
                wrong.append(rule.rule)
    assert not wrong


# Headers

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WANTED = (
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


def answers(site: Site) -> Iterator[tuple[str, TestResponse]]:
    """One answer of each kind that the portal gives."""
    owner, stranger = site.browsers["owner"], site.browsers["stranger"]
    for path in addresses(site):
        yield path, owner.get(path)
    yield "sign-in page", stranger.get("/sign-in")
    yield "sent to sign in", stranger.get("/")
    yield "no such page", stranger.get("/no/such/page")
    yield "no such method", owner.delete("/notices")
    yield "refused", owner.post("/confirm", data={"password": "wrong"})
    yield "too large", _too_large(site, owner)
    yield "broken", _broken(site.app, owner)
    yield "no such static file", stranger.get("/static/no-such-file.css")
    yield "forged", _forged(site, owner)


def _too_large(site: Site, browser: FlaskClient) -> TestResponse:
    limit, site.app.config["MAX_CONTENT_LENGTH"] = site.app.config["MAX_CONTENT_LENGTH"], 1000
    try:
        return browser.post("/files", data={"file": (io.BytesIO(b"x" * 2000), "x.txt")})
    finally:
        site.app.config["MAX_CONTENT_LENGTH"] = limit


def _broken(app: Flask, browser: FlaskClient) -> TestResponse:
    """An error nobody thought of."""

    def fail() -> str:
        raise RuntimeError

    fail.open_to = "everyone"  # type: ignore[attr-defined]
    view, app.view_functions["health.show"] = app.view_functions["health.show"], fail
    try:
        return browser.get("/health")
    finally:
        app.view_functions["health.show"] = view


def _forged(site: Site, browser: FlaskClient) -> TestResponse:
    site.app.config["WTF_CSRF_ENABLED"] = True
    try:
        return browser.post("/notices/read")
    finally:
        site.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.proves("S42")
def test_every_answer_carries_the_headers_that_keep_browsers_safe(site: Site) -> None:
    wrong, statuses = [], set()
    for place, answer in answers(site):
        statuses.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        own = (
            place.startswith("/files/") or "/pictures/" in place
        )  # a file is shut up in a sandbox, or opens in the PDF viewer alone
        missing = (
            [] if own and "default-src 'none'" in policy else [one for one in WANTED if one not in policy]
        )
        missing += [f"{key}: {value}" for key, value in ALWAYS.items() if answer.headers.get(key) != value]
        if "unsafe" in policy or "*" in policy:
            missing.append(f"a policy without holes, not {policy}")
        if "Access-Control-Allow-Origin" in answer.headers:
            missing.append("no word to other origins")
        if answer.mimetype.startswith("text/") and "charset=utf-8" not in answer.content_type.lower():
            missing.append("charset")
        wrong += [f"{place} ({answer.status_code}): {one}" for one in missing]
        answer.close()
    site.reset()
    assert {200, 302, 400, 404, 405, 413, 422, 500} <= statuses
    assert not wrong, "\n".join(wrong)


@pytest.mark.proves("S42")
def test_static_files_carry_them_too(site: Site) -> None:
    for path in ("favicon.svg", "css/portal.css", "js/rows.js"):
        with site.browsers["stranger"].get(f"/static/{path}") as answer:
            headers = answer.headers
        for key, value in ALWAYS.items():
            assert headers.get(key) == value, (path, key)
        assert "object-src 'none'" in headers.get("Content-Security-Policy", ""), path


@pytest.mark.proves("S43")
def test_private_pages_are_not_stored(site: Site) -> None:
    kept = []
    for path in addresses(site):
        with site.browsers["owner"].get(path) as answer:
            if "no-store" not in answer.headers.get("Cache-Control", "") and not path.startswith("/static/"):
                kept.append(path)
    assert kept == []


@pytest.mark.proves("S43")
def test_static_files_are_kept_for_good_under_names_that_change(site: Site) -> None:
    page = site.browsers["owner"].get("/").text
    named = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    assert named
    for path in named:
        assert re.search(r"\?v=[0-9a-f]{8,}$", path), path
        answer = site.browsers["stranger"].get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "public" in answer.headers["Cache-Control"]
        answer.close()


@pytest.mark.proves("S42")
def test_behind_tls_browsers_are_told_to_stay_there(site: Site) -> None:
    answer = site.browsers["stranger"].get("/sign-in", base_url="https://localhost")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


# Both languages


def texts() -> Iterator[tuple[str | None, str, str]]:
    """Every text that the portal says, with the context that it may have, and where."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
    keywords |= {"pgettext": ((1, "c"), 2), "_lp": ((1, "c"), 2)}
    options = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
    for file, line, text, _comments, context in extract_from_dir(
        str(PORTAL), methods, options, keywords=keywords, strip_comment_tags=True
    ):
        for one in text if isinstance(text, tuple) else (text,):
            yield context, one, f"{file}:{line}"


def test_every_text_has_its_english() -> None:
    with (PORTAL / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    english: dict[tuple[str | None, str], bool] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        spoken = all(said) and not message.fuzzy
        english.update(((message.context, one), spoken) for one in ids)
    missing = {
        text: place
        for context, text, place in texts()
        if CJK.search(text) and not english.get((context, text))
    }
    assert not missing, "\n".join(
        f"{place}: {text}" for text, place in sorted(missing.items(), key=lambda one: one[1])
    )


def test_translations_keep_the_facts() -> None:
    with (PORTAL / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    fact = re.compile(r"%\(\w+\)[sd]")
    wrong = []
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        for one in said:
            if one and sorted(set(fact.findall(one))) != sorted(set(fact.findall(ids[0]))) and len(said) == 1:
                wrong.append((ids[0], one))
    assert not wrong


@pytest.mark.parametrize("visitor", ["owner", "administrator", "auditor", "stranger"])
def test_english_pages_speak_english(site: Site, visitor: str) -> None:
    browser = site.browsers[visitor]
    browser.post("/account/language", data={"language": "en"})
    browser.set_cookie("language", "en")
    known = data(site.app)
    found: dict[str, str] = {}
    for path in [*addresses(site), *fronts(site), "/no/such/page"]:
        answer = browser.get(path)
        if answer.mimetype == "text/html" and answer.status_code < 500:
            for words in shown(answer.text, known):
                found.setdefault(words, path)
        answer.close()
    browser.delete_cookie("language")
    site.reset()
    assert not found, "\n".join(f"{path}: {words}" for words, path in found.items())


def fronts(site: Site) -> list[str]:
    """The registers and empty sheets of every form."""
    rooms = {rule.rule for rule in site.app.url_map.iter_rules()}
    assert "/quality/<slug>/new" in rooms
    pages = [f"/{room}/" for room in ROOMS]
    found = [site.browsers["administrator"].get(page).text for page in pages]
    links = {link for text in found for link in re.findall(r'href="(/[a-z-]+/[a-z0-9-]+/)"', text)}
    return sorted(links | {f"{link}new" for link in links})


def data(app: Flask) -> list[str]:
    """What people have written, longest first: names and answers are as they were given."""
    found: set[str] = set()
    with app.app_context(), db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in ("form_versions", "audit_events", "notices"):
                continue
            for row in connection.execute(sa.select(table)):
                for value in row:
                    found.update(_words(value))
    found |= {"中文", app.config["SETTINGS"].company}
    return sorted((one for one in found if CJK.search(one)), key=len, reverse=True)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.strip() for line in (value, *value.splitlines()))
    elif isinstance(value, dict):
        for key, one in value.items():
            if key != "zh":
                yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)


def shown(page: str, known: list[str]) -> list[str]:
    """Chinese on a page, said by the portal itself."""
    text = re.sub(r'<span class="avatar-mark".*?</span>', "", page)  # the first character of a name
    text = re.sub(
        r'<(a|article|ol|textarea)\b[^>]*lang="zh-Hans".*?</\1>', "", text, flags=re.S
    )  # a document, its clauses
    spoken = re.findall(r'\s(?:aria-label|title|placeholder|alt|data-[a-z]+)="([^"]*)"', text)
    text = html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", text), *spoken]))
    signs = set(text)
    for one in known:
        if one[0] in signs:  # most of what people have written stands on few pages
            text = text.replace(one, " ")
    return list(dict.fromkeys(CJK.findall(text)))


# The code


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [] if ast.get_docstring(tree) else [name(path)]
    silent += undocumented(tree)
    assert not silent


def undocumented(place: ast.Module | ast.ClassDef) -> list[str]:
    """Public functions and classes of a module or class that say nothing of themselves."""
    found = []
    for one in place.body:
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or one.name.startswith(
            "_"
        ):
            continue
        if not ast.get_docstring(one) and not _says_nothing_new(one):
            found.append(one.name)
        if isinstance(one, ast.ClassDef):
            found += [f"{one.name}.{name}" for name in undocumented(one)]
    return found


def _says_nothing_new(one: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether it is the other half of something described: an overload, or the setter of a property."""
    marks = {getattr(mark, "attr", getattr(mark, "id", "")) for mark in one.decorator_list}
    return bool(marks & {"overload", "setter"})
