"""IC-10: issued by a signature, received by each department, kept in a book that tells what is missing."""

from datetime import timedelta

import pytest

from portal.forms.ledgers import LEDGERS
from portal.lib.clock import now, today
from portal.queries import ledgers
from tests.forms.quality.centre import Centre


def to(centre: Centre, *keys: str) -> list[dict[str, object]]:
    return [{"department": centre.department(key), "copies": 1} for key in keys]


def test_what_contradicts_itself_is_refused(centre: Centre) -> None:
    number = centre.filed("IC-10", document_no="企发1号")
    assert number in centre.refused("IC-10", document_no="企发1号")
    assert "合并份数" in centre.refused("IC-10", issued_to=to(centre, "design", "design"))
    assert "执行日期" in centre.refused("IC-10", effective_on=today() - timedelta(days=1))


def test_each_department_signs_for_it(centre: Centre) -> None:
    rows = to(centre, "purchasing", "warehouse")
    given = {"document_no": "企发2号", "title": "车辆管理", "document_kind": "rule", "feedback_needed": True}
    number = centre.filed("IC-10", issued_to=rows, **given)
    assert centre.waiting(number) == ["role:deputy_general_manager"]
    assert "车辆管理" not in centre.browser("buyer").get("/").text
    centre.sign(number)
    assert centre.waiting(number) == [f"head:{row['department'].id}" for row in rows]
    assert "企发2号 车辆管理" in centre.browser("buyer").get("/").text
    assert centre.told("buyer", "posted") == ["企发2号 车辆管理"]
    assert "车辆管理" not in centre.browser("designer").get("/").text
    with pytest.raises(AssertionError, match="执行反馈"):
        centre.sign(number, feedback="")
    late = f"{now() + timedelta(days=2):%Y-%m-%d %H:%M}"
    with pytest.raises(AssertionError, match="不能晚于现在"):
        centre.sign(number, received_at=late)
    centre.sign(number, feedback="已传达")
    (line,) = book(centre)
    assert (line["receipts_due"], line["receipts_signed"], line["missing"]) == (2, 1, "库房")
    assert centre.lines("archive", number) == []
    centre.sign(number, feedback="已执行")
    (line,) = book(centre)
    assert (line["receipts_signed"], line["missing"], line["feedback"]) == (
        2,
        "",
        "采购部：已传达；库房：已执行",
    )
    assert len(centre.lines("archive", number)) == 1


def test_a_refusal_gives_it_back_and_nobody_is_shown_it(centre: Centre) -> None:
    number = centre.filed("IC-10", title="车辆管理")
    centre.refuse(number)
    assert centre.state(number) == "returned"
    assert book(centre) == []


def test_what_comes_back_after_its_issue_is_taken_down(centre: Centre) -> None:
    number = centre.filed("IC-10", issued_to=to(centre, "purchasing"), title="车辆管理")
    centre.sign(number)
    assert centre.browser("buyer").get(f"/bulletins/{number}").status_code == 200
    centre.refuse(number, "附件不对")
    assert centre.browser("buyer").get(f"/bulletins/{number}").status_code == 404


def test_a_system_document_is_distributed_under_control(centre: Centre) -> None:
    number = centre.filed("IC-10", document_kind="system_document")
    centre.sign(number)
    asked = ("填写 DC-03", "role:document_controller")
    assert centre.drafts(number, "DC-03") or asked in centre.asked(number)
    other = centre.filed("IC-10", document_kind="notice")
    centre.sign(other)
    assert centre.drafts(other, "DC-03") == centre.asked(other) == []


def book(centre: Centre) -> list[dict[str, object]]:
    """The register of issued documents."""
    with centre.app.app_context():
        return list(ledgers.every(LEDGERS["issued_documents"].source, ledgers.Wanted(), 10))
