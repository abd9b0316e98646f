"""Drafts that are given up, documents that are withdrawn, releases corrected too late: what is in force stays right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.models import DocumentRevision, Record
from portal.queries import documents, history, revisions
from portal.services import corrections, delegation
from portal.services import revisions as texts
from tests.documents.conftest import Browse
from tests.documents.library import NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY, wrong, wrong_in

INSPECTOR = "quality_inspector"


def drop(library: Library, one: DocumentRevision) -> None:
    """The author gives the draft up."""
    texts.drop(one.id, by=library.actor(INSPECTOR), now=library.now)


def void(library: Library, record: Record) -> None:
    """The applicant gives the record up, which was returned."""
    corrections.void(record.id, library.actor(INSPECTOR), reason="不再修订", now=library.now)
    db.session.flush()


def waiting(record: Record) -> list[str]:
    """The forms that wait to be taken up about a record."""
    return [task.form_code for task in history.open_tasks(record) if task.kind == "open"]


def test_a_change_that_is_given_up_leaves_the_document_as_it_was(library: Library) -> None:
    library.load()
    asked = library.asked()
    assert waiting(asked) == ["DC-01"]
    drop(library, library.draft())
    assert waiting(asked) == []
    assert library.document(NUMBER).state == "effective"
    again = library.asked("major")
    assert library.draft().request_id == again.id


def test_a_draft_is_given_up_after_its_release_was(library: Library) -> None:
    library.load()
    asked = library.asked()
    record = library.sent(library.draft(), change_request=library.ref(asked))
    library.send_back(record)
    with pytest.raises(Refusal, match=record.number):
        drop(library, library.draft())
    void(library, record)
    drop(library, library.draft())
    assert revisions.under_way(NUMBER) is None
    library.asked()


def test_after_its_release_was_given_up_the_same_text_goes_round_with_another(library: Library) -> None:
    one = library.begun()
    record = library.sent(one)
    library.send_back(record)
    void(library, record)
    library.release(library.sent(one))
    assert library.state(one) == "effective"


def test_a_draft_that_is_gone_is_written_on_no_more(library: Library) -> None:
    one = library.begun()
    id = one.id
    drop(library, one)
    db.session.flush()
    with pytest.raises(Refusal, match="已经放弃"):
        texts.save(id, {"text": TEXT}, seen=1, by=library.actor(INSPECTOR), now=library.now)


def test_a_withdrawn_document_is_not_brought_back_by_a_draft(library: Library) -> None:
    library.load()
    library.asked()
    one = library.draft()
    library.document(NUMBER).state = "obsolete"
    given = library.new(document_file=[], text=library.revision(one))
    assert {"document_no", "text"} <= wrong(library.sheet("DC-01", INSPECTOR, **given))
    main = library.begun("QA-P-92")
    given = library.new(
        document_file=[], text=library.revision(main), package=[{"text": library.revision(one)}]
    )
    assert wrong_in(library.sheet("DC-01", INSPECTOR, **given), "package") == {"text"}
    drop(library, one)
    assert library.document(NUMBER).state == "obsolete", "nor by giving it up"


def test_a_corrected_request_begins_no_release(library: Library) -> None:
    library.load()
    asked = library.asked()
    one = library.draft()
    library.finish(
        library.submit("DC-02", INSPECTOR, **library.change(NUMBER, reason="写错"), corrects=asked),
        controller_receipt={"change_size": "minor"},
    )
    assert documents.request(asked.id).corrected
    one.request = asked
    given = library.new(document_file=[], text=library.revision(one))
    assert "change_request" in wrong(library.sheet("DC-01", INSPECTOR, **given))


def test_the_release_of_a_former_version_is_corrected_no_more(library: Library) -> None:
    first = library.begun()
    record = library.release(library.sent(first))
    given = {"text": library.revision(first), "document_file": []}
    sheet = library.sheet("DC-01", INSPECTOR, corrects=record, **library.new(**given))
    assert wrong(sheet) == set(), "as long as it is in force"
    asked = library.asked(number=first.document_no)
    second = library.draft(first.document_no)
    library.release(library.sent(second, change_request=library.ref(asked)))
    sheet = library.sheet("DC-01", INSPECTOR, corrects=record, **library.new(**given))
    assert "version" in wrong(sheet)
    assert library.state(second) == "effective"


def test_a_text_that_is_kept_here_is_not_released_by_a_file(library: Library) -> None:
    library.load()
    asked = library.asked()
    given = {"document_no": NUMBER, "document_kind": "procedure", "version": "1.1"}
    answers = library.new(**given, change_request=library.ref(asked))
    assert wrong(library.sheet("DC-01", INSPECTOR, **answers)) == {"text"}


@pytest.mark.proves("R25")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有条款"),
        ("只有一段话。", "没有条款"),
        (TEXT.replace("每批", "![门](门.png) 每批"), "“门.png”没有上传"),
        (TEXT.replace("{{flow PU-06}}", "{{flow XX-99}}"), "“XX-99”不存在"),
        (TEXT.replace("# 抽样 {#sampling}", "### 抽样 {#sampling}"), "跳过了一级"),
        (TEXT.replace("{#sampling}", "{#Sampling_1}"), "只能用小写字母"),
    ],
)
def test_what_a_text_lacks_is_said_before_anybody_signs(library: Library, text: str, said: str) -> None:
    one = library.write(library.begun(), text)
    with pytest.raises(Refusal, match=said):
        library.sent(one)


def test_the_owner_has_a_word_in_what_others_write(library: Library) -> None:
    one = library.begun(login="salesperson")
    record = library.sent(
        one, "salesperson", distribution=[{"department": library.department("warehouse"), "copies": 1}]
    )
    library.sign(record)
    assert record.step == "countersign"
    heads = {key for task in history.open_tasks(record) for key in [holder.key for holder in task.holders]}
    quality = library.department("quality").id
    assert any(key == f"head:{quality}" for key in heads), heads


@pytest.mark.proves("R26")
def test_nothing_is_in_force_before_the_last_signature(library: Library) -> None:
    one = library.begun()
    record = library.sent(one)
    while record.step != "release":
        library.sign(record)
    (task,) = [task for task in history.open_tasks(record) if task.step == "release"]
    manager = library.person("quality_manager").id
    by = library.actor("document_controller")
    delegation.add_signer(task.id, by, manager, "after", reason="请一并确认", now=library.now)
    library.sign(record, effective_on=TODAY)
    assert record.state == "running"
    library.now += timedelta(days=2)
    library.sign(record, effective_on=TODAY + timedelta(days=2))
    assert one.effective_on == TODAY + timedelta(days=2), "the day of the last signature"
    assert library.document(one.document_no).effective_on == one.effective_on
    assert documents.release(record.id).effective_on == one.effective_on
    assert library.lines("documents")[0]["effective_on"] == one.effective_on.isoformat()


def test_the_sheet_that_was_left_is_what_the_page_leads_to(library: Library, browse: Browse) -> None:
    library.load()
    asked = library.asked()
    (draft,) = library.drafts(asked, "DC-01")
    page = browse(INSPECTOR).get(f"/documents/{NUMBER}/1.1").text
    assert f"draft={draft.key}" in page
    one = library.draft()
    library.sent(one, change_request=library.ref(asked))
    assert waiting(asked) == [], "sent another way, it need not be taken up"
