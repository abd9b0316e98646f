"""What is written is found at once, as it stands after the write; the index can be made anew at any time."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.effects import Updates
from portal.extensions import db
from portal.forms import project_parts, search_groups
from portal.lib.bigrams import phrases
from portal.models import Customer, Person, Record, SearchEntry
from portal.queries import find
from portal.search import kinds
from portal.services import conversation, corrections, entries, indexing, master
from tests.services.engine_forms import Logged, LogLine, OneRole, Staged
from tests.services.office import NOW, Office

pytestmark = pytest.mark.both_databases


@pytest.fixture
def office(real_office: Office) -> Office:
    """People at work in a database of their own."""
    return real_office


def found(typed: str, **filters: str) -> list[str]:
    """Numbers of the records that an auditor finds."""
    wanted = find.Wanted(phrases(typed), **filters)
    return [one.code for one in find.entries(find.records(wanted, _auditor()).ids)]


def others(typed: str) -> list[str]:
    """Codes of the other things that an auditor finds."""
    by = _auditor()
    hits = find.others(
        find.Wanted(phrases(typed)), search_groups.kinds_for(by), project_parts.kinds_for(by), by
    )
    return [one.code for hit in hits.values() for one in find.entries(hit.ids)]


def _auditor() -> object:
    return Office().actor("auditor")


def submitted(office: Office, form: type = OneRole, **answers: object) -> Record:
    record = office.submit(form, **answers)
    db.session.commit()
    return record


def test_a_record_is_found_by_what_it_says(office: Office) -> None:
    record = submitted(office, subject="地下室渗水", amount=Decimal("1200.00"))
    number = record.number
    applicant = record.applicant.name
    for typed in (
        "渗",
        "渗水",
        "地下室渗水",
        number,
        number.rpartition("-")[2],
        "1200",
        applicant,
        "渗水 1200",
    ):
        assert number in found(typed), typed
    assert found("漏水") == []


def test_stage_opinion_entry_and_comment_are_found(office: Office) -> None:
    record = submitted(office, Staged)
    while "quality_manager" not in office.able(record):
        office.sign(record, min(office.able(record)))
    office.sign(record, "quality_manager", {"verdict": "good", "remark": "焊缝饱满"}, opinion="照此办理")
    db.session.commit()
    assert found("焊缝饱满") == found("照此办理") == [record.number]
    conversation.comment(record, office.actor("buyer"), "样品已寄出", [], now=NOW)
    db.session.commit()
    assert found("样品已寄") == [record.number]


def test_a_side_entry_is_found(office: Office) -> None:
    record = submitted(office, Logged)
    entry = Logged.signoff.entries[0]
    sheet = LogLine(answers={"note": "轴承异响"})
    entries.enter(record.id, entry.key, office.actor("designer"), office.hand(record), sheet, now=NOW)
    db.session.commit()
    assert found("轴承异响") == [record.number]


def test_a_corrected_record_is_found_as_it_stands(office: Office) -> None:
    record = submitted(office, subject="旧楼加固")
    corrections.withdraw(record.id, office.actor("buyer"), reason="写错了", now=NOW)
    db.session.commit()
    assert found("旧楼", state="withdrawn") == [record.number]
    office.correct(record, subject="新楼加固")
    db.session.commit()
    assert (found("旧楼"), found("新楼加固", state="running")) == ([], [record.number])


def test_a_voided_record_is_found_as_voided(office: Office) -> None:
    record = submitted(office, subject="不要了")
    corrections.withdraw(record.id, office.actor("buyer"), reason="不要了", now=NOW)
    corrections.void(record.id, office.actor("buyer"), reason="不要了", now=NOW)
    db.session.commit()
    assert found("不要了", state="voided") == [record.number]
    assert found("不要了", state="running") == []


def test_what_was_taken_back_is_not_found(office: Office) -> None:
    office.submit(OneRole, subject="没有提交")
    db.session.rollback()
    assert found("没有提交") == []
    assert found("Trial") == []


def test_master_data_is_found_by_its_new_name(office: Office) -> None:
    record = submitted(office)
    customer = db.session.scalars(sa.select(Customer).where(Customer.code == "C0001")).one()
    change = Updates("customer", customer.id, {"name": "宁波东港船务", "contact": "史密斯"})
    master.update(change, record, by=1, now=NOW)
    db.session.commit()
    assert others("nbdg") == others("史密斯") == ["C0001"]
    assert others("东港船务")[0] == "C0001"
    assert "P0001" in others("东港船务")  # its project, by the name of its customer
    assert "C0001" not in others("泰和")


def test_people_who_have_left_are_not_found(office: Office) -> None:
    person = office.person("designer_2" if _there("designer_2") else "designer")
    assert person.number in others(person.number)
    person.active = False
    db.session.commit()
    assert person.number not in others(person.number)
    person.active = True
    db.session.commit()
    assert person.number in others(person.number)


def _there(login: str) -> bool:
    return db.session.scalar(sa.select(Person.id).where(Person.login == login)) is not None


def test_a_failed_part_of_a_write_leaves_the_rest(office: Office) -> None:
    with transaction():
        record = office.submit(OneRole, subject="整体有效")
        point = db.session.begin_nested()
        office.submit(OneRole, subject="部分无效")
        point.rollback()
    assert found("整体有效") == [record.number]
    assert found("部分无效") == []


def words() -> list[tuple[object, ...]]:
    """All that the index holds."""
    db.session.rollback()
    rows = db.session.execute(sa.select(SearchEntry.__table__).order_by(SearchEntry.id))
    return [tuple(row) for row in rows]


def test_made_anew_it_is_the_same(office: Office) -> None:
    record = submitted(office, subject="重建之前")
    before = words()
    with transaction():
        db.session.execute(sa.update(SearchEntry).values(title="坏了", digest=""))
        db.session.execute(sa.delete(SearchEntry).where(SearchEntry.id == record.id))
        db.session.execute(sa.text("DELETE FROM search_words WHERE rowid % 2 = 0"))
        stale = {"id": kinds.id_of("customer", 999), "kind": "customer", "title": "没有了", "digest": ""}
        db.session.execute(sa.insert(SearchEntry).values(**stale, sort="", state="", department=""))
    with transaction():
        gone_through = sum(indexing.rebuild())
    assert words() == before
    assert gone_through == indexing.count()
    assert found("重建之前") == [record.number]
    assert "C0001" in others("泰和")


def test_rebuilt_by_a_command(app: Flask, office: Office) -> None:
    submitted(office, subject="命令重建")
    with transaction():
        db.session.execute(sa.delete(SearchEntry))
    db.session.remove()
    answer = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert "can be found" in answer.output
    assert len(found("命令重建")) == 1


def test_everything_of_the_company_is_in_the_index(office: Office) -> None:
    there: Collection[int] = set(db.session.scalars(sa.select(SearchEntry.id)))
    for model, kind in indexing.KIND.items():
        query = sa.select(model.id)
        if model is Person:
            query = query.where(Person.active.is_(True))
        assert {kinds.id_of(kind, id) for id in db.session.scalars(query)} <= set(there), kind
