"""The books of document control: versions, copies, how long records are kept."""

from __future__ import annotations

from portal.domain.roles import DEPARTMENTS
from portal.forms.columns import DEPARTMENT, LINK, SAID, Column
from portal.forms.ledgers.ledger import ENTERED, RECORD, REVERSED, Ledger
from portal.forms.quality.document_words import KINDS, STATES
from portal.forms.quality.record_retention import DISPOSALS
from portal.lib.i18n import _l
from portal.queries import document_lists, documents, retention

EVERYBODY = tuple(department.key for department in DEPARTMENTS)

CONTROLLED = (
    Ledger(
        documents.DOCUMENTS,
        _l("受控文件清单(版本台帐)"),
        "ledger",
        "quality",
        (
            Column("number", _l("文件编号")),
            Column("title", _l("文件名称"), SAID),
            Column("kind", _l("文件类别"), "choice", KINDS),
            Column("version", _l("版本")),
            Column("state", _l("状态"), "choice", STATES),
            Column("approved_on", _l("批准日期"), "date"),
            Column("effective_on", _l("生效日期"), "date"),
            Column("owner", _l("归口部门"), DEPARTMENT),
            Column("next_review", _l("下次评审日期"), "date", ends=True),
            *ENTERED[1:],
        ),
        document_lists.listed,
        EVERYBODY,
        clause="DC-P-01#effective",
    ),
    Ledger(
        "external_documents",
        _l("外来文件清单"),
        "ledger",
        "quality",
        (
            Column("number", _l("文件编号")),
            Column("title", _l("文件名称"), SAID),
            Column("issuer", _l("发布单位")),
            Column("version", _l("版本")),
            Column("state", _l("状态"), "choice", STATES),
            Column("effective_on", _l("生效日期"), "date"),
            Column("owner", _l("归口部门"), DEPARTMENT),
            Column("next_review", _l("下次评审日期"), "date", ends=True),
            *ENTERED[1:],
        ),
        document_lists.external,
        EVERYBODY,
        clause="DC-P-01#external",
    ),
    Ledger(
        documents.COPIES,
        _l("文件发放/回收登记簿"),
        "ledger",
        "quality",
        (
            Column("document", _l("文件")),
            Column("version", _l("版本")),
            Column("copy_no", _l("受控号")),
            Column("holder", _l("持有部门"), DEPARTMENT),
            Column("person", _l("领用人")),
            Column("issued_on", _l("发放日期"), "date"),
            Column("received_on", _l("领用日期"), "date"),
            Column("recall_by", _l("应收回日期"), "date", ends=True),
            Column("returned_on", _l("回收日期"), "date"),
            Column("destroyed", _l("已销毁"), "yes_no"),
            RECORD,
            REVERSED,
        ),
        document_lists.issued,
        EVERYBODY,
        clause="DC-P-01#copies",
    ),
    Ledger(
        retention.LIST,
        _l("质量记录清单(保存期)"),
        "ledger",
        "quality",
        (
            Column("kind", _l("记录名称"), SAID),
            Column("form", _l("表单编号")),
            Column("keeper", _l("保管部门"), DEPARTMENT),
            Column("place", _l("存放"), SAID),
            Column("years", _l("保存年限"), "integer"),
            Column("disposal", _l("到期处置"), "choice", DISPOSALS),
            Column("hold", _l("法律保全"), "yes_no"),
            Column("hold_reason", _l("保全事由")),
            Column("valid_from", _l("生效日期"), "date"),
            Column("in_force", _l("现行"), "yes_no"),
            *ENTERED[1:],
        ),
        retention.listed,
        EVERYBODY,
        clause="DC-P-02#list-content",
    ),
    Ledger(
        "records_past_retention",
        _l("保存期满待处置的记录"),
        "view",
        "quality",
        (
            Column("record", _l("记录"), LINK),
            Column("kind", _l("记录名称"), SAID),
            Column("closed_at", _l("办结时间"), "datetime"),
            Column("years", _l("保存年限"), "integer"),
            Column("kept_until", _l("保存至年末")),
            Column("keeper", _l("保管部门"), DEPARTMENT),
            Column("place", _l("存放"), SAID),
            Column("disposal", _l("到期处置"), "choice", DISPOSALS),
        ),
        retention.past,
        clause="DC-P-02#expired",
    ),
)
