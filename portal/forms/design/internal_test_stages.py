"""The stages of DS-11: the customer's content, and the site on its host."""

from __future__ import annotations

from typing import Any

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Moment, Rows, Text, YesNo
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.queries import websites


class ContentLine(Sheet):
    """What was put into one column, and where it came from."""

    column = Text(_l("栏目"))
    content = Text(_l("资料"))
    source = Text(_l("来源"))
    done = YesNo(_l("完成"))


class ContentEntry(Stage):
    """资料添加记录."""

    content_lines = Rows(_l("资料添加"), ContentLine, help=_l("全部完成后再签署"))

    def proposal(self) -> dict[str, Any]:
        """The columns of the confirmed topology."""
        project: Ref | None = self.context.get("project")
        found = websites.newest(project.id, "DS-03") if project and project.id else None
        rows = found.answers["columns"] if found else ()
        return {"content_lines": [{"column": row["column"], "content": row["content"]} for row in rows]}

    def check(self) -> None:
        """Nothing is put on the host before all of it is there."""
        if any(row["done"] is False for row in self.content_lines.data):
            self.refuse("content_lines", _l("还有资料没有添加完，全部完成后再签署"))


class Deployment(Stage):
    """项目部署记录."""

    host = Text(_l("主机"))
    domain = Text(_l("域名"))
    deployed_version = Text(_l("部署版本"), max=40)
    deployed_at = Moment(_l("部署时间"))
    online_checked = YesNo(_l("线上检查正常"), help=_l("选“否”时请先回滚；签署后退回填报人，补测后重新部署"))

    def proposal(self) -> dict[str, Any]:
        """The version that has passed the tests."""
        return {"deployed_version": self.context.get("program_version")}

    def check(self) -> None:
        """What was tested goes to the host, once it was tested."""
        moments.refuse_future(self, "deployed_at")
        text = _l("部署时间不能早于测试结束日期")
        moments.refuse_earlier(self, "deployed_at", self.context.get("test_to"), text)
        tested = self.context.get("program_version")
        if self.deployed_version.data and tested and self.deployed_version.data != tested:
            self.refuse("deployed_version", _l("通过测试的是 %(version)s 版"), version=tested)
