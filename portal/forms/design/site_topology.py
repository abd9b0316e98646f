"""DS-03 拓扑图(栏目架构+功能需求)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, SetsStage, Tells, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Route, Step
from portal.forms.base import CompanyForm, Sheet
from portal.forms.design.websites import (
    DESIGN_MANAGER,
    TEAM,
    Confirmation,
    customer_confirmation,
    next_version,
    refuse_early,
)
from portal.forms.fields import Choice, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE = "topology"
DEEPEST = 9


class SiteColumn(Sheet):
    """A column of the site, under another one unless it is of the first level."""

    no = Text(_l("编号"), max=40)
    column = Text(_l("栏目"), max=100)
    level = Integer(_l("级别"), low=1, high=DEEPEST)
    parent = Text(_l("上级栏目"), required=False, max=100, help=_l("填上级栏目的编号或名称；一级栏目不填"))
    content = Text(_l("内容或功能定位"))


class SiteFunction(Sheet):
    """Something that the site must be able to do."""

    no = Text(_l("编号"), max=40)
    function = Text(_l("功能"), max=100)
    description = LongText(_l("说明"))
    priority = Choice(_l("优先级"), {"must": _l("必须"), "should": _l("应有"), "may": _l("可选")})


class SiteTopology(CompanyForm):
    """Lays down the columns of a site and what it must be able to do; the program is held against it."""

    code = "DS-03"
    name = _l("拓扑图(栏目架构+功能需求)")
    slug = "site-topologies"
    section = "web_design"
    procedure = "WD-P-01#topology"
    opened_by = ("designer", "project_manager")
    readers = TEAM
    columns = (
        *("number", "project", "version", "languages", "third_party", "confirmed_on"),
        *("current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    version = Integer(_l("版本"), computed=True)
    columns_ = Rows(_l("栏目架构"), SiteColumn)
    functions = Rows(_l("功能需求"), SiteFunction)
    topology_file = Attachments(_l("拓扑图文件"))
    front_and_back = LongText(_l("前后台划分说明"))
    languages = Text(_l("语言版本"))
    third_party = Text(_l("第三方接口"), required=False)

    signoff = Route(
        Step("manager_check", _l("部门经理审核"), DESIGN_MANAGER, meaning="checked", within=working_days(1)),
        customer_confirmation(Confirmation),
    )

    def compute(self) -> None:
        """One more than the last version confirmed, and one more for each round that was sent back."""
        super().compute()
        self.version.data = next_version(self, "version")

    def check(self) -> None:
        """The columns are a tree, and nothing stands there twice."""
        refuse_early(self, STAGE)
        self._check_tree()
        seen: set[str] = set()
        for row in self.functions.rows:
            for name in ("no", "function"):
                text = f"{name} {row[name].data or ''}"
                if row[name].data and text in seen:
                    row.refuse(name, _l("“%(text)s”重复", text=row[name].data))
                seen.add(text)

    def _check_tree(self) -> None:
        """A column of a deeper level hangs under one of the level above it."""
        levels: dict[str, set[int | None]] = defaultdict(set)
        for row in self.columns_.rows:
            for name in {row.no.data, row.column.data} - {None, ""}:
                levels[name].add(row.level.data)
        seen: set[tuple[str, ...]] = set()
        for row in self.columns_.rows:
            level, parent = row.level.data, row.parent.data or ""
            for name, key in (("no", ("no", row.no.data)), ("column", ("column", parent, row.column.data))):
                if row[name].data and key in seen:
                    row.refuse(name, _l("“%(text)s”重复", text=row[name].data))
                seen.add(key)
            if level == 1 and parent:
                row.refuse("parent", _l("一级栏目没有上级栏目"))
            elif level and level > 1 and not parent:
                row.refuse("parent", _l("请填写上级栏目的编号或名称"))
            elif parent and parent not in levels:
                row.refuse("parent", _l("表中没有“%(text)s”这个栏目", text=parent))
            elif level and parent and level - 1 not in levels[parent]:
                row.refuse("level", _l("级别应比上级栏目“%(text)s”大一级", text=parent))

    @staticmethod
    @after("customer_confirm", _l("拓扑图通过；有旧版的，告知程序负责人功能需求以新版为准"))
    def settle(record: Filed) -> Iterator[Effect]:
        """The scheme may be confirmed; whoever works by an older version hears of the new one."""
        project = projects.project(record["project"].id)
        if project is None:
            return
        yield SetsStage(project.id, STAGE, {"state": PASSED, "passed_on": record["confirmed_on"]})
        if websites.finished(project.id, record.code, record.itself):
            text = _l(
                "%(number)s：%(project)s的拓扑图已更新为第 %(version)d 版，功能需求以新版为准",
                number=record.number,
                project=project.label,
                version=record["version"],
            )
            yield Tells(projects.holder(project, "programmer"), text)
