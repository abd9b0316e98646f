"""EN-17 设计变更单."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import VOIDED, ChangesProject, Effect, Opens, after
from portal.domain.signoff import Route, Step, outside, project_person, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.engineering import site_parts
from portal.forms.fields import Choice, Integer, LongText, Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, sites, works

MOST = Decimal("999999999")
DAYS = 365


class ForemanReceipt(Stage):
    """The foreman has the new drawing, and nobody works by the old one."""

    old_drawing_withdrawn = YesNo(_l("旧图已收回"))

    def check(self) -> None:
        """Two drawings on site are one too many."""
        if self.old_drawing_withdrawn.data is False:
            self.refuse("old_drawing_withdrawn", _l("旧图收回后才能签收"))


class DesignChange(CompanyForm):
    """Changes a drawing of the works, with what that costs in money and days."""

    code = "EN-17"
    name = _l("设计变更单")
    slug = "design-changes"
    section = "construction"
    procedure = "EN-P-01#design-change"
    opened_by = ("designer",)
    columns = (
        "number", "project", "drawing_no", "reason", "cost_effect", "days_effect", "briefing",
        "old_drawing_withdrawn", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    briefing = RecordLink(_l("技术交底表"), "EN-18", required=False)
    drawing_no = Text(_l("图号"), max=60)
    old_content = LongText(_l("原设计"))
    new_content = LongText(_l("变更后设计"))
    reason = Choice(
        _l("变更原因"),
        {
            "error_found_at_the_briefing": _l("交底发现错误"),
            "customer_request": _l("客户要求"),
            "site_condition": _l("现场条件"),
            "minor_defect_treatment": _l("轻度质量问题处理"),
        },
    )
    error_reported = LongText(_l("有误之处(工长说明)"), required=False)
    cost_effect = Money(_l("费用影响"), low=-MOST, high=MOST, help=_l("增加为正，减少为负，没有影响填0"))
    days_effect = Integer(
        _l("工期影响(天)"), low=-DAYS, high=DAYS, help=_l("延长为正，缩短为负，没有影响填0")
    )
    new_drawing = Attachments(_l("变更图纸"))

    signoff = Route(
        Step(
            "manager_check",
            _l("设计部经理审核"),
            role("design_manager"),
            meaning="checked",
            within=working_days(1),
        ),
        Step(
            "customer_sign",
            _l("客户签字"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(2),
        ),
        Step(
            "supervisor_sign",
            _l("监理签收"),
            project_person("project", "site_supervisor"),
            meaning="received",
            within=working_days(1),
        ),
        Step(
            "foreman_receipt",
            _l("工长签收"),
            project_person("project", "foreman"),
            meaning="received",
            within=working_days(1),
            fills=ForemanReceipt,
        ),
    )

    def check(self) -> None:
        """The project goes on, the briefing is its own, and something changes."""
        site_parts.refuse_over(self)
        site_parts.refuse_foreign(self, "briefing")
        old, new = self.old_content.data, self.new_content.data
        if old and new and old == new:
            self.refuse("new_content", _l("与原设计相同，没有变更"))

    @staticmethod
    @after(
        "customer_sign",
        _l("工程的图纸版本升一版；影响费用时生成增减项目确认单草稿，延长工期时生成延期手续草稿"),
    )
    def carry_out(record: Filed) -> Iterator[Effect]:
        """What the customer has signed is the design from now on; the version rises once, however often it goes round."""
        project = record["project"].id
        if sites.signed_times(record.itself, "customer_sign") <= 1:
            found = projects.project(project)
            former = found.facts.get("drawing_version", "") if found else ""
            raising = {"record": record.id, "former": former}
            yield ChangesProject(project, facts={"drawing_version": raised(former), "raised_by": raising})
        foreman = works.holder(project, "foreman")
        if record["cost_effect"]:
            yield Opens("EN-15", _items(record), to=foreman, names_as="design_change")
        if record["days_effect"] > 0:
            reason = f"{record['drawing_no']}：{record['new_content']}"
            answers = site_parts.extension(record, "design_change", reason, days=record["days_effect"])
            yield Opens("EN-10", answers, to=foreman, names_as="source_record")

    @staticmethod
    @after(VOIDED, _l("放弃变更时恢复原图纸版本，其后又有变更的除外"))
    def take_back(record: Filed) -> Iterator[Effect]:
        """A change that is given up after the customer has signed was none, unless another has built upon it."""
        found = projects.project(record["project"].id)
        raising = (found.facts.get("raised_by") if found else None) or {}
        if found and raising.get("record") == record.id:
            facts = {"drawing_version": raising["former"], "raised_by": None}
            yield ChangesProject(found.id, facts=facts)


def _items(record: Filed) -> dict[str, Any]:
    """The change as one added or deducted item; its days are settled by their own paper."""
    amount = record["cost_effect"]
    line = {
        "sign": "add" if amount > 0 else "deduct",
        "item": f"{record['drawing_no']} {record['new_content']}"[:200],
        "quantity": Decimal(1),
        "unit": str(_l("项")),
        "unit_price": abs(amount),
    }
    return {
        **site_parts.with_customer(record),
        "items": [line],
        "reason": "design_change",
        "days_effect": 0,
        "asked_on": day(record.now),
    }


def raised(version: str) -> str:
    """The version after this one: A, B ... Z, Z1; V2.1, V2.2; 3版, 4版."""
    if letter := re.fullmatch(r"(.*?)([A-Ya-y])(版?)", version):
        return letter[1] + chr(ord(letter[2]) + 1) + letter[3]
    if number := re.fullmatch(r"(.*\D)?(\d+)(\D*)", version):
        return f"{number[1] or ''}{int(number[2]) + 1:0{len(number[2])}d}{number[3]}"
    return f"{version}1" if version else "B"
