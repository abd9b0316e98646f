"""EN-21 隐蔽工程验收表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, Effect, Opens, after
from portal.domain.signoff import Close, Route, Step, outside, project_person
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist
from portal.forms.fields import Choice, Integer, LongText, Moment, Number, Text
from portal.forms.filed import Filed
from portal.forms.kinds import SERVED
from portal.forms.references import DrawnSignature, Person, Photos, Project
from portal.lib.i18n import _l
from portal.queries import works

BEFORE = "EN-20"  # R29: incoming material is accepted first
COVERED_BY = ("EN-23", "EN-24")  # by these acceptances everything concealed lies under its cover


class SupervisorCheck(Stage):
    """R26: the verdict; a problem gets its opinion, its person and its limit on the spot."""

    verdict = Choice(
        _l("验收结论"),
        {"pass": _l("合格"), "pass_after_rectification": _l("整改后复验"), "fail": _l("不合格")},
    )
    problem_found = LongText(_l("发现的质量问题"), required=False, required_when=differs("verdict", "pass"))
    on_spot_opinion = LongText(_l("当场处理意见"), required=False, required_when=differs("verdict", "pass"))
    responsible_person = Person(_l("相关责任人"), required=False, required_when=differs("verdict", "pass"))
    rectify_by = Moment(_l("整改期限"), required=False, required_when=differs("verdict", "pass"))

    def check(self) -> None:
        """A limit that has passed before the acceptance is none."""
        limit, met = self.rectify_by.data, self.context.get("acceptance_at")
        if limit and met and limit < met:
            self.refuse("rectify_by", _l("整改期限不能早于约定验收时间"))


class CustomerSign(Stage):
    """The customer's signature to the acceptance."""

    customer_opinion = LongText(_l("客户意见"), required=False)
    customer_signature = DrawnSignature(_l("客户签字"))


class ConcealedWorksAcceptance(CompanyForm):
    """Accepts pipes, wires and frames before they are covered."""

    code = "EN-21"
    name = _l("隐蔽工程验收表")
    slug = "concealed-works-acceptances"
    section = "construction"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "areas", "self_check", "test_pressure", "holding_minutes",
        "verdict", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"))
    acceptance_at = Moment(_l("约定验收时间"))
    areas = Text(_l("验收部位"))
    concealed_checks = Checklist(
        _l("检查项目"),
        (
            _l("给水管路走向及固定"),
            _l("给水管打压试验"),
            _l("排水管坡度及通水"),
            _l("强电线径、分色及回路"),
            _l("弱电线路"),
            _l("线管固定及间距"),
            _l("绝缘及通断测试"),
            _l("吊顶龙骨"),
        ),
    )
    test_pressure = Number(_l("试验压力(MPa)"), required=False)
    holding_minutes = Integer(_l("稳压时间(分钟)"), required=False)
    pressure_drop = Number(_l("压力降(MPa)"), required=False)
    layout_photos = Photos(_l("隐蔽部位照片"))
    self_check = Choice(_l("工长自检结论"), {"pass": _l("合格"), "fail": _l("不合格")})
    site_photos = Photos(_l("现场照片"))

    signoff = Route(
        Step(
            "supervisor_check",
            _l("监理验收"),
            project_person("project", "site_supervisor"),
            meaning="accepted",
            within=working_days(1, since="acceptance_at"),
            fills=SupervisorCheck,
        ),
        Step(
            "customer_sign",
            _l("客户签字"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(2),
            fills=CustomerSign,
            on_refusal=Close(),
        ),
    )

    def check(self) -> None:
        """A test loses no more pressure than it had; the acceptances have an order."""
        pressure, drop = self.test_pressure.data, self.pressure_drop.data
        if pressure is not None and drop is not None and drop > pressure:
            self.refuse("pressure_drop", _l("压力降不能大于试验压力"))
        self._check_order()

    def _check_order(self) -> None:
        """R29: the acceptances have an order; what is covered can no longer be accepted."""
        project = self.project.data
        if not project or not project.id:
            return
        if BEFORE in SERVED and not works.passed(BEFORE, project.id):
            self.refuse("project", _l("该工程的材料进场验收尚未合格，不能进行隐蔽工程验收"))
        if any(works.passed(code, project.id) for code in COVERED_BY):
            self.refuse("acceptance_at", _l("该工程已通过中期或竣工验收，隐蔽部位已经封闭，不能再验收"))

    @staticmethod
    @after("supervisor_check", _l("验收结论不是合格时生成限期整改通知单"))
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: the problem, its opinion, person and limit become a notice."""
        if record["verdict"] != "pass":
            yield Opens(
                "EN-25",
                {
                    "project": record["project"],
                    "found_at": record.now,
                    "place": record["areas"],
                    "problem": record["problem_found"],
                    "opinion": record["on_spot_opinion"],
                    "responsible_person": record["responsible_person"],
                    "rectify_by": record["rectify_by"],
                },
                to=f"person:{record.applicant_id}",
                names_as="acceptance_record",
            )

    @staticmethod
    @after("customer_sign", _l("验收合格：可以封闭，生成防水验收表草稿"))
    def open_next(record: Filed) -> Iterator[Effect]:
        """The next acceptance follows one that has passed."""
        if record["verdict"] == "pass":
            yield Opens("EN-22", {"project": record["project"]}, to=f"person:{record.applicant_id}")

    @staticmethod
    @after(REFUSED, _l("客户不接受验收：生成限期整改通知单，整改后重新验收"))
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right; a problem found before has its notice already."""
        if record["verdict"] == "pass":
            yield Opens(
                "EN-25",
                {"project": record["project"], "found_at": record.now, "place": record["areas"]},
                to=f"person:{record.applicant_id}",
                names_as="acceptance_record",
            )
