"""Fields that name something: a person, a customer, a record, files.

The browser posts text (`赵敏 E012`, or any part of it that fits only one); all references of a
form are looked up together once it is filled, among what the person may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import wtforms

from portal.forms.fields import CHOOSE, Answer
from portal.forms.kinds import SERVED, Ref
from portal.lib.i18n import _l
from portal.lib.pictures import SHOWN
from portal.lib.text import clean, place_code
from portal.queries import files, pick
from portal.queries.pick import FORMER

LONGEST_NAME = 300  # characters of what is looked up; no name is longer


class Reference(Answer, wtforms.StringField):
    """One thing of a kind that `queries.pick` can find."""

    ask = CHOOSE
    targets: tuple[str, ...] = ()
    text: str = ""

    def _value(self) -> str:
        return self.text or (self.data.text if isinstance(self.data, Ref) else "")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keeps the text until `resolve` looks it up."""
        self.text = clean(valuelist[0])[:LONGEST_NAME] if valuelist else ""
        if not (isinstance(self.data, Ref) and self.data.text == self.text):
            self.data = None

    def settle(self, found: list[Ref]) -> None:
        """Takes the one thing found; several or none are an error beside the field."""
        if len(found) == 1:
            self.data, self.text = found[0], found[0].text
        elif found:
            names = "、".join(ref.text for ref in found[:5])
            self.process_errors = [
                str(_l("“%(text)s”不止一个：%(names)s")) % {"text": self.text, "names": names}
            ]
        else:
            self.process_errors = [str(_l("找不到“%(text)s”，请从列表中选择")) % {"text": self.text}]

    def describe(self) -> dict[str, Any]:
        """The forms whose records may be named."""
        return {"target": list(self.targets)} if self.targets else {}


class Person(Reference):
    """Somebody of the company; with `former`, also somebody who has left it."""

    kind = "person"

    def __init__(self, label: Any = "", *, former: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.targets = (FORMER,) if former else ()

    def describe(self) -> dict[str, Any]:
        """Nothing more: who may be named is no form."""
        return {}


class Department(Reference):
    """A department, also by the other names that the procedures give it."""

    kind = "department"


class Customer(Reference):
    """A customer of the customer database."""

    kind = "customer"


class Supplier(Reference):
    """A supplier."""

    kind = "supplier"


class Project(Reference):
    """A project, of one of these kinds if any is named: works, product, web, permit."""

    kind = "project"

    def __init__(self, label: Any = "", *kinds: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.targets = kinds

    def describe(self) -> dict[str, Any]:
        """The kinds of projects that may be named."""
        return {"kinds": list(self.targets)} if self.targets else {}


class Product(Reference):
    """A product."""

    kind = "product"


class StockItem(Reference):
    """An item of the warehouse."""

    kind = "stock_item"


class Machine(Reference):
    """A single machine or vehicle, by its serial number."""

    kind = "machine"


class ControlledDocument(Reference):
    """A document of the controlled document list."""

    kind = "document"


class Revision(Reference):
    """A revision of a document that is being written, or is to be released."""

    kind = "revision"


class InformationAsset(Reference):
    """An information asset."""

    kind = "asset"


class Place(Reference):
    """A storage place, answered as its code; however it is typed (a-01, Ａ-01), it is one place (A-01)."""

    kind = "place"

    def _value(self) -> str:
        return self.text or self.data or ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keeps the code as the books write it until `resolve` looks it up."""
        self.text = place_code(clean(valuelist[0])) if valuelist else ""
        self.data = None

    def settle(self, found: list[Ref]) -> None:
        """Takes the place; one that is not in use is refused, whether it never was or was closed."""
        if found:
            self.data = self.text = found[0].text
        else:
            text = _l("没有启用的库位“%(text)s”，请从列表中选择；新库位请仓库主管在“库位”页登记")
            self.process_errors = [str(text) % {"text": self.text}]


class RecordLink(Reference):
    """A record of one of the forms named; a form still kept on paper is named by its paper number."""

    kind = "record_link"

    def __init__(self, label: Any = "", *targets: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.targets = targets

    def settle(self, found: list[Ref]) -> None:
        """A paper number is taken as it is while none of the forms is served."""
        if not found and SERVED.isdisjoint(self.targets):
            found = [Ref(None, self.text)]
        super().settle(found)


class Attachments(Answer, wtforms.Field):
    """Files by their ids; uploaded before or with the form."""

    kind = "attachment"
    ask = _l("请上传“%(label)s”")
    accept = (
        ".pdf,.jpg,.jpeg,.png,.webp,.gif,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.wps,.et,.txt,.csv,.zip,.dwg,.dxf"
    )
    ids: tuple[int, ...] = ()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keeps the ids until `resolve` looks them up."""
        numbers = (text for text in valuelist if text.isascii() and text.isdigit() and len(text) < 10)
        self.ids = tuple(dict.fromkeys(map(int, numbers)))  # a file sent twice is one file
        self.data = []

    def settle(self, found: list[dict[str, Any]]) -> None:
        """Takes the files found."""
        self.data = found
        if len(found) < len(self.ids):
            self.process_errors = [str(_l("有文件已不存在，请重新上传"))]


class Photos(Attachments):
    """Pictures, taken with the phone or chosen."""

    kind = "photo"
    ask = _l("请拍摄或上传“%(label)s”")
    accept = "image/*"

    def pre_validate(self, form: Any) -> None:
        """Refuses what is not a picture that pages and prints can show."""
        if any(file["type"] not in SHOWN for file in self.data or ()):
            raise wtforms.ValidationError(str(_l("这里只能上传照片")))


class DrawnSignature(Attachments):
    """A signature drawn on the screen, kept as a picture."""

    kind = "signature"
    ask = _l("请在“%(label)s”处签名")
    accept = "image/png"

    def settle(self, found: list[dict[str, Any]]) -> None:
        """Takes the last picture drawn."""
        self.data = found[-1] if found else None


def resolve(fields: Iterable[Answer], person: Any) -> None:
    """Looks up what the person typed into these fields, one query a kind."""
    waiting: dict[tuple[str, tuple[str, ...]], list[Reference]] = {}
    uploads: list[Attachments] = []
    for field in fields:
        if isinstance(field, Attachments):
            uploads.append(field)
        elif isinstance(field, Reference) and field.text and field.data is None:
            waiting.setdefault((field.kind, field.targets), []).append(field)
    for (kind, targets), group in waiting.items():
        found = pick.by_text(kind, {field.text for field in group}, person, targets)
        for field in group:
            field.settle([Ref(id, text) for id, text in found.get(field.text, [])])
    known = files.references({id for field in uploads for id in field.ids}, person) if uploads else {}
    for field in uploads:
        if field.raw_data is not None:
            kept = {file["id"]: file for file in _listed(field.object_data)}
            field.settle([file for id in field.ids if (file := known.get(id) or kept.get(id))])


def keep_files(sheet: Any, ids: set[int]) -> None:
    """Leaves a sheet no files but these and those that its answers held before; it may be none."""
    for field in sheet.every_field() if sheet is not None else ():
        if isinstance(field, Attachments):
            held = ids | {file["id"] for file in _listed(field.object_data)}
            field.settle([file for file in _listed(field.data) if file["id"] in held])


def _listed(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return list(value or ())
