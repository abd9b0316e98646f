"""The stages of DC-03: the departments take their copies, the controller gets the old ones back."""

from __future__ import annotations

from typing import Any

from portal.forms.base import Sheet, Stage
from portal.forms.fields import Day, Rows, Text, YesNo
from portal.lib.i18n import _l
from portal.queries import document_copies


class HolderReceipt(Stage):
    """The day on which the copies were taken."""

    received_on = Day(_l("领用日期"))

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"received_on": self.today}

    def check(self) -> None:
        """Nobody takes a copy before it is issued, or tomorrow."""
        given = self.received_on.data
        issued = [row["issued_on"] for row in self.context.get("copies") or () if row["issued_on"]]
        if given and given > self.today:
            self.refuse("received_on", _l("领用日期不能晚于今天"))
        elif given and issued and given < min(issued):
            self.refuse("received_on", _l("领用日期不能早于发放日期"))


class ReturnedCopy(Sheet):
    """A copy that came back."""

    copy_no = Text(_l("受控号"), max=20)
    returned_on = Day(_l("回收日期"))
    destroyed = YesNo(_l("已销毁"))


class Recall(Stage):
    """The copies of the version that is in force no more."""

    returned_copies = Rows(
        _l("回收明细"),
        ReturnedCopy,
        required=False,
        help=_l("已列出登记簿中未收回的副本；还没有收回的请删去该行，登记簿会继续催收"),
    )

    def _open(self) -> dict[str, document_copies.Copy]:
        document, version = self.context.get("document"), self.context.get("old_version")
        if not (document and document.id and version):
            return {}
        found = document_copies.open_copies(document.id, version, but=self.itself)
        return {one.copy_no: one for one in found}

    def proposal(self) -> dict[str, Any]:
        """Every copy that is still out."""
        return {
            "returned_copies": [{"copy_no": number, "returned_on": self.today} for number in self._open()]
        }

    def check(self) -> None:
        """What comes back was out; where copies are out, some come back."""
        out, given = self._open(), self.returned_copies.data
        if out and not given:
            text = _l("受控号 %(numbers)s 还没有收回，请登记收回的副本；已填内容可先保存草稿")
            self.refuse("returned_copies", text, numbers="、".join(out))
        numbers = [row["copy_no"] for row in given if row["copy_no"]]
        for row in self.returned_copies.rows:
            copy, day = out.get(row.copy_no.data or ""), row.returned_on.data
            if row.copy_no.data and copy is None:
                row.refuse("copy_no", _l("登记簿中没有这份待收回的副本，请核对受控号"))
            elif row.copy_no.data and numbers.count(row.copy_no.data) > 1:
                row.refuse("copy_no", _l("这份副本填写了两行，请删去一行"))
            if day and day > self.today:
                row.refuse("returned_on", _l("回收日期不能晚于今天"))
            elif day and copy and day.isoformat() < copy.issued_on:
                row.refuse("returned_on", _l("回收日期不能早于发放日期"))
