"""Copies of a sealed print: its body as it is, with marks laid over each page, so that a copy costs no new layout."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Dictionary, Name, ObjectStreamMode
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.pdf.copy_sheet import CopySheet

MARKS = Name("/CopyMarks")
_SHUT = b"Q /Artifact <</Type /Pagination /Subtype /Watermark>> BDC q /CopyMarks Do Q EMC"


def lay(copy: CopySheet, draw: Callable[[CopySheet], bytes]) -> bytes:
    """The body with the copy's marks, still an archive file; `draw` gives them as a file of two pages, for the first
    page of the body and for all others.

    The marks are artifacts: readers of the text do not meet them, and the text stays what the record's data says.
    """
    body, drawn = pikepdf.open(BytesIO(body_of(copy.body))), pikepdf.open(BytesIO(draw(copy)))
    with body, drawn:
        first, other = (body.copy_foreign(page.as_form_xobject()) for page in drawn.pages)
        for at, page in enumerate(body.pages):
            own = Dictionary(dict(page.obj.Resources.items()))  # pages share theirs
            own.XObject = Dictionary({**dict(own.get("/XObject", {})), str(MARKS): other if at else first})
            page.obj.Resources = own
            page.contents_add(body.make_stream(b"q"), prepend=True)
            page.contents_add(body.make_stream(_SHUT))
        made = BytesIO()
        body.save(made, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
        return made.getvalue()


def body_of(sealed: bytes) -> bytes:
    """A sealed file as it was before anything was put behind it."""
    reader = PdfFileReader(BytesIO(sealed))
    end = reader.xrefs.get_xref_container_info(0).end_location
    mark = b"%%EOF"
    at = sealed.index(mark, end) + len(mark)
    return sealed[:at] + b"\n"
