"""The departments and the 54 roles that the procedures speak of, with auditor and administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class DepartmentKind:
    """A department of the company; `aliases` are the names that the procedures give it elsewhere."""

    key: str
    title: Any
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A role that people are granted from-to. `virtual` ones follow from the record, nobody holds them."""

    key: str
    title: Any
    department: str
    virtual: bool = False


TOP = "management"
"""The department whose head is above the others."""

DEPARTMENTS = (
    DepartmentKind(
        "customer_service",
        _l("客户服务部"),
        (
            "客服部",
            "客户服务中心",
            "客服中心",
            "服务部",
            "服务中心",
            "售后服务部",
            "呼叫中心",
            "营销部",
            "销售部",
            "业务部门",
            "销售管理部",
            "项目销售部",
            "项目部",
            "管理处",
        ),
    ),
    DepartmentKind("engineering", _l("工程部"), ("施工部", "技术部", "生产部", "各车间")),
    DepartmentKind(
        "design", _l("设计部"), ("设计管理部", "规划设计部", "地产开发部", "建设单位", "建设公司")
    ),
    DepartmentKind("purchasing", _l("采购部"), ()),
    DepartmentKind("warehouse", _l("库房"), ("仓库", "书店")),
    DepartmentKind("quality", _l("质量部"), ("质检部", "品质部", "信息中心")),
    DepartmentKind(TOP, _l("公司管理层"), ("管理层", "总经理办公室", "财务部", "行政部门", "人力资源部")),
)

ROLES = (
    Role("employee", _l("员工"), "all", virtual=True),
    Role("applicant", _l("发起人"), "all", virtual=True),
    Role("department_head", _l("部门负责人"), "all", virtual=True),
    Role("assigned_person", _l("指定责任人"), "all", virtual=True),
    Role("assigned_department_head", _l("指定部门负责人"), "all", virtual=True),
    Role("general_manager", _l("总经理"), "management"),
    Role("deputy_general_manager", _l("主管副总经理"), "management"),
    Role("management_representative", _l("管理者代表"), "management"),
    Role("finance_supervisor", _l("财务主管"), "management"),
    Role("administration_officer", _l("行政部门负责人"), "management"),
    Role("hr_manager", _l("人力资源部经理"), "management"),
    Role("customer_service_officer", _l("客服专员"), "customer_service"),
    Role("customer_service_supervisor", _l("客服主管"), "customer_service"),
    Role("customer_service_director", _l("客服中心主任"), "customer_service"),
    Role("after_sales_manager", _l("售后服务部经理"), "customer_service"),
    Role("service_technician", _l("技术人员"), "customer_service"),
    Role("voucher_receiver", _l("接单人员"), "customer_service"),
    Role("property_office", _l("管理处负责人"), "customer_service"),
    Role("salesperson", _l("业务人员"), "customer_service"),
    Role("sales_manager", _l("销售部经理"), "customer_service"),
    Role("marketing_director", _l("营销总监"), "customer_service"),
    Role("project_department_head", _l("项目部负责人"), "customer_service"),
    Role("engineering_manager", _l("工程部经理"), "engineering"),
    Role("foreman", _l("工长"), "engineering"),
    Role("site_supervisor", _l("工程监理"), "engineering"),
    Role("rd_manager", _l("技术部经理"), "engineering"),
    Role("rd_engineer", _l("设计开发人员"), "engineering"),
    Role("production_engineer", _l("生产技术人员"), "engineering"),
    Role("production_manager", _l("生产部经理"), "engineering"),
    Role("designer", _l("设计师"), "design"),
    Role("programmer", _l("程序负责人"), "design"),
    Role("design_manager", _l("设计部经理"), "design"),
    Role("project_manager", _l("项目经理"), "design"),
    Role("planning_officer", _l("规划设计部经办人"), "design"),
    Role("planning_manager", _l("规划设计部经理"), "design"),
    Role("land_development_manager", _l("地产开发部经理"), "design"),
    Role("buyer", _l("采购员"), "purchasing"),
    Role("purchasing_manager", _l("采购部经理"), "purchasing"),
    Role("warehouse_keeper", _l("库管员"), "warehouse"),
    Role("warehouse_supervisor", _l("仓库主管"), "warehouse"),
    Role("cataloguer", _l("编目员"), "warehouse"),
    Role("cashier", _l("收银员"), "warehouse"),
    Role("security_guard", _l("书店保安"), "warehouse"),
    Role("quality_manager", _l("质量部经理"), "quality"),
    Role("quality_inspector", _l("检验人员"), "quality"),
    Role("information_officer", _l("信息管理人员"), "quality"),
    Role("information_centre_head", _l("信息中心主任"), "quality"),
    Role("document_controller", _l("文件管理员"), "quality"),
    Role("security_officer", _l("信息安全管理员"), "quality"),
    Role("customer", _l("客户"), "outside"),
    Role("supplier", _l("供应商"), "outside"),
    Role("property_management", _l("物业管理部门"), "outside"),
    Role("authority", _l("审批机关"), "outside"),
    Role("external_unit", _l("外部编制单位"), "outside"),
    Role("auditor", _l("审核员"), "all"),
    Role("administrator", _l("系统管理员"), "all"),
)

DEPARTMENT = {department.key: department for department in DEPARTMENTS}
ROLE = {role.key: role for role in ROLES}
OUTSIDE = frozenset(role.key for role in ROLES if role.department == "outside")
GRANTABLE = tuple(role for role in ROLES if not role.virtual and role.key not in OUTSIDE)
