"""The books of the people of the company."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import master_books

SANCTIONS = {"warning": _l("警告"), "no_sanction": _l("不予处分")}

PEOPLE = (
    Ledger(
        "warnings",
        _l("警告处分台帐"),
        "ledger",
        "management",
        (
            Column("employee", _l("当事员工")),
            Column("complaint", _l("涉及投诉"), LINK),
            Column("discovered_on", _l("发现日期"), "date"),
            Column("sanction", _l("处分"), "choice", SANCTIONS),
            Column("appeal", _l("是否申诉"), "yes_no"),
            Column("appeal_reason", _l("申诉理由")),
            *ENTERED,
        ),
        lambda: master_books.entries("warnings", "employee", "complaint"),
        only=("administration_officer", "general_manager"),
        clause="CS-P-04#warning",
    ),
)
