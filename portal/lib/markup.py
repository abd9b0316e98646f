"""The Markdown of controlled documents, read into the tokens of markdown-it.

Headings are no business of the parser: `portal.lib.clauses` finds them, and what stands between them is read here.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly, is_cjk

from portal.lib.clauses import PART, lines

# What stays out: headings (see above), code by mere indentation, which pasted text has by chance, and addresses
# apart from their links.
_LEFT_OUT = ("heading", "lheading", "code", "reference", "html_block", "html_inline")
_MARK = re.compile(r"[*_~`\[\]]")
MOST_MARKS = 500  # in one paragraph or cell; the time to pair them grows with the square of their number
DEEPEST = 17  # levels of quotes and lists; at twenty the library lets go of what is left of the text
NEVER_SHOWN = dict.fromkeys(range(0xFDD0, 0xFDF0))  # no characters at all


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough and lines in two braces; no HTML, and bold that ends before Chinese."""
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    made.use(cjk_friendly).disable(list(_LEFT_OUT))
    made.core.ruler.at("inline", _inline)
    for name, rule, ends in (("blockquote", blockquote, ["list"]), ("list", list_block, [])):
        made.block.ruler.at(
            name, _not_too_deep(rule), {"alt": ["paragraph", "reference", "blockquote", *ends]}
        )
    made.block.ruler.before("fence", "part", _part, {"alt": ["paragraph", "blockquote", "list", "table"]})
    return made


def tokens(text: str) -> list[Token]:
    """The blocks of a text without headings."""
    return parser().parse(text.translate(NEVER_SHOWN))


def inline(text: str) -> Token:
    """A single line, such as the title of a clause."""
    return parser().parseInline(text.translate(NEVER_SHOWN))[0]


def preamble(text: str) -> str:
    """What stands before the first heading."""
    before = []
    for line in lines(text):
        if line.heading is not None:
            break
        before.append(line.text)
    return "\n".join(before).strip()


def target(token: Token) -> str:
    """Where a link or picture points to, as it was written."""
    return unquote(str(token.attrGet("href") or token.attrGet("src") or "")).translate(NEVER_SHOWN)


def words(token: Token) -> str:
    """The text of a line without marks; a picture is its description."""
    said: list[str] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif child.type == "image":
            said.append(words(child))
        else:
            said.append(child.content)
    return one_line("".join(said))


def one_line(text: str) -> str:
    """The text with its line breaks as they are shown: nothing between Chinese characters, else a space."""
    shown: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if shown and not (is_cjk(shown[-1][-1]) and is_cjk(line[0])):
            shown.append(" ")
        shown.append(line)
    return "".join(shown)


def _inline(state: StateCore) -> None:
    """Reads the marks inside each paragraph and cell; where there are too many for any reader, they are plain text."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if len(_MARK.findall(token.content)) > MOST_MARKS:
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _not_too_deep(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """Reads quotes and lists within each other as deep as anybody could follow; further marks are plain text."""
    return lambda state, start, end, silent: state.level < DEEPEST and rule(state, start, end, silent)


def _part(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of its own such as `{{flow PU-04}}`."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = PART.match(line.strip())
    if found is None:
        return False
    if not silent:
        token = state.push("part", "", 0)
        token.content = line.strip()
        token.meta = {"kind": found[1], "name": found[2] or ""}
        token.map = [start, start + 1]
        state.line = start + 1
    return True
