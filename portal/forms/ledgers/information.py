"""The books of the information centre."""

from __future__ import annotations

from portal.forms.columns import DEPARTMENT, LINK, SAID, Column
from portal.forms.ledgers.ledger import ENTERED, REVERSED, Ledger
from portal.forms.quality.information_words import ARCHIVE_CLASSES, PLANNED_SOURCES, VALUES
from portal.forms.quality.issued_document import KINDS
from portal.lib.i18n import _l
from portal.queries import information_books

INFORMATION = (
    Ledger(
        "archive",
        _l("信息归档保管台帐"),
        "ledger",
        "quality",
        (
            Column("code", _l("归档编码")),
            Column("class", _l("类别"), "choice", ARCHIVE_CLASSES),
            Column("title", _l("标题"), "long_text"),
            Column("origin", _l("信息出处"), SAID),
            Column("date", _l("归档日期"), "date"),
            Column("years", _l("保存年限"), "integer"),
            Column("keep_until", _l("保存至"), "date", ends=True),
            Column("place", _l("存放位置"), SAID),
            *ENTERED,
        ),
        information_books.archive,
        clause="IC-P-01#archiving",
    ),
    Ledger(
        "information_sources",
        _l("信息来源(同行业信息网络)名录"),
        "ledger",
        "quality",
        (
            Column("source", _l("来源名称")),
            Column("kind", _l("类型"), "choice", PLANNED_SOURCES),
            Column("contact", _l("联系方式")),
            Column("fields", _l("信息种类")),
            Column("cost", _l("费用"), "money"),
            Column("value", _l("量值"), "choice", VALUES),
            Column("last_used", _l("最近使用"), "datetime"),
            *ENTERED,
        ),
        information_books.sources,
        clause="IC-P-01#wide-sources",
    ),
    Ledger(
        "issued_documents",
        _l("下发文件登记及签收台帐"),
        "register",
        "quality",
        (
            Column("document_no", _l("文号")),
            Column("title", _l("文件标题")),
            Column("department", _l("发文部门"), DEPARTMENT),
            Column("kind", _l("文件类型"), "choice", KINDS),
            Column("issued_on", _l("下发时间"), "datetime"),
            Column("receipts_due", _l("应签收"), "integer"),
            Column("receipts_signed", _l("已签收"), "integer"),
            Column("missing", _l("未签收部门"), SAID),
            Column("feedback", _l("执行反馈")),
            Column("record", _l("来源记录"), LINK),
            REVERSED,
        ),
        information_books.issued,
        clause="QA-P-01#issued-documents",
    ),
    Ledger(
        "purchase_information",
        _l("采购信息沟通记录"),
        "view",
        "purchasing",
        (
            Column("date", _l("日期"), "datetime"),
            Column("supplier", _l("来源")),
            Column("title", _l("标题")),
            Column("content", _l("信息内容"), "long_text"),
            Column("follow_up", _l("分析结果"), "long_text"),
            Column("record", _l("来源记录"), LINK),
        ),
        information_books.purchasing,
        ("quality",),
        clause="PU-P-02#purchase-information",
    ),
)
