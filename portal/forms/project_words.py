"""Words for projects: the people of their teams, kinds of products and websites."""

from __future__ import annotations

from typing import Any

from portal.domain import projects as kinds
from portal.domain.roles import ROLE
from portal.lib.i18n import _l

PEOPLE: dict[str, Any] = {role: ROLE[role].title for kind in kinds.KINDS.values() for role in kind.people}
"""The roles of a project's people, in the order of the kinds."""
ROUTES = {
    "customer_route": _l("一类(业务员窗口、客户要求)"),
    "company_route": _l("二类(公司市场调查及产品定位)"),
}
SITE_KINDS = {
    "company_site": _l("企业网站"),
    "shop": _l("商城"),
    "portal": _l("门户"),
    "system": _l("系统平台"),
    "other": _l("其他"),
}
