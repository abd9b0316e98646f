"""IC-13 信息收集计划."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, PostsEntry, Shares, after
from portal.domain.permissions import EVERYONE
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, LongText, Money, Rows, Text
from portal.forms.filed import Filed
from portal.forms.quality.information_words import PLANNED_SOURCES, VALUES
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.queries import information

SOURCES_LEDGER = "information_sources"


class PlanStep(Sheet):
    """Something that is done to collect, by whom, until when."""

    step = Text(_l("步骤"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))


class PlannedSource(Sheet):
    """Where information will come from."""

    name_ = Text(_l("来源名称"))
    kind = Choice(_l("类型"), PLANNED_SOURCES)
    contact = Text(_l("联系方式"), required=False)
    cost = Money(_l("费用"), low=0, required=False)
    value = Choice(_l("量值"), VALUES)


class CollectionPlan(CompanyForm):
    """Says which information is wanted, from where, until when; nothing is collected without a plan."""

    code = "IC-13"
    name = _l("信息收集计划")
    slug = "collection-plans"
    section = "information_centre"
    procedure = "IC-P-01#plan"
    opened_by = ("information_officer",)
    covers = ("信息来源(同行业信息网络)名录",)
    columns = (
        "number", "plan_title", "time_from", "time_limit", "quantity_limit", "use_limit", "kind_limit",
        "current_step", "due_at", "status",
    )  # fmt: skip

    plan_title = Text(_l("计划名称"))
    content = LongText(_l("所需信息内容"), help=_l("新开计划时带出上期汇总报告提出的收集重点，请按需增减"))
    scope = LongText(_l("范围"))
    time_from = Day(_l("开始日期"))
    time_limit = Day(_l("时限"))
    steps = Rows(_l("步骤安排"), PlanStep)
    quantity_limit = Text(_l("数量限定"))
    use_limit = Text(_l("作用"))
    kind_limit = Text(_l("种类"))
    sources = Rows(_l("信息来源"), PlannedSource)
    budget = Money(_l("费用预算"), low=0, required=False)

    signoff = Route(
        Step(
            "centre_approval",
            _l("信息中心主任批准"),
            role("information_centre_head"),
            within=working_days(2),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What the last consolidated report wants collected."""
        wanted = information.priorities()
        return {"time_from": self.today, **({"content": wanted} if wanted else {})}

    def heading(self) -> str:
        """What the plan is called."""
        return self.plan_title.data or ""

    def check(self) -> None:
        """R80: the days and the money of a plan fit together."""
        first, last = self.time_from.data, self.time_limit.data
        if first and last and last < first:
            self.refuse("time_limit", _l("时限不能早于开始日期"))
        if first and last:
            outside = [row for row in self.steps.data if row["due"] and not first <= row["due"] <= last]
            if outside:
                self.refuse(
                    "steps",
                    _l("步骤“%(step)s”的期限须在开始日期和时限之间"),
                    step=outside[0]["step"] or "",
                )
        names = [row["name"] for row in self.sources.data if row["name"]]
        double = next((name for name in names if names.count(name) > 1), None)
        if double:
            self.refuse("sources", _l("信息来源“%(source)s”填写了两行，请合并"), source=double)
        costs = sum(row["cost"] or 0 for row in self.sources.data)
        if self.budget.data is not None and costs > self.budget.data:
            self.refuse("budget", _l("各来源费用合计 %(sum)s 元，超过费用预算，请核对"), sum=costs)

    @staticmethod
    @after("centre_approval", _l("计划可供信息收集登记选用；来源登记入信息来源名录；到时限提醒结束计划"))
    def begin(record: Filed) -> Iterator[Effect]:
        """R80: from now on information is collected by the plan, by whoever comes upon it."""
        yield Shares((EVERYONE,))
        for row in record["sources"]:
            yield PostsEntry(
                SOURCES_LEDGER,
                {
                    "source": row["name"],
                    "kind": row["kind"],
                    "contact": row["contact"] or "",
                    "fields": record["kind_limit"],
                    "cost": str(row["cost"]) if row["cost"] is not None else None,
                    "value": row["value"],
                },
            )
        yield Asks(
            _l("信息收集计划到期：核对完成情况并结束计划，需要继续的编制新计划"),
            f"person:{record.applicant_id}",
            record["time_limit"],
        )
