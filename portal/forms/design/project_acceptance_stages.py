"""The stages of DS-14: confirmations, the rights in the back office, the training, the four things delivered."""

from __future__ import annotations

import re
from typing import Any

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.design.websites import refuse_word_of
from portal.forms.fields import Choice, Day, LongText, Rows, Text, YesNo
from portal.lib.i18n import _l

PASSWORD = re.compile(r"密\s*码|口\s*令|password|passwd|pwd", re.IGNORECASE)
DELIVERED = (_l("后台管理权限"), _l("操作说明文档"), _l("操作培训"), _l("光盘"))
BEFORE_ACCEPTED = _l("不能早于客户验收日期")


class ManagerConfirmation(Stage):
    """The project manager's word: the site is ready for the customer, or a phase is done over."""

    back_to_phase = Choice(
        _l("退回阶段"),
        {"program": _l("B 实施阶段"), "test": _l("C 内部测试、资料添加、项目部署")},
        required=False,
        help=_l("同意验收的不选；选了阶段的，签署后退回该阶段重新办理，本单退回填报人"),
    )


class CustomerAcceptance(Stage):
    """The customer accepts the site."""

    accepted_on = Day(_l("验收日期"))
    customer_remarks = LongText(_l("客户意见"), required=False)

    def check(self) -> None:
        """It is accepted by today, and not before it was asked for."""
        refuse_word_of(self, "accepted_on")


class AdminAccount(Sheet):
    """An account of the back office; its password is nobody's business here."""

    account = Text(_l("账号"), max=100)
    rights = Text(_l("权限"))
    password_changed = YesNo(_l("客户已改密码"))

    def check(self) -> None:
        """No password is written down, and the one that we know is good no longer."""
        for name in ("account", "rights"):
            if PASSWORD.search(self[name].data or ""):
                self.refuse(name, _l("请不要填写密码，密码当面交给客户并由客户修改"))
        if self.password_changed.data is False:
            self.refuse("password_changed", _l("客户修改密码后才算移交"))


class RightsHandover(Stage):
    """后台管理权限移交单."""

    admin_accounts = Rows(_l("移交账号(不含密码)"), AdminAccount)
    test_accounts_removed = YesNo(_l("测试账号已删除"))

    def check(self) -> None:
        """None of our own accounts is left behind, and no account is handed over twice."""
        if self.test_accounts_removed.data is False:
            self.refuse("test_accounts_removed", _l("请先删除测试账号"))
        names = [row["account"] for row in self.admin_accounts.data if row["account"]]
        if len(set(names)) < len(names):
            self.refuse("admin_accounts", _l("同一账号只能有一行"))


class OperationTraining(Stage):
    """客户操作培训记录."""

    trained_on = Day(_l("培训日期"))
    trainees = Text(_l("客户参训人员"))
    training_topics = LongText(_l("培训内容"))

    def check(self) -> None:
        """It was held, and on the accepted site."""
        moments.refuse_future(self, "trained_on")
        moments.refuse_earlier(self, "trained_on", self.context.get("accepted_on"), BEFORE_ACCEPTED)


class Delivery(Stage):
    """项目交付清单: four things."""

    delivered_items = Checklist(
        _l("交付内容"),
        DELIVERED,
        row=Done,
        help=_l("四项全部交付后才能请客户签收"),
    )

    def proposal(self) -> dict[str, Any]:
        """The rights were handed over and the customer was trained before."""
        rows: list[dict[str, Any]] = [{"item": str(item)} for item in DELIVERED]
        if trained := self.context.get("trained_on"):
            rows[2] |= {"done": True, "done_on": trained}
        return {"delivered_items": rows}

    def check(self) -> None:
        """R51: the customer signs for all of them together."""
        missing = [row["item"] for row in self.delivered_items.data if row["done"] is False]
        if missing:
            text = _l("尚未交付：%(item)s。全部交付后才能请客户签收")
            self.refuse("delivered_items", text, item=missing[0])
        for row in self.delivered_items.rows:
            moments.refuse_future(row, "done_on")


class Receipt(Stage):
    """The customer has got everything."""

    received_things = LongText(_l("本次签收的内容"), computed=True)
    received_on = Day(_l("签收日期"))

    def proposal(self) -> dict[str, Any]:
        """What was delivered, as the customer sees no other stage."""
        return {"received_things": self._things()}

    def compute(self) -> None:
        """R51: all that was delivered."""
        super().compute()
        self.received_things.data = self._things()

    def _things(self) -> str:
        rows = self.context.get("delivered_items") or ()
        return "\n".join(" ".join(filter(None, (row["item"], row["remark"]))) for row in rows)

    def check(self) -> None:
        """By today, and after the acceptance."""
        moments.refuse_future(self, "received_on")
        moments.refuse_earlier(self, "received_on", self.context.get("accepted_on"), BEFORE_ACCEPTED)
