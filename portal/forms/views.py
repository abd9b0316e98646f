"""Named views: registers of forms under the names that the procedures give them, with their filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class View:
    """A register with preset filters; `query` is the query string of its page."""

    key: str
    title: Any
    form: str
    query: str
    kind: str = "view"


VIEWS = (
    View("complaints", _l("客户投诉登记表／投诉记录"), "CS-51", "", "register"),
    View(
        "service_desk_complaints", _l("投诉记录（业户服务台）"), "CS-51", "f.intake_point=owner_service_desk"
    ),
    View("late_complaints", _l("逾期未结的投诉"), "CS-51", "overdue=1"),
    View("customer_requests", _l("客户请求投诉询问统一受理记录"), "CS-90", "", "register"),
    View("customer_appeals", _l("客户诉求受理登记表"), "CS-90", "f.kind=request"),
    View("order_services", _l("客户服务管理记录"), "CS-90", "f.kind=order_service"),
    View("customer_communication", _l("顾客沟通信息记录"), "CR-03", "f.by_sales=yes"),
    View("nurture_list", _l("培育名单"), "CR-12", "f.worth_following=no"),
    View("repairs", _l("报修登记簿／报修记录"), "CS-76", "", "register"),
    View("owner_desk_repairs", _l("报修记录（业户服务台）"), "CS-76", "f.intake_point=owner_service_desk"),
    View(
        "service_centre_repairs", _l("报修登记（售后服务中心）"), "CS-76", "f.intake_point=after_sales_centre"
    ),
    View("late_repairs", _l("逾期未结的报修"), "CS-76", "overdue=1"),
    View("unfinished_dispatches", _l("未完工派工单"), "CS-77", "f.finished_on_spot=no"),
    View("site_open_days", _l("工地开放日活动方案及登记反馈表"), "CS-15", "f.event_kind=site_open_day"),
    View("system_revisions", _l("客户服务体系年度修订"), "CS-02", "f.kind=annual_revision"),
    View("no_order", _l("超过一周未订货客户登记簿"), "CS-25", "", "register"),
    View("dealer_registrations", _l("销售商登记"), "CS-30", "f.customer_type=dealer"),
    View("rejected_goods_reviews", _l("不合格货物主管审核单"), "WH-02", "f.reject_confirmed=*"),
    View("count_results", _l("合格盘存报表／不合格盘存报表"), "WH-06", "f.verdict=*"),
    View("approved_counts", _l("合格盘存报表"), "WH-06", "f.verdict=approved"),
    View("rejected_counts", _l("不合格盘存报表"), "WH-06", "f.verdict=rejected"),
    View("write_off_disposals", _l("报损货品清除(处置)记录"), "WH-17", "f.removal_way=*"),
    View("failed_inspections", _l("不合格的进货检验"), "PU-06", "f.verdict=fail"),
    View("security_problems", _l("信息安全问题报告单"), "IS-06", "", "register"),
    View("final_settlements", _l("工程结算单"), "EN-27", "f.payment_kind=final_payment"),
    View("failed_concealed_works", _l("验收不合格的隐蔽工程"), "EN-21", "f.verdict=fail"),
)
