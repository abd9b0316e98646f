"""The book of what people without an account have sent."""

from __future__ import annotations

from portal.domain.public_requests import KINDS, STATES
from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import Ledger
from portal.lib.i18n import _l
from portal.queries import public_requests

FROM_OUTSIDE = (
    Ledger(
        "public_requests",
        _l("外部来信登记簿"),
        "ledger",
        "customer_service",
        (
            Column("receipt", _l("回执编号")),
            Column("sent_at", _l("收到时间"), "datetime"),
            Column("kind", _l("类别"), "choice", KINDS),
            Column("name", _l("来信人（外部填写）")),
            Column("phone", _l("电话（外部填写）")),
            Column("place", _l("地点或机编号（外部填写）")),
            Column("content", _l("内容（外部填写）")),
            Column("state", _l("状态"), "choice", STATES),
            Column("handler", _l("办理人")),
            Column("record", _l("受理记录"), LINK),
            Column("reason", _l("不作受理的理由")),
        ),
        public_requests.book,
        clause="CR-P-02#self-service",
    ),
)
