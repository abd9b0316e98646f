"""The sections of each department's front page, in their order."""

from __future__ import annotations

from typing import Any

from portal.lib.i18n import _l

SECTIONS: dict[str, Any] = {
    "service_system": _l("服务体系"),
    "case_library": _l("案例库"),
    "customer_files": _l("客户档案"),
    "follow_up": _l("客户跟进"),
    "complaints": _l("客户投诉"),
    "after_sales": _l("售后服务"),
    "service_desk": _l("服务台"),
    "crm": _l("客户关系"),
    "construction": _l("工程施工"),
    "product_development": _l("产品开发"),
    "web_design": _l("网站设计"),
    "planning_permits": _l("规划报批"),
    "goods": _l("货物采购"),
    "books": _l("图书采购"),
    "stock": _l("库存管理"),
    "bookshop": _l("书店"),
    "quality_satisfaction": _l("质量与满意度"),
    "information_centre": _l("信息中心"),
    "document_control": _l("文件控制"),
    "information_security": _l("信息安全"),
}
