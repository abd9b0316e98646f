"""EN-30 工地安全文明检查及隐患整改记录."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import days, until
from portal.domain.effects import SUBMITTED, Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, project_person
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.fields import Day, Integer, LongText, Moment, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Person, Photos, Project
from portal.lib.i18n import _, _l, _lp
from portal.queries import projects

FOUND = filled("hazards")
AT_ONCE = timedelta(hours=1)  # R63: so soon customer service hears of a complaint


class Trade(Sheet):
    """Who works on the site that day."""

    trade = Text(_l("工种"), max=40)
    workers = Integer(_l("人数"), low=1, high=999)
    work = Text(_l("工作内容"), required=False)


class Hazard(Sheet):
    """A hazard, with what is done about it, by whom and until when."""

    hazard = Text(_l("隐患"))
    measure = Text(_l("措施"))
    owner = Person(_l("责任人"))
    limit = Day(_l("期限"))

    def check(self) -> None:
        """Nothing is put right before it is found."""
        moments.refuse_earlier(self, "limit", self.context.get("checked_at"), _l("期限不能早于检查日期"))


class Elimination(Stage):
    """How the hazards were removed."""

    eliminated_on = Moment(_l("消除时间"))
    eliminated_how = LongText(_l("消除情况"))

    def check(self) -> None:
        """What is removed has been found before, and is gone now."""
        moments.refuse_future(self, "eliminated_on")
        text = _l("消除时间不能早于检查时间")
        moments.refuse_earlier(self, "eliminated_on", self.context.get("checked_at"), text)


class SiteCheck(CompanyForm):
    """Looks at the safety and the order of a site each week, and follows each hazard until it is gone."""

    code = "EN-30"
    name = _l("工地安全文明检查及隐患整改记录")
    slug = "site-checks"
    section = "construction"
    procedure = "EN-S-01#weekly-check"
    opened_by = ("foreman", "site_supervisor")
    covers = ("工地安全检查及隐患整改记录", "现场文明施工检查表", "施工日志")
    columns = (
        "number", "project", "checked_at", "customer_property_safe", "weather", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    checked_at = Moment(_l("检查时间"))
    weather = Text(_l("天气"), required=False, max=40)
    trades_on_site = Rows(_l("在场工种及人数"), Trade, required=False)
    work_done = LongText(_l("当日完成"), required=False)
    safety_checks = Checklist(
        _lp("site", "安全检查"),
        (_l("临时用电"), _l("动火管理"), _l("高处作业"), _l("消防器材"), _l("个人防护"), _l("机具安全")),
    )
    civilised_checks = Checklist(
        _l("文明施工检查"),
        (
            _l("材料堆放"),
            _l("垃圾清运"),
            _l("成品保护"),
            _l("施工时间及噪音"),
            _l("标识牌"),
            _l("人员着装秩序"),
        ),
    )
    hazards = Rows(
        _l("发现的隐患"), Hazard, required=False, help=_l("逐条写明措施、责任人和期限；没有隐患可不填")
    )
    eliminate_by = Day(_l("最早期限"), computed=True, when=FOUND)
    customer_property_safe = YesNo(_l("客户财物安全"))
    property_finding = LongText(_l("客户财物情况"), when=equals("customer_property_safe", False))
    photos = Photos(_l("照片"), required=False)

    signoff = Route(
        Step(
            "elimination",
            _l("隐患消除"),
            project_person("project", "foreman"),
            meaning="done",
            within=until("eliminate_by"),
            when=FOUND,
            fills=Elimination,
            clause="EN-S-01#hazards",
        ),
        Step(
            "supervisor_sign",
            _l("监理签字"),
            project_person("project", "site_supervisor"),
            meaning="confirmed",
            within=days(2),
            on_refusal=Back("elimination", when=FOUND),
        ),
    )

    def compute(self) -> None:
        """The hazard that has to go first sets the time."""
        super().compute()
        limits = [row.limit.data for row in self.hazards.rows if row.limit.data]
        self.eliminate_by.data = min(limits, default=None)

    def check(self) -> None:
        """A check lies behind us; what has failed is told, and is a hazard where it is about safety."""
        moments.refuse_future(self, "checked_at")
        for table in (self.safety_checks, self.civilised_checks):
            for row in table.rows:
                if row.result.data == "fail" and row.remark.blank:
                    row.refuse("remark", _l("不合格的请写明情况"))
        unsafe = [row.item.data for row in self.safety_checks.rows if row.result.data == "fail"]
        if unsafe and self.hazards.blank:
            items = _("、").join(unsafe)
            self.refuse("hazards", _l("“%(items)s”不合格，请登记隐患及措施、责任人和期限", items=items))

    @staticmethod
    @after(SUBMITTED, _l("客户财物不安全：生成投诉信息反馈单草稿"))
    def relay_complaint(record: Filed) -> Iterator[Effect]:
        """What has happened to the customer's things, customer service hears before the customer calls."""
        if record["customer_property_safe"] is not False:
            return
        project = projects.project(record["project"].id)
        customer = project.customer if project is not None else None
        yield Opens(
            "CS-50",
            {
                "received_at": record["checked_at"],
                "complainant": customer.name if customer else None,
                "channel": "other",
                "content": record["property_finding"],
                "evidence": record["photos"],
            },
            to=f"person:{record.applicant_id}",
            due=record.now + AT_ONCE,
        )
