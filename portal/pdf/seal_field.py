"""Additions behind a finished print that leave it an archive file: how they are written, and the field of the seal."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    PdfObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

FIELD = "OrganisationSeal"
LABEL = "单位电子签章"
PRINTED, LOCKED = 4, 128  # flags of an annotation
EXISTS, APPEND_ONLY = 1, 2  # flags of signatures


class SealFailed(ValueError):
    """The file cannot be sealed: it is none of the portal's prints."""


class ArchiveWriter(IncrementalPdfFileWriter):
    """Leaves the description of the file alone: written anew it would not be that of an archive file any more."""

    def _update_meta(self) -> None:
        pass


def add_field(writer: IncrementalPdfFileWriter) -> None:
    """A signature field without size; it stands in the structure of the text, where every reader finds it.

    Raises:
        SealFailed: the file has a form already.
    """
    root = writer.root
    if "/AcroForm" in root:
        raise SealFailed("the file has a form already")
    page, tree = root["/Pages"]["/Kids"].raw_get(0), root["/StructTreeRoot"]
    document = tree["/K"].raw_get(0)
    numbers: Any = tree["/ParentTree"]["/Nums"]
    number = NumberObject(1 + max(int(numbers.raw_get(at)) for at in range(0, len(numbers), 2)))
    field = writer.add_object(
        _dictionary(
            Type="/Annot", Subtype="/Widget", FT="/Sig", T=TextStringObject(FIELD), TU=TextStringObject(LABEL),
            Rect=ArrayObject([NumberObject(0)] * 4), F=NumberObject(PRINTED | LOCKED), P=page, StructParent=number,
        )
    )  # fmt: skip
    place = _dictionary(Type="/OBJR", Obj=field, Pg=page)
    element = writer.add_object(
        _dictionary(
            Type="/StructElem",
            S="/Form",
            P=document,
            Pg=page,
            Alt=TextStringObject(LABEL),
            K=ArrayObject([place]),
        )
    )
    sheet, top = page.get_object(), document.get_object()
    notes = sheet["/Annots"] if "/Annots" in sheet else ()  # noqa: SIM401 -- `get` would not follow a reference
    sheet["/Annots"] = ArrayObject([*notes, field])
    sheet["/Tabs"] = pdf_name("/S")
    top["/K"].append(element)
    numbers += [number, element]
    root["/AcroForm"] = writer.add_object(
        _dictionary(Fields=ArrayObject([field]), SigFlags=NumberObject(EXISTS | APPEND_ONLY))
    )
    for changed in (sheet, top, top["/K"], tree, numbers):
        writer.update_container(changed)
    writer.update_root()


def _dictionary(**values: PdfObject | str) -> DictionaryObject:
    """A dictionary; plain strings are names."""
    return DictionaryObject(
        {
            pdf_name(f"/{key}"): pdf_name(one) if isinstance(one, str) and one[:1] == "/" else one
            for key, one in values.items()
        }
    )
