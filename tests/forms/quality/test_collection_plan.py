"""IC-13: what a plan must say, and what its approval lets go on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.extensions import db
from portal.forms.quality.collection_plan import CollectionPlan
from portal.lib.clock import today
from portal.queries import information
from tests.forms.quality.centre import Centre

ROW = {"name": "钢铁价格周刊", "kind": "newspaper", "contact": None, "cost": Decimal(200), "value": "high"}


def test_the_days_fit_together(centre: Centre) -> None:
    first = today()
    told = centre.refused("IC-13", time_from=first, time_limit=first - timedelta(days=1))
    assert "时限不能早于开始日期" in told
    owner = centre.person("information_officer")
    step = {"step": "登记", "owner": owner, "due": first + timedelta(days=400)}
    told = centre.refused("IC-13", time_from=first, time_limit=first + timedelta(days=300), steps=[step])
    assert "步骤“登记”的期限须在开始日期和时限之间" in told


def test_a_source_stands_once_and_the_costs_keep_to_the_budget(centre: Centre) -> None:
    assert "填写了两行" in centre.refused("IC-13", sources=[ROW, ROW])
    assert "超过费用预算" in centre.refused("IC-13", sources=[ROW], budget=Decimal(199))
    centre.filed("IC-13", sources=[ROW], budget=Decimal(200))


@pytest.mark.requirement("R80")
def test_approval_opens_it_to_everybody_and_enters_its_sources(centre: Centre) -> None:
    number = centre.filed("IC-13", sources=[ROW], kind_limit="价格")
    page = f"/quality/collection-plans/{number}"
    assert centre.browser("employee").get(page).status_code == 404
    assert centre.lines("information_sources", number) == []
    centre.to_end(number)
    assert centre.browser("employee").get(page).status_code == 200
    (line,) = centre.lines("information_sources", number)
    assert (line["source"], line["cost"], line["fields"]) == ("钢铁价格周刊", "200.00", "价格")
    ((title, key),) = centre.asked(number)
    assert title.startswith("信息收集计划到期")
    assert key == f"person:{centre.person('information_officer').id}"


def test_a_refusal_gives_it_back_and_no_information_may_name_it(centre: Centre) -> None:
    number = centre.filed("IC-13")
    centre.refuse(number)
    assert centre.state(number) == "returned"
    with centre.app.app_context():
        assert information.plan(centre.record(number).id)[0] is False
        db.session.remove()


def test_the_priorities_of_the_last_report_are_proposed(centre: Centre) -> None:
    report = centre.filed("IC-05", collection_priorities="重点收集同行新品")
    with centre.app.app_context():
        assert information.priorities() == ""
        db.session.remove()
    centre.to_end(report)
    page = centre.browser("information_officer").get("/quality/collection-plans/new")
    assert "重点收集同行新品" in page.text


def test_only_the_centre_opens_one(centre: Centre) -> None:
    assert CollectionPlan.opened_by == ("information_officer",)
    assert centre.browser("employee").get("/quality/collection-plans/new").status_code == 403
