"""The texts that a DC-01 releases: what they say of themselves, and what stands in the way of their release."""

from __future__ import annotations

from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.document_words import ALONE
from portal.forms.references import Revision
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.models import DocumentRevision
from portal.queries import revisions

REVIEWED = ("running", "stuck", "returned", "withdrawn")  # states of a record in which its text is spoken for


class PackagedText(Sheet):
    """A text that is approved and released together with another."""

    text = Revision(_l("正文"))
    document_no = Text(_l("文件编号"), computed=True, required=False)
    version_ = Text(_l("版本"), computed=True, required=False)
    sha256 = Text(_l("正文指纹（SHA-256）"), computed=True, required=False)

    def compute(self) -> None:
        """As the text says."""
        super().compute()
        found = _found(self.text.data)
        self.document_no.data = found.document_no if found else None
        self.version_.data = found.number if found else None
        self.sha256.data = revisions.fingerprint(found) if found else None


def tell(form: Any) -> None:
    """Fills in what the text says of itself."""
    found = _found(form.text.data)
    form.text_sha256.data = revisions.fingerprint(found) if found else None
    if found is None:
        return
    form.document_no.data, form.title.data = found.document_no, found.name
    form.document_kind.data, form.version.data = found.kind, found.number
    form.owner_department.data = Ref(found.department.id, found.department.name)
    if form.next_review_on.blank:
        since = form.planned_effective_on.data or form.today
        form.next_review_on.data = months_later(since, found.review_months)
    if found.request is not None:
        form.change_request.data = Ref(
            found.request.id, f"{found.request.number} {found.request.title}".strip()
        )


def check(form: Any) -> None:
    """Each text can go round, once; whether something that runs would lose its clause is seen when it is sent."""
    found = _found(form.text.data)
    if found is None:
        if revisions.of(form.document_no.data or ""):
            form.refuse("text", _l("这份文件的正文在文件库中编写，请选择它的草稿"))
        elif not form.document_file.data:
            form.refuse("document_file", _l("请选择文件库中的正文，或上传文件正文"))
        return
    if said := _refusal(found, form):
        form.refuse("text", said)
    seen = {found.document_no}
    for row in form.package.rows:
        other = _found(row.text.data)
        if other is None:
            continue
        if other.document_no in seen:
            row.refuse("text", _l("同一份文件只列一次"))
        elif (other.kind in ALONE) != (found.kind in ALONE):
            row.refuse("text", _l("这份文件的批准人与主文件不同，请单独发布"))
        elif other.number != "1.0" and not (other.request and other.request.state == "finished"):
            row.refuse("text", _l("修订现有文件须有已办结的文件更改申请单（DC-02）"))
        elif said := _refusal(other, form):
            row.refuse("text", said)
        seen.add(other.document_no)


def named(record: Filed) -> list[tuple[int, str]]:
    """The ids of the texts of a record with their fingerprints, in the order in which everybody locks them."""
    rows = [row for row in record["package"] or () if row["text"]]
    found = [(row["text"].id, row["sha256"]) for row in rows]
    if record["text"]:
        found.append((record["text"].id, record["text_sha256"]))
    return sorted(found)


def _refusal(one: DocumentRevision, form: Any) -> Any:
    """Why the text cannot go round with this form; nothing if it can."""
    other = one.release
    if other is not None and other.id not in form.itself and other.state in REVIEWED:
        return _l("这份正文正由 %(number)s 送审", number=other.number)
    if one.effective_on is not None and one.release_id not in form.itself:
        return _l("这份正文已经发布")
    if one.document is not None and one.document.state == "obsolete":
        return _l("这份文件已作废")
    return None


def _found(named: Ref | None) -> DocumentRevision | None:
    return revisions.find(named.id) if named and named.id else None
