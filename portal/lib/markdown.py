"""A controlled document as HTML: numbered clauses, links to forms and clauses, and what the portal draws in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import nh3
from markdown_it.token import Token
from markupsafe import Markup, escape

from portal.lib import markup
from portal.lib.clauses import Clause, clauses

Parts = Callable[[str, str], str | Markup]
Address = Callable[[str], str]
Foot = Callable[[Clause], str | Markup]

# A form or document by its number, or a clause of a document; a record's number goes on behind the form's.
NAMED = re.compile(
    r"(?<![A-Za-z0-9/#-])[A-Z]{2,3}(?:-[A-Z]{1,2})?-[0-9]{2,3}(?:#[a-z](?:[a-z0-9-]*[a-z0-9])?)?(?![A-Za-z0-9#]|-[A-Za-z0-9])"
)
INSIDE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
OUTSIDE = re.compile(r"(?:https?://|mailto:|tel:)", re.I)
_ALIGNED = re.compile(r"text-align:(left|center|right)")

_BLOCKS = {"section", "h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "blockquote", "pre", "hr", "div"}
_WORDS = {"strong", "em", "s", "code", "br", "a", "img", "span"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {
    "section": {"id"},
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "div": {"tabindex", "role", "aria-label"},
}
_CLASSES = {
    "section": {"clause", "record", "added"},
    "span": {"clause-number"},
    "a": {"outside"},
    "div": {"part", "clause-foot", "table-scroll"},
    "table": {"text-table"},
    "th": {"align-left", "align-center", "align-right"},
    "td": {"align-left", "align-center", "align-right"},
}


def render(
    text: str, *, parts: Parts, link: Address, image: Address, foot: Foot = lambda _clause: ""
) -> Markup:
    """The text as HTML: one `section.clause` for each clause, flat, with its id, its number and its title.

    `parts` draws a line in two braces, kind and name, as trusted HTML; a plain string is escaped. `link` knows the
    address of `PU-04`, `PU-P-01`, `PU-P-01#arrival` and `#arrival`, `image` that of a stored picture; where they
    answer with nothing, the words alone are left. `foot` draws what stands at the end of a clause, if anything, as
    `parts` does. No style or script of its own is in it.
    """
    made = _Page(parts, link, image, foot)
    found = list(made.page(text))
    return made.filled(_clean("\n".join(found)))


def plain(text: str) -> str:
    """The text without marks, ids and parts, one line for each heading, paragraph, list item and row of a table."""
    said = [_plain(markup.preamble(text))]
    for clause in clauses(text):
        said += [markup.words(markup.inline(clause.title)), _plain(clause.text)]
    return "\n".join(filter(None, said))


def pictures(text: str) -> list[str]:
    """The names of the stored pictures that the text shows, as often as it does."""
    bodies = [markup.preamble(text), *(clause.text for clause in clauses(text))]
    tokens = (child for body in bodies for token in markup.tokens(body) for child in token.children or ())
    named = [markup.target(token) for token in tokens if token.type == "image"]
    return [name for name in named if not OUTSIDE.match(name)]


def contents(text: str) -> list[Clause]:
    """The clauses for a table of contents: titles without marks, and no text."""
    return [
        replace(clause, title=markup.words(markup.inline(clause.title)), text="") for clause in clauses(text)
    ]


def _plain(text: str) -> str:
    said: list[str] = []
    row: list[str] | None = None
    for token in markup.tokens(text):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            said.append(" ".join(filter(None, row)))
            row = None
        elif token.type == "inline":
            (said if row is None else row).append(markup.words(token))
        elif token.type == "fence":
            said.append(token.content.strip())
    return "\n".join(filter(None, said))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_BLOCKS | _WORDS | _TABLE,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel", "picture"},  # the last is that of prints
        link_rel=None,
    )


@dataclass
class _Page:
    """One text on its way to HTML; what is trusted waits in `drawn` until the rest is sanitised."""

    parts: Parts
    link: Address
    image: Address
    foot: Foot
    drawn: list[Markup] = field(default_factory=list)
    mark: str = field(
        default_factory=lambda: secrets.token_hex(8)
    )  # of the places of what is drawn; nobody knows it
    ids: set[str] = field(default_factory=set)
    title: str = ""  # of the clause that is drawn; it names the tables that may be scrolled

    def page(self, text: str) -> Iterator[str]:
        text = text.translate(markup.NEVER_SHOWN)
        yield self._body(markup.preamble(text))
        for clause in clauses(text):
            tag = f"h{clause.level + 1}"
            kinds = ("clause", *(("record",) if clause.record else ()), *(("added",) if clause.added else ()))
            id = f' id="{escape(clause.id)}"' if clause.id and clause.id not in self.ids else ""
            self.ids.add(clause.id)
            self.title = markup.words(markup.inline(clause.title))
            yield f'<section class="{" ".join(kinds)}"{id}>'
            yield f'<{tag}><span class="clause-number">{clause.number}</span> {self._line(clause.title)}</{tag}>'
            yield self._body(clause.text)
            if below := self.foot(clause):
                yield self._hole("clause-foot", below)
            yield "</section>"

    def filled(self, html: str) -> Markup:
        pieces = re.split(f"{self.mark}:([0-9]+);", html)
        pieces[1::2] = [self.drawn[int(at)] for at in pieces[1::2]]
        return Markup("".join(pieces))  # nosec B704 -- sanitised, and what `parts` vouches for

    def _line(self, text: str) -> str:
        token = markup.inline(text)
        return self._shown([token])

    def _body(self, text: str) -> str:
        return self._shown(markup.tokens(text))

    def _shown(self, tokens: list[Token]) -> str:
        shown: list[Token] = []
        label = f' aria-label="{escape(self.title)}"' if self.title else ""
        for token in tokens:
            if token.type == "inline":
                token.children = list(self._words(token.children or []))
            elif token.type == "part":
                token = self._part(token)
            elif token.type in ("th_open", "td_open"):
                _align(token)
            elif token.type == "table_open":
                token.attrSet("class", "text-table")
                shown.append(_html(f'<div class="table-scroll" tabindex="0" role="group"{label}>'))
            shown.append(token)
            if token.type == "table_close":
                shown.append(_html("</div>\n"))
        parser = markup.parser()
        return str(parser.renderer.render(shown, parser.options, {}))

    def _part(self, token: Token) -> Token:
        return _html(self._hole("part", self.parts(token.meta["kind"], token.meta["name"])) + "\n")

    def _hole(self, name: str, drawing: str | Markup) -> str:
        """A place in the text that is filled with something trusted when the rest is sanitised."""
        self.drawn.append(escape(drawing))
        return f'<div class="{name}">{self.mark}:{len(self.drawn) - 1};</div>'

    def _words(self, tokens: list[Token]) -> Iterator[Token]:
        """Inline tokens with the links that there are; a link to nothing leaves its words."""
        open_links: list[bool] = []
        for token in tokens:
            if token.type == "link_open":
                open_links.append(self._points(token))
                if open_links[-1]:
                    yield token
            elif token.type == "link_close":
                if open_links.pop():
                    yield token
            elif token.type == "image":
                yield self._picture(token)
            elif token.type == "text" and not any(open_links):
                yield from self._named(token.content)
            else:
                yield token

    def _points(self, token: Token) -> bool:
        """Whether a link leads anywhere; it is given its address."""
        wanted = markup.target(token)
        if OUTSIDE.match(wanted):
            token.attrs |= {"class": "outside", "rel": "noopener noreferrer"}
            return True
        address = wanted if INSIDE.fullmatch(wanted) else self.link(wanted)
        token.attrs["href"] = address
        return bool(address)

    def _picture(self, token: Token) -> Token:
        address = self.image(markup.target(token))
        if not address:
            return Token("text", "", 0, content=markup.words(token))
        token.attrs |= {"src": address, "loading": "lazy"}
        return token

    def _named(self, text: str) -> Iterator[Token]:
        done = 0
        for found in NAMED.finditer(text):
            if address := self.link(found[0]):
                yield Token("text", "", 0, content=text[done : found.start()])
                yield Token("link_open", "a", 1, attrs={"href": address})
                yield Token("text", "", 0, content=found[0])
                yield Token("link_close", "a", -1)
                done = found.end()
        yield Token("text", "", 0, content=text[done:])


def _html(text: str) -> Token:
    return Token("html_block", "", 0, content=text)


def _align(token: Token) -> None:
    """A style attribute would be refused by the browser; a class does the same."""
    if found := _ALIGNED.search(str(token.attrs.pop("style", ""))):
        token.attrSet("class", f"align-{found[1]}")
