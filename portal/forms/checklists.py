"""Checklists: tables whose first rows are given by the form; people may add rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Choice, Day, Integer, Rows, Text, YesNo
from portal.forms.references import Attachments, RecordLink
from portal.lib.i18n import _l


class Item(Text):
    """What is to be checked."""

    kind = "checklist_item"


class Checked(Sheet):
    """Passed, failed or not applicable."""

    item = Item(_l("检查内容"))
    result = Choice(_l("结果"), {"pass": _l("合格"), "fail": _l("不合格"), "not_applicable": _l("不适用")})
    remark = Text(_l("说明"), required=False)


class Done(Sheet):
    """Done or not, and when."""

    item = Item(_l("内容"))
    done = YesNo(_l("已完成"))
    done_on = Day(_l("日期"), required=False)
    remark = Text(_l("说明"), required=False)


class Material(Sheet):
    """A paper to hand in: copies, seals, readiness."""

    item = Item(_l("资料名称"))
    copies = Integer(_l("份数"), required=False, high=999)
    seals = Text(_l("盖章"), required=False)
    ready = YesNo(_l("已备齐"))
    paper = RecordLink(_l("对应表单或外来证照"), required=False)
    file = Attachments(_l("附件"), required=False)
    remark = Text(_l("说明"), required=False)


class Checklist(Rows):
    """A checklist with preset items: `Checklist(label, items, row=Checked | Done | Material)`."""

    kind = "checklist"

    def __init__(
        self, label: Any = "", items: Sequence[Any] = (), *, row: type[Sheet] = Checked, **kwargs: Any
    ) -> None:
        super().__init__(label, row, default=lambda: [{"item": str(item)} for item in items], **kwargs)
        self.items = tuple(items)
        self.at_least = len(self.items) if self.at_least else 0

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Keeps the preset items in their places whatever was posted."""
        super().process(formdata, data or [{"item": str(item)} for item in self.items], extra_filters)
        for index, item in enumerate(self.items):
            if index >= len(self.entries):
                self.append_entry({"item": str(item)})
            field = self.entries[index].form.item
            field.data, field.raw_data, field.process_errors = str(item), None, []

    def drop_empty(self) -> None:
        """Preset rows stay, even unanswered."""
        for index in reversed(range(len(self.items), len(self.entries))):
            if self.entries[index].form.empty():
                self.pop_entry(index)

    def describe(self) -> dict[str, Any]:
        """The columns and the preset rows."""
        return {**super().describe(), "rows": list(self.items)}
