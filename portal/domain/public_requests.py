"""What people from outside may send without an account, how much of it, and what they are told."""

from __future__ import annotations

from datetime import timedelta

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l

FORM = "CS-90"  # what comes in becomes
HOLDER = "role:customer_service_officer"  # who takes it up
KINDS = {"complaint": _l("投诉"), "repair": _l("报修"), "request": _l("诉求")}
STATES = {"received": _l("已收到"), "handled": _l("正在办理"), "done": _l("已办结")}
GROUPS = 3  # of signs in a receipt
LONGEST = 2000  # characters of what somebody writes
LARGEST = 64 * 1024  # bytes of what a page may send
WINDOW = timedelta(hours=1)
PER_ADDRESS, PER_DAY = 5, 200


class TooMany(Refusal):
    """The address, or everybody together, has sent enough for now."""

    status = 429
    text = _l("这个网络地址提交得太频繁，请一小时后再试；急事请拨打客户服务热线。")


class FullForToday(TooMany):
    """Everybody together has sent enough for today."""

    text = _l("今天网上受理的数量已满，请明天再试；急事请拨打客户服务热线。")


class LeftEmpty(Refusal):
    """The field that people do not see was filled in: by a machine, or by a browser that filled everything."""

    text = _l("这次没有送出。如果浏览器自动填写了内容，请核对后再按一次“提交”。")
