"""The books of information security."""

from __future__ import annotations

from portal.forms.columns import DEPARTMENT, LINK, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.forms.quality.access_request import RIGHTS
from portal.forms.quality.risk_assessment_stages import OPTIONS
from portal.forms.quality.security_words import ASSET_KINDS, ASSET_STATES, MARKS, PROPERTIES
from portal.forms.quality.service_level_agreement import AGREEMENTS, INSIDE, STATES
from portal.lib.i18n import _l
from portal.queries import access_rights, risks, security_books

RIGHT_STATES = {
    "in_force": _l("有效"),
    "to_come": _l("未开始"),
    "withdraw": _l("已撤销"),
    "extend": _l("已延期"),
    "change": _l("已变更"),
    "expired": _l("已到期"),
    "reversed": _l("已冲销"),
}
RISK_STATES = {
    risks.ENDED: _l("接受已到期"),
    risks.OPEN: _l("处置中"),
    risks.ACCEPTED: _l("已接受"),
    risks.TREATED: _l("已处置"),
    risks.LOW: _l("可接受"),
    risks.SUPERSEDED: _l("已重新评估"),
}
REQUIREMENT = (
    Column("source_kind", _l("来源类型"), "choice", AGREEMENTS),
    Column("agreement_no", _l("协议编号")),
    Column("partner", _l("客户或相对方")),
    Column("clause", _l("条款")),
    Column("requirement", _l("需求"), "long_text"),
    Column("owner", _l("负责人")),
    Column("state", _l("状态"), "choice", STATES),
    Column("valid_to", _l("协议终止日期"), "date", ends=True),
    Column("in_force", _l("现行"), "yes_no"),
    *ENTERED,
)

SECURITY = (
    Ledger(
        "access",
        _l("授权访问跟踪台帐"),
        "ledger",
        "quality",
        (
            Column("state", _l("状态"), "choice", RIGHT_STATES),
            Column("person", _l("使用人")),
            Column("asset", _l("系统(资产)")),
            Column("rights", _l("权限"), "choice", RIGHTS),
            Column("from", _l("开始日期"), "date"),
            Column("to", _l("截止日期"), "date", ends=True),
            Column("granted_by", _l("授权人")),
            Column("last_review", _l("上次复核"), "date"),
            Column("next_review", _l("下次复核"), "date", ends=True),
            Column("withdrawn_on", _l("撤销日期"), "date"),
            *ENTERED,
        ),
        access_rights.book,
        clause="IS-S-03#access-review",
    ),
    Ledger(
        "assets",
        _l("信息资产清单"),
        "master",
        "quality",
        (
            Column("code", _l("资产编号")),
            Column("name", _l("资产名称")),
            Column("kind", _l("资产类别"), "choice", ASSET_KINDS),
            Column("owner", _l("责任人")),
            Column("department", _l("部门"), DEPARTMENT),
            Column("location", _l("位置")),
            *(Column(name, title, "choice", MARKS) for name, title in PROPERTIES.items()),
            Column("customer_owned", _l("客户资产"), "yes_no"),
            Column("next_review_on", _l("下次评审日期"), "date", ends=True),
            Column("assess", _l("待风险评估"), "yes_no"),
            Column("state", _l("状态"), "choice", ASSET_STATES),
            Column("last_change", _l("最近变更")),
            Column("record", _l("变更请求"), LINK),
        ),
        security_books.assets,
        clause="IS-P-01#assets",
    ),
    Ledger(
        "risks",
        _l("风险台帐"),
        "ledger",
        "quality",
        (
            Column("no", _l("风险编号")),
            Column("state", _l("状态"), "choice", RISK_STATES),
            Column("risk", _l("风险")),
            Column("asset", _l("资产")),
            Column("level", _l("风险值"), "integer"),
            Column("important", _l("重要风险"), "yes_no"),
            Column("option", _l("方式"), "choice", OPTIONS),
            Column("measure", _l("措施"), "long_text"),
            Column("owner", _l("负责人")),
            Column("due", _l("期限"), "date"),
            Column("residual_level", _l("残余值"), "integer"),
            Column("accepted_until", _l("接受有效至"), "date", ends=True),
            Column("reason", _l("接受理由")),
            *ENTERED,
        ),
        risks.book,
        clause="IS-P-01#residual-risk",
    ),
    Ledger(
        "security_requirements",
        _l("外部信息安全需求清单"),
        "ledger",
        "quality",
        REQUIREMENT,
        security_books.requirements,
        clause="IS-P-01#requirements",
    ),
    Ledger(
        "ola_requirements",
        _l("操作级别协议和基础合同安全需求登记"),
        "view",
        "quality",
        REQUIREMENT,
        lambda: security_books.requirements(INSIDE),
        clause="IS-P-01#requirements",
    ),
)
