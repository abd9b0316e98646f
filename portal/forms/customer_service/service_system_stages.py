"""The stages of CS-02: what a revision changes, who took it, who was trained in it."""

from __future__ import annotations

from typing import Any

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Rows, Text, YesNo
from portal.forms.references import DrawnSignature, Person
from portal.lib.i18n import _l
from portal.queries import documents, service_system

EMPLOYERS = {"own_company": _l("本公司"), "sales_agency": _l("销售代理公司")}


class Change(Sheet):
    """One clause before and after."""

    clause = Text(_l("条款"))
    old_text = LongText(_l("原内容"), required=False)
    new_text = LongText(_l("修订后内容"))
    reason = Text(_l("理由"))


class RevisionStatement(Stage):
    """What a revision changes of the version in force."""

    previous_version = Text(_l("上一版本"), computed=True)
    previous_approved_on = Day(_l("上一版批准日期"), computed=True)
    changes = Rows(
        _l("修订内容"), Change, help=_l("年度评审认为无需修改的，写一行：条款填“全部”，修订后内容填“不变”")
    )

    def compute(self) -> None:
        """The version in force, as the list of controlled documents has it."""
        super().compute()
        found = service_system.in_force(documents.SYSTEM, self.itself)
        self.previous_version.data = found.version if found else None
        self.previous_approved_on.data = found.approved_on if found else None


class IssueReceipt(Stage):
    """That both departments have the version in their hands."""

    received_version = Text(_l("签收版本"), computed=True)
    received_on = Day(_l("签收日期"))

    def compute(self) -> None:
        """The version that was approved."""
        super().compute()
        self.received_version.data = self.context.get("system_version")

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"received_on": self.today}

    def check(self) -> None:
        """R02: nobody has the version in their hands before it is approved."""
        moments.refuse_future(self, "received_on")
        found = service_system.in_force(documents.SYSTEM)
        approved_on = found.approved_on if found else None
        moments.refuse_earlier(self, "received_on", approved_on, _l("签收日期不能早于总经理批准的日期"))


class Trainee(Sheet):
    """Somebody who was trained, with their signature."""

    name_ = Text(_l("姓名"), max=60)
    employer = Choice(_l("所属"), EMPLOYERS)
    signed = DrawnSignature(_l("签到"))
    score = Integer(_l("考核得分"), high=100)
    repeat_needed = YesNo(_l("需补训"))


class Training(Stage):
    """The training of all project salespeople, own and of agencies."""

    training_date = Moment(_l("培训日期"))
    trainer = Person(_l("培训人"))
    training_topics = LongText(_l("培训内容"))
    trainees = Rows(_l("参训人员签到"), Trainee)

    def proposal(self) -> dict[str, Any]:
        """Everybody who has to be trained."""
        staff = self.context.get("project_sales_staff") or ()
        return {"trainees": [{"name": one["name"], "employer": one["employer"]} for one in staff]}

    def check(self) -> None:
        """R03: signed only when nobody of the list is missing or has to be trained again."""
        trained = {
            (row["name"], row["employer"])
            for row in self.trainees.data
            if row["signed"] and row["repeat_needed"] is False
        }
        staff = self.context.get("project_sales_staff") or ()
        missing = [one["name"] for one in staff if (one["name"], one["employer"]) not in trained]
        if missing:
            self.refuse(
                "trainees",
                _l("%(names)s还没有签到或需要补训，全部培训合格后才能签署；已填内容可先保存草稿"),
                names="、".join(missing),
            )
        listed = [(row["name"], row["employer"]) for row in self.trainees.data if row["name"]]
        double = next((name for name, employer in listed if listed.count((name, employer)) > 1), None)
        if double:
            self.refuse("trainees", _l("“%(who)s”填写了两行，请合并"), who=double)
        if self.training_date.data and self.training_date.data > self.now:
            self.refuse("training_date", _l("培训日期不能晚于现在，培训结束后再签署"))
        received_on = self.context.get("received_on")
        moments.refuse_earlier(self, "training_date", received_on, _l("培训日期不能早于体系下发签收的日期"))
