"""Makes WeasyPrint's file fit for the archive: PDF/A-3a that is at the same time PDF/UA-1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from typing import Any

from weasyprint import Attachment, Document
from weasyprint.css import ColorProfile

# The file says that it follows PDF/UA-1; an archive wants each foreign word of that kind described.
_ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that is followed</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_END = b"</rdf:RDF>"
_PLAIN = re.compile(r"[^A-Za-z0-9.+-]")  # the rest is written as a code in a name


@dataclass(frozen=True, slots=True)
class Carried:
    """A file within the file: `Data` of what the pages say, or a `Supplement` to them."""

    name: str
    data: bytes
    at: datetime
    description: str
    type: str = "application/json"
    relationship: str = "Data"


def write(document: Document, identifier: bytes, carried: Sequence[Carried] = ()) -> bytes:
    """The laid out document as an archive file."""
    # WeasyPrint would open the profile anew for each file and leave it open.
    document.color_profiles["srgb"] = ColorProfile(
        BytesIO(_profile()), "sRGB", "relative-colorimetric", (["r"], ["g"], ["b"])
    )
    ordered = sorted(carried, key=lambda one: one.name.encode())  # as readers look names up
    made: bytes = document.write_pdf(
        attachments=[
            Attachment(
                string=one.data,
                name=one.name,
                description=one.description,
                relationship=one.relationship,
                created=one.at.astimezone(UTC),
                modified=one.at.astimezone(UTC),
            )
            for one in ordered
        ],
        finisher=partial(_declare, [one.type for one in ordered]),
        output_intent="given",
        pdf_identifier=identifier,
        pdf_tags=True,
        pdf_variant="pdf/a-3a",
    )
    return made


def _declare(types: Sequence[str], document: Document, pdf: Any) -> None:
    """State the kinds in plain, uncompressed metadata, which is how archives read it; name each carried file once.

    WeasyPrint guesses the type of a carried file by its name; what the portal found out about it stands instead.
    """
    within = [
        one for one in pdf.objects if (getattr(one, "extra", None) or {}).get("Type") == "/EmbeddedFile"
    ]
    for one, kind in zip(within, types, strict=True):
        one.extra["Subtype"] = f"/{_PLAIN.sub(lambda found: f'#{ord(found[0]):02x}', kind)}"
    if carried := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = type(carried)(dict.fromkeys(carried))
    for part in pdf.objects:
        if (getattr(part, "extra", None) or {}).get("Type") == "/Metadata":
            part.compress = False
            part.stream = [piece.replace(_END, _ACCESSIBLE + _END) for piece in part.stream]


@cache
def _profile() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
