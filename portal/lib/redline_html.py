"""What differs between two texts as HTML: what comes in `ins`, what goes in `del`; no style or script of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from portal.lib.clauses import PART
from portal.lib.i18n import _, _l
from portal.lib.redline import Block, Change
from portal.lib.wording import Piece

KINDS = {
    "added": _l("新增"),
    "removed": _l("删除"),
    "changed": _l("有改动"),
    "moved": _l("移动"),
    "same": _l("未变"),
}
TAGS = {
    "paragraph": Markup("p"),
    "quote": Markup("blockquote"),
    "code": Markup("pre"),
    "part": Markup("p"),
}
LISTS = {"item": Markup("ul"), "numbered": Markup("ol")}
PARTS = {"flow": _l("流程图"), "records": _l("记录清单"), "history": _l("修订记录")}
CELLS = {"header": Markup("th"), "row": Markup("td")}
_SHOWN = {"=": Markup("{}"), "-": Markup("<del>{}</del>"), "+": Markup("<ins>{}</ins>")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause that differs: a line of the list of changes, and the clause itself."""

    anchor: str
    number: str
    title: str
    word: str
    kind: str
    html: Markup


def shown(changes: Iterable[Change]) -> list[Shown]:
    """The clauses, to be listed and to be read."""
    return [
        Shown(
            anchor(one),
            numbers(one),
            one.title or _("文首"),
            word(one),
            one.kind,
            section(one),
        )
        for one in changes
    ]


def section(change: Change) -> Markup:
    """One clause: its number and title, what has become of it, and its passages."""
    return Markup(
        '<section class="change change-{kind}" id="{id}">\n<h2><span class="clause-number">{number}</span> {title}'
        ' <span class="change-kind">{word}</span></h2>\n{notes}{body}\n</section>'
    ).format(
        kind=change.kind,
        id=anchor(change),
        number=numbers(change),
        title=pieces(change.heading),
        word=word(change),
        notes=Markup("").join(Markup('<p class="change-note">{}</p>').format(one) for one in notes(change)),
        body=blocks(change.blocks),
    )


def anchor(change: Change) -> str:
    """The id of its section, apart from those of the text itself."""
    return f"change-{change.id or 'preamble'}"


def word(change: Change) -> str:
    """What has become of the clause."""
    if change.kind == "changed" and change.moved:
        return _("有改动并移动")
    return str(KINDS[change.kind])


def numbers(change: Change) -> str:
    """The number, or both where it is another one."""
    if change.renumbered:
        return f"{change.number_before} → {change.number_after}"
    return change.number_after or change.number_before


def notes(change: Change) -> Iterator[str]:
    """What is different besides the words and the number."""
    if change.id_before:
        yield _("标识由 %(before)s 改为 %(after)s", before=change.id_before, after=change.id)
    if change.kind in ("changed", "moved"):
        if change.record == (False, True):
            yield _("现在要求留下记录")
        if change.record == (True, False):
            yield _("不再要求留下记录")


def blocks(found: Sequence[Block]) -> Markup:
    """The passages, list items and rows of a kind together."""
    made = []
    for kind, group in groupby(found, lambda one: "row" if one.kind in CELLS else one.kind):
        if kind == "row":
            made.append(_table(list(group)))
        elif kind in LISTS:
            made.append(_list(LISTS[kind], group))
        else:
            made += [_block(TAGS[kind], one) for one in group]
    return Markup("\n").join(made)


def pieces(found: Iterable[Piece]) -> Markup:
    """What stays, goes and comes."""
    return Markup("").join(_SHOWN[kind].format(text) for kind, text in found)


def _block(tag: Markup, one: Block) -> Markup:
    text = pieces((how, _part(said)) for how, said in one.shown) if one.kind == "part" else pieces(one.shown)
    return Markup('<{tag} class="block-{state}">{text}</{tag}>').format(tag=tag, state=one.state, text=text)


def _part(text: str) -> str:
    """What the portal fills in, by its name."""
    found = PART.match(text.strip())
    return f"{PARTS.get(found[1], found[1])} {found[2] or ''}".strip() if found else text


def _list(tag: Markup, found: Iterable[Block]) -> Markup:
    items = [
        Markup('<li class="block-{state} depth-{depth}">{text}</li>').format(
            state=one.state, depth=min(max(one.depth, 1), 4), text=pieces(one.shown)
        )
        for one in found
    ]
    return Markup("<{tag}>{items}</{tag}>").format(tag=tag, items=Markup("").join(items))


def _table(found: list[Block]) -> Markup:
    width = max((len(one.cells) for one in found), default=1) or 1
    rows = Markup("").join(_row(one, width) for one in found)
    return Markup(
        '<div class="table-scroll" tabindex="0" role="group" aria-label="{label}"><table class="text-table">{rows}</table></div>'
    ).format(label=_("表格的改动"), rows=rows)


def _row(one: Block, width: int) -> Markup:
    tag = CELLS[one.kind]
    if one.cells:
        cells = Markup("").join(
            Markup("<{tag}>{text}</{tag}>").format(tag=tag, text=pieces(cell)) for cell in one.shown_cells
        )
    else:
        cells = Markup('<{tag} colspan="{width}">{text}</{tag}>').format(
            tag=tag, width=width, text=pieces(one.shown)
        )
    return Markup('<tr class="block-{}">{}</tr>').format(one.state, cells)
