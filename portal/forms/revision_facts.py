"""What two revisions of a document say differently beside their words: title, readers, review, pictures."""

from __future__ import annotations

from typing import Any

from portal.domain.documents import READING
from portal.forms.quality.document_words import KINDS
from portal.lib.i18n import _, _l, language
from portal.models import DocumentRevision
from portal.queries import people, revisions

LABELS = {
    "name": _l("文件名称"),
    "name_en": _l("英文名称"),
    "kind": _l("文件类别"),
    "department": _l("归口部门"),
    "summary_en": _l("英文摘要"),
    "readers": _l("分发部门"),
    "reading": _l("阅读要求"),
    "review_months": _l("复审周期（月）"),
}


def changed(old: DocumentRevision, new: DocumentRevision) -> list[str]:
    """Each difference in words, in the language of the reader."""
    was, is_ = _facts(old), _facts(new)
    said = [
        _("%(label)s：%(old)s → %(new)s", label=label, old=was[name] or "—", new=is_[name] or "—")
        for name, label in LABELS.items()
        if was[name] != is_[name]
    ]
    return said + _pictures(revisions.facts(old)["pictures"], revisions.facts(new)["pictures"])


def _facts(one: DocumentRevision) -> dict[str, str]:
    spoken = language()
    found: dict[str, Any] = {
        name: getattr(one, name) for name in ("name", "name_en", "summary_en", "review_months")
    }
    found["kind"] = KINDS.get(one.kind, one.kind)
    found["department"] = one.department.named(spoken)
    found["reading"] = READING[one.reading]
    found["readers"] = _("、").join(people.department_name(id, spoken) for id in one.readers) or _("全公司")
    return {name: str(value) for name, value in found.items()}


def _pictures(old: dict[str, str], new: dict[str, str]) -> list[str]:
    said = [_("新增图片“%(name)s”", name=name) for name in sorted(new.keys() - old.keys())]
    said += [_("删除图片“%(name)s”", name=name) for name in sorted(old.keys() - new.keys())]
    both = sorted(old.keys() & new.keys())
    return said + [_("图片“%(name)s”换了一张", name=name) for name in both if old[name] != new[name]]
