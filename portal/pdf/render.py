"""Turns a printout into a PDF file; the same printout always gives the same bytes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from portal.lib.clauses import clauses
from portal.lib.exif import caption
from portal.lib.hashing import sha256
from portal.pdf import codes, copies, fonts, layout
from portal.pdf.assurance_sheet import AssuranceSheet
from portal.pdf.blank_sheet import BlankSheet
from portal.pdf.copy_sheet import CopySheet
from portal.pdf.label_sheet import LabelSheet
from portal.pdf.pictures import prepare
from portal.pdf.printout import RECORD, Printout
from portal.pdf.redline_sheet import RedlineSheet
from portal.pdf.sheets import Asked, Sheet
from portal.pdf.text_body import body, contents
from portal.pdf.text_sheet import TextSheet
from portal.pdf.words import row_count, speaker

# isort: split
# WeasyPrint reads the font configuration when it is imported, so it comes last.
import weasyprint
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration

from portal.pdf import actual_text, archive
from portal.pdf.archive import Carried
from portal.pdf.fetcher import Fetcher, ForbiddenAddress

DATA, FILE = "the record as data, with what proves it", "a file that belongs to the record"
actual_text.use()
STYLES: dict[type, str] = {
    Printout: "record",
    BlankSheet: "record",
    LabelSheet: "labels",
    TextSheet: "text",
    RedlineSheet: "text",
    AssuranceSheet: "text",
}


def render(asked: Asked) -> bytes:
    """What is asked for as a tagged PDF file.

    Raises:
        FontsMissing: this machine lacks the fonts or the library that prepares them.
        ForbiddenAddress: the print asked for something that it may not load.
    """
    fonts.require(ffi.harfbuzz_subset)
    return copies.lay(asked, _marks) if isinstance(asked, CopySheet) else _laid_out(asked)


def _laid_out(printout: Sheet) -> bytes:
    ready = {
        key: picture
        for key, (_type, data) in printout.images.items()
        if (picture := prepare(data)) is not None
    }
    text = html(printout, shown=frozenset(ready))
    fetcher = Fetcher(ready)
    page = weasyprint.HTML(string=text, base_url=None, url_fetcher=fetcher)
    with _quiet_memory():
        document = page.render(
            stylesheets=[_sheet(STYLES[type(printout)])],
            font_config=_font_configuration(),
            output_intent="srgb",
            pdf_tags=True,
            presentational_hints=True,
        )
        carried = _carried(printout) if isinstance(printout, Printout) else []
        name = sha256(b"".join([text.encode(), *(one.data for one in carried)]))
        made = archive.write(document, bytes.fromhex(name)[:16], carried)
    if fetcher.refused:
        raise ForbiddenAddress(f"A print may not load {fetcher.refused[0][:80]!r}.")
    return made


def _marks(copy: CopySheet) -> bytes:
    """What is laid over the pages of a copy; not an archive file by itself, as it has no text of its own."""
    page = weasyprint.HTML(
        string=_environment().get_template("print/copy.html").render(copy=copy),
        base_url=None,
        url_fetcher=Fetcher(),
    )
    made: bytes = page.write_pdf(stylesheets=[_sheet("copy")], font_config=_font_configuration())
    return made


def _carried(printout: Printout) -> list[Carried]:
    """The record's data and its files, to go with its print."""
    number, at = printout.number, printout.made_at
    if not printout.data or at is None:
        return []
    files = [
        Carried(one.name, one.data, at, f"{number}: {FILE}", one.type, "Supplement") for one in printout.files
    ]
    return [Carried(RECORD, printout.data, at, f"{number}: {DATA}"), *files]


def html(printout: Sheet, shown: frozenset[int] = frozenset()) -> str:
    """The printout as the page that WeasyPrint lays out; `shown` are the ids of pictures that can be read."""
    if isinstance(printout, LabelSheet):
        return _environment().get_template("print/labels.html").render(record=printout)
    say = speaker(printout.language)
    if isinstance(printout, TextSheet):
        return (
            _environment()
            .get_template("print/text.html")
            .render(
                record=printout,
                body=body(printout, _environment().get_template("print/parts.html"), say, shown),
                contents=contents(printout),
                marks={mark for clause in clauses(printout.text) for mark in clause.marks},
                say=say,
            )
        )
    if isinstance(printout, AssuranceSheet):
        return _environment().get_template("print/assurance.html").render(record=printout, say=say)
    if isinstance(printout, BlankSheet):
        return _environment().get_template("print/blank.html").render(record=printout, say=say)
    if isinstance(printout, RedlineSheet):
        shown_clauses = [Markup(one.html) for one in printout.clauses]  # nosec B704 -- of portal.lib.redline_html, escaped
        template = _environment().get_template("print/redline.html")
        return template.render(record=printout, clauses=shown_clauses, say=say)
    template = _environment().get_template("print/record.html")
    return template.render(
        record=printout,
        chart=Markup(printout.chart_svg),  # nosec B704 -- drawn by portal.lib.flowchart, which escapes its texts
        drawing=Markup(printout.drawing_svg),  # nosec B704 -- drawn by portal.lib.gantt, which escapes its texts
        shown=shown,
        say=say,
    )


def _shown(value: Any) -> Any:
    return fonts.printable(value) if isinstance(value, str) else value


def _drawn(draw: Callable[[str], str]) -> Callable[[str], Markup]:
    return lambda text: Markup(draw(text))  # nosec B704 -- drawn by portal.pdf.codes, which escapes its text


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("portal"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals.update(
        blocks=layout.blocks, breakable=layout.breakable, widths=layout.widths, size=layout.size_words
    )
    made.globals.update(caption=caption, row_count=row_count)
    made.globals.update(qr=_drawn(codes.qr), code128=_drawn(codes.code128))
    return made


@cache
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()


@cache
def _sheet(name: str) -> weasyprint.CSS:
    return weasyprint.CSS(
        url=f"static:print/{name}.css",
        url_fetcher=Fetcher(),
        font_config=_font_configuration(),
        base_url="static:print/",
    )


@contextmanager
def _quiet_memory() -> Iterator[None]:
    """Layout makes many small objects; counting them in vain costs a tenth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
