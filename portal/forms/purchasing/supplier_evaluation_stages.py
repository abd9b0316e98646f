"""What the steps of a supplier's evaluation fill in."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import equals
from portal.forms.base import Stage
from portal.forms.fields import Choice, LongText, YesNo
from portal.forms.purchasing.supplier_words import VERDICTS
from portal.lib.i18n import _l


class QualityOpinion(Stage):
    """Whether the quality department agrees with the proposal."""

    quality_agrees = YesNo(_l("同意"), help=_l("不同意时，评价表退回采购员修改"))
    quality_comment = LongText(
        _l("质量部意见"), required=False, required_when=equals("quality_agrees", False)
    )


class PurchasingApproval(Stage):
    """The verdict, by which the supplier stands on the list or not."""

    supplier_status = Choice(_l("结论"), VERDICTS)

    def proposal(self) -> dict[str, Any]:
        """What the buyer proposes and the quality department has agreed to."""
        return {"supplier_status": self.context.get("proposed_status")}

    def check(self) -> None:
        """Nobody is listed by licences that have expired."""
        if self.supplier_status.data in (None, "not_approved"):
            return
        for row in self.context.get("licences") or ():
            if row["expires_on"] and row["expires_on"] < self.today:
                text = _l("“%(paper)s”已过有效期：请退回采购员更新证照，或结论选择不合格")
                self.refuse("supplier_status", text, paper=row["paper"])
                break
