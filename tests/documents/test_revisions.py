"""The life of a revision: written, sent round, locked, taken back, released as approved, in force on its day."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.extensions import db
from portal.forms import bindings
from portal.forms.bindings import Tie
from portal.models import AuditEvent
from portal.queries import revisions
from portal.services import reviews
from portal.services import revisions as texts
from tests.documents.library import LATER, NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in


def changed(text: str = "每批抽取 8 件") -> str:
    """The text with another number of samples."""
    return TEXT.replace("每批抽取 5 件", text)


@pytest.mark.proves("R25")
def test_a_loaded_document_is_in_force_with_its_number_and_hash(library: Library) -> None:
    one = library.load()
    assert (one.number, library.state(one)) == ("1.0", "effective")
    assert one.sha256 == revisions.fingerprint(one)
    assert (library.document(NUMBER).version, library.document(NUMBER).next_review_on) == ("1.0", days(365))


@pytest.mark.proves("R29")
def test_a_change_request_begins_the_next_revision_and_its_number_is_counted(library: Library) -> None:
    library.load()
    asked = library.asked("major")
    one = library.draft()
    assert (one.number, one.text, library.state(one)) == ("2.0", TEXT, "draft")
    assert (one.request_id, one.author_id) == (asked.id, library.person("quality_inspector").id)
    drafted = library.drafted(asked, "DC-01")
    assert drafted["text"].id == one.id


@pytest.mark.proves("R26", "R29")
def test_what_is_approved_is_published(library: Library) -> None:
    first = library.load()
    asked = library.asked()
    one = library.write(library.draft(), changed(), change="抽样数由 5 件改为 8 件")
    record = library.sent(one, change_request=library.ref(asked))
    assert library.state(one) == "in_review"
    while record.step != "release":
        library.sign(record)
    assert library.state(one) == "approved"
    library.release(record)
    assert (library.state(one), library.state(first)) == ("effective", "superseded")
    assert revisions.effective(NUMBER, TODAY) is one
    assert one.sha256 == revisions.fingerprint(one)
    assert (library.document(NUMBER).version, library.document(NUMBER).state) == ("1.1", "effective")
    kinds = set(db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.record_id == record.id)))
    assert {"document_sent", "document_released"} <= kinds


@pytest.mark.proves("R29")
def test_until_its_day_the_former_revision_is_in_force(library: Library) -> None:
    first = library.load()
    asked = library.asked()
    record = library.sent(
        library.write(library.draft(), changed()),
        change_request=library.ref(asked),
        planned_effective_on=LATER,
    )
    library.release(record, LATER)
    one = revisions.named(NUMBER, "1.1")
    assert (library.state(one), library.state(first)) == ("to_come", "effective")
    assert (library.state(one, LATER), library.state(first, LATER)) == ("effective", "superseded")
    for day in (TODAY, days(9), LATER, days(11)):
        found = list(
            db.session.scalars(revisions.in_force(day).where(revisions.Revision.document_no == NUMBER))
        )
        assert len(found) == 1, "exactly one is in force on any day"


@pytest.mark.parametrize("state", ["in_review", "approved"])
def test_a_text_in_review_is_locked(library: Library, state: str) -> None:
    one = library.begun()
    record = library.sent(one)
    while library.state(one) != state:
        library.sign(record)
    with pytest.raises(Refusal, match="审批中的文件不能修改"):
        library.write(one, changed())
    assert one.text == TEXT
    with pytest.raises(Refusal):
        texts.drop(one.id, by=library.actor("quality_inspector"), now=library.now)


@pytest.mark.proves("R6", "R29")
def test_an_edit_takes_the_review_back_to_its_beginning(library: Library) -> None:
    one = library.begun()
    record = library.sent(one)
    library.sign(library.sign(record))
    assert record.step == "approval"
    inspector = library.actor("quality_inspector")
    with pytest.raises(ReasonMissing):
        reviews.take_back(one.id, reason=" ", by=inspector, now=library.now)
    with pytest.raises(NotAllowed):
        reviews.take_back(one.id, reason="改错", by=library.actor("salesperson"), now=library.now)
    reviews.take_back(one.id, reason="抽样数有误", by=inspector, now=library.now)
    assert (record.state, library.state(one)) == ("returned", "draft")
    library.write(one, changed())
    library.correct(record, "quality_inspector", text=library.revision(one))
    assert record.step == "department_check", "from the first step on"
    library.release(record)
    assert library.state(one) == "effective"
    assert "8 件" in one.text


def test_taken_back_before_anybody_has_signed_it_is_withdrawn(library: Library) -> None:
    one = library.begun()
    record = library.sent(one)
    reviews.take_back(one.id, reason="漏了一条", by=library.actor("quality_inspector"), now=library.now)
    assert (record.state, library.state(one)) == ("withdrawn", "draft")


@pytest.mark.proves("R26")
def test_words_that_were_not_approved_are_not_released(library: Library) -> None:
    one = library.begun()
    record = library.sent(one)
    while record.step != "release":
        library.sign(record)
    one.text = changed()  # past the services, as a fault or an intruder would
    with pytest.raises(Refusal, match="与批准的内容不一致"):
        library.sign(record, effective_on=TODAY)


@pytest.mark.proves("R29", "R32")
def test_a_released_text_is_changed_no_more(library: Library) -> None:
    one = library.load()
    with pytest.raises(Refusal, match="已发布的版本不再改动"):
        library.write(one, changed(), "document_controller")


@pytest.mark.proves("F7")
def test_who_saves_an_older_state_is_told(library: Library) -> None:
    one = library.begun()
    library.write(one, changed())
    with pytest.raises(Refusal, match="别处保存过"):
        texts.save(one.id, {"text": "# 别的"}, seen=1, by=library.actor("quality_inspector"), now=library.now)
    assert "8 件" in one.text


@pytest.mark.proves("S23")
def test_drafts_are_their_authors_their_heads_and_the_controllers(library: Library) -> None:
    one = library.begun()
    for login in ("quality_manager", "document_controller"):
        library.write(one, changed(f"每批抽取 {one.version} 件"), login)
    for login in ("salesperson", "auditor"):
        with pytest.raises(NotAllowed):
            library.write(one, TEXT, login)


def test_headings_get_ids_that_stay(library: Library) -> None:
    one = library.write(library.begun(), TEXT + "\n\n# 附则\n\n本程序自发布之日起执行。")
    assert "# 附则 {#fu-ze}" in one.text
    library.write(one, one.text.replace("# 附则 {#fu-ze}", "# 附录和说明 {#fu-ze}"))
    assert "{#fu-ze}" in one.text


def test_a_number_is_never_used_twice(library: Library) -> None:
    library.begun("QA-P-91")
    for taken in ("QA-P-91", "QA-P-02", "PU-04"):
        with pytest.raises(Refusal, match="不重复使用"):
            library.begun(taken)


def test_a_draft_that_was_never_sent_can_be_given_up(library: Library) -> None:
    one = library.begun("QA-P-91")
    texts.drop(one.id, by=library.actor("quality_inspector"), now=library.now)
    assert revisions.under_way("QA-P-91") is None


def test_a_revision_that_takes_a_clause_away_from_a_form_is_not_sent(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.load()
    library.asked()
    tie = Tie("form", "PU-06", "进货检验单", f"{NUMBER}#sampling")
    monkeypatch.setattr(bindings, "ties", lambda: {NUMBER: {"sampling": [tie]}})
    one = library.write(library.draft(), TEXT.replace("# 抽样 {#sampling}", "# 抽样 {#samples}"))
    with pytest.raises(Refusal, match=r"PU-06.*sampling"), db.session.begin_nested():
        library.sent(one)
    library.write(one, TEXT.replace("# 抽样 {#sampling}", "# 抽样 {#sampling .record}"))
    record = library.sent(one)
    assert record.state == "running"


def test_a_clause_that_asks_for_a_record_needs_a_form(library: Library) -> None:
    one = library.write(library.begun(), TEXT.replace("{#sampling}", "{#sampling .record}"))
    with pytest.raises(Refusal, match="5 抽样"):
        library.sent(one)


def test_several_documents_are_released_as_one_package(library: Library) -> None:
    main, other = library.begun("QA-P-91"), library.begun("QA-P-92", name="留样管理程序")
    package = [{"text": library.revision(other)}]
    record = library.sent(main, package=package)
    assert (library.state(main), library.state(other)) == ("in_review", "in_review")
    library.release(record)
    assert (library.state(main), library.state(other)) == ("effective", "effective")
    assert library.document("QA-P-92").release_id == record.id
    named = [draft.answers["document"]["text"] for draft in library.drafts(record, "DC-03")]
    assert named == ["来样管理程序 QA-P-91", "留样管理程序 QA-P-92"]


def test_a_package_holds_each_document_once_and_one_way_of_approval(library: Library) -> None:
    main, policy = library.begun("QA-P-91"), library.begun("QA-S-91", kind="policy_statement")

    def refused(one: object) -> set[str]:
        given = library.new(
            document_file=[], text=library.revision(main), package=[{"text": library.revision(one)}]
        )
        return wrong_in(library.sheet("DC-01", "quality_inspector", **given), "package")

    assert refused(main) == {"text"}
    assert refused(policy) == {"text"}


def test_a_text_goes_round_once_at_a_time(library: Library) -> None:
    one = library.begun()
    library.sent(one)
    given = library.new(document_file=[], text=library.revision(one))
    assert "text" in wrong(library.sheet("DC-01", "quality_inspector", **given))


def test_a_release_without_a_text_needs_a_file(library: Library) -> None:
    assert wrong(library.sheet("DC-01", "quality_inspector", **library.new(document_file=[]))) == {
        "document_file"
    }


def test_what_a_text_says_of_itself_stands_over_what_is_typed(library: Library) -> None:
    one = library.begun()
    record = library.sent(one, title="别的名称", version="9.9", document_no="ZZ-P-1")
    answers = record.contents[-1].answers
    assert (answers["document_no"], answers["title"], answers["version"]) == (
        "QA-P-91",
        "来样管理程序",
        "1.0",
    )
    assert answers["text_sha256"] == revisions.fingerprint(one)


def test_another_owner_stands_in_the_trail(library: Library) -> None:
    one = library.begun()
    library.write(one, one.text, department_id=library.department("warehouse").id)
    assert one.department.key == "warehouse"
    kinds = db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.stream == "documents"))
    assert list(kinds)[-1] == "document_saved"
