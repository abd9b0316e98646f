"""The books of new products: product file, issue and archive of technical papers, reviews."""

from __future__ import annotations

from portal.forms.columns import SAID, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import product_books, technical_papers

READERS = ("quality", "purchasing", "warehouse")
FILE_STATES = {
    "draft": _l("草稿"),
    "to_come": _l("待生效"),
    "effective": _l("有效"),
    "obsolete": _l("作废"),
}
DOCUMENTS = {
    "RD-05": _l("设计计划"),
    "RD-10": _l("BOM(产品结构表)"),
    "RD-11": _l("注塑工艺卡"),
    "RD-12": _l("喷漆及移印资料"),
    "RD-13": _l("模具产能表"),
    "RD-14": _l("产品装配流程图"),
    "RD-15": _l("作业指导书"),
    "RD-16": _l("产品设计评审表"),
    "RD-20": _l("功能测试报告"),
    "RD-21": _l("模具修改资料通知单"),
    "RD-22": _l("修改通知单"),
    "RD-23": _l("产品特性及产品验收准则"),
    "RD-25": _l("新产品试产通知及试产报告"),
}
DEPARTMENTS = {
    "production_manager": _l("生产部"),
    "quality_manager": _l("品质部"),
    "purchasing_manager": _l("采购部"),
}
COPY_STATES = {
    product_books.IN_USE: _l("使用中"),
    product_books.TO_RETURN: _l("旧版待收回"),
    product_books.RETURNED: _l("已收回"),
}

PRODUCTS: tuple[Ledger, ...] = (
    Ledger(
        technical_papers.FILE,
        _l("产品档案"),
        "ledger",
        "engineering",
        (
            Column("project", _l("产品")),
            Column("document", _l("文件类别"), "choice", DOCUMENTS),
            Column("title", _l("文件"), SAID),
            Column("version", _l("版本")),
            Column("state", _l("状态"), "choice", FILE_STATES),
            Column("effective_on", _l("生效日期"), "date"),
            Column("number", _l("编号")),
            Column("sample_no", _l("样板编号")),
            Column("place", _l("存放位置")),
            *ENTERED,
        ),
        product_books.product_file,
        READERS,
        clause="RD-P-01#product-file",
    ),
    Ledger(
        technical_papers.ISSUES,
        _l("技术文件发放登记表"),
        "ledger",
        "engineering",
        (
            Column("project", _l("产品")),
            Column("title", _l("文件"), SAID),
            Column("version", _l("版本")),
            Column("department", _l("领用部门"), "choice", DEPARTMENTS),
            Column("copies", _l("发放份数"), "integer"),
            Column("signed_by", _l("签收人")),
            Column("signed_on", _l("签收日期"), "date"),
            Column("old_version", _l("原版本")),
            Column("old_version_recalled", _l("旧版已收回"), "yes_no"),
            Column("state", _l("状态"), "choice", COPY_STATES),
            *ENTERED,
        ),
        product_books.issues,
        READERS,
        clause="RD-P-01#issue",
    ),
    Ledger(
        technical_papers.ARCHIVE,
        _l("技术文件归档控制登记表"),
        "ledger",
        "engineering",
        (
            Column("project", _l("产品")),
            Column("title", _l("文件"), SAID),
            Column("version", _l("版本")),
            Column("archive_no", _l("归档编号")),
            Column("place", _l("存放位置")),
            Column("archived_on", _l("归档日期"), "date"),
            Column("keeper", _l("保管人")),
            *ENTERED,
        ),
        product_books.archive,
        READERS,
        clause="RD-P-01#archive",
    ),
)
