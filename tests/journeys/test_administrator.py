"""An administrator takes staff on from a spreadsheet and gives a stuck step to somebody."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Person, RoleGrant
from tests.journeys.conftest import Served, Visit

HEADER = "登录名,工号,姓名,部门,邮箱,电话,角色\n"
GOOD = "zhao.liu,E901,赵六,质量部,zhao@huaheng.example,13800001111,检验人员\nqian.qi,E902,钱七,库房,,,\n"
BAD = GOOD.replace("质量部", "不存在部")


def staff(text: str) -> dict[str, object]:
    """A file of staff."""
    return {"name": "staff.csv", "mimeType": "text/csv", "buffer": (HEADER + text).encode("utf-8-sig")}


def nobody_holds(served: Served, role: str) -> None:
    """Takes a role away from everybody."""
    with served.app.app_context():
        with transaction():
            db.session.execute(
                sa.update(RoleGrant).where(RoleGrant.role == role).values(ends_on=today() - timedelta(days=1))
            )
        db.session.remove()


def test_staff_from_a_spreadsheet(served: Served, visit: Visit) -> None:
    jia = visit(served, "administrator")
    page = jia.page
    jia.go("/admin/import")
    page.set_input_files("#file", [staff(BAD)])  # type: ignore[list-item]
    jia.press("检查并预览")
    assert "2 行中有 1 行需要修改" in page.get_by_role("alert").inner_text()
    assert "不存在部" in page.locator("tr.is-wrong").inner_text()

    page.get_by_role("link", name="重新上传").click()
    page.set_input_files("#file", [staff(GOOD)])  # type: ignore[list-item]
    jia.press("检查并预览")
    jia.press("导入 2 人")
    assert "赵六" in page.locator("main").inner_text()
    with served.app.app_context():
        assert db.session.scalar(sa.select(Person.name).where(Person.login == "qian.qi")) == "钱七"
        db.session.remove()


def test_a_stuck_step_goes_to_somebody(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        walker.requisition()  # which the manager could still approve
        nobody_holds(served, "purchasing_manager")
        number = walker.open("PU-04")
    assert served.walker.state(number) == "stuck"
    jia = visit(served, "administrator")
    page = jia.page
    jia.go("/admin/stuck")
    page.locator("tr", has_text=number).get_by_role("link", name="改派").click()
    page.wait_for_url("**/reroute")
    jia.look()
    jia.pick("successor", "胡燚")
    jia.at("reason").fill("采购部经理空缺，由仓库主管审批")
    jia.press("改派")
    assert "已改派" in page.locator("main").inner_text()
    assert number not in page.locator("main").inner_text()

    hu = visit(served, "warehouse_supervisor")
    hu.page.locator("table.tasks a", has_text="采购订货单").first.click()
    hu.page.wait_for_url(f"**/{number}")
    hu.look()
    hu.press("批准", within="#turn")
    assert "胡燚" in hu.page.locator(".signature-line").last.inner_text()
    assert "改派" in str(hu.page.locator(".history").text_content())
