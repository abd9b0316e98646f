"""DS-17 网站跟踪检查维护记录."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.conditions import filled
from portal.domain.deadlines import weeks
from portal.domain.effects import Asks, Effect, Opens, after
from portal.domain.signoff import Route, Step
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist
from portal.forms.design.websites import DESIGN_MANAGER, TEAM, customer_of
from portal.forms.fields import Day, LongText, Number, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE = "delivery"  # a site is looked after once the customer has accepted it
DOMAIN_DAYS = 60  # before a domain expires


class WebsiteMaintenance(CompanyForm):
    """Looks after a site that was accepted: what was checked, what was wrong, what was done."""

    code = "DS-17"
    name = _l("网站跟踪检查维护记录")
    slug = "website-maintenance-records"
    section = "web_design"
    procedure = "WD-P-01#maintenance"
    opened_by = ("programmer", "designer")
    readers = TEAM
    columns = (
        *("number", "project", "site_address", "checked_on", "hours_spent", "domain_expires_on"),
        *("customer_told", "current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    site_address = Text(_l("网站地址"))
    checked_on = Day(_l("检查日期"))
    check_points = Checklist(
        _l("检查内容"),
        (
            _l("网站可访问"),
            _l("后台可登录"),
            _l("表单留言正常"),
            _l("域名及空间有效期"),
            _l("数据备份"),
            _l("安全及木马"),
            _l("备案信息"),
        ),
    )
    faults = LongText(
        _l("发现的问题"), required=False, help=_l("需要上门或修改的问题；经理审阅后生成技术支持服务单草稿")
    )
    maintenance_done = LongText(_l("维护内容"))
    hours_spent = Number(_l("耗时(小时)"), required=False, high=1000)
    domain_expires_on = Day(_l("域名到期日"), required=False)
    customer_told = YesNo(_l("已告知客户"), required=False, required_when=filled("faults"))

    signoff = Route(
        Step("manager_sign", _l("部门经理审阅"), DESIGN_MANAGER, meaning="checked", within=weeks(1)),
    )

    def check(self) -> None:
        """It has been looked at since the customer has it, and what is not in order is told."""
        refuse_closed(self, "project", STAGE)
        moments.refuse_future(self, "checked_on")
        accepted = projects.stage(self.project.data.id, "acceptance") if self.project.data else None
        text = _l("不能早于客户验收日期")
        moments.refuse_earlier(self, "checked_on", accepted.row.passed_on if accepted else None, text)
        if self.faults.blank and any(row["result"] == "fail" for row in self.check_points.data):
            self.refuse("faults", _l("有不合格项时请写明发现的问题"))

    @staticmethod
    @after("manager_sign", _l("发现问题的生成技术支持服务单草稿；域名60天内到期的列入项目经理的待办"))
    def follow(record: Filed) -> Iterator[Effect]:
        """A fault becomes a matter of service; a domain is renewed before it expires."""
        project = projects.project(record["project"].id)
        if record["faults"]:
            yield Opens("CS-01", _support(record), to="role:customer_service_officer")
        expires = record["domain_expires_on"]
        soon = expires and expires <= record["checked_on"] + timedelta(days=DOMAIN_DAYS)
        if project is not None and soon and not websites.domain_asked(project.id, expires, record.itself):
            title = _l("续费网站域名：%(site)s", site=record["site_address"])
            yield Asks(title, projects.holder(project, "project_manager"), expires)


def _support(record: Filed) -> dict[str, Any]:
    """What the service desk is told."""
    known: dict[str, Any] = {
        "channel": "website",
        "received_at": record.now,
        "problem": record["faults"],
    }
    if customer := customer_of(record["project"]):
        known["customer"] = customer
    return known
