"""Revisions held against each other: page, file, what a reader is shown first, and what signers find at their records."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal.extensions import db
from portal.forms import redlines
from portal.forms.sentences import sentence
from portal.jobs import outbox as worker
from portal.jobs import redlines as job
from portal.models import (
    AuditEvent,
    Comment,
    DocumentRevision,
    OutboxRow,
    Record,
    RecordFile,
    RevisionFile,
    StoredFile,
)
from portal.queries import revisions
from portal.services import readings, reviews, uploads
from portal.services import revisions as texts
from portal.storage import files
from tests.documents.conftest import Browse
from tests.documents.library import NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY

NEW = (
    TEXT.replace("每批抽取 5 件，1 小时内检验完毕。", "每批抽取 8 件，1 小时内检验完毕。")
    .replace("# 术语 {#terms}\n\n无。\n\n", "")
    .replace("# 记录 {#records}", "# 留样 {#samples}\n\n留样保存 6 个月。\n\n# 记录 {#records}")
)
PAGE = f"/documents/{NUMBER}/redline"


def words(text: str) -> str:
    """The main part of a page without marks, but for what comes and goes."""
    main = html.unescape(text).split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<(?!/?(?:ins|del)>)[^>]+>", "", main))


def revised(library: Library, text: str = NEW, **more: Any) -> DocumentRevision:
    """The next revision, in force."""
    asked = library.asked()
    one = library.write(library.draft(), text, change="抽样数改为 8 件", **more)
    library.release(library.sent(one, change_request=library.ref(asked)))
    return one


def attached(record: Record) -> list[StoredFile]:
    """The redlines that a record holds."""
    query = sa.select(StoredFile).join(RecordFile).where(RecordFile.record_id == record.id)
    return [one for one in db.session.scalars(query) if one.name.startswith(NUMBER)]


def work() -> None:
    """The outbox does its redlines."""
    db.session.execute(sa.delete(OutboxRow).where(OutboxRow.kind != "redline"))
    db.session.commit()
    worker.drain()


def test_what_came_went_and_changed_is_told(library: Library, browse: Browse) -> None:
    library.load()
    revised(library)
    page = browse("document_controller").get(PAGE)
    said = words(page.text)
    assert "每批抽取 <del>5</del><ins>8</ins> 件" in said
    assert "<del>无。</del>" in said
    assert "<ins>留样保存 6 个月。</ins>" in said
    assert "条款：新增 1，删除 1，有改动 1。" in said
    assert "抽样数改为 8 件" in said
    assert 'href="#change-sampling"' in page.text
    assert 'id="change-sampling"' in page.text
    assert "规定出货检验的做法" not in said, "what is the same is left out"


@pytest.mark.parametrize("login", ["employee", "auditor", "quality_inspector"])
def test_everybody_may_hold_what_is_in_force_against_what_was(
    library: Library, browse: Browse, login: str
) -> None:
    library.load()
    revised(library)
    assert browse(login).get(PAGE).status_code == 200
    assert browse(login).get(f"{PAGE}?from=1.0&to=1.1").status_code == 200
    assert "两版没有不同" in browse(login).get(f"{PAGE}?from=1.1&to=1.1").text


def test_drafts_only_those_who_may_read_them(library: Library, browse: Browse) -> None:
    library.load()
    library.asked()
    library.write(library.draft(), NEW)
    assert browse("quality_inspector").get(PAGE).status_code == 200, "what comes next, as nothing was before"
    assert browse("salesperson").get(PAGE).status_code == 404
    for suffix in ("", ".pdf"):
        path = f"{PAGE}{suffix}?from=1.0&to=1.1"
        assert browse("quality_inspector").get(path).status_code == 200
        assert browse("salesperson").get(path).status_code == 404
        assert browse("salesperson").get(f"{PAGE}{suffix}?from=1.1&to=1.0").status_code == 404


@pytest.mark.parametrize("query", ["", "?from=7.0", "?to=7.0", "?from=x&to=y"])
def test_without_two_revisions_there_is_nothing(library: Library, browse: Browse, query: str) -> None:
    library.load()
    assert browse("document_controller").get(PAGE + query).status_code == 404
    assert browse("document_controller").get("/documents/ZZ-P-99/redline").status_code == 404


def test_what_was_withdrawn_is_shown_to_those_who_see_to_it(library: Library, browse: Browse) -> None:
    library.load()
    revised(library)
    library.finish(
        library.submit("DC-02", "quality_inspector", **library.change(NUMBER, request_kind="withdraw"))
    )
    assert browse("employee").get(PAGE).status_code == 404
    assert browse("document_controller").get(f"{PAGE}?from=1.0&to=1.1").status_code == 200


def test_the_file_says_the_same(library: Library, browse: Browse) -> None:
    library.load()
    revised(library)
    answer = browse("employee").get(f"{PAGE}.pdf")
    assert answer.mimetype == "application/pdf"
    text = re.sub(r"\s", "", "".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages))
    assert "1.0→1.1" in text
    assert "每批抽取58件" in text
    assert "留样保存6个月" in text
    assert "条款：新增1，删除1，有改动1。" in text
    assert "非受控打印" in text


def test_the_revision_page_leads_to_it(library: Library, browse: Browse) -> None:
    library.load()
    assert "redline" not in browse("document_controller").get(f"/documents/{NUMBER}").text
    revised(library)
    page = browse("employee").get(f"/documents/{NUMBER}").text
    assert f"{PAGE}?from=1.0&amp;to=1.1" in page


def test_a_reader_sees_first_what_has_changed_since_they_confirmed(library: Library, browse: Browse) -> None:
    first = library.load()
    reader = library.actor("warehouse_keeper")
    readings.confirm(NUMBER, first.number, reader, now=library.now)
    revised(library)
    revised(library, NEW.replace("6 个月", "12 个月"))
    said = words(browse("warehouse_keeper").get(f"/documents/{NUMBER}").text)
    assert "您上次确认 1.0 版以来的改动" in said
    assert "<ins>8</ins>" in said
    others = words(browse("quality_inspector").get(f"/documents/{NUMBER}").text)
    assert "与上一版 1.1 相比的改动" in others
    assert "留样保存 <del>6</del><ins>12</ins> 个月" in others
    assert "改动" not in words(browse("salesperson").get(f"/documents/{NUMBER}").text).split("打印")[0]
    readings.confirm(NUMBER, "1.2", reader, now=library.now)
    assert "您上次确认" not in browse("warehouse_keeper").get(f"/documents/{NUMBER}").text


def test_the_first_revision_has_nothing_to_show(library: Library, browse: Browse) -> None:
    library.load()
    assert "since-read" not in browse("warehouse_keeper").get(f"/documents/{NUMBER}").text


def test_forms_and_routes_are_told_in_words(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first = library.load()
    now = redlines.definition(redlines.FORMS["PU-06"])
    then = {**now, "keep_years": now["keep_years"] + 2, "steps": now["steps"][:-1]}
    monkeypatch.setattr(redlines.frozen, "definition", lambda one, code: then if code == "PU-06" else None)
    first.bound = {"clauses": {"sampling": ["PU-06"], "terms": ["PU-04"]}, "forms": {}}
    library.asked()
    one = library.draft()
    one.text = NEW
    tie = redlines.bindings.Tie("form", "PU-06", "进货检验单", f"{NUMBER}#sampling")
    other = redlines.bindings.Tie("form", "PU-05", "到货单", f"{NUMBER}#samples")
    monkeypatch.setattr(redlines.bindings, "of", lambda number: {"sampling": [tie], "samples": [other]})
    found = {each.code: each for each in redlines.between(first, one).forms}
    assert found["PU-05"].lines == ["条款“5 留样”起要求这张表单"]
    assert found["PU-04"].lines == ["条款“3 术语”不再要求这张表单"]
    years = then["keep_years"]
    assert f"保存年限由“{years}”改为“{years - 2}”" in found["PU-06"].lines
    assert any(line.startswith("新增步骤“") for line in found["PU-06"].lines)


@pytest.mark.proves("R29")
def test_the_redline_is_attached_to_the_release_and_the_request(library: Library, browse: Browse) -> None:
    library.load()
    asked = library.asked()
    one = library.write(library.draft(), NEW)
    record = library.sent(one, change_request=library.ref(asked))
    work()
    for where in (asked, record):
        [file] = attached(where)
        assert file.name == f"{NUMBER}-1.0-1.1-{revisions.fingerprint(one)[:8]}.pdf"
        assert files.get(file.sha256).startswith(b"%PDF")
        [comment] = db.session.scalars(sa.select(Comment).where(Comment.record_id == where.id)).all()
        assert (comment.person_id, comment.files[0]["name"]) == (where.applicant_id, file.name)
    query = sa.select(AuditEvent).where(
        AuditEvent.kind == "redline_attached", AuditEvent.record_id == record.id
    )
    [event] = db.session.scalars(query).unique()
    assert sentence(event) == f"附上了“{one.label}”与上一版的对照稿"
    for code, number in (("document-releases", record.number), ("document-changes", asked.number)):
        page = browse("quality_inspector").get(f"/quality/{code}/{number}").text
        assert f"{PAGE}?from=1.0&amp;to=1.1" in page
        assert attached(record)[0].name in page


def test_once_for_the_same_words_and_again_for_others(library: Library) -> None:
    library.load()
    asked = library.asked()
    one = library.write(library.draft(), NEW)
    record = library.sent(one, change_request=library.ref(asked))
    facts = {"revision": one.id, "record": record.id}
    work()
    assert job.make(facts, library.now) is None
    library.sign(record)
    reviews.take_back(one.id, reason="数目有误", by=library.actor("quality_inspector"), now=library.now)
    assert job.make(facts, library.now) is None, "in its author's hands"
    library.write(one, NEW.replace("8 件", "9 件"))
    library.correct(record, "quality_inspector", text=library.revision(one))
    work()
    assert len(attached(record)) == len(attached(asked)) == 2


def test_words_that_changed_while_it_was_made_are_not_attached(library: Library) -> None:
    library.load()
    asked = library.asked()
    one = library.write(library.draft(), NEW)
    record = library.sent(one, change_request=library.ref(asked))
    finish = job.make({"revision": one.id, "record": record.id}, library.now)
    assert finish is not None
    one.text = NEW.replace("8 件", "9 件")
    db.session.flush()
    finish()
    assert attached(record) == []


def test_a_first_revision_has_no_redline(library: Library) -> None:
    record = library.sent(library.begun(), planned_effective_on=TODAY)
    assert db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == "redline")).all() == []
    facts = {"revision": revisions.of("QA-P-91")[0].id, "record": record.id}
    assert job.make(facts, library.now) is None
    assert job.make({"revision": 99_999, "record": record.id}, library.now) is None


def test_what_changes_beside_the_words_is_told_too(library: Library, browse: Browse) -> None:
    one = library.load()
    library.asked()
    draft = library.draft()
    by = library.actor("quality_inspector")
    for name, revision, data in (("门.png", one, b"old"), ("门.png", draft, b"new"), ("窗.png", draft, b"x")):
        file = uploads.keep(name, data, "image/png", by=None, now=library.now)
        db.session.merge(RevisionFile(revision_id=revision.id, name=name, file_id=file.id))
    texts.save(
        draft.id,
        {"name": "成品检验程序", "reading": "before_use", "review_months": 6, "readers": [library.department("quality").id]},
        seen=draft.version, by=by, now=library.now,
    )  # fmt: skip
    found = redlines.between(one, draft)
    assert found
    assert list(found.facts) == [
        "文件名称：出货检验程序 → 成品检验程序",
        "分发部门：质量部、库房 → 质量部",
        "阅读要求：阅读后确认 → 阅读确认后才能使用相关表单",
        "复审周期（月）：12 → 6",
        "新增图片“窗.png”",
        "图片“门.png”换了一张",
    ]
    page = words(browse("quality_inspector").get(f"/documents/{NUMBER}/redline?from=1.0&to=1.1").text)
    assert "复审周期（月）：12 → 6" in page


def test_over_several_revisions_each_says_what_it_changed(library: Library) -> None:
    first = library.load()
    for change in ("抽样数改为 8 件", "抽样数改为 9 件"):
        asked = library.asked()
        one = library.write(library.draft(), TEXT.replace("5 件", change[-3:]), change=change)
        library.release(library.sent(one, change_request=library.ref(asked)))
    assert redlines.between(first, one).told == [("1.1", "抽样数改为 8 件"), ("1.2", "抽样数改为 9 件")]
