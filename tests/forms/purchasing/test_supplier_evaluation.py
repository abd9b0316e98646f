"""PU-08: who may be ordered from, and for how long."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models import Supplier
from portal.queries import goods
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.supplies import CODE, OTHER_CODE, PIPES, STEEL, Supplies


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's purchasing."""
    return Supplies()


QUALITY = {"quality_manager", "quality_manager_2"}
MANAGERS = {"purchasing_manager", "purchasing_manager_2"}


def many() -> int:
    """How many suppliers there are."""
    return db.session.scalar(sa.select(sa.func.count(Supplier.id))) or 0


# The sheet


def test_the_total_is_the_mean_of_the_four_scores(supplies: Supplies) -> None:
    sheet = supplies.sheet("PU-08", "buyer", **supplies.evaluated(total_score=Decimal(100)))
    assert not sheet.errors
    assert sheet.total_score.data == Decimal("81.4")
    assert supplies.sheet("PU-08", "buyer", **supplies.evaluated(price_score=None)).total_score.data is None


@pytest.mark.parametrize("score", [Decimal(-1), Decimal("100.5")])
def test_scores_go_from_0_to_100(supplies: Supplies, score: Decimal) -> None:
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.evaluated(price_score=score))) == {"price_score"}


@pytest.mark.parametrize("code", ["91350100M000100Y44", "123456", "91350100M000100Y4O"])
def test_a_credit_code_has_its_check_digit(supplies: Supplies, code: str) -> None:
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.evaluated(credit_code=code))) == {"credit_code"}


def test_a_credit_code_is_kept_in_one_way(supplies: Supplies) -> None:
    sheet = supplies.sheet("PU-08", "buyer", **supplies.evaluated(credit_code="９1350100 m000100y43"))
    assert (wrong(sheet), sheet.credit_code.data) == (set(), CODE)


def test_a_credit_code_of_somebody_else_is_refused(supplies: Supplies) -> None:
    supplies.supplier(PIPES).credit_code = CODE
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.evaluated())) == {"credit_code"}
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.again())) == {"credit_code"}
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.again(code=PIPES))) == set()


def test_who_is_on_the_list_is_not_new(supplies: Supplies) -> None:
    known = supplies.supplier().name
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.evaluated(supplier_name=known))) == {
        "supplier_name"
    }


def test_a_new_supplier_has_a_name_and_an_old_one_is_named(supplies: Supplies) -> None:
    new = supplies.evaluated(supplier_name=None)
    assert wrong(supplies.sheet("PU-08", "buyer", **new)) == {"supplier_name"}
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.again(supplier=None))) == {"supplier"}


def test_what_the_list_knows_is_filled_in(supplies: Supplies) -> None:
    one = supplies.supplier()
    one.goods, one.credit_code, one.phone = "钢材", CODE, "0572-5550201"
    one.score, one.next_evaluation_on = Decimal("77.5"), days(20)
    one.inspected, one.passed = Decimal(200), Decimal(193)
    nothing = dict.fromkeys(("supplied_goods", "credit_code", "contact", "contact_phone"))
    sheet = supplies.sheet("PU-08", "buyer", **supplies.again(**nothing))
    found = sheet.answers()
    assert not sheet.errors
    assert (found["supplier_name"], found["contact"]) == ("浙北钢材供应有限公司", "费建国")
    assert (found["supplied_goods"], found["credit_code"]) == ("钢材", CODE)
    assert (found["last_score"], found["evaluation_due_on"]) == (Decimal("77.5"), days(20))
    assert found["pass_rate"] == Decimal("96.5")
    assert supplies.sheet("PU-08", "buyer", **supplies.evaluated()).pass_rate.data is None


def test_nobody_is_proposed_with_a_licence_that_has_expired(supplies: Supplies) -> None:
    for verdict, expires, refused in (
        ("approved", days(-1), {"expires_on"}),
        ("on_trial", days(-1), {"expires_on"}),
        ("not_approved", days(-1), set()),
        ("approved", TODAY, set()),
        ("approved", None, set()),
    ):
        licences = [supplies.licence(), supplies.licence("许可证", expires)]
        answers = supplies.evaluated(licences=licences, proposed_status=verdict)
        sheet = supplies.sheet("PU-08", "buyer", **answers)
        assert wrong_in(sheet, "licences", 1) == refused, (verdict, expires)


def test_nobody_is_listed_by_a_licence_that_has_expired(supplies: Supplies) -> None:
    licences = [supplies.licence("许可证", days(-1))]
    answers = supplies.evaluated(licences=licences, proposed_status="not_approved")
    record = supplies.sign(supplies.submit("PU-08", "buyer", **answers), quality_agrees=True)
    for verdict, refused in (
        ("approved", {"supplier_status"}),
        ("on_trial", {"supplier_status"}),
        ("not_approved", set()),
    ):
        assert wrong(supplies.stage(record, supplier_status=verdict)) == refused


def test_licences_are_shown_once_each_with_a_scan(supplies: Supplies) -> None:
    twice = supplies.evaluated(licences=[supplies.licence(), supplies.licence()])
    assert wrong(supplies.sheet("PU-08", "buyer", **twice)) == {"licences"}
    assert wrong(supplies.sheet("PU-08", "buyer", **supplies.evaluated(licences=[]))) == {"licences"}
    unseen = supplies.evaluated(licences=[supplies.licence(scan=[])])
    assert wrong_in(supplies.sheet("PU-08", "buyer", **unseen), "licences") == {"scan"}


# The route


def test_a_new_supplier_is_entered_with_the_second_signature(supplies: Supplies) -> None:
    before = many()
    record = supplies.submit(
        "PU-08", "buyer", **supplies.evaluated(licences=[supplies.licence("许可证", days(400))])
    )
    assert supplies.signers(record) == QUALITY
    supplies.sign(record, quality_agrees=True)
    assert supplies.signers(record) == MANAGERS
    assert many() == before
    supplies.sign(record, supplier_status="on_trial")
    assert (record.state, many()) == ("finished", before + 1)
    entered = db.session.scalars(sa.select(Supplier).where(Supplier.name == "绍兴密封件有限公司")).one()
    assert (entered.status, entered.score, entered.goods) == ("trial", Decimal("81.4"), "密封件")
    assert (entered.credit_code, entered.contact, entered.phone) == (CODE, "楼国芳", "0575-5550282")
    assert entered.next_evaluation_on == date(2027, 5, 12)
    assert goods.may_order_from(entered.id)
    (paper,) = supplies.papers()
    assert paper == {
        "paper": "许可证",
        "number": "ZJ-001",
        "expires_on": str(days(400)),
        "owner": "绍兴密封件有限公司",
        "scan": "营业执照.pdf",
    }


def test_the_manager_begins_with_what_was_proposed(supplies: Supplies) -> None:
    record = supplies.submit("PU-08", "buyer", **supplies.evaluated(proposed_status="on_trial"))
    supplies.sign(record, quality_agrees=True)
    from_context = supplies.proposal(record)
    assert from_context == {"supplier_status": "on_trial"}


def test_a_no_of_the_quality_department_says_why_and_leads_back(supplies: Supplies) -> None:
    record = supplies.submit("PU-08", "buyer", **supplies.evaluated())
    assert wrong(supplies.stage(record, quality_agrees=False)) == {"quality_comment"}
    supplies.sign(record, quality_agrees=False, quality_comment="两批来料不合格，建议试用")
    assert record.state == "returned"
    supplies.correct(record, "buyer", proposed_status="on_trial")
    assert supplies.signers(record) == QUALITY


def test_who_is_not_approved_is_not_entered(supplies: Supplies) -> None:
    before = many()
    record = supplies.evaluate("not_approved", **supplies.evaluated())
    assert (record.state, many(), supplies.papers()) == ("finished", before, [])


def test_a_refusal_ends_it_without_an_entry(supplies: Supplies) -> None:
    before = many()
    record = supplies.submit("PU-08", "buyer", **supplies.evaluated())
    supplies.sign(record, quality_agrees=True)
    supplies.refuse(record)
    assert (record.state, many(), supplies.papers()) == ("refused", before, [])


def test_a_refused_evaluation_strikes_the_supplier_off(supplies: Supplies) -> None:
    record = supplies.submit("PU-08", "buyer", **supplies.again())
    supplies.sign(record, quality_agrees=True)
    assert supplies.supplier().status == "approved"
    supplies.refuse(record)
    assert (supplies.supplier().status, supplies.supplier().next_evaluation_on) == ("removed", None)
    assert not goods.may_order_from(supplies.supplier().id)


def test_a_yearly_evaluation_changes_who_is_there(supplies: Supplies) -> None:
    before, old = many(), supplies.supplier()
    old.next_evaluation_on = days(10)
    record = supplies.evaluate(**supplies.again(supplied_goods="角钢、槽钢", contact="费伟"))
    one = supplies.supplier()
    assert (many(), record.title) == (before, one.name)
    assert (one.status, one.score, one.goods, one.contact) == (
        "approved",
        Decimal("81.4"),
        "角钢、槽钢",
        "费伟",
    )
    assert one.next_evaluation_on == date(2027, 5, 12)


def test_who_is_found_wanting_leaves_the_list_and_may_come_back(supplies: Supplies) -> None:
    supplies.evaluate("not_approved", **supplies.again("re_evaluation"))
    assert (supplies.supplier().status, supplies.supplier().next_evaluation_on) == ("removed", None)
    assert not goods.may_order_from(supplies.supplier().id)
    supplies.evaluate("approved", **supplies.again("re_evaluation"))
    assert supplies.supplier().status == "approved"


@both_databases
def test_a_correction_changes_the_supplier_that_was_entered(supplies: Supplies) -> None:
    first = supplies.evaluate(**supplies.evaluated())
    before = many()
    put_right = supplies.evaluated(supplier_name="绍兴柯桥密封件有限公司", credit_code=OTHER_CODE)
    supplies.evaluate("on_trial", corrects=first, **put_right)
    assert many() == before
    entered = db.session.scalars(sa.select(Supplier).order_by(Supplier.id.desc()).limit(1)).one()
    assert (entered.name, entered.credit_code, entered.status) == (
        "绍兴柯桥密封件有限公司",
        OTHER_CODE,
        "trial",
    )


def test_two_sheets_of_one_newcomer_make_one_supplier(supplies: Supplies) -> None:
    first = supplies.submit("PU-08", "buyer", **supplies.evaluated())
    second = supplies.submit("PU-08", "buyer", **supplies.evaluated(supplier_name="绍兴密封件公司"))
    before = many()
    for record in (first, second):
        supplies.sign(record, quality_agrees=True)
        supplies.sign(record, supplier_status="approved")
    assert many() == before + 1


@both_databases
def test_returns_of_the_last_year_are_counted(supplies: Supplies) -> None:
    one, other = supplies.supplier(), supplies.supplier(PIPES)
    for supplier, back, state in (
        (one, days(-10), "running"),
        (one, days(-364), "finished"),
        (one, days(-366), "finished"),
        (one, days(-5), "voided"),
        (other, days(-5), "finished"),
        (one, None, "running"),  # not taken back yet
    ):
        supplies.returned(supplier, back, state)
    sheet = supplies.sheet("PU-08", "buyer", **supplies.again(returns_last_year=99))
    assert (wrong(sheet), sheet.returns_last_year.data) == (set(), 2)
    assert supplies.sheet("PU-08", "buyer", **supplies.evaluated()).returns_last_year.data == 0


def test_only_who_is_on_the_list_may_be_ordered_from(supplies: Supplies) -> None:
    order = {"supplier": supplies.ref(supplies.supplier(STEEL))}
    assert "supplier" not in wrong(supplies.sheet("PU-04", "buyer", **order))
    supplies.evaluate("not_approved", **supplies.again("re_evaluation"))
    assert "supplier" in wrong(supplies.sheet("PU-04", "buyer", **order))
