"""The ways on which complaints come in."""

from __future__ import annotations

from portal.lib.i18n import _l

CHANNELS = {
    "telephone": _l("电话"),
    "visit": _l("来访"),
    "letter": _l("信函"),
    "e_mail": _l("邮件"),
    "website": _l("网站"),
    "wechat": _l("微信"),
    "dealer": _l("销售商"),
    "other": _l("其他"),
}
