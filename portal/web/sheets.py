"""The sheets that people and administrators fill in about people and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.domain.roles import DEPARTMENT, GRANTABLE, ROLE
from portal.forms.base import Sheet
from portal.forms.catalogue import FORMS
from portal.forms.fields import Choice, Day, Email, Integer, LongText, MultiChoice, Number, Phone, Text
from portal.forms.references import Person
from portal.lib.i18n import _, _l, language
from portal.queries import people

REASON = _l("理由")
TASK = "task_"


class RoleName:
    """A role with its department, named when it is shown."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __str__(self) -> str:
        role = ROLE[self.key]
        place = DEPARTMENT[role.department].title if role.department in DEPARTMENT else _("全公司")
        return f"{place} · {role.title}"


class FormName:
    """A form's code and name, named when it is shown."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return f"{self.code} {FORMS[self.code].name}"


class PersonSheet(Sheet):
    """What is known of a person."""

    name_ = Text(_l("姓名"), max=60)
    number = Text(_l("工号"), max=40)
    department = Choice(_l("部门"), {})
    email = Email(_l("邮箱"), required=False)
    phone = Phone(_l("电话"), required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Takes what was posted, once the departments to choose from are there."""
        names = {str(one.id): department_name(one) for one in people.departments()}
        self.department.choices = self.department.labels = names
        super().process(*args, **kwargs)


class NewPersonSheet(PersonSheet):
    """A person to be taken on; the login comes first and never changes."""

    login = Text(_l("登录名"), max=40)


class GrantSheet(Sheet):
    """A role from a day to a day."""

    role = Choice(_l("角色"), {role.key: RoleName(role.key) for role in GRANTABLE})
    starts_on = Day(_l("开始日期"))
    ends_on = Day(_l("结束日期（不填为长期）"), required=False)
    reason = Text(REASON, max=300)


class AccountEndSheet(Sheet):
    """The last day of an account."""

    last_day = Day(_l("账号最后一天（不填为长期）"), required=False)
    last_day_reason = Text(REASON, max=300)


class SubstituteSheet(Sheet):
    """Somebody who acts for oneself during a leave."""

    substitute = Person(_l("代理人"))
    starts_on = Day(_l("开始日期"))
    ends_on = Day(_l("结束日期（含当天）"))
    reason = Text(REASON, max=300)
    forms = MultiChoice(_l("只代理这些表单"), {code: FormName(code) for code in FORMS}, required=False)


class SubstituteForSheet(SubstituteSheet):
    """Somebody who acts for another during a leave."""

    person_ = Person(_l("被代理人"))


class SuccessorSheet(Sheet):
    """Somebody who takes work over."""

    successor = Person(_l("接手人"))
    reason = Text(REASON, max=300)


class LeaveSheet(SuccessorSheet):
    """The end of somebody's access."""

    successor = Person(_l("接手人"), required=False)


def leave_sheet(tasks: Mapping[int, str]) -> type[LeaveSheet]:
    """The end of somebody's access, with who takes each of these tasks if it is not the successor."""
    takers = {f"{TASK}{id}": Person(title, required=False) for id, title in tasks.items()}
    return type("TasksLeaveSheet", (LeaveSheet,), takers)


class DepartmentSheet(Sheet):
    """Head and names of a department."""

    head = Person(_l("部门负责人"), required=False)
    name_en = Text(_l("英文名称"), required=False, max=80)
    aliases = LongText(_l("别名"), required=False, max=1000, help=_l("每行一个；导入人员和填写表单时都认"))
    reason = Text(REASON, max=300)


class LimitSheet(Sheet):
    """A new value of a limit."""

    value = Number(_l("新值"))
    reason = Text(REASON, max=300)


class NumberSheet(Sheet):
    """A new whole number of an obligation."""

    value = Integer(_l("新值"))
    reason = Text(REASON, max=300)


class ReasonSheet(Sheet):
    """Why something is done."""

    reason = Text(REASON, max=300)


class PlaceSheet(Sheet):
    """A storage place."""

    place_code = Text(_l("库位编号"), max=20, help=_l("例如 A-01；大小写和全角半角不分"))
    place_name = Text(_l("库位名称"), required=False, max=80, help=_l("例如：东库一排"))


class DaySheet(Sheet):
    """A day that the company works, or not, whatever the public calendar says."""

    day = Day(_l("日期"))
    working = Choice(_l("当天"), {"yes": _l("上班"), "no": _l("休息")})
    note = Text(_l("说明"), max=200, help=_l("例如：停电检修、赶工"))


def of_person(person: Any) -> Mapping[str, Any]:
    """A person as the answers of their sheet."""
    return {
        "name": person.name,
        "number": person.number,
        "department": str(person.department_id),
        "email": person.email,
        "phone": person.phone,
    }


def department_name(department: Any) -> str:
    """A department's name in the reader's language."""
    return str(department.named(language()))
