"""The way of a technical paper: approved, countersigned, signed for by those who get copies, archived."""

from __future__ import annotations

from portal.domain.conditions import filled
from portal.domain.deadlines import working_days
from portal.domain.signoff import Route, Step, each, role
from portal.forms.base import Stage
from portal.forms.fields import Integer, Text, YesNo
from portal.lib.i18n import _l
from portal.queries import technical_papers as books

RECIPIENTS = ("production_manager", "quality_manager", "purchasing_manager")


class Issue(Stage):
    """The copies that a department gets, and what becomes of those that it holds."""

    issued_copies = Integer(_l("发放份数"), low=1, high=999)
    old_version_recalled = YesNo(
        _l("旧版已收回"),
        when=filled("old_version"),
        help=_l("选“否”的，归档后生成收回旧版的待办，收回前发放登记表一直列为待收回"),
    )


class Archive(Stage):
    """Where the original is kept."""

    archive_no = Text(_l("归档编号"), max=60)
    archive_place = Text(_l("存放位置"))

    def check(self) -> None:
        """An archive number stands for one paper."""
        number = self.archive_no.data
        if number and (other := books.holder_of_key(books.ARCHIVE, number, but=self.itself)):
            self.refuse("archive_no", _l("归档编号已用于 %(number)s，请换一个编号"), number=other)


def signoff() -> Route:
    """Approved, countersigned, signed for by each department, archived."""
    return Route(
        Step(
            "rd_approval",
            _l("技术部审批"),
            role("rd_manager"),
            within=working_days(2),
            clause="RD-P-01#paper-approval",
        ),
        Step(
            "quality_countersign",
            _l("品质部会签"),
            role("quality_manager"),
            meaning="confirmed",
            within=working_days(2),
            clause="RD-P-01#paper-approval",
        ),
        Step(
            "issue",
            _l("技术文件发放签收"),
            each(*(role(key) for key in RECIPIENTS)),
            meaning="received",
            within=working_days(3),
            fills=Issue,
            clause="RD-P-01#issue",
        ),
        Step(
            "archive",
            _l("技术文件归档"),
            role("document_controller"),
            meaning="done",
            within=working_days(2),
            fills=Archive,
            clause="RD-P-01#archive",
        ),
    )
