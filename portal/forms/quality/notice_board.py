"""IC-09 板报."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, Publishes, after
from portal.domain.signoff import Route, Step, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Day, LongText, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality import own
from portal.forms.references import Department, Photos
from portal.lib.i18n import _l

CATEGORIES = {
    "notice": _l("通知"),
    "publicity": _l("宣传"),
    "quality": _l("质量"),
    "safety": _l("安全"),
    "praise": _l("表彰"),
    "other": _l("其他"),
}
FRONT, DEPARTMENT_BOARD = "portal_front_page", "department_board"


class NoticeBoard(CompanyForm):
    """Posts a notice for some days: on the portal's first page, or on a board and the portal's list."""

    code = "IC-09"
    name = _l("板报")
    slug = "postings"
    section = "information_centre"
    procedure = "QA-P-01#boards"
    opened_by = ("employee",)
    covers = ("板报(公告)发布单",)
    columns = (
        "number", "title", "department", "category", "posted_from", "posted_to", "place", "current_step",
        "due_at", "status",
    )  # fmt: skip

    title = Text(_l("标题"))
    department = Department(_l("发布部门"))
    category = Choice(_l("类别"), CATEGORIES)
    content = LongText(_l("正文"))
    posted_from = Day(_l("发布日期"))
    posted_to = Day(_l("发布截止日期"))
    place = Choice(
        _l("张贴位置"),
        {
            FRONT: _l("门户首页"),
            "company_board": _l("公司板报栏"),
            DEPARTMENT_BOARD: _l("部门板报栏"),
        },
        help=_l("部门板报栏只给发布部门的人员看"),
    )
    pictures = Photos(_l("图片"), required=False)
    must_confirm = YesNo(_l("需阅读确认"))

    signoff = Route(
        Step(
            "head_sign",
            _l("部门负责人审核"),
            head_of("department"),
            meaning="checked",
            within=working_days(1),
        ),
        Step(
            "centre_sign",
            _l("信息中心发布"),
            role("information_officer"),
            meaning="done",
            within=working_days(1),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """From the own department, from today on, on the first page."""
        return {
            "department": own.department(self.person.id),
            "posted_from": self.today,
            "place": FRONT,
        }

    def heading(self) -> str:
        """The title."""
        return self.title.data or ""

    def check(self) -> None:
        """A notice stands on days to come."""
        moments.refuse_past(self, "posted_from", _l("发布日期不能早于提交日期"))
        moments.refuse_earlier(self, "posted_to", self.posted_from.data, _l("截止日期不能早于发布日期"))

    @staticmethod
    @after("centre_sign", _l("从发布日期到截止日期在门户上显示；实体板报栏提醒张贴和撤下"))
    def post(record: Filed) -> Iterator[Effect]:
        """Shown on its days; a board of wood has somebody who sees to it."""
        own = record["place"] == DEPARTMENT_BOARD
        yield Publishes(
            record["title"],
            record["posted_from"],
            until=record["posted_to"],
            departments=(record["department"].id,) if own else (),
            front=record["place"] == FRONT,
            confirm=bool(record["must_confirm"]),
            tell=bool(record["must_confirm"]),
        )
        if record["place"] != FRONT:
            holder = f"person:{record.applicant_id}"
            yield Asks(_l("把板报张贴到板报栏"), holder, record["posted_from"])
            yield Asks(_l("截止日期已到，从板报栏撤下板报"), holder, record["posted_to"])
