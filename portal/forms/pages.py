"""Pages of a department besides its forms, registers and ledgers, each declared once with whom it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.forms import bom_parts, customer_parts, project_parts, supplier_parts
from portal.forms.quality import kpi, risk_levels
from portal.forms.warehouse import shop_parts
from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the department's front page leads to."""

    department: str
    title: Any
    icon: str
    url: str
    open_to: Callable[[Any], bool]


def reads_places(actor: Any) -> bool:
    """Whether the list of storage places is for the person: of the warehouse or purchasing, management, or an auditor."""
    return bool(actor.sees_books_of("warehouse", "purchasing"))


def sees_projects(kind: str) -> Callable[[Any], bool]:
    """Whether the projects of a kind are for the person."""
    return lambda actor: kind in project_parts.kinds_for(actor)


PAGES = (
    Page("engineering", _l("工程项目"), "crane", "/projects/?kind=works", sees_projects("works")),
    Page(
        "engineering", _l("新产品项目"), "list-details", "/projects/?kind=product", sees_projects("product")
    ),
    Page("design", _l("网站项目"), "palette", "/projects/?kind=web", sees_projects("web")),
    Page("design", _l("报批项目"), "building", "/projects/?kind=permit", sees_projects("permit")),
    Page("customer_service", _l("工程项目"), "crane", "/projects/?kind=works", sees_projects("works")),
    Page("customer_service", _l("客户列表"), "users", "/customer-service/customers/", customer_parts.may_see),
    Page("customer_service", _l("销售漏斗"), "filter", "/customer-service/funnel", customer_parts.may_see),
    Page("engineering", _l("产品 BOM"), "list-details", "/engineering/bom", bom_parts.may_see),
    Page("purchasing", _l("产品 BOM"), "list-details", "/engineering/bom", bom_parts.may_see),
    Page("quality", _l("关键绩效指标"), "chart-bar", "/quality/kpi", kpi.may_see),
    Page("quality", _l("员工满意度调查"), "users", "/quality/employee-survey", lambda actor: True),
    Page("quality", _l("简报和公告"), "file-text", "/bulletins/", lambda actor: True),
    Page("quality", _l("风险矩阵"), "alert-triangle", "/quality/risks", risk_levels.may_see),
    Page("purchasing", _l("供应商列表"), "users", "/purchasing/suppliers/", supplier_parts.may_see),
    Page("warehouse", _l("出门放行"), "shield", "/warehouse/door", shop_parts.may_watch_door),
    Page("warehouse", _l("标签打印"), "printer", "/warehouse/labels", shop_parts.may_print_labels),
    Page("purchasing", _l("标签打印"), "printer", "/warehouse/labels", shop_parts.may_print_labels),
    Page("purchasing", _l("审批权限表"), "shield", "/admin/limits", lambda actor: True),
    Page("warehouse", _l("审批权限表"), "shield", "/admin/limits", lambda actor: True),
    Page("warehouse", _l("库位清单"), "building-warehouse", "/warehouse/places", reads_places),
)


def of_department(key: str, actor: Any) -> list[Page]:
    """The pages of a department that are for the person."""
    return [page for page in PAGES if page.department == key and page.open_to(actor)]
