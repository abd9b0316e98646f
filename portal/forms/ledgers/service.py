"""The books of after-sales service."""

from __future__ import annotations

from functools import partial
from typing import Any

from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.columns import LINK, SAID, Column
from portal.forms.customer_service.maintenance_contract import ORIGINS, OUTCOMES
from portal.forms.customer_service.service_voucher_stages import PAYMENT_WAYS
from portal.forms.customer_service.service_words import FREE, SERVICE_TYPES
from portal.forms.ledgers.ledger import ENTERED, REVERSED, Ledger
from portal.lib.i18n import _l
from portal.queries import master_books, retention, service_books
from portal.queries.ledgers import Source

EMPLOYERS = {"own_company": _l("本公司"), "sales_agency": _l("销售代理公司")}
VOUCHER = Column("record", _l("服务凭证"), LINK)
DISPATCH = Column("dispatch", _l("服务派工单"), LINK)
CUSTOMER, TECHNICIAN = Column("customer", _l("客户")), Column("technician", _l("技术人员"))
TYPE = Column("service_type", _l("服务类别"), "choice", SERVICE_TYPES)
WORK, PARTS = Column("work", _l("服务内容"), "long_text"), Column("parts", _l("更换零件"))
ENDED = Column("ended_at", _l("完成时间"), "datetime")
OPINION = (
    Column("attitude_rating", _l("服务态度"), "score"),
    Column("speed_rating", _l("服务速度"), "score"),
    Column("skill_rating", _l("技术水平"), "score"),
    Column("satisfied", _l("客户是否满意"), "yes_no"),
    Column("customer_opinion", _l("客户意见"), "long_text"),
)
SECTION = "after_sales"


def _service_forms() -> Source:
    """Every form of the section, told when the page is made."""
    forms = {code: form for code, form in FORMS.items() if form.section == SECTION}
    return service_books.listed({code: partial(_form, form) for code, form in forms.items()})


def _form(form: type[CompanyForm]) -> dict[str, Any]:
    return {
        "code": form.code,
        "form": str(form.name),
        "copies": 1,
        "keeper": str(KEEPER),
        "retention": retention.years(form.code, form.keep_years),
    }


KEEPER = _l("客户服务部")

SERVICE = (
    Ledger(
        "warranty",
        _l("保修台帐"),
        "ledger",
        "customer_service",
        (
            CUSTOMER,
            Column("project", _l("项目")),
            Column("contract", _l("合同")),
            Column("completed_on", _l("竣工日期"), "date"),
            Column("start", _l("保修期开始"), "date"),
            Column("end", _l("保修期结束"), "date", ends=True),
            Column("free_months", _l("免费维护期(月)"), "integer"),
            Column("complete", _l("资料齐全"), "yes_no"),
            Column("days_left", _l("剩余天数"), "integer"),
            *ENTERED,
        ),
        service_books.warranty,
        ("engineering",),
        clause="CS-P-05#warranty",
    ),
    Ledger(
        "warranty_work",
        _l("保修期维修保养记录"),
        "view",
        "customer_service",
        (
            VOUCHER,
            CUSTOMER,
            Column("machine", _l("机编号")),
            WORK,
            PARTS,
            TECHNICIAN,
            ENDED,
            *OPINION,
            REVERSED,
        ),
        lambda: service_books.vouchers(service_type=FREE),
        clause="CS-P-05#warranty",
    ),
    Ledger(
        "service_contracts",
        _l("服务合同台帐／服务合同跟进及新服务项目登记表"),
        "ledger",
        "customer_service",
        (
            Column("contract_no", _l("合同编号")),
            CUSTOMER,
            Column("project", _l("项目")),
            Column("origin", _l("来源"), "choice", ORIGINS),
            Column("scope", _l("保养或修护范围")),
            Column("fee", _l("服务费"), "money"),
            Column("parts_charged", _l("零件另行收费"), "yes_no"),
            Column("start", _l("开始日期"), "date"),
            Column("end", _l("结束日期"), "date", ends=True),
            Column("visits", _l("应保养次数"), "integer"),
            Column("visits_done", _l("已保养次数"), "integer"),
            Column("outcome", _l("跟进结果"), "choice", OUTCOMES),
            Column("signed_on", _l("签订日期"), "date"),
            Column("lost_reason", _l("流失原因")),
            Column("supplement", _l("补加合同"), "yes_no"),
            *ENTERED,
        ),
        service_books.contracts,
        clause="CS-P-05#maintenance-contract",
    ),
    Ledger(
        "service_income",
        _l("服务收入台帐"),
        "ledger",
        "customer_service",
        (
            Column("date", _l("日期"), "date"),
            CUSTOMER,
            TYPE,
            TECHNICIAN,
            Column("service_fee", _l("服务费"), "money"),
            Column("parts_fee", _l("零件费"), "money"),
            Column("charged", _l("收费金额"), "money"),
            Column("payment_way", _l("收款方式"), "choice", PAYMENT_WAYS),
            Column("invoice_no", _l("发票号")),
            *ENTERED,
        ),
        lambda: master_books.entries("service_income", "customer", "technician", "invoice_no"),
        clause="CS-P-05#charge",
    ),
    Ledger(
        "hand_in",
        _l("交单登记表"),
        "view",
        "customer_service",
        (
            DISPATCH,
            VOUCHER,
            CUSTOMER,
            TECHNICIAN,
            Column("signed_at", _l("客户签字时间"), "datetime"),
            Column("received_at", _l("接单时间"), "datetime"),
            Column("received_by", _l("接单人员")),
            Column("days", _l("交单用时（天）"), "integer"),
            Column("hand_in_by", _l("交单期限"), "date", ends=True),
            REVERSED,
        ),
        service_books.vouchers,
        clause="CS-P-05#hand-in",
    ),
    Ledger(
        "service_opinions",
        _l("客户意见调查表"),
        "view",
        "customer_service",
        (VOUCHER, CUSTOMER, TYPE, TECHNICIAN, Column("signed_at", _l("客户签字时间"), "datetime"), *OPINION),
        lambda: service_books.vouchers(signed=True),
        ("quality",),
        clause="CS-P-05#opinions",
    ),
    Ledger(
        "machine_repairs",
        _l("单机(车辆)维修记录"),
        "view",
        "customer_service",
        (Column("machine", _l("机编号")), VOUCHER, CUSTOMER, TYPE, WORK, PARTS, TECHNICIAN, ENDED, REVERSED),
        lambda: service_books.vouchers(of_machines=True),
        clause="CR-P-02#machine-file",
    ),
    Ledger(
        "parts_ledger",
        _l("零件管理台帐"),
        "view",
        "customer_service",
        (
            Column("posted_at", _l("过帐时间"), "datetime"),
            Column("code", _l("编号")),
            Column("name", _l("品名规格")),
            Column("place", _l("库位")),
            Column("in", _l("入库"), "decimal"),
            Column("out", _l("出库"), "decimal"),
            Column("balance", _l("结存"), "decimal"),
            Column("unit", _l("单位")),
            DISPATCH,
            TECHNICIAN,
            Column("old_part_returned", _l("旧件带回"), "yes_no"),
            Column("record", _l("来源记录"), LINK),
        ),
        service_books.parts,
        ("warehouse",),
        clause="CS-P-05#parts",
    ),
    Ledger(
        "training",
        _l("培训台帐"),
        "ledger",
        "customer_service",
        (
            Column("date", _l("日期"), "date"),
            Column("topic", _l("培训内容"), SAID),
            Column("version", _l("文件版本")),
            Column("trainee", _l("参训人")),
            Column("employer", _l("所属"), "choice", EMPLOYERS),
            Column("signed", _l("已签到"), "yes_no"),
            Column("score", _l("考核得分"), "integer"),
            Column("passed", _l("合格"), "yes_no"),
            Column("repeat_needed", _l("需补训"), "yes_no"),
            *ENTERED,
        ),
        lambda: master_books.entries("training", "topic", "trainee", "version"),
        ("quality",),
        clause="CS-P-02#training",
    ),
    Ledger(
        "service_forms",
        _l("服务作业表单一览表(表1.1)"),
        "master",
        "customer_service",
        (
            Column("code", _l("编号")),
            Column("form", _l("表单名称")),
            Column("copies", _l("份数"), "integer"),
            Column("keeper", _l("保存部门")),
            Column("retention", _l("保存年限"), "integer"),
        ),
        _service_forms,
        clause="CS-P-05#service-forms",
    ),
)
