"""Stages of CS-34: the customer signs, and the signed contract is accepted."""

from __future__ import annotations

from portal.forms.base import Stage
from portal.forms.fields import Day, LongText
from portal.forms.references import Attachments
from portal.lib.i18n import _l


class CustomerSigned(Stage):
    """The contract with the signatures of both sides."""

    signed_on = Day(_l("签订日期"))
    signed_scan = Attachments(_l("签署件扫描"))

    def check(self) -> None:
        """A contract is signed by today, and before it ends."""
        signed_on = self.signed_on.data
        if signed_on and signed_on > self.today:
            self.refuse("signed_on", _l("签订日期不能晚于今天"))
        elif signed_on and self.context.get("end_date") and signed_on > self.context["end_date"]:
            self.refuse("signed_on", _l("签订日期不能晚于合同终止日期"))


class Acceptance(Stage):
    """The check that the signed contract is whole and as agreed."""

    accepted_on = Day(_l("验收日期"))
    acceptance_note = LongText(_l("验收说明"), required=False)

    def check(self) -> None:
        """A contract is accepted once it is signed."""
        accepted_on = self.accepted_on.data
        if accepted_on and self.context.get("signed_on") and accepted_on < self.context["signed_on"]:
            self.refuse("accepted_on", _l("验收日期不能早于签订日期"))
        elif accepted_on and accepted_on > self.today:
            self.refuse("accepted_on", _l("验收日期不能晚于今天"))
