"""What a record sets going: at which moment, how often, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.domain.effects import (
    Asks,
    Effect,
    Made,
    Opens,
    PostsEntry,
    PostsPrice,
    SetsDeadline,
    Shares,
    Tells,
    Updates,
)
from portal.domain.refusal import NotAllowed, NotFound, Refusal
from portal.extensions import db
from portal.forms.filed import Filed
from portal.forms.purchasing.purchase_order import PurchaseOrder
from portal.lib.i18n import _l, speaking
from portal.models import (
    AuditEvent,
    Customer,
    Draft,
    LedgerEntry,
    Notice,
    OutboxRow,
    PriceEntry,
    Product,
    Record,
    RecordLink,
    StockItem,
    Supplier,
    Task,
)
from portal.queries import history
from portal.queries.visible import record as visible_record
from portal.services import asks, corrections, drafts, effects, master, records, tasks
from tests.services.engine_forms import Busy, OneRole
from tests.services.office import NOW, Office, everything


def moments(record: Record) -> list[str]:
    """The moments at which the record's form has posted a line."""
    lines = sa.select(LedgerEntry).where(LedgerEntry.record_id == record.id, LedgerEntry.ledger == "trials")
    return [one.facts["moment"] for one in db.session.scalars(lines.order_by(LedgerEntry.id))]


def test_each_moment_has_its_effects_once(office: Office) -> None:
    record = office.submit(Busy)
    assert moments(record) == ["submitted"]
    office.sign(record, "warehouse_keeper")
    assert moments(record) == ["submitted", "take"]
    office.sign(record, "quality_manager")
    assert moments(record) == ["submitted", "take", "finished"]
    assert record.state == "finished"


def test_the_books_are_kept_in_one_language_whatever_the_signer_reads(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(_record: Filed) -> Iterator[Effect]:
        yield PostsEntry("trials", {"moment": str(_l("库房"))})

    monkeypatch.setattr(Busy, "submitted", staticmethod(told))
    with speaking("en"):
        assert str(_l("库房")) == "Warehouse"
        record = office.submit(Busy)
    assert moments(record) == ["库房"]


def test_a_refused_record_has_those_of_the_refusal(office: Office) -> None:
    record = office.submit(Busy)
    office.sign(record, "warehouse_keeper")
    office.refuse(record, "quality_manager")
    assert moments(record) == ["submitted", "take", "refused"]


def test_a_correction_and_giving_up_have_their_own(office: Office) -> None:
    record = office.submit(Busy)
    office.send_back(record, "warehouse_keeper")
    office.correct(record, subject="x")
    office.send_back(record, "warehouse_keeper")
    corrections.void(record.id, office.actor("buyer"), reason="no", now=NOW)
    assert moments(record) == ["submitted", "corrected", "voided"]


def test_only_a_finished_record_gets_its_print_made(office: Office) -> None:
    prints = sa.select(sa.func.count(OutboxRow.id)).where(OutboxRow.kind == "print")
    before = db.session.scalar(prints) or 0
    record = office.submit(Busy)
    office.sign(record, "warehouse_keeper")
    assert db.session.scalar(prints) == before
    office.sign(record, "quality_manager")
    assert db.session.scalar(prints) == before + 1


def test_a_notice_reaches_everyone_behind_the_key(office: Office) -> None:
    record = office.submit(Busy)
    told = sa.select(Notice.person_id).where(Notice.record_id == record.id, Notice.kind == "told")
    buyers = {office.id("purchasing_manager"), office.id("purchasing_manager_2")}
    assert set(db.session.scalars(told)) == buyers


def test_a_thing_to_do_stays_after_the_end(office: Office) -> None:
    record = office.submit(Busy)
    office.sign(record, "warehouse_keeper")
    office.sign(record, "quality_manager")
    (task,) = [one for one in history.open_tasks(record) if one.kind == "ask"]
    assert task.due_at is not None
    assert (office.waiting(record), task.due_at.date()) == (["ask open", "open open"], date(2026, 6, 1))
    with pytest.raises(Refusal):
        asks.tick_off(task.id, office.actor("designer"), "", now=NOW)
    asks.tick_off(task.id, office.actor("buyer"), "done", now=NOW)
    assert office.waiting(record) == ["open open"]


# Drafts that a record opens


def test_a_draft_is_prefilled_and_taken_up_by_whoever_holds_its_task(office: Office) -> None:
    record, draft = _opened(office)
    assert draft.answers == {"subject": "Trial"}
    for login in ("designer", "designer_2"):
        assert drafts.mine(draft.key, office.actor(login)) is draft
        assert visible_record(record.number, office.actor(login)) is record
    with pytest.raises(Refusal):
        drafts.mine(draft.key, office.actor("cashier"))


def test_its_submission_ends_the_task_and_links_both(office: Office) -> None:
    record, draft = _opened(office)
    by = office.actor("designer")
    made = records.submit(OneRole(answers=draft.answers), by, key=draft.key, now=NOW, draft=draft)
    links = db.session.execute(
        sa.select(RecordLink.kind, RecordLink.target_id).where(RecordLink.source_id == record.id)
    )
    assert [tuple(one) for one in links] == [("opened", made.id)]
    assert "open open" not in office.waiting(record)
    assert history.events(record)[-1].kind == "draft_submitted"
    assert drafts.mine(draft.key, by) is None


def test_what_one_has_begun_a_colleague_may_go_on_with(office: Office) -> None:
    _record, draft = _opened(office)
    drafts.keep(draft.key, "T-ONE", office.actor("designer"), [["subject", "x"]], title="x", now=NOW)
    assert draft.person_id == office.id("designer")
    colleague = office.actor("designer_2")
    assert drafts.mine(draft.key, colleague) is draft
    assert records.submit(OneRole(answers={"subject": "y"}), colleague, key=draft.key, now=NOW, draft=draft)


def test_who_has_begun_a_draft_loses_it_with_the_task(office: Office) -> None:
    _record, draft = _opened(office)
    by = office.actor("designer")
    drafts.keep(draft.key, "T-ONE", by, [["subject", "x"]], title="x", now=NOW)
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    tasks.hold(task, [f"person:{office.id('designer_2')}"])
    for act in (drafts.mine, drafts.discard):
        with pytest.raises(NotAllowed):
            act(draft.key, by)
    assert drafts.mine(draft.key, office.actor("designer_2")) is draft


def test_a_draft_gives_no_right_to_start_another_form(office: Office) -> None:
    _record, draft = _opened(office)
    with pytest.raises(NotAllowed):
        records.submit(PurchaseOrder(), office.actor("designer"), key=draft.key, now=NOW, draft=draft)


def test_a_second_round_brings_the_waiting_draft_up_to_date(office: Office) -> None:
    record, draft = _opened(office)
    _go_round(office, record)
    (again,) = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id))
    assert (again.id, again.answers) == (draft.id, {"subject": "Better"})


def test_a_second_round_leaves_what_was_begun(office: Office) -> None:
    record, draft = _opened(office)
    drafts.keep(draft.key, "T-ONE", office.actor("designer"), [["subject", "x"]], title="x", now=NOW)
    _go_round(office, record)
    (again,) = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id))
    assert (again.id, again.answers) == (draft.id, {"subject": "Trial"})
    assert office.waiting(record).count("open open") == 1


@pytest.mark.parametrize(("state", "drafts_left"), [("running", 0), ("finished", 0), ("voided", 1)])
def test_a_second_round_opens_nothing_beside_a_record(office: Office, state: str, drafts_left: int) -> None:
    record, draft = _opened(office)
    by = office.actor("designer")
    made = records.submit(OneRole(answers=draft.answers), by, key=draft.key, now=NOW, draft=draft)
    made.state = state
    _go_round(office, record)
    left = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id)).all()
    assert len(left) == office.waiting(record).count("open open") == drafts_left


def test_an_open_thing_to_do_is_renewed_and_a_notice_not_repeated(office: Office) -> None:
    record = office.submit(OneRole)
    to = f"person:{office.id('designer')}"
    for day in (date(2026, 6, 1), date(2026, 6, 3)):
        wanted = [Asks("Answer", to, day), Asks("Call", to, day), Tells(to, "told")]
        effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
        db.session.flush()
    found = [one for one in history.open_tasks(record) if one.kind == "ask"]
    assert [(one.title["en"], one.due_at.date()) for one in found if one.due_at] == [
        ("Answer", date(2026, 6, 3)),
        ("Call", date(2026, 6, 3)),
    ]
    assert {one.holders[0].due_at for one in found} == {one.due_at for one in found}
    told = sa.select(sa.func.count(Notice.id)).where(Notice.record_id == record.id, Notice.kind == "told")
    assert db.session.scalar(told) == 1
    asks.tick_off(found[0].id, office.actor("designer"), "", now=NOW)
    effects.carry_out([Asks("Answer", to)], record, by=office.id("buyer"), now=NOW)
    assert office.waiting(record).count("ask open") == 2, "what is done may be asked for once more"


def test_what_nobody_has_begun_follows_the_record_that_corrects(office: Office) -> None:
    first, second = office.submit(OneRole), office.submit(OneRole)
    wanted = [Opens("T-ONE", {}, to="role:buyer"), Asks("还有一件", "role:buyer")]
    effects.carry_out(wanted, first, by=office.id("buyer"), now=NOW)
    second.corrects_id = first.id
    later = [Opens("T-ONE", {}, to="role:designer"), Asks("还有一件", "role:buyer")]
    effects.carry_out(later, second, by=office.id("buyer"), now=NOW)
    draft = db.session.scalars(sa.select(Draft).where(Draft.form_code == "T-ONE")).one()
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    assert (draft.source_id, task.record_id) == (second.id, second.id)
    assert [holder.key for holder in task.holders] == ["role:designer"]
    asked = db.session.scalars(sa.select(Task).where(Task.kind == "ask")).one()
    assert asked.record_id == second.id


def test_what_was_begun_stays_with_the_corrected_record(office: Office) -> None:
    first, second = office.submit(OneRole), office.submit(OneRole)
    effects.carry_out([Opens("T-ONE", {}, to="role:buyer")], first, by=office.id("buyer"), now=NOW)
    (draft,) = db.session.scalars(sa.select(Draft).where(Draft.source_id == first.id))
    draft.person_id, second.corrects_id = office.id("buyer"), first.id
    effects.carry_out([Opens("T-ONE", {}, to="role:buyer")], second, by=office.id("buyer"), now=NOW)
    assert draft.source_id == first.id
    assert db.session.scalars(sa.select(Draft).where(Draft.source_id == second.id)).one().person_id is None


@pytest.mark.parametrize("moved", [True, False])
def test_another_records_open_turn_gets_its_deadline(office: Office, moved: bool) -> None:
    waiting, record = office.submit(OneRole), office.submit(OneRole)
    before, due = waiting.due_at, NOW + timedelta(hours=24)
    wanted = [SetsDeadline(waiting.id, waiting.step if moved else "elsewhere", due)]
    effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
    (turn,) = [task for task in history.open_tasks(waiting) if task.kind == "sign"]
    assert turn.due_at == waiting.due_at == (due if moved else before)
    assert {holder.due_at for holder in turn.holders} == {turn.due_at}


def test_one_moment_may_open_several_of_the_same_form(office: Office) -> None:
    record = office.submit(OneRole)
    wanted = [Opens("T-ONE", {"subject": text}, to="role:designer") for text in ("one", "two")]
    effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
    found = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id).order_by(Draft.id))
    assert [draft.answers["subject"] for draft in found] == ["one", "two"]


def test_a_field_that_the_other_form_lacks_is_a_mistake_of_the_form(office: Office) -> None:
    record = office.submit(OneRole)
    with pytest.raises(KeyError, match="nonsense"):
        effects.carry_out([Opens("T-ONE", {"nonsense": 1})], record, by=office.id("buyer"), now=NOW)


def test_a_form_still_on_paper_becomes_a_thing_to_do(office: Office) -> None:
    record = office.submit(OneRole)
    wanted = [Opens("XX-99", {}, to=f"person:{office.id('designer')}")]
    effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
    (task,) = [one for one in history.open_tasks(record) if one.kind == "ask"]
    assert task.title == {"zh": "填写 XX-99", "en": "Fill in XX-99"}
    assert [holder.key for holder in task.holders] == [f"person:{office.id('designer')}"]


# Master data


def test_master_data_changes_with_the_old_values_kept(office: Office) -> None:
    record = office.submit(OneRole)
    customer = master.create("customer", name="甲公司", contact="王")
    wanted = Updates("customer", customer.id, {"contact": "李", "name": "乙公司"})
    master.update(wanted, record, by=office.id("buyer"), now=NOW)
    assert (customer.contact, customer.search_key) != ("王", "")
    assert "yi" in customer.search_key
    event = history.events(record)[-1]
    assert (event.kind, event.facts["old"]) == ("master_changed", {"contact": "王", "name": "甲公司"})


def test_what_is_added_is_added_to_what_is_there_by_then(office: Office) -> None:
    record = office.submit(OneRole)
    supplier = master.create("supplier", name="甲公司")
    wanted = Updates("supplier", supplier.id, adds={"inspected": Decimal(5), "returns": 1})
    db.session.execute(
        sa.update(Supplier).values(inspected=Decimal(2)).execution_options(synchronize_session=False)
    )
    assert supplier.inspected == 0, "the session does not know yet what another one has written"
    master.update(wanted, record, by=office.id("buyer"), now=NOW)
    assert (supplier.inspected, supplier.returns) == (7, 1)
    event = history.events(record)[-1]
    assert event.facts["new"] == {"inspected": "7", "returns": "1"}


def test_new_rows_are_numbered_and_a_code_is_not_given_twice(office: Office) -> None:
    one, other = master.create("customer", name="甲"), master.create("customer", name="乙")
    assert int(other.code[1:]) == int(one.code[1:]) + 1
    next_code = f"C{int(other.code[1:]) + 1:04d}"
    given = master.create("customer", name="丙", code=f"C{int(other.code[1:]) + 2:04d}")
    assert given.id is not None
    assert master.create("customer", name="丁").code not in {one.code, other.code, given.code}
    before = everything()
    with pytest.raises(Refusal, match=one.code):
        master.create("customer", name="戊", code=one.code)
    assert everything() == before
    assert next_code


def test_an_effect_may_name_what_one_before_has_created(office: Office) -> None:
    record = office.submit(OneRole)
    wanted = [
        Updates("stock_item", None, {"name": "甲", "unit": "件"}),
        Updates("product", None, {"name": "甲", "code": "T-1", "item_id": Made("stock_item")}),
        PostsPrice(Made("product"), Decimal(12), date(2026, 5, 12)),
    ]
    effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
    product = db.session.scalars(sa.select(Product).where(Product.code == "T-1")).one()
    assert db.session.get_one(StockItem, product.item_id).name == "甲"
    price = db.session.scalars(sa.select(PriceEntry).where(PriceEntry.record_id == record.id)).one()
    assert (price.product_id, price.price) == (product.id, 12)
    with pytest.raises(KeyError):
        effects.carry_out(wanted[2:], record, by=office.id("buyer"), now=NOW)


def test_effects_are_carried_out_together_or_not_at_all(office: Office) -> None:
    record = office.submit(OneRole)
    customer = master.create("customer", name="甲公司")
    before = everything()
    wanted = [
        PostsEntry("trials", {"moment": "x"}),
        Updates("customer", customer.id, {"contact": "李"}),
        Asks("x", "role:buyer"),
        Opens("T-ONE", {"nonsense": 1}),
    ]
    with pytest.raises(KeyError), db.session.begin_nested():
        effects.carry_out(wanted, record, by=office.id("buyer"), now=NOW)
    assert everything() == before
    assert db.session.get_one(Customer, customer.id).contact == ""


def _go_round(office: Office, record: Record) -> None:
    """Returned after the step that opens something, corrected and signed again."""
    office.send_back(record, "quality_manager")
    office.correct(record, subject="Better")
    office.sign(record, "warehouse_keeper")


def _opened(office: Office) -> tuple[Record, Draft]:
    record = office.submit(Busy)
    office.sign(record, "warehouse_keeper")
    (draft,) = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id))
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    assert (task.kind, task.state) == ("open", "open")
    assert db.session.scalar(sa.select(AuditEvent.kind).where(AuditEvent.kind == "draft_opened"))
    return record, draft


def test_what_is_shared_may_be_read_by_those_named(office: Office) -> None:
    record = office.submit(Busy)
    with pytest.raises(NotFound):
        visible_record(record.number, office.actor("foreman"))
    effects.carry_out([Shares(("role:foreman",))], record, by=office.id("buyer"), now=NOW)
    effects.carry_out(
        [Shares(("role:foreman",))], record, by=office.id("buyer"), now=NOW
    )  # once more is once
    db.session.flush()
    assert visible_record(record.number, office.actor("foreman")) is record
    with pytest.raises(NotFound):
        visible_record(record.number, office.actor("cashier"))
