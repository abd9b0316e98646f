"""The stages of IS-08: how risks are treated, and what is left of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, PairedRows, Rows, Text, YesNo
from portal.forms.quality.own import department_of
from portal.forms.references import Department, Person
from portal.lib.i18n import _l

OPTIONS = {
    "avoid": _l("规避"),
    "reduce": _l("降低"),
    "transfer": _l("转移"),
    "accept": _l("接受"),
}
LONGEST = 400  # characters of what a risk is called: its number, an asset and a source as long as they may be
HIGHEST = 25  # five grades of likelihood by five of impact
_NUMBER = re.compile(r"\d{1,4}")


def label(row: Mapping[str, Any]) -> str:
    """What a risk is called in the plan: its number, its asset, its source."""
    return f"{row['no']} {row['asset'].text if row['asset'] else ''}：{row['source'] or ''}"


def labels(risks: list[dict[str, Any]] | None) -> dict[int, str]:
    """The risks of the assessment by their numbers."""
    return {row["no"]: label(row) for row in risks or ()}


class Treatment(Sheet):
    """Something done about a risk."""

    risk = Text(_l("风险"), max=LONGEST)
    option = Choice(_l("方式"), OPTIONS)
    measure = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    department = Department(_l("责任部门"), computed=True)
    due = Day(_l("期限"))

    def compute(self) -> None:
        """The department of whoever does it."""
        self.department.data = department_of(self.owner.data)

    def check(self) -> None:
        """What is planned lies ahead."""
        if self.due.data and self.due.data < self.today:
            self.refuse("due", _l("期限不能早于今天"))


class TreatmentPlan(Stage):
    """风险处置计划."""

    treatments = Rows(
        _l("处置措施"),
        Treatment,
        required=False,
        help=_l("每项重要风险至少一行；其他风险也可加行，“风险”只填序号即可"),
    )

    def proposal(self) -> dict[str, Any]:
        """A row for each important risk."""
        risks = self.context.get("risks") or ()
        return {"treatments": [{"risk": label(row)} for row in risks if row["important"]]}

    def compute(self) -> None:
        """A number stands for its risk."""
        super().compute()
        known = labels(self.context.get("risks"))
        for row in self.treatments.rows:
            number = _NUMBER.match(row.risk.data or "")
            if number and int(number[0]) in known:
                row.risk.data = known[int(number[0])]

    def check(self) -> None:
        """Every important risk is treated, and nothing that was not assessed."""
        risks = self.context.get("risks") or []
        known = set(labels(risks).values())
        for row in self.treatments.rows:
            if row.risk.data and row.risk.data not in known:
                row.refuse("risk", _l("没有这项风险，请填风险分析表中的序号"))
        treated = {row["risk"] for row in self.treatments.data}
        missing = [row["no"] for row in risks if row["important"] and label(row) not in treated]
        if missing:
            numbers = "、".join(map(str, missing))
            self.refuse("treatments", _l("重要风险 %(numbers)s 还没有处置措施，请各补一行"), numbers=numbers)


class Residual(Sheet):
    """What is left of a risk once it has been treated."""

    risk = Text(_l("风险"), computed=True, max=LONGEST)
    level = Integer(_l("残余值"), low=1, high=HIGHEST)
    accepted = YesNo(_l("接受"))
    valid_until = Day(_l("有效至"), required=False)
    reason = Text(_l("理由"), required=False)


class ResidualAcceptance(Stage):
    """残余风险接受书."""

    residual_risks = PairedRows(
        _l("残余风险"), Residual, help=_l("有不接受的残余风险时，签署后退回补充处置措施")
    )

    def compute(self) -> None:
        """One row for each risk that is treated."""
        super().compute()
        treated = dict.fromkeys(row["risk"] for row in self.context.get("treatments") or ())
        self.residual_risks.pair({"risk": risk} for risk in treated)

    def check(self) -> None:
        """A risk above the level is accepted only for a reason and until a day; treatment does not make it worse."""
        level = self.context.get("acceptance_level")
        before = {label(row): row["level"] for row in self.context.get("risks") or ()}
        for row in self.residual_risks.rows:
            left, was = row.level.data, before.get(row.risk.data)
            if left is None:
                continue
            if was and left > was:
                row.refuse("level", _l("残余值不能高于处置前的风险值 %(level)d"), level=was)
            if row.accepted.data and level and left > level:
                if row.reason.blank:
                    row.refuse("reason", _l("高于可接受水平 %(level)d，接受须写明理由"), level=level)
                if row.valid_until.blank:
                    row.refuse("valid_until", _l("高于可接受水平 %(level)d，接受须写明有效期"), level=level)
            if row.valid_until.data and row.valid_until.data <= self.today:
                row.refuse("valid_until", _l("有效期须晚于今天"))
