"""CR-03: contacts with customers, and what they set going."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from shop import NOW, SCHOOL, TAIHE, Shop, days, wrong

from portal.domain.effects import Opens, Updates
from portal.extensions import db
from portal.forms.customer_service.follow_up_record import FollowUpRecord
from portal.forms.ledgers import LEDGERS
from portal.forms.registers import REGISTERS
from portal.models import Content, FormVersion, Record, Signature, Task
from portal.queries import ledgers
from portal.services import route

AT = NOW - timedelta(hours=2)


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


def given(shop, **changed):
    """The answers of a talk with the school."""
    return {
        "customer": shop.ref(shop.customer(SCHOOL)),
        "follow_up_way": "telephone",
        "followed_up_at": AT,
        "person_followed_up": "俞老师",
        "details": "设备运行平稳",
        "result": "to_go_on",
        "kind": "ordinary",
        **changed,
    }


def told(shop, moment="submitted", **changed):
    """What a record of these answers sets going at a moment, by kind of effect and form."""
    record = shop.submit("CR-03", **given(shop, **changed))
    view = route.filed(record, route.known(record), record.applicant_id, NOW)
    found = list(FollowUpRecord.effects(moment, view))
    return {getattr(one, "code", type(one).__name__): one for one in found}


def lines(*words):
    """The contacts on the line of time that fit these words."""
    return ledgers.page(LEDGERS["follow_ups"].source, ledgers.Wanted(words=words), "", 20).rows


def test_the_last_follow_up_of_sales_is_known(shop):
    elsewhere = shop.customer(TAIHE).last_sales_follow_up
    shop.submit("CR-03", **given(shop))
    assert shop.customer(SCHOOL).last_sales_follow_up == AT
    earlier = given(shop, followed_up_at=AT - timedelta(days=3))
    shop.submit("CR-03", **earlier)
    assert shop.customer(SCHOOL).last_sales_follow_up == AT
    assert shop.customer(TAIHE).last_sales_follow_up == elsewhere


def test_customer_service_does_not_follow_up_for_sales(shop):
    before = shop.customer(SCHOOL).last_sales_follow_up
    record = shop.submit("CR-03", "customer_service_officer", **given(shop, by_sales=True))
    assert shop.customer(SCHOOL).last_sales_follow_up == before != AT
    assert record.cells["by_sales"]["zh"] == "否"
    assert REGISTERS["customer_communication"].url.endswith("f.by_sales=yes")


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"followed_up_at": NOW + timedelta(minutes=1)}, {"followed_up_at"}),
        ({"next_follow_up_on": days(-1)}, {"next_follow_up_on"}),
        ({"next_follow_up_on": days(0)}, set()),
        ({"person_followed_up": ""}, {"person_followed_up"}),
    ],
)
def test_a_contact_has_been_and_the_next_one_follows(shop, changed, refused):
    assert wrong(shop.sheet("CR-03", **given(shop, **changed))) == refused


def test_an_ordinary_talk_only_changes_the_customer(shop):
    shop.customer(SCHOOL).last_sales_follow_up = AT - timedelta(days=9)
    record = shop.submit("CR-03", **given(shop))
    assert not shop.asked(record)
    assert db.session.scalar(sa.select(sa.func.count(Task.id)).where(Task.record_id == record.id)) == 1


def test_what_matters_goes_to_quality_as_class_a(shop):
    found = told(shop, kind="important_enquiry")
    assert set(found) == {"QA-01"}
    draft = found["QA-01"]
    assert isinstance(draft, Opens)
    assert (draft.names_as, draft.answers["information_class"]) == ("source_record", "class_a")
    assert draft.answers["class_item"] == "important_customer_opinion_or_complaint"
    assert (draft.answers["found_at"], draft.answers["description"]) == (AT, "设备运行平稳")


def test_a_complaint_is_relayed_to_customer_service_too(shop):
    found = told(shop, kind="complaint", follow_up_way="meeting")
    assert set(found) == {"QA-01", "CS-50"}
    relay = found["CS-50"].answers
    assert (relay["received_at"], relay["complainant"], relay["channel"]) == (AT, "俞老师", "other")
    assert relay["received_by"] == shop.person("salesperson")
    assert relay["complainant_phone"] == shop.customer(SCHOOL).phone
    assert told(shop, kind="complaint")["CS-50"].answers["channel"] == "telephone"


def test_what_turns_out_to_be_a_complaint_is_passed_on_after_the_correction(shop):
    record = shop.submit("CR-03", **given(shop))
    shop.send_back(record)
    shop.correct(record, kind="complaint")
    passed = told(shop, "corrected", kind="complaint")
    assert {"QA-01", "CS-50"} <= set(passed)
    waiting = shop.asked(record) or shop.drafts(record, "QA-01")
    assert waiting


def test_the_update_waits_for_a_later_contact(shop):
    found = told(shop, followed_up_at=AT)
    assert "Updates" not in found  # the submission itself has brought the customer up to date
    shop.customer(SCHOOL).last_sales_follow_up = AT - timedelta(days=1)
    record = shop.submit("CR-03", "customer_service_officer", **given(shop))
    view = route.filed(record, {**route.known(record), "by_sales": True}, record.applicant_id, NOW)
    (update,) = FollowUpRecord.effects("submitted", view)
    assert update == Updates("customer", shop.customer(SCHOOL).id, {"last_sales_follow_up": AT})


def test_the_sales_manager_reads_it(shop):
    record = shop.submit("CR-03", **given(shop))
    assert "sales_manager" in shop.signers(record)
    assert shop.sign(record).state == "finished"


@pytest.mark.both_databases
def test_all_contacts_stand_on_one_line_of_time(shop):
    shop.submit("CR-03", **given(shop))
    newer = given(shop, customer=shop.ref(shop.customer(TAIHE)), followed_up_at=NOW, result="ordered")
    newest = shop.submit("CR-03", "customer_service_officer", **newer)
    visit = {"visited_on": "2026-05-11T02:00:00+00:00", "visit_way": "visit", "person_met": "钱总"}
    other(shop, "CS-28", {}, {**visit, "topics": "年度用货计划", "visit_result": "同意"})
    other(shop, "CS-28", {}, None)  # nobody has visited yet
    other(
        shop, "CS-27", {"contacted_at": "2026-05-01T02:00:00+00:00", "contact_way": "sms", "content": "问候"}
    )
    found = lines()
    assert [line["at"][:10] for line in found] == ["2026-05-12", "2026-05-12", "2026-05-11", "2026-05-01"]
    assert (found[0]["record"], found[0]["customer"]) == (newest.number, shop.customer(TAIHE).name)
    told = [found[2][name] for name in ("way", "person", "details", "result")]
    assert told == ["visit", "钱总", "年度用货计划", "同意"]
    assert found[3]["way"] == "sms"
    assert [line["record"] for line in lines("泰和")] == [newest.number]


def test_a_corrected_contact_stands_once(shop):
    first = shop.sign(shop.submit("CR-03", **given(shop)))
    again = shop.sign(shop.submit("CR-03", corrects=first, **given(shop, details="更正")))
    assert [line["record"] for line in lines()] == [again.number]


def other(shop, code, answers, stage=None):
    """A record of a form that another section keeps, about the school."""
    by, school = shop.actor("customer_service_officer").person, shop.customer(SCHOOL)
    key = f"{code}-{len(lines())}-{stage is None}"
    version = FormVersion(code=code, sha256=key, frozen={"fields": []}, created_at=NOW)
    record = Record(
        number=f"{key}-2026",
        key=key,
        form_code=code,
        form_version=version,
        applicant_id=by.id,
        department_id=by.department_id,
        state="running",
        submitted_at=NOW,
    )
    db.session.add(record)
    db.session.flush()
    known = {"customer": {"id": school.id, "text": school.label}, **answers}
    row = {"record_id": record.id, "form_version_id": version.id, "version": 1, "sha256": ""}
    db.session.add(Content(**row, answers=known, created_by_id=by.id, created_at=NOW))
    if stage is not None:
        signed = {"round": 1, "step": "visit_record", "act": "signed", "meaning": "filled"}
        person = {"person_id": by.id, "authority": {}, "signed_at": NOW}
        db.session.add(Signature(**row, **signed, **person, answers=stage, content_sha256=""))
    db.session.flush()


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-03") == {"followed_up_at": NOW}
