"""Obligations of document control: the yearly review, how long records are kept, documents to review, copies to recall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation, Turn
from portal.domain.permissions import head_key, role_key
from portal.forms.kinds import Ref
from portal.forms.quality.management_review import ManagementReview, inputs
from portal.forms.quality.record_retention import RecordRetention, kept_so_far
from portal.lib.i18n import _l
from portal.queries import document_copies, documents, goods, reviews

REPRESENTATIVE = role_key("management_representative")
CONTROLLER = role_key("document_controller")
MANAGER = role_key("quality_manager")
DIRECTOR = role_key("general_manager")
DAYS = _l("天")
LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def _last_day(year: int) -> date:
    return date(year, 12, 31)


def _years(look: Look) -> Iterator[int]:
    """The years whose yearly matter may be owed: this one, and the last until it is history."""
    for year in (look.today.year - 1, look.today.year):
        end = _last_day(year)
        if end >= look.since and look.today <= end + LONG:
            yield year


def yearly_review(look: Look) -> Iterator[Case]:
    """The management reviews the systems every year; asked for from a month on, or a year after the last review."""
    years = list(_years(look))
    done = reviews.approved(ManagementReview.code, "review_year", years)
    for year in years:
        last = reviews.planned(ManagementReview.code, "review_year", year - 1)
        asked = date(year, look.numbers["month"], 1)
        from_day = min(asked, _year_after(last)) if last else asked
        if look.today >= from_day:
            yield Case(
                str(year),
                (REPRESENTATIVE,),
                look.at(_last_day(year)),
                str(year),
                {"review_year": year, "inputs": inputs()},
                kept=year in done,
            )


def _year_after(given: date) -> date:
    return given + timedelta(days=365)


def yearly_retention(look: Look) -> Iterator[Case]:
    """How long records are kept is looked through every year, at the time of the review."""
    years = list(_years(look))
    done = reviews.approved(RecordRetention.code, "year", years)
    for year in years:
        if look.today >= date(year, look.numbers["month"], 1):
            yield Case(
                str(year),
                (CONTROLLER,),
                look.at(_last_day(year)),
                str(year),
                {"year": year, "records": kept_so_far()},
                kept=year in done,
            )


def documents_to_review(look: Look) -> Iterator[Case]:
    """Before its day each document is reviewed: it stays as it is, or is changed.

    A request for a change keeps it; where that comes to nothing, the review is owed anew.
    """
    for document in documents.to_review(look.today + timedelta(days=look.numbers["before"] + 1)):
        due = document.next_review_on
        if due is None or due + LONG < look.today:
            continue
        given_up = documents.requests_given_up(document.id)
        for number in range(given_up + 1):
            yield Case(
                f"{document.id}:{due}:{number}",
                (_reviewer(document),),
                look.at(due),
                f"{document.label} {due}",
                _confirmed(document, look.today),
                kept=number < given_up or bool(documents.request_under_way(document.id)),
            )


def _reviewer(document: Any) -> str:
    """The head of the owner department; the management's head has nobody above to check what they hand in."""
    owner = document.department
    return head_key(owner.id) if owner and owner.head_id and owner.key != "management" else CONTROLLER


def _confirmed(document: Any, today: date) -> dict[str, Any]:
    """The release by which a document stays as it is for another year."""
    owner = document.department
    return {
        "purpose": "confirm",
        "document_no": document.code,
        "title": document.name,
        "document_kind": document.kind,
        "version": document.version,
        "owner_department": Ref(owner.id, owner.name) if owner else None,
        "next_review_on": _year_after(max(document.next_review_on, today)),
    }


def copies_to_recall(look: Look) -> Iterator[Case]:
    """From the day on which a version is in force, every copy of a former one comes back; of a withdrawn document, all do.

    An issue that recalls them keeps it, and asks by its own step; what it leaves out is owed anew.
    """
    for document in documents.all_documents():
        since = document.obsolete_on or document.effective_on
        if since is None or since > look.today or since < look.today - LONG:
            continue
        current = {document.version} if document.state != "obsolete" else set()
        old = {one.version for one in document_copies.copies(document.id)} - current
        over, under_way = document_copies.recalls(document.id) if old else ([], set())
        for version in sorted(old - under_way):
            out = document_copies.open_copies(document.id, version)
            for number in range(over.count(version) + 1):
                yield Case(
                    f"{document.id}:{version}:{document.version}:{number}",
                    (CONTROLLER,),
                    look.at(since),
                    f"{document.label} {version}",
                    _recall(document, version, out),
                    record=document.release_id,
                    kept=number < over.count(version) or not out,
                )


def _recall(document: Any, version: str, out: list[document_copies.Copy]) -> dict[str, Any]:
    """The issue form by which the copies of a version come back."""
    release = document.release_id
    return {
        "document": Ref(document.id, document.label),
        "version": document.version,
        "release": Ref(release, goods.label(release)) if release else None,
        "issue_kind": "recall",
        "effective_on": document.effective_on,
        "old_version": version,
        "remark": "、".join(f"{one.copy_no} {one.holder}" for one in out) or None,
    }


MONTH = Number("month", _l("提请月份"), 11, _l("月"), low=1, high=12)

OBLIGATIONS = (
    Obligation(
        "OS-02",
        "",
        "quality",
        _l("每年一次管理评审"),
        _l("每年十一月，或上一次评审满一年"),
        _l("管理者代表"),
        _l("当年12月31日"),
        _l("总经理已批准评审报告"),
        "DC-06",
        _l("告知总经理"),
        (DIRECTOR,),
        (MONTH,),
        cases=yearly_review,
        clause="DC-P-03#yearly",
    ),
    Obligation(
        "OS-03",
        "",
        "quality",
        _l("每年核定质量记录清单"),
        _l("每年十一月，与管理评审同时"),
        _l("文件管理员"),
        _l("当年12月31日"),
        _l("管理者代表已批准质量记录清单"),
        "DC-05",
        _l("告知质量部经理"),
        (MANAGER,),
        (MONTH,),
        cases=yearly_retention,
        clause="DC-P-02#yearly-list",
    ),
    Obligation(
        "OS-04",
        "",
        "quality",
        _l("文件到期评审"),
        _l("受控文件的下次评审日期将至"),
        _l("归口部门负责人；公司管理层的文件由文件管理员办理"),
        _l("下次评审日期"),
        _l("已发布维持不变或新版本，或已提交更改申请"),
        "DC-01",
        _l("告知文件管理员"),
        (CONTROLLER,),
        (Number("before", _l("提前提醒"), 30, DAYS),),
        cases=documents_to_review,
        clause="DC-P-01#review",
    ),
    Obligation(
        "OS-05",
        "",
        "quality",
        _l("收回作废版本的副本"),
        _l("新版本生效，原版本还有副本没有收回"),
        _l("文件管理员"),
        _l("新版本生效当天"),
        _l("全部副本已收回"),
        "DC-03",
        _l("告知质量部经理"),
        (MANAGER,),
        cases=copies_to_recall,
        turns=(Turn("DC-03", "recall"),),
        clause="DC-P-01#recall",
    ),
)
