"""What must be true of a DC-01: days in order, one version after the other, each change with its request."""

from __future__ import annotations

from typing import Any

from portal.forms.quality.document_words import KINDS
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import documents, editions, submissions


def days(form: Any) -> None:
    """Nothing is in force before it was sent round, nor reviewed before it is in force."""
    planned, review = form.planned_effective_on.data, form.next_review_on.data
    begun = day(submissions.first(form.itself) or form.now)
    if planned and planned < begun:
        form.refuse("planned_effective_on", _l("计划生效日期不能早于提交日期，批准并发布后文件才能执行"))
    if review and review <= (planned or begun):
        form.refuse("next_review_on", _l("下次评审日期须晚于计划生效日期和提交日期"))


def confirmed(form: Any, found: Any) -> None:
    """Only what is in force can stay as it is."""
    if found is None or found.state == "obsolete":
        form.refuse("document_no", _l("受控文件清单中没有这份现行有效的文件，不能办理维持不变"))
        return
    if found.state == "under_revision":
        form.refuse("purpose", _l("该文件正在修订，请办理修订，不能同时维持不变"))
    if form.version.data and form.version.data != found.version:
        form.refuse("version", _l("现行版本是 %(version)s；维持不变时请填写现行版本"), version=found.version)


def revision(form: Any, found: Any) -> None:
    """R82: a document may be revised; each version is a new one and has its request."""
    former, every = editions.versions(found.code, but=form.itself), editions.versions(found.code)
    if found.state == "obsolete":
        form.refuse("document_no", _l("该文件已作废，编号不再使用；请编制新文件"))
    elif form.version.data in every and form.version.data not in (*former, every[-1]):
        form.refuse("version", _l("版本 %(version)s 已经发布，不能再更正这一版的发布单"), version=every[-1])
    elif form.version.data and form.version.data in former:
        form.refuse(
            "version",
            _l("版本 %(version)s 已经发布过，现行版本是 %(current)s；请填写新的版本"),
            version=form.version.data,
            current=found.version,
        )
    if form.document_kind.data and form.document_kind.data != found.kind:
        kind = KINDS.get(found.kind, found.kind)
        form.refuse("document_kind", _l("受控文件清单中该文件的类别是“%(kind)s”"), kind=kind)
    if form.change_request.data:
        request(form, found)
    elif former:
        form.refuse("change_request", _l("修订现有文件须有已办结的文件更改申请单（DC-02），请选择"))


def request(form: Any, found: Any) -> None:
    """The request is decided, and about this document and version."""
    given = form.change_request.data
    if not (given and given.id):
        return
    asked = documents.request(given.id)
    if found is None or asked.document_id != found.id:
        form.refuse("change_request", _l("该更改申请不是这份文件的，请核对文件编号"))
    elif asked.corrected:
        form.refuse("change_request", _l("该更改申请已被冲销，请选择取代它的申请"))
    elif not asked.finished:
        form.refuse("change_request", _l("该更改申请还没有批准并受理，请待其办结"))
    elif form.version.data and asked.new_version != form.version.data:
        form.refuse("version", _l("更改申请受理的新版本号是 %(version)s"), version=asked.new_version)
