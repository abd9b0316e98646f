"""The words of document control, and whose approval a document needs."""

from __future__ import annotations

from portal.domain.conditions import all_of, any_of, differs, equals
from portal.lib.i18n import _l

KINDS = {
    "procedure": _l("程序文件"),
    "rule": _l("管理制度"),
    "flow_chart": _l("流程图"),
    "standard": _l("标准"),
    "policy_statement": _l("方针声明"),
    "work_document": _l("作业文件"),
    "system": _l("管理体系"),
    "external": _l("外来文件"),
}
STATES = {
    "draft": _l("草稿"),
    "to_come": _l("待生效"),
    "effective": _l("现行有效"),
    "obsolete": _l("已作废"),
    "under_revision": _l("修订中"),
}
ALONE = ("policy_statement", "system")  # kinds that only the general manager approves

FOR_GENERAL_MANAGER = any_of(*(equals("document_kind", kind) for kind in ALONE))
FOR_EITHER = all_of(*(differs("document_kind", kind) for kind in ALONE))
