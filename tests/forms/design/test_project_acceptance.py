"""DS-14: accepted by manager and customer, four things delivered, the rights on the site ended."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from portal.demo.stories.websites import STORIES
from portal.extensions import db
from portal.forms.definition import fields
from portal.forms.design.project_acceptance import ProjectAcceptance
from portal.forms.kinds import Ref, load
from portal.models import Draft, InformationAsset, LedgerEntry, Record, RecordLink
from portal.queries import access_rights, history
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.design.studio import SITE, Studio


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website that has begun."""
    return studio.opened()


def test_it_waits_for_tests_and_checklist(studio: Studio, project: Ref) -> None:
    studio.designed(project)
    checklist = studio.checked(project)
    sheet = studio.sheet("DS-14", "designer", **studio.acceptance(project, checklist))
    assert wrong(sheet) == {"project"}
    assert "内部测试" in sheet.project.errors[0]


def test_only_what_is_whole_and_online_is_accepted(studio: Studio, project: Ref) -> None:
    studio.deployed(project)
    checklist = studio.checked(project)
    for name, value in (("functions_all_done", False), ("accepted_version", "V9")):
        answers = studio.acceptance(project, checklist, **{name: value})
        assert wrong(studio.sheet("DS-14", "designer", **answers)) == {name}


def test_a_project_is_accepted_once(studio: Studio, project: Ref) -> None:
    first = studio.accepting(project)
    checklist = db.session.scalars(sa.select(Record).where(Record.form_code == "DS-19")).one()
    again = studio.acceptance(project, checklist)
    assert wrong(studio.sheet("DS-14", "designer", **again)) == {"project"}
    studio.sign(studio.to_receipt(first), received_on=TODAY)
    assert wrong(studio.sheet("DS-14", "designer", **again)) == {"project"}
    assert not wrong(studio.sheet("DS-14", "designer", corrects=first, **again))


@pytest.mark.parametrize(
    ("phase", "code", "program"), [("program", "DS-08", "to_be_corrected"), ("test", "DS-11", "passed")]
)
def test_the_manager_sends_a_phase_back(
    studio: Studio, project: Ref, phase: str, code: str, program: str
) -> None:
    record = studio.accepting(project)
    assert studio.signers(record) == {"project_manager"}
    studio.sign(record, back_to_phase=phase)
    assert record.state == "returned"
    assert studio.state_of(project, "program") == program
    assert studio.state_of(project, "test") == "to_be_corrected"
    assert studio.drafted(record, code)["project"] == project


def again(studio: Studio, project: Ref, version: str = "V1.0.0") -> None:
    """Phase C once more."""
    record = studio.submit("DS-11", "programmer", **studio.tested(project, program_version=version))
    studio.sign(record, content_lines=studio.content())
    studio.sign(record, **studio.deployment(deployed_version=version))
    studio.sign(record)


def test_a_phase_may_be_sent_back_a_second_time(studio: Studio, project: Ref) -> None:
    record = studio.accepting(project)
    for round in (1, 2):
        studio.sign(record, back_to_phase="test")
        assert wrong(studio.sheet("DS-14", "designer", **history_of(record))) == {"project"}
        (draft,) = studio.drafts(record, "DS-11")
        studio.take_up(draft, "programmer", **studio.tested(project))
        (made,) = [one for one in opened_by(record, "DS-11") if one.state == "running"]
        studio.sign(made, content_lines=studio.content())
        studio.sign(made, **studio.deployment())
        studio.sign(made)
        assert len(opened_by(record, "DS-11")) == round
        assert studio.drafts(made, "DS-14") == [], "this one goes on"
        studio.correct(record, "designer")
        assert record.step == "project_manager_confirm"


def history_of(record: Record) -> dict[str, Any]:
    """The opening answers of a record, as a sheet takes them."""
    return load(fields(ProjectAcceptance()), history.content(record).answers)


def opened_by(record: Record, code: str) -> list[Record]:
    """The records of a form that have come of a record's drafts."""
    query = sa.select(Record).join(RecordLink, RecordLink.target_id == Record.id)
    query = query.where(RecordLink.source_id == record.id, Record.form_code == code)
    return list(db.session.scalars(query.order_by(Record.id)))


def test_the_project_manager_may_confirm_what_he_has_opened(studio: Studio, project: Ref) -> None:
    studio.deployed(project)
    answers = studio.acceptance(project, studio.checked(project))
    record = studio.submit("DS-14", "project_manager", **answers)
    assert (record.state, studio.signers(record)) == ("running", {"project_manager"})


def test_two_checks_leave_one_draft_of_the_acceptance(studio: Studio, project: Ref) -> None:
    studio.deployed(project)
    first = studio.checked(project)
    assert len(studio.drafts(first, "DS-14")) == 1
    again(studio, project)
    assert len(drafts_of("DS-14")) == 1
    studio.checked(project)
    assert len(drafts_of("DS-14")) == 1


def drafts_of(code: str) -> list[Draft]:
    return list(db.session.scalars(sa.select(Draft).where(Draft.form_code == code)))


@pytest.mark.parametrize("due", [days(-1), days(-40000)])
def test_what_is_left_can_still_be_done_in_time(studio: Studio, project: Ref, due: Any) -> None:
    studio.deployed(project)
    points = [{"point": "英文版", "owner": studio.person("designer"), "due": due}]
    answers = studio.acceptance(project, studio.checked(project), open_points=points)
    sheet = studio.sheet("DS-14", "designer", **answers)
    assert wrong_in(sheet, "open_points") == {"due"}


def test_the_customer_reads_what_the_receipt_is_for(studio: Studio, project: Ref) -> None:
    record = studio.to_receipt(studio.accepting(project))
    page = studio.stage(record, received_on=TODAY, received_things="别的")
    assert page.received_things.data == "后台管理权限\n操作说明文档\n操作培训\n光盘"


@pytest.mark.parametrize("code", ["DS-03", "DS-07", "DS-08", "DS-11", "DS-19"])
def test_nothing_is_begun_on_a_delivered_site(studio: Studio, project: Ref, code: str) -> None:
    studio.delivered(project)
    draft = db.session.scalars(sa.select(Record).where(Record.form_code == "DS-07")).one()
    answers = {
        "DS-03": studio.topology(project),
        "DS-07": studio.draft(project),
        "DS-08": studio.program(project, draft, program_version="V2"),
        "DS-11": studio.tested(project),
        "DS-19": studio.checklist(project),
    }[code]
    sheet = studio.sheet(code, "designer", **answers)
    assert wrong(sheet) == {"project"}
    assert "已交付" in sheet.project.errors[0]
    first = db.session.scalars(sa.select(Record).where(Record.form_code == code)).first()
    assert not wrong(studio.sheet(code, "designer", corrects=first, **answers))


def test_what_the_customer_refuses_is_the_managers_to_decide(studio: Studio, project: Ref) -> None:
    record = studio.accepting(project)
    studio.sign(record)
    studio.refuse(record)
    assert record.step == "project_manager_confirm"
    assert studio.state_of(project, "acceptance") == "open"
    studio.sign(record, back_to_phase="test")
    assert record.state == "returned"


def test_the_customer_accepts_and_open_points_become_tasks(studio: Studio, project: Ref) -> None:
    points = [{"point": "英文版三个栏目", "owner": studio.person("designer"), "due": days(14)}]
    record = studio.accepting(project, open_points=points)
    studio.sign(record)
    for day in (1, -1, -40000):
        assert wrong(studio.stage(record, accepted_on=days(day))) == {"accepted_on"}
    studio.sign(record, accepted_on=TODAY)
    assert studio.state_of(project, "acceptance") == "passed"
    (task,) = studio.asked(record)
    assert studio.held(task) == {"designer"}
    assert "英文版三个栏目" in task.title["zh"]


def handing_over(studio: Studio, project: Ref) -> Record:
    record = studio.accepting(project)
    studio.sign(record)
    return studio.sign(record, accepted_on=TODAY)


def test_accounts_are_handed_over_without_passwords(studio: Studio, project: Ref) -> None:
    record = handing_over(studio, project)
    assert studio.signers(record) == {"programmer"}
    for account in ("admin 密码 123456", "admin/password=1"):
        sheet = studio.stage(record, admin_accounts=studio.accounts(account), test_accounts_removed=True)
        assert wrong_in(sheet, "admin_accounts") == {"account"}
    kept = studio.stage(
        record, admin_accounts=studio.accounts("admin", changed=False), test_accounts_removed=True
    )
    assert wrong_in(kept, "admin_accounts") == {"password_changed"}
    left = studio.stage(record, admin_accounts=studio.accounts("admin"), test_accounts_removed=False)
    assert wrong(left) == {"test_accounts_removed"}
    twice = studio.stage(record, admin_accounts=studio.accounts("a", "a"), test_accounts_removed=True)
    assert wrong(twice) == {"admin_accounts"}


@pytest.mark.requirement("R51")
@pytest.mark.parametrize("missing", range(4))
def test_the_customer_signs_when_all_four_things_are_delivered(
    studio: Studio, project: Ref, missing: int
) -> None:
    record = handing_over(studio, project)
    studio.sign(record, admin_accounts=studio.accounts("admin"), test_accounts_removed=True)
    early = studio.stage(record, trained_on=days(-1), trainees="两人", training_topics="发布")
    assert wrong(early) == {"trained_on"}
    studio.sign(record, trained_on=TODAY, trainees="两人", training_topics="发布")
    sheet = studio.stage(record, delivered_items=studio.delivered_things(missing))
    assert wrong(sheet) == {"delivered_items"}
    assert record.step == "delivery"
    studio.sign(record, delivered_items=studio.delivered_things())
    assert record.step == "customer_receipt"
    assert wrong(studio.stage(record, received_on=days(-1))) == {"received_on"}


@pytest.mark.requirement("R51")
def test_what_is_missing_is_delivered_again(studio: Studio, project: Ref) -> None:
    record = studio.to_receipt(studio.accepting(project))
    studio.refuse(record)
    assert record.step == "delivery"


def test_with_the_receipt_the_project_is_delivered(studio: Studio, project: Ref) -> None:
    record = studio.delivered(project)
    assert record.state == "finished"
    found = studio.project(project)
    assert (found.state, found.finished_on, found.facts["site_address"]) == ("delivered", TODAY, SITE)
    assert studio.state_of(project, "delivery") == "passed"


def right(studio: Studio, asset: InformationAsset, on: Record, customer: str = "") -> str:
    """The programmer may administer an asset."""
    person = studio.person("programmer")
    key = access_rights.key(person.id or 0, asset.id, "admin")
    facts = {
        "kind": "grant",
        "key": key,
        "person": person.text,
        "person_id": person.id,
        "asset": asset.label,
        "asset_id": asset.id,
        "rights": "admin",
        "granted_on": TODAY.isoformat(),
        "from": TODAY.isoformat(),
        "to": days(300).isoformat(),
        "last_review": TODAY.isoformat(),
        "next_review": days(90).isoformat(),
        "customer_site": customer,
    }
    db.session.add(
        LedgerEntry(
            ledger=access_rights.LEDGER,
            facts=facts,
            record_id=on.id,
            posted_by_id=person.id,
            posted_at=studio.now,
        )
    )
    db.session.flush()
    return key


def asset(code: str, name: str, location: str = "") -> InformationAsset:
    row = InformationAsset(code=code, name=name, location=location)
    db.session.add(row)
    db.session.flush()
    return row


@pytest.mark.parametrize(("name", "place"), [("白茶商城后台", f"阿里云 {SITE}"), ("湖州白茶商城", "")])
def test_our_rights_on_the_site_end_with_it(studio: Studio, project: Ref, name: str, place: str) -> None:
    record = studio.to_receipt(studio.accepting(project))
    key = right(studio, asset("A9001", name, place), record)
    other = right(studio, asset("A9002", "财务系统二"), record)
    studio.sign(record, received_on=TODAY)
    assert access_rights.standing(key, TODAY) is None
    assert access_rights.standing(other, TODAY) is not None
    assert studio.drafts(record, "IS-03") == []


def test_other_rights_in_the_customers_systems_are_left_to_be_decided(studio: Studio, project: Ref) -> None:
    record = studio.to_receipt(studio.accepting(project))
    customer = studio.ref(studio.customer()).text
    key = right(studio, asset("A9001", "客户短信平台"), record, customer)
    studio.sign(record, received_on=TODAY)
    assert access_rights.standing(key, TODAY) is not None
    begun = studio.drafted(record, "IS-03")
    assert (begun["request_kind"], begun["person"], begun["rights"]) == (
        "withdraw", studio.person("programmer"), "admin",
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(ProjectAcceptance, STORIES["DS-14"], seed)["received_on"]
