"""Copies on paper: numbered and handed out, taken back when the next version holds; and the end of a document."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from portal.lib.clock import now, today
from tests.documents.library import TEXT
from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import fill, look_after_at, press, problems, sign, submit, take_up
from tests.journeys.shelf import library

NUMBER = "QA-P-91"
ISSUE = "文件发放/回收登记簿"


def test_copies_go_out_and_those_of_the_former_version_come_back(served: Served, visit: Visit) -> None:
    day = today()
    plan = {"planned_effective_on": day, "next_review_on": day + timedelta(days=365)}
    with library(served) as desk:
        first = desk.release(desk.sent(desk.begun(), **plan), day).number

    # what the release has left is a sheet with a number for each copy; the departments take them
    controller = visit(served, "document_controller")
    take_up(controller, ISSUE, first)
    assert controller.at("copies-2-copy_no").input_value() == "03"
    issue = submit(controller)
    with served.aside() as walker:
        while walker.sign(issue):
            pass
    assert served.walker.state(issue) == "finished"

    # the next version is released: the portal asks for the old copies, until its own issue sees to them
    with library(served) as desk:
        asked = desk.asked(number=NUMBER)
        draft = desk.write(desk.draft(NUMBER), TEXT.replace("5 件", "8 件"))
        second = desk.release(desk.sent(draft, change_request=desk.ref(asked), **plan), day).number
    look_after_at(served, now(), "OS-05")
    controller.go("/")
    waiting = controller.page.locator("table.tasks tbody tr", has_text=ISSUE)
    expect(waiting).to_have_count(2)
    take_up(controller, ISSUE, second, "备好的草稿")
    assert controller.at("old_version").input_value() == "1.0"
    exchange = submit(controller)
    look_after_at(served, now(), "OS-05")
    controller.go("/")
    expect(waiting, "the exchange recalls them").to_have_count(0)

    # two of three come back; for the third the portal asks anew
    with served.aside() as walker:
        while served.walker.step(exchange) == "holder_receipt":
            walker.sign(exchange)
    take_up(controller, exchange)
    for row in range(2):
        fill(controller, {f"returned_copies-{row}-destroyed": "yes"})
    controller.page.locator('button[value="remove:returned_copies:2"]').click()
    controller.at("returned_copies-2-copy_no").wait_for(state="detached")
    sign(controller)
    page = controller.go("/registers/document_copies?q=" + NUMBER)
    assert "03" in page.locator("main").inner_text()
    look_after_at(served, now(), "OS-05")
    controller.go("/")
    expect(waiting).to_have_count(1)
    take_up(controller, ISSUE, "收回作废版本的副本")
    assert "03" in controller.at("remark").input_value()


def test_a_document_is_withdrawn_by_a_request(served: Served, visit: Visit) -> None:
    with library(served) as desk:
        day = today()
        desk.release(
            desk.sent(
                desk.begun(kind="work_document"),
                document_kind="work_document",
                planned_effective_on=day,
                next_review_on=day + timedelta(days=365),
            ),
            day,
        )
    employee = visit(served, "employee")
    employee.go("/quality/document-changes/new")
    fill(
        employee,
        {
            "request_kind": "withdraw",
            "document": NUMBER,
            "reason": "内容已并入检验作业指导书",
            "impact": "无",
            "urgency": "normal",
        },
    )
    request = submit(employee)
    assert not problems(employee.page)
    assert employee.go(f"/documents/{NUMBER}").locator("main h1").inner_text().endswith("现行有效")
    head = visit(served, "quality_manager")
    take_up(head, request)
    sign(head)
    with served.aside() as walker:
        while walker.sign(request):
            pass

    # readers find it no more, document control does; no change of it can be asked for
    page = employee.go(f"/documents/?q={NUMBER}")
    expect(page.locator("table.register tbody tr")).to_contain_text("已作废")
    gone = employee.context.request.get(f"{employee.address}/documents/{NUMBER}")
    assert gone.status == 404
    controller = visit(served, "document_controller")
    controller.go(f"/documents/{NUMBER}/1.0")
    expect(controller.page.locator("main h1")).to_contain_text("已作废")
    expect(controller.page.locator(".note-warning", has_text="不是现行版本")).to_contain_text(
        "不作为执行依据"
    )
    employee.go("/quality/document-changes/new")
    fill(employee, {"document": NUMBER})
    press(employee, 'button[form="sheet"][value="submit"]')
    assert "该文件已作废" in problems(employee.page)
