"""The stages of EN-12 开工前必备手续办理清单: the customer's things, and the report that work starts."""

from __future__ import annotations

from collections.abc import Iterator

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.engineering import site_parts
from portal.forms.fields import Day, Integer, Number, Rows, Text
from portal.forms.references import Photos
from portal.lib.i18n import _, _l
from portal.queries import projects, sites

CONDITIONS = (
    _l("施工文件核对完毕"),
    _l("技术交底表已交工程部"),
    _l("施工进度计划已批准"),
    _l("必备手续办妥"),
    _l("原建筑质量问题已处理"),
)


class CustomersThing(Sheet):
    """One thing that stays on site and is looked after."""

    item = Text(_l("物品"))
    quantity = Number(_l("数量"), low=1)
    condition = Text(_l("状况"))
    photo = Photos(_l("照片"), required=False)


class PropertyCustody(Stage):
    """The customer's things as both sides have counted them."""

    property_items = Rows(_l("客户财物"), CustomersThing)
    keys_received = Integer(_l("钥匙数量"), required=False, high=999)


class StartReport(Stage):
    """R31: work starts only when everything before it is done; the books are asked, not only the foreman."""

    start_conditions = Checklist(_l("开工条件"), CONDITIONS, row=Done)
    actual_start = Day(_l("开工日期"))

    def check(self) -> None:
        """What is missing is named beside the conditions."""
        moments.refuse_future(self, "actual_start")
        for row in self.start_conditions.rows:
            moments.refuse_future(row, "done_on")
        if blocks := list(self._blocks()):
            self.refuse("start_conditions", _("；").join(blocks))
        elif any(row["done"] is False for row in self.start_conditions.data):
            self.refuse("start_conditions", _l("开工条件还没有全部具备，不能开工"))

    def _blocks(self) -> Iterator[str]:
        """What stands in the books against a start."""
        project = site_parts.project_of(self)
        if project is None:
            return
        if number := sites.task_order_open(project):
            yield _("施工文件还没有核对完毕：%(number)s", number=number)
        stage = projects.stage(project.id, "start")
        if stage is not None and stage.waits_for:
            names = _("、").join(str(one.title) for one in stage.waits_for)
            yield _("须先通过：%(stages)s", stages=names)
        if numbers := sites.open_numbers("EN-09", project.id):
            yield _("原建筑质量问题还在处理：%(numbers)s", numbers=_("、").join(numbers))
        if project.state == "held":
            yield _("工程已暂停")
