"""EN-24 竣工验收表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import FINISHED, REFUSED, Effect, after
from portal.domain.signoff import Back, Route, Step, project_person
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.engineering import acceptances, completion, payments, site_parts
from portal.forms.fields import Day, Integer, LongText, Moment, YesNo
from portal.forms.filed import Filed
from portal.forms.moments import refuse_earlier, refuse_future
from portal.forms.references import Project
from portal.lib.i18n import _l
from portal.queries import custody

STAGE = "completion"
LONGEST = 1200  # months of a warranty that the calendar holds
AGAINST_DESIGN = equals("matches_design", False)


class CompletionCheck(acceptances.SupervisorCheck):
    """The verdict on the whole."""

    checks = "completion_checks"

    def check_pass(self) -> None:
        """Nothing passes while something of the customer's is still with the company."""
        super().check_pass()
        if self.context.get("property_returned") is False:
            self.refuse("verdict", _l("客户财物尚未交还，不能判为合格"))
        project, keys = self.context.get("project"), self.context.get("keys_returned")
        received = custody.keys_received(project.id) if project else None
        if received is not None and keys is not None and keys < received:
            text = _l("开工时收到 %(received)d 把钥匙，只交还 %(keys)d 把，不能判为合格")
            self.refuse("verdict", text, received=received, keys=keys)


class DesignerSign(Stage):
    """Whether what was built is what was designed."""

    matches_design = YesNo(_l("是否符合设计"))
    deviations = LongText(_l("与设计不符之处"), when=AGAINST_DESIGN, help=_l("提交后退回工长处理"))


class CompletionAcceptance(CompanyForm):
    """Accepts the finished works, with which the project is completed and its warranty begins."""

    code = "EN-24"
    name = _l("竣工验收表")
    slug = "completion-acceptances"
    section = "construction"
    procedure = "EN-P-01#completion"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "completed_on", "property_returned", "keys_returned", "free_months",
        "verdict", "matches_design", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_at = Moment(_l("约定验收时间"))
    completed_on = Day(_l("竣工日期"))
    completion_checks = Checklist(
        _l("检查项目"),
        (
            _l("水电通试"),
            _l("洁具灯具安装"),
            _l("墙面涂饰"),
            _l("地面"),
            _l("木作及五金"),
            _l("门窗"),
            _l("防水复试"),
            _l("室内清洁"),
            _l("空气质量"),
        ),
    )
    property_returned = YesNo(_l("客户财物已交还"))
    keys_returned = Integer(_l("钥匙已交还"), high=1000, help=_l("交还的把数；开工时没有收钥匙的填 0"))
    free_months = Integer(_l("免费维护期(月)"), low=1, high=LONGEST)
    documents_handed = Checklist(_l("已交资料"), (_l("水电走向图"), _l("保修卡"), _l("材料说明")), row=Done)
    self_check = acceptances.self_check()
    site_photos = acceptances.site_photos()

    signoff = Route(
        *acceptances.steps(
            CompletionCheck,
            Step(
                "designer_sign",
                _l("设计师签字"),
                project_person("project", "designer"),
                meaning="confirmed",
                within=working_days(1),
                fills=DesignerSign,
                outcomes=(Back(when=AGAINST_DESIGN),),
            ),
        )
    )

    def check(self) -> None:
        """R29: the last of the acceptances; no more keys go back than have come."""
        acceptances.refuse_untimely(self, STAGE)
        refuse_future(self, "completed_on")
        site = site_parts.project_of(self)
        if site and (started := site.facts.get("actual_start")):
            text = _l("竣工日期不能早于开工日期")
            refuse_earlier(self, "completed_on", date.fromisoformat(started), text)
        project, keys = self.project.data, self.keys_returned.data
        received = custody.keys_received(project.id) if project else None
        if received is not None and keys is not None and keys > received:
            self.refuse("keys_returned", _l("开工时只收到 %(received)d 把钥匙"), received=received)

    @staticmethod
    @after("supervisor_check", acceptances.PROBLEM)
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: a problem becomes a notice."""
        yield from acceptances.problem(record)

    @staticmethod
    @after(
        FINISHED,
        _l(
            "验收合格并经客户签字：工程竣工，生成尾款催缴及结算单和竣工资料验收清单的草稿，每周联系客户到此为止"
        ),
    )
    def conclude(record: Filed) -> Iterator[Effect]:
        """R29, R30: the project is completed, the rest is asked for, after-sales service takes over."""
        yield from completion.completed(record, STAGE)
        yield from payments.reminder(record, STAGE, "final_payment")
        yield from completion.handed_over(record, STAGE)
        yield from acceptances.concluded(record, STAGE)

    @staticmethod
    @after(REFUSED, acceptances.NOT_ACCEPTED)
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right."""
        yield from acceptances.not_accepted(record)
