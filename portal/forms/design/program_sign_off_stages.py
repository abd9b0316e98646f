"""The stages of DS-08: the programmer's own check, the functions one by one, the backup of the source."""

from __future__ import annotations

from typing import Any

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.fields import Moment, Rows, Text, YesNo
from portal.forms.kinds import Ref
from portal.lib.i18n import _, _l
from portal.queries import websites


class SelfCheck(Stage):
    """The programmer's own check before anybody else sees the program."""

    self_check_points = Checklist(
        _l("自检内容"),
        (_l("功能逐项运行"), _l("表单及数据校验"), _l("浏览器兼容"), _l("链接有效"), _l("权限及安全")),
        help=_l("有不合格项时，签署后退回填报人修改"),
    )


class FunctionResult(Sheet):
    """Whether one function is there."""

    no = Text(_l("编号"), max=40)
    function = Text(_l("功能"), max=100)
    done = YesNo(_l("已完成"))
    note = Text(_l("说明"), required=False)


class FunctionsComplete(Stage):
    """功能需求完成确认单: every function of the confirmed topology, found done or open."""

    function_results = Rows(
        _l("功能完成情况"),
        FunctionResult,
        help=_l("列出最新一版拓扑图的全部功能；有未完成的，签署后退回程序负责人"),
    )

    def proposal(self) -> dict[str, Any]:
        """What the newest topology asks for."""
        return {"function_results": self._wanted()}

    def check(self) -> None:
        """R49: none of them is left out, and none stands there twice."""
        given = [str(row["no"]) for row in self.function_results.data]
        missing = [one["function"] for one in self._wanted() if one["no"] not in given]
        if missing:
            text = _l("还缺拓扑图中的功能：%(names)s")
            self.refuse("function_results", text, names=_("、").join(missing))
        elif len(set(given)) < len(given):
            self.refuse("function_results", _l("同一编号的功能只能有一行"))

    def _wanted(self) -> list[dict[str, Any]]:
        project: Ref | None = self.context.get("project")
        return websites.functions(project.id) if project and project.id else []


class SourceBackup(Stage):
    """源码备份记录: where the source of the confirmed program lies."""

    backup_place = Text(_l("备份位置"))
    backup_on = Moment(_l("备份日期"))
    backup_checksum = Text(_l("校验值"), required=False)

    def check(self) -> None:
        """R49: what the customer has confirmed is backed up, not what was there before."""
        moments.refuse_future(self, "backup_on")
        text = _l("源码备份在客户确认之后，不能早于确认日期")
        moments.refuse_earlier(self, "backup_on", self.context.get("confirmed_on"), text)
