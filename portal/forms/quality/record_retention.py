"""DC-05 质量记录清单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.archive import IN_PORTAL
from portal.forms.references import Department
from portal.lib.i18n import _l, both
from portal.queries import documents, people, retention

DISPOSALS = {"destroy": _l("销毁"), "hand_over": _l("移交"), "permanent": _l("永久")}
LIMITED = differs("disposal", "permanent")


class RetentionLine(Sheet):
    """A kind of record, who keeps it where, how long, and what becomes of it then."""

    record = Text(_l("记录名称"))
    form = Text(_l("表单编号"), max=20)
    keeper = Department(_l("保管部门"))
    place = Text(_l("存放"), max=60)
    years = Integer(_l("保存年限"), low=1, high=100, when=LIMITED)
    disposal = Choice(_l("到期处置"), DISPOSALS)
    hold = YesNo(_l("法律保全"), required=False)
    hold_reason = Text(_l("保全事由"), required=False, required_when=equals("hold", True))


class Approval(Stage):
    """From when on the list counts."""

    effective_on = Day(_l("生效日期"))

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"effective_on": self.today}

    def check(self) -> None:
        """No list counts before it is approved."""
        if self.effective_on.data and self.effective_on.data < self.today:
            self.refuse("effective_on", _l("生效日期不能早于批准当天"))


class RecordRetention(CompanyForm):
    """Says for each kind of record who keeps it, where and how long."""

    code = "DC-05"
    name = _l("质量记录清单")
    slug = "record-retention"
    section = "document_control"
    procedure = "DC-P-02#list-content"
    opened_by = ("quality_inspector", "document_controller")
    columns = ("number", "year", "effective_on", "current_step", "due_at", "status")

    year = Integer(_l("年度"), low=2000, high=2200)
    records = Rows(
        _l("质量记录"),
        RetentionLine,
        help=_l(
            "已列出现行清单和门户中的全部表单；年限自记录办结的下一年起算，办结当年不计。"
            "涉及诉讼、调查的记录填写法律保全：保全期间到期也不处置"
        ),
    )
    changes = LongText(_l("本次变动说明"))
    legal_basis = LongText(_l("依据"), required=False)

    signoff = Route(
        Step(
            "centre_check",
            _l("信息中心核对"),
            role("information_centre_head"),
            meaning="checked",
            within=working_days(3),
            clause="DC-P-02#list-approval",
        ),
        Step(
            "approval",
            _l("管理者代表批准"),
            role("management_representative"),
            within=working_days(3),
            fills=Approval,
            clause="DC-P-02#list-approval",
        ),
    )

    def heading(self) -> str:
        """The list of the year."""
        return f"{self.year.data} 年度质量记录清单" if self.year.data else ""

    def proposal(self) -> dict[str, Any]:
        """The list in force, and every form of the portal that it does not name yet."""
        return {"year": self.today.year, "records": kept_so_far()}

    def check(self) -> None:
        """R82: records stand here once each, and no document among them."""
        given = [row["form"] for row in self.records.data if row["form"]]
        controlled = documents.numbered(given)
        for row in self.records.rows:
            if row.form.data in controlled:
                row.refuse("form", _l("这是受控文件的编号；文件列入受控文件清单，不列入质量记录清单"))
            elif row.form.data and given.count(row.form.data) > 1:
                row.refuse("form", _l("同一表单只填一行，请删去重复的行"))

    @staticmethod
    @after("approval", _l("质量记录清单按本表更新，各表单的保存年限随之生效；到期记录列入到期处置清单"))
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """The whole list, line by line; it takes the place of the one before."""
        for row in record["records"]:
            yield PostsEntry(
                retention.LIST,
                {
                    "kind": row["record"],
                    "form": row["form"],
                    "keeper_id": row["keeper"].id,
                    "keeper": row["keeper"].text,
                    "place": row["place"],
                    "years": row["years"],
                    "disposal": row["disposal"],
                    "hold": bool(row["hold"]),
                    "hold_reason": row["hold_reason"] or "",
                    "valid_from": record["effective_on"].isoformat(),
                },
            )


def kept_so_far() -> list[dict[str, Any]]:
    """The list in force, and every form of the portal that it does not name yet."""
    lines = [_line(facts) for facts in retention.in_force()]
    named = {line["form"] for line in lines}
    keepers = {one.key: Ref(one.id, one.name) for one in people.departments()}
    lines += [
        {
            "record": both(form.name)["zh"],  # kept: not in the language of whoever opens the list
            "form": form.code,
            "keeper": keepers.get(form.department_key),
            "place": IN_PORTAL,
            "years": form.keep_years,
            "disposal": "destroy",
        }
        for form in _served()
        if form.code not in named
    ]
    return lines


def _line(facts: dict[str, Any]) -> dict[str, Any]:
    """A line of the list in force as a row."""
    keeper = Ref(facts["keeper_id"], facts["keeper"])
    same = {name: facts[name] for name in ("form", "place", "years", "disposal")}
    held = {"hold": True, "hold_reason": facts["hold_reason"]} if facts.get("hold") else {}
    return {"record": facts["kind"], "keeper": keeper, **same, **held}


def _served() -> list[type[CompanyForm]]:
    """The forms of the portal by code."""
    found = [form for form in CompanyForm.__subclasses__() if form.__module__.startswith("portal.forms.")]
    return sorted(found, key=lambda form: form.code)
