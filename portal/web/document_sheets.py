"""The sheets of a document: what a new one is, and what a draft says beside its text."""

from __future__ import annotations

from typing import Any

from portal.domain.documents import NUMBER, READING
from portal.forms.base import Sheet
from portal.forms.fields import Choice, Integer, LongText, MultiChoice, Text
from portal.forms.kinds import Ref
from portal.forms.quality.document_words import KINDS
from portal.forms.references import Department
from portal.lib.i18n import _l
from portal.models import DocumentRevision
from portal.queries import people

WRITTEN = {key: title for key, title in KINDS.items() if key not in ("external", "flow_chart")}


class NewDocument(Sheet):
    """A document that there was not yet."""

    document_no = Text(_l("文件编号"), max=40, help=_l("专业-类别-序号，如 QA-P-02；编号不重复使用"))
    name_ = Text(_l("文件名称"))
    document_kind = Choice(_l("文件类别"), WRITTEN)
    owner_department = Department(_l("归口部门"))

    def check(self) -> None:
        """A number has its form."""
        given = self.document_no.data
        if given and not NUMBER.fullmatch(given):
            self.refuse("document_no", _l("编号的格式是“专业-类别-序号”，用大写字母和数字，如 QA-P-02"))

    def values(self) -> dict[str, Any]:
        """The answers as columns of a revision."""
        owner = self.owner_department.data
        return {
            "name": self.name_.data,
            "kind": self.document_kind.data,
            "department_id": owner.id if owner else None,
        }


class DraftFacts(Sheet):
    """What a draft says beside its text."""

    name_ = Text(_l("文件名称"))
    owner_department = Department(_l("归口部门"))
    name_en = Text(_l("英文名称"), required=False)
    summary_en = LongText(_l("英文摘要"), required=False)
    change = LongText(_l("修订说明"), required=False, help=_l("改了什么、为什么改；记入修订记录"))
    readers_: MultiChoice
    reading = Choice(_l("阅读要求"), READING)
    review_months = Integer(_l("复审周期（月）"), low=1, high=60)

    def values(self) -> dict[str, Any]:
        """The answers as columns of a revision."""
        owner = self.owner_department.data
        return {
            "name": self.name_.data,
            "department_id": owner.id if owner else None,
            "name_en": self.name_en.data or "",
            "summary_en": self.summary_en.data or "",
            "change": self.change.data or "",
            "readers": sorted(int(key) for key in self.readers_.data or ()),
            "reading": self.reading.data,
            "review_months": self.review_months.data,
        }


def facts_of(one: DocumentRevision, posted: Any = None, **kwargs: Any) -> DraftFacts:
    """The sheet of a draft, filled with how it stands unless something was posted."""
    now = {
        "name": one.name,
        "owner_department": Ref(one.department.id, one.department.name),
        "name_en": one.name_en,
        "summary_en": one.summary_en,
        "change": one.change,
        "readers": [str(id) for id in one.readers],
        "reading": one.reading,
        "review_months": one.review_months,
    }
    choices = {str(each.id): each.name for each in people.departments()}
    readers = MultiChoice(_l("分发部门"), choices, required=False, help=_l("不选表示全公司都要阅读"))
    made: type[DraftFacts] = type("DraftFacts", (DraftFacts,), {"readers_": readers})
    return made(posted, answers=now, **kwargs)
