"""The history of the published texts: one commit a release, the facts at the head, what was withdrawn taken away."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import publications as job
from portal.lib.clauses import front_matter
from portal.lib.clock import ZONE
from portal.models import DocumentRevision, OutboxRow, Signature, StoredFile
from portal.queries import revisions
from portal.services import draft_pictures, publications, uploads
from portal.storage.shipped import path_of, shipped, written
from tests.documents.library import NUMBER, TEXT, Library

PATH = f"quality/{NUMBER}-出货检验程序.md"
NEW = TEXT.replace("5 件", "8 件")


def work() -> int:
    """The outbox writes the history."""
    db.session.execute(sa.delete(OutboxRow).where(OutboxRow.kind != publications.JOB))
    db.session.commit()
    return worker.drain()


def head() -> dict[str, str]:
    """The files as a clone of today has them."""
    kept = publications.history()
    [newest] = kept.log(most=1)
    paths = {path for one in kept.log() for path in one.paths}
    found = {}
    for path in paths:
        try:
            found[path] = kept.read(newest.sha, path).decode(errors="replace")
        except FileNotFoundError:
            continue
    return found


@pytest.fixture
def begun(library: Library) -> DocumentRevision:
    """The small company's documents published, and one more loaded."""
    one = library.load()
    assert work() == 1
    return one


def test_what_was_loaded_is_published_with_its_facts(begun: DocumentRevision) -> None:
    every = list(db.session.scalars(sa.select(DocumentRevision)))
    assert len(publications.history().log()) == len(every)
    assert all(one.commit for one in every)
    [newest] = publications.history().log(most=1)
    assert (newest.sha, newest.paths) == (begun.commit, (PATH,))
    assert newest.message.startswith(f"{NUMBER} 出货检验程序 1.0\n")
    assert begun.sha256 in newest.message
    facts, text = front_matter(head()[PATH])
    assert text.strip() == TEXT
    assert facts["code"] == NUMBER
    assert facts["readers"] == ["quality", "warehouse"]
    assert "change" not in facts
    assert publications.verify() == []


def test_a_release_is_a_commit_in_the_name_of_who_released_it(
    library: Library, begun: DocumentRevision
) -> None:
    asked = library.asked()
    one = library.write(library.draft(), NEW, change="抽样数改为 8 件")
    record = library.release(library.sent(one, change_request=library.ref(asked)))
    assert work() == 1
    [newest, before] = publications.history().log(PATH)
    controller = library.actor("document_controller").person
    assert newest.author_name == controller.name
    assert newest.at == library.now.astimezone(ZONE).replace(microsecond=0)
    assert newest.sha == one.commit
    assert newest.message.startswith(f"{NUMBER} 出货检验程序 1.1")
    for said in ("抽样数改为 8 件", record.number, one.sha256, "Effective: "):
        assert said in newest.message
    assert before.sha == begun.commit
    facts, text = front_matter(head()[PATH])
    assert text.strip() == NEW
    assert (facts["change"], facts["size"]) == ("抽样数改为 8 件", "minor")
    assert publications.verify() == []


def test_a_package_is_one_commit(library: Library, begun: DocumentRevision) -> None:
    main, other = library.begun("QA-P-91"), library.begun("QA-P-92", name="留样管理程序")
    library.release(library.sent(main, package=[{"text": library.revision(other)}]))
    many = len(publications.history().log())
    assert work() == 2
    assert len(publications.history().log()) == many + 1
    assert main.commit == other.commit
    [newest] = publications.history().log(most=1)
    assert newest.paths == ("quality/QA-P-91-来样管理程序.md", "quality/QA-P-92-留样管理程序.md")
    assert "QA-P-91 来样管理程序 1.0、QA-P-92 留样管理程序 1.0" in newest.message


def test_a_new_name_moves_the_file_and_its_pictures_go_with_it(
    library: Library, begun: DocumentRevision
) -> None:
    asked = library.asked()
    one = library.write(library.draft(), NEW, name="成品出货检验程序：A/B")
    file = uploads.keep("p.png", b"picture", "image/png", by=None, now=library.now)
    draft_pictures.put(one.id, "p.png", file.id, by=library.actor("quality_inspector"), now=library.now)
    library.release(library.sent(one, change_request=library.ref(asked)))
    work()
    assert PATH not in head()
    assert f"quality/{NUMBER}-成品出货检验程序：A-B.md" in head()
    assert head()[f"quality/{NUMBER}/p.png"] == "picture"
    assert publications.verify() == []
    assert db.session.get(StoredFile, file.id)


def test_what_is_withdrawn_goes_with_its_day(library: Library, begun: DocumentRevision) -> None:
    record = library.submit("DC-02", "quality_inspector", **library.change(NUMBER, request_kind="withdraw"))
    library.finish(record)
    assert publications.verify() == [f"{NUMBER}: withdrawn, and still in the history as {PATH}"]
    assert work() == 1
    assert PATH not in head()
    [newest] = publications.history().log(most=1)
    assert newest.message.startswith(f"{NUMBER} 出货检验程序 作废")
    assert record.number in newest.message
    assert newest.author_name == library.actor("document_controller").person.name
    assert publications.verify() == []
    many = len(publications.history().log())
    job.make({}, library.now)()
    assert len(publications.history().log()) == many, "once"


def test_a_history_written_anew_is_in_the_order_of_time(library: Library, begun: DocumentRevision) -> None:
    record = library.submit("DC-02", "quality_inspector", **library.change(NUMBER, request_kind="withdraw"))
    library.finish(record)
    later = library.release(library.sent(library.begun("QA-P-91")))
    one = revisions.of_release(later.id)[0]
    withdrawn = db.session.scalars(
        sa.select(Signature.signed_at).where(Signature.record_id == record.id)
    ).all()
    begun.released_at, one.released_at = (
        min(withdrawn) - timedelta(days=1),
        max(withdrawn) + timedelta(days=1),
    )
    db.session.commit()
    shutil.rmtree(publications.history().folder)
    job.make({}, library.now)()
    mine = [
        said.message
        for said in publications.history().log()
        if NUMBER in said.message or "QA-P-91" in said.message
    ]
    assert [message.splitlines()[0] for message in reversed(mine)] == [
        f"{NUMBER} 出货检验程序 1.0",
        f"{NUMBER} 出货检验程序 作废",
        "QA-P-91 来样管理程序 1.0",
    ]
    assert PATH not in head()
    assert publications.verify() == []


def test_a_picture_of_an_odd_name_is_published_under_a_plain_one(
    library: Library, begun: DocumentRevision
) -> None:
    asked = library.asked()
    one = library.draft()
    file = uploads.keep("流程:1.png", b"picture", "image/png", by=None, now=library.now)
    draft_pictures.put(one.id, "流程:1.png", file.id, by=library.actor("quality_inspector"), now=library.now)
    library.release(library.sent(one, change_request=library.ref(asked)))
    work()
    assert head()[f"quality/{NUMBER}/流程-1.png"] == "picture"


def test_written_twice_it_is_there_once(library: Library, begun: DocumentRevision) -> None:
    library.release(library.sent(library.begun("QA-P-91")))
    first, second = job.make({}, library.now), job.make({}, library.now)
    first()
    second()
    assert len({one.sha for one in publications.history().log("quality/QA-P-91-来样管理程序.md")}) == 1


def test_a_lost_repository_is_written_anew(library: Library, begun: DocumentRevision) -> None:
    shutil.rmtree(publications.history().folder)
    assert any(begun.code in said for said in publications.verify())
    job.make({}, library.now)()
    assert publications.verify() == []
    assert PATH in head()


def test_what_disagrees_is_named(library: Library, begun: DocumentRevision, context: Flask) -> None:
    begun.text = NEW  # past the services, as a fault or an intruder would
    db.session.commit()
    assert publications.verify() == [f"{NUMBER}/1.0: the text in commit {begun.commit} is another one"]
    answer = context.test_cli_runner().invoke(args=["procedures", "history"])
    assert answer.exit_code == 1
    assert "is another one" in answer.output


def test_the_command_says_where_it_is_and_writes_what_is_missing(context: Flask, library: Library) -> None:
    library.load()
    db.session.commit()
    run = context.test_cli_runner().invoke
    said = run(args=["procedures", "history"])
    assert (said.exit_code, "0 publications" in said.output) == (0, True)
    said = run(args=["procedures", "history", "--publish"])
    assert said.exit_code == 0, said.output
    assert f"git clone {publications.history().folder}" in said.output
    assert "; 0 revisions wait" in said.output
    assert "agrees with the database" in said.output


def test_the_shipped_documents_come_back_as_they_were_written(tmp_path) -> None:
    for one in shipped():
        name = path_of(one.department, one.code, one.title).removesuffix(".md")
        file = tmp_path / f"{name}.{one.edition}.md" if one.edition > 1 else tmp_path / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(written(one), "utf-8")
    assert shipped(tmp_path) == shipped()


def test_the_moment_of_a_release_is_that_of_its_commit(library: Library, begun: DocumentRevision) -> None:
    [newest] = publications.history().log(most=1)
    assert begun.released_at is not None
    assert abs(newest.at - begun.released_at) < timedelta(seconds=1)
