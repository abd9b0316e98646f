"""IS-08 风险评估报告."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.conditions import any_row, filled
from portal.domain.deadlines import weeks
from portal.domain.effects import Effect, PostsEntry, Updates, after
from portal.domain.signoff import Back, Route, Step, heads_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Day, Integer, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.actions import follow
from portal.forms.quality.risk_assessment_stages import (
    HIGHEST,
    ResidualAcceptance,
    TreatmentPlan,
    label,
)
from portal.forms.quality.security_words import READERS
from portal.forms.references import InformationAsset
from portal.lib.i18n import _l
from portal.lib.text import first_line
from portal.queries import risks, security

CARRIED = ("likelihood_scale", "impact_scale", "acceptance_level")  # from one assessment to the next
TREATED = filled("treatments")


class Risk(Sheet):
    """A danger to an asset: how likely, how grave."""

    no = Integer(_l("序号"), computed=True)
    asset = InformationAsset(_l("资产"))
    source = Text(_l("来源(威胁)"))
    weakness = Text(_l("薄弱点"))
    likelihood = Integer(_l("可能性"), low=1, high=5)
    impact = Integer(_l("影响"), low=1, high=5)
    level = Integer(_l("风险值"), computed=True)
    important = YesNo(_l("重要风险"), computed=True)


class RiskAssessment(CompanyForm):
    """Judges the risks of the information assets, plans what is done about them, and what is left to be accepted."""

    code = "IS-08"
    name = _l("风险评估报告")
    slug = "risk-assessments"
    section = "information_security"
    procedure = "IS-P-01#risk-assessment"
    opened_by = ("security_officer",)
    covers = ("风险准则", "风险处置计划", "残余风险接受书")
    readers = READERS
    columns = (
        *("number", "year", "criteria_version", "acceptance_level", "assessed_on", "team"),
        *("current_step", "due_at", "status"),
    )

    year = Integer(_l("年度"), low=2000, high=2100)
    scope = LongText(_l("评估范围"))
    criteria_version = Text(_l("风险准则版本"), max=40)
    likelihood_scale = LongText(_l("可能性等级"), help=_l("1 至 5 级各是什么意思"))
    impact_scale = LongText(_l("影响等级"), help=_l("1 至 5 级各是什么意思"))
    acceptance_level = Integer(
        _l("可接受水平"), low=1, high=HIGHEST, help=_l("风险值高于它的即为重要风险；风险值为可能性乘以影响")
    )
    risks = Rows(_l("风险分析与评价"), Risk)
    assessed_on = Day(_l("评估日期"))
    team = Text(_l("评估人员"))

    signoff = Route(
        Step(
            "treatment_plan",
            _l("风险处置计划"),
            role("security_officer"),
            meaning="filled",
            within=weeks(2),
            fills=TreatmentPlan,
            clause="IS-P-01#risk-treatment",
        ),
        Step(
            "owners_agree",
            _l("风险责任部门会签"),
            heads_in("treatments", "department"),
            within=weeks(1),
            when=TREATED,
            on_refusal=Back("treatment_plan"),
            clause="IS-P-01#risk-treatment",
        ),
        Step(
            "residual_acceptance",
            _l("残余风险接受"),
            role("management_representative"),
            meaning="accepted",
            within=weeks(1),
            when=TREATED,
            fills=ResidualAcceptance,
            on_refusal=Back("treatment_plan"),
            outcomes=(Back("treatment_plan", when=any_row("residual_risks", "accepted", "equals", False)),),
            clause="IS-S-02#residual",
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=weeks(1),
            clause="IS-P-01#residual-risk",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The scales of the last assessment, the criteria in force, and a row for each asset that waits."""
        last = security.last_answers(self.code)
        rows = [{"asset": Ref(one.id, one.label)} for one in security.to_assess()]
        return {
            "year": self.today.year,
            "criteria_version": security.criteria_version() or None,
            "assessed_on": self.today,
            "risks": rows,
            **{name: last[name] for name in CARRIED if name in last},
        }

    def heading(self) -> str:
        """The year and what was looked at."""
        return f"{self.year.data or ''} {first_line(self.scope.data)}".strip()

    def compute(self) -> None:
        """Numbers the risks; the level is likelihood times impact, important what lies above the level."""
        super().compute()
        acceptable = self.acceptance_level.data
        for no, row in enumerate(self.risks.rows, 1):
            likelihood, impact = row.likelihood.data, row.impact.data
            level = likelihood * impact if likelihood and impact else None
            row.no.data, row.level.data = no, level
            row.important.data = level > acceptable if level and acceptable else None

    def check(self) -> None:
        """It has been judged, each danger to an asset once."""
        moments.refuse_future(self, "assessed_on")
        if self.year.data and self.assessed_on.data:
            if self.assessed_on.data.year < self.year.data:
                self.refuse("assessed_on", _l("评估日期不能早于评估年度"))
            elif self.assessed_on.data.year > self.year.data + 1:
                self.refuse("year", _l("评估年度最早为评估日期的上一年，请核对年度"))
        seen: dict[Any, int] = {}
        for row in self.risks.rows:
            found = security.asset(row.asset.data.id) if row.asset.data else None
            if found is not None and found.state == "retired":
                row.refuse("asset", _l("该资产已报废，请选择在用的资产"))
            danger = (row.asset.data.id if row.asset.data else None, row.source.data, row.weakness.data)
            if None not in danger and danger in seen:
                row.refuse("source", _l("与第 %(no)d 行重复，请合并"), no=seen[danger])
            seen.setdefault(danger, row.no.data)

    @staticmethod
    @after("gm_approval", _l("登记风险台帐；处置措施逐条跟踪；已评估的资产不再列为待评估"))
    def enter(record: Filed) -> Iterator[Effect]:
        """A line for each risk and treatment; what is to be done is followed to its end."""
        measures: list[tuple[str, Ref | None, date | None]] = []
        left = {row["risk"]: row for row in record["residual_risks"] or ()}
        for risk in record["risks"]:
            named = label(risk)
            treatments = [row for row in record["treatments"] or () if row["risk"] == named]
            for treatment in treatments or [None]:
                facts = _assessed(record, risk)
                if treatment is not None:
                    facts |= _treated(treatment, left.get(named))
                    if treatment["option"] != "accept":
                        measures.append((treatment["measure"], treatment["owner"], treatment["due"]))
                        facts["action_no"] = f"{record.number}/{len(measures)}"
                yield PostsEntry(risks.LEDGER, facts)
        yield from follow(record, measures)
        for id in dict.fromkeys(risk["asset"].id for risk in record["risks"]):
            yield Updates("asset", id, {"assess": False})


def _assessed(record: Filed, risk: dict[str, Any]) -> dict[str, Any]:
    return {
        "no": f"{record.number}/{risk['no']}",
        "year": record["year"],
        "risk": f"{risk['source']}／{risk['weakness']}",
        "asset": risk["asset"].text,
        "asset_id": risk["asset"].id,
        "likelihood": risk["likelihood"],
        "impact": risk["impact"],
        "level": risk["level"],
        "acceptance_level": record["acceptance_level"],
        "important": risk["important"],
    }


def _treated(treatment: dict[str, Any], left: dict[str, Any] | None) -> dict[str, Any]:
    until = left["valid_until"] if left else None
    return {
        "option": treatment["option"],
        "measure": treatment["measure"],
        "owner": treatment["owner"].text,
        "due": treatment["due"].isoformat(),
        "residual_level": left["level"] if left else None,
        "accepted_until": until.isoformat() if until else "",
        "reason": (left["reason"] or "") if left else "",
    }
